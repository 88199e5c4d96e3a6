import { isFailure, scanAddress } from '@kubezone/core';

/* A peer's record, as the addon writes it (native/endpoint.h). */
const FAMILY = 0;
const PORT = 2;
const ADDRESS = 8;

/** The length of a peer's record. */
export const PEER_OCTETS = 24;

/** Who sent a datagram. Nothing of it may be kept: the next datagram changes it. */
export interface PacketPeer {
  readonly family: 4 | 6;
  readonly port: number;
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
}

/** A peer that is described by a record. Reading it allocates nothing. */
export class RecordedPeer implements PacketPeer {
  readonly #record: Uint8Array;
  readonly #ipv4: Uint8Array;
  readonly #ipv6: Uint8Array;

  /** @param record `PEER_OCTETS` octets, whose content may change */
  constructor(record: Uint8Array) {
    this.#record = record;
    this.#ipv4 = record.subarray(ADDRESS, ADDRESS + 4);
    this.#ipv6 = record.subarray(ADDRESS, ADDRESS + 16);
  }

  get family(): 4 | 6 {
    return this.#record[FAMILY] === 6 ? 6 : 4;
  }

  get port(): number {
    return ((this.#record[PORT] as number) << 8) | (this.#record[PORT + 1] as number);
  }

  get address(): Uint8Array {
    return this.family === 6 ? this.#ipv6 : this.#ipv4;
  }
}

/** A sender as `node:dgram` names it. The address is scanned only when somebody asks, since that costs more than all else here. */
export class DgramPeer implements PacketPeer {
  #text = '';
  #address: Uint8Array | undefined;
  family: 4 | 6 = 4;
  port = 0;

  /**
   * Describes another sender from now on.
   *
   * @param text the address, with a zone (`%eth0`) where it is a link-local one
   */
  set(family: 4 | 6, text: string, port: number): void {
    this.#text = text;
    this.#address = undefined;
    this.family = family;
    this.port = port;
  }

  get address(): Uint8Array {
    return (this.#address ??= this.#scan());
  }

  #scan(): Uint8Array {
    const scanned = scanAddress(this.#text.replace(/%.*$/, ''));
    // The system wrote it.
    if (isFailure(scanned)) throw new TypeError(scanned.message);
    return scanned.rdata;
  }
}
