/** Transaction signatures (RFC 8945): what is signed, and what a reply must show. */
import { createHmac, timingSafeEqual } from 'node:crypto';

import { CLASS, isFailure, parseName, type ParsedMessage, printRcode, RCODE, TYPE } from '@kubezone/core';

import type { TsigKey } from './tsig-key.ts';

/** A signed request, and its MAC, which the reply's covers too. */
export interface SignedRequest {
  readonly octets: Uint8Array;
  readonly mac: Uint8Array;
}

/** What the signature of a reply's message says. */
export type TsigVerdict =
  /** It is right, and covers everything up to here. */
  | { readonly kind: 'signed' }
  /** There is none. Between two signed messages of a transfer that may be (RFC 8945, section 5.3.1). */
  | { readonly kind: 'unsigned' }
  /** It is wrong, and this message proves nothing. */
  | { readonly kind: 'wrong'; readonly reason: string }
  /** The server finds our clock wrong, and has done nothing; signed by it. `serverTime` is in seconds since the Unix epoch. */
  | { readonly kind: 'bad-time'; readonly serverTime: number }
  /** The server does not know the key or finds the signature wrong, and cannot sign its saying so. */
  | { readonly kind: 'key-refused'; readonly reason: string };

/** How far two clocks may be apart, in seconds (RFC 8945, section 10, recommends 300). */
export const FUDGE_SECONDS = 300;
/** How many messages in a row may be unsigned (RFC 8945, section 5.3.1: every hundredth must be signed). */
const MAX_UNSIGNED = 99;
/** What a TSIG record takes beside its names and its MAC: type, class, TTL, RDLENGTH, time, fudge, three lengths, ID, error. */
const FIXED_OCTETS = 10 + 6 + 2 + 2 + 2 + 2 + 2;

/** How many octets of a request its signature takes. */
export function tsigOctets(key: TsigKey): number {
  return key.nameOctets.length + key.algorithmOctets.length + key.macOctets + FIXED_OCTETS;
}

/**
 * Signs a request (RFC 8945, sections 4.3 and 5.1).
 *
 * @param message without a TSIG record
 * @param time seconds since the Unix epoch
 */
export function signRequest(key: TsigKey, message: Uint8Array, time: number): SignedRequest {
  const fields: TsigFields = { time, fudge: FUDGE_SECONDS, error: 0, other: new Uint8Array() };
  const mac = createHmac(key.hash, key.secret).update(message).update(variables(key, fields)).digest();
  const record = composeTsig(key, fields, mac, (message[0] ?? 0) * 256 + (message[1] ?? 0));
  const octets = new Uint8Array(message.length + record.length);
  octets.set(message);
  octets.set(record, message.length);
  const view = new DataView(octets.buffer);
  view.setUint16(ARCOUNT, view.getUint16(ARCOUNT) + 1);
  return { octets, mac };
}

/** Checks the messages of one reply, in order (RFC 8945, sections 5.2, 5.3 and 5.3.1). */
export class ReplyVerifier {
  readonly #key: TsigKey;
  readonly #now: () => number;
  /** Of the request at first, then of the last signed message. */
  #priorMac: Uint8Array;
  #first = true;
  /** Messages since the last signature, which the next one covers. */
  #unsigned: Uint8Array[] = [];

  /** @param now seconds since the Unix epoch */
  constructor(key: TsigKey, requestMac: Uint8Array, now: () => number) {
    this.#key = key;
    this.#priorMac = requestMac;
    this.#now = now;
  }

