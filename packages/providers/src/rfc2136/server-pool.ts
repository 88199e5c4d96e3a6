import { type Clock, type Logger, ProviderError } from '@kubezone/core';

import { DnsSession } from './dns-session.ts';
import { ExchangeError } from './exchange-error.ts';
import { printServerAddress, type ServerAddress } from './server-address.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { TsigKey } from './tsig-key.ts';

/** A server, and what is known of it. */
export interface DnsServer {
  readonly address: ServerAddress;
  /** How many seconds its clock is before ours, where it has told us. */
  clockOffset: number;
  /** By the monotonic clock: until then the others are tried first. */
  downUntil: number;
}

/** What the pool needs to know. */
export interface ServerPoolOptions {
  readonly servers: readonly ServerAddress[];
  readonly key: TsigKey | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connectTimeoutMs: number;
  readonly replyTimeoutMs: number;
}

/** How long a server that failed is tried last, in milliseconds. */
const DOWN_MS = 30_000;

/**
 * Servers in order of preference. The first that can be reached gets everything; one that fails stands back for half a minute.
 *
 * What a server does after another one has failed need not be recent: a secondary that passes updates on may hold an old zone. Nothing is lost by that,
 * since every write says what it replaces, and the primary decides.
 */
export class ServerPool {
  readonly #servers: readonly DnsServer[];
  readonly #options: ServerPoolOptions;

  constructor(options: ServerPoolOptions) {
    this.#servers = options.servers.map((address) => ({ address, clockOffset: 0, downUntil: 0 }));
    this.#options = options;
  }

  /**
   * Connects to the first server that can be reached.
   *
   * @param tried servers that are not tried again
   * @throws {ExchangeError} `not-sent`, with the last one's failure, where there is none
   */
  async connect(signal: AbortSignal, tried: ReadonlySet<DnsServer> = new Set()): Promise<DnsSession> {
    const { clock, key, logger } = this.#options;
    let last = new ExchangeError('not-sent', 'no server is left to be tried');
    for (const server of this.#inOrder()) {
      if (tried.has(server)) continue;
      try {
        const connection = await TcpConnection.open(server.address, { ...this.#options, signal });
        return new DnsSession(server, connection, key, clock);
      } catch (error) {
        if (signal.aborted || !(error instanceof ExchangeError)) throw error;
        last = error;
        this.markDown(server);
        logger.warn('a DNS server cannot be reached', { server: printServerAddress(server.address), error: error.message });
      }
    }
    throw last;
  }

  /**
   * Reads something from the first server that gives it: one that is lost on the way is followed by the next.
   *
   * @throws whatever `read` throws of the last one
   */
  async read<T>(signal: AbortSignal, read: (session: DnsSession) => Promise<T>): Promise<T> {
    const tried = new Set<DnsServer>();
    for (;;) {
      const session = await this.connect(signal, tried);
      try {
        return await read(session);
      } catch (error) {
        tried.add(session.server);
        if (!isLost(error) || signal.aborted || tried.size === this.#servers.length) throw error;
        this.markDown(session.server);
        const server = printServerAddress(session.server.address);
        this.#options.logger.warn('a DNS server was lost while it was read', { server, error: String(error) });
      } finally {
        session.close();
      }
    }
  }

  /** Has the other servers tried first for a while. */
  markDown(server: DnsServer): void {
    server.downUntil = this.#options.clock.monotonic() + DOWN_MS;
  }

  #inOrder(): readonly DnsServer[] {
    const now = this.#options.clock.monotonic();
    return [
      ...this.#servers.filter(({ downUntil }) => downUntil <= now),
      ...this.#servers.filter(({ downUntil }) => downUntil > now),
    ];
  }
}

/** Whether the server has failed, and another one may do better: not where it refuses, or says what it must not. */
function isLost(error: unknown): boolean {
  if (error instanceof ProviderError) return error.code === 'PROVIDER_UNAVAILABLE';
  return error instanceof ExchangeError && (error.failure === 'no-reply' || error.failure === 'not-sent');
}
