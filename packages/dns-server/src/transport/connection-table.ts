import { isFailure, scanAddress } from '@kubezone/core';

/** What the table needs of a connection. */
export interface TableConnection {
  readonly clientAddress: string;
  /** Whether nothing is under way: no message half read, no response waiting. */
  isIdle(): boolean;
  /** Closes the connection in favour of another one: its socket is gone when this returns. */
  evict(): void;
}

/** What becomes of a new connection. */
export type Admission = 'admitted' | 'admitted-by-eviction' | 'refused';

/** How many of the longest silent connections are looked at for one that is idle. */
const CANDIDATES = 8;

/**
 * The open TCP connections, the longest silent first, and the limits on their number (RFC 7766, section 6.2.2; RFC 9210, section 4.2).
 *
 * When all places are taken, the longest silent connection that is idle makes room; where the longest silent ones are all busy, or
 * one client has its share already, the new connection is refused.
 */
export class ConnectionTable<C extends TableConnection> {
  readonly #maxConnections: number;
  readonly #maxPerClient: number;
  /** In order of last activity: a Set keeps insertion order. */
  readonly #connections = new Set<C>();
  readonly #perClient = new Map<string, number>();

  constructor(limits: { readonly maxConnections: number; readonly maxPerClient: number }) {
    this.#maxConnections = limits.maxConnections;
    this.#maxPerClient = limits.maxPerClient;
  }

  get size(): number {
    return this.#connections.size;
  }

  [Symbol.iterator](): IterableIterator<C> {
    return this.#connections.values();
  }

  /** Takes a connection in, or refuses it. */
  admit(connection: C): Admission {
    const client = clientKey(connection.clientAddress);
    const count = this.#perClient.get(client) ?? 0;
    if (count >= this.#maxPerClient) return 'refused';
    const full = this.#connections.size >= this.#maxConnections;
    if (full && !this.#evictOne()) return 'refused';
    this.#connections.add(connection);
    this.#perClient.set(client, count + 1);
    return full ? 'admitted-by-eviction' : 'admitted';
  }

  /** Marks a connection as the one that was active last. */
  touch(connection: C): void {
    if (this.#connections.delete(connection)) this.#connections.add(connection);
  }

  remove(connection: C): void {
    if (!this.#connections.delete(connection)) return;
    const client = clientKey(connection.clientAddress);
    const count = (this.#perClient.get(client) ?? 0) - 1;
    if (count > 0) this.#perClient.set(client, count);
    else this.#perClient.delete(client);
  }

  #evictOne(): boolean {
    let looked = 0;
    for (const connection of this.#connections) {
      if (connection.isIdle()) {
        this.remove(connection);
        connection.evict();
        return true;
      }
      if (++looked === CANDIDATES) return false;
    }
    return false;
  }
}

/** What counts as one client: an IPv4 address, or the /64 of an IPv6 address, since any host can have all of it (RFC 4291, section 2.5.4). */
export function clientKey(address: string): string {
  const scanned = scanAddress(address.replace(/%.*$/, ''));
  if (isFailure(scanned)) return address;
  return Buffer.from(scanned.rdata.subarray(0, 8)).toString('hex');
}