  /** @param message what `octets` were parsed to */
  check(octets: Uint8Array, message: ParsedMessage): TsigVerdict {
    const { tsig, tsigStart } = message;
    if (tsig === undefined || tsigStart === undefined) {
      if (this.#unsigned.length >= MAX_UNSIGNED) return wrong('a hundred messages of a transfer came without a signature');
      this.#unsigned.push(new Uint8Array(octets));
      return { kind: 'unsigned' };
    }
    const fields = readTsig(tsig.rdata);
    if (fields === undefined) return wrong('the TSIG record is malformed');
    if (fields.mac.length === 0 && (fields.error === RCODE.BADKEY || fields.error === BADSIG)) {
      const reason =
        fields.error === BADSIG ? 'BADSIG: the secrets differ' : 'BADKEY: it does not know the key, or does not allow it this';
      return { kind: 'key-refused', reason };
    }
    if (
      tsig.owner !== this.#key.name ||
      tsig.class !== CLASS.ANY ||
      Buffer.compare(fields.algorithm, this.#key.algorithmOctets) !== 0
    ) {
      return wrong('the reply is signed by another key or algorithm');
    }
    // RFC 8945, section 5.2.2.1, would allow half of it; no server cuts what was not asked to be cut.
    if (fields.mac.length !== this.#key.macOctets) return wrong(`the MAC is truncated to ${fields.mac.length} octets`);
    const mac = this.#mac(octets, tsigStart, fields);
    if (!timingSafeEqual(mac, fields.mac)) return wrong('the MAC is wrong');
    if (fields.error === RCODE.BADTIME) {
      return fields.other.length === 6
        ? { kind: 'bad-time', serverTime: readTime(fields.other, 0) }
        : wrong('BADTIME without the server’s time');
    }
    if (fields.error !== 0) return wrong(`the TSIG error is ${printRcode(fields.error)}`);
    const skew = Math.abs(this.#now() - fields.time);
    if (skew > fields.fudge) return wrong(`it was signed ${skew} seconds off our time`);
    this.#priorMac = mac;
    this.#first = false;
    this.#unsigned = [];
    return { kind: 'signed' };
  }

  #mac(octets: Uint8Array, tsigStart: number, fields: ReadTsig): Uint8Array {
    // A copy: a slice of a Buffer would not be one.
    const signed = new Uint8Array(octets.subarray(0, tsigStart));
    const view = new DataView(signed.buffer);
    view.setUint16(0, fields.originalId);
    view.setUint16(ARCOUNT, view.getUint16(ARCOUNT) - 1);
    const hmac = createHmac(this.#key.hash, this.#key.secret);
    hmac.update(Uint8Array.of(this.#priorMac.length >> 8, this.#priorMac.length & 0xff)).update(this.#priorMac);
    for (const message of this.#unsigned) hmac.update(message);
    return hmac
      .update(signed)
      .update(this.#first ? variables(this.#key, fields) : timers(fields))
      .digest();
  }
}

/** The header's count of additional records. */
const ARCOUNT = 10;
/** The RCODE that is BADVERS in EDNS has another name in TSIG. */
const BADSIG: number = RCODE.BADVERS;

interface TsigFields {
  readonly time: number;
  readonly fudge: number;
  readonly error: number;
  readonly other: Uint8Array;
}

interface ReadTsig extends TsigFields {
  readonly algorithm: Uint8Array;
  readonly mac: Uint8Array;
  readonly originalId: number;
}

function wrong(reason: string): TsigVerdict {
  return { kind: 'wrong', reason };
}

/** RFC 8945, section 4.3.3. */
function variables(key: TsigKey, fields: TsigFields): Uint8Array {
  return Buffer.concat([
    key.nameOctets,
    Uint8Array.of(0, CLASS.ANY, 0, 0, 0, 0),
    key.algorithmOctets,
    timers(fields),
    Uint8Array.of(fields.error >> 8, fields.error & 0xff, fields.other.length >> 8, fields.other.length & 0xff),
    fields.other,
  ]);
}

/** Time and fudge: all the variables that the later messages of a transfer have (RFC 8945, section 5.3.1). */
function timers({ time, fudge }: TsigFields): Uint8Array {
  const octets = new Uint8Array(8);
  const view = new DataView(octets.buffer);
  view.setUint16(0, Math.floor(time / 2 ** 32));
  view.setUint32(2, time % 2 ** 32);
  view.setUint16(6, fudge);
  return octets;
}

/** RFC 8945, section 4.2. */
function composeTsig(key: TsigKey, fields: TsigFields, mac: Uint8Array, originalId: number): Uint8Array {
  const length = key.algorithmOctets.length + mac.length + 16;
  return Buffer.concat([
    key.nameOctets,
    Uint8Array.of(0, TYPE.TSIG, 0, CLASS.ANY, 0, 0, 0, 0, length >> 8, length & 0xff),
    key.algorithmOctets,
    timers(fields),
    Uint8Array.of(mac.length >> 8, mac.length & 0xff),
    mac,
    Uint8Array.of(originalId >> 8, originalId & 0xff, 0, 0, 0, 0),
  ]);
}

function readTsig(rdata: Uint8Array): ReadTsig | undefined {
  const algorithm = parseName(rdata, 0, 'refuse');
  if (isFailure(algorithm)) return undefined;
  const view = new DataView(rdata.buffer, rdata.byteOffset, rdata.length);
  const at = algorithm.end;
  // The message's parser has checked the lengths inside against the rdata's.
  const macEnd = at + 10 + view.getUint16(at + 8);
  return {
    algorithm: Buffer.from(rdata.subarray(0, at).map((octet) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet))),
    time: readTime(rdata, at),
    fudge: view.getUint16(at + 6),
    mac: rdata.subarray(at + 10, macEnd),
    originalId: view.getUint16(macEnd),
    error: view.getUint16(macEnd + 2),
    other: rdata.subarray(macEnd + 6),
  };
}

/** A time of 48 bits, in seconds since the Unix epoch. */
function readTime(octets: Uint8Array, at: number): number {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}
