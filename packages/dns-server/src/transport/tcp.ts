import { createServer, type Server, type Socket } from 'node:net';

import type { ConnectionTable } from './connection-table.ts';
import { type ConnectionHost, TcpConnection } from './tcp-connection.ts';

/** What a TCP listener needs. */
export interface TcpOptions {
  readonly address: string;
  /** 0 for a free one. */
  readonly port: number;
  /** The connections of all listeners: their limits hold for the server. */
  readonly connections: ConnectionTable<TcpConnection>;
  readonly host: Omit<ConnectionHost, 'onActivity' | 'onClose'>;
  /** Told of errors of the listening socket, which goes on. */
  readonly onError: (error: Error) => void;
}

/** How many octets of responses may wait on a connection before its next query is left unanswered until the client reads. */
const RESPONSES_HIGH_WATER_MARK = 16 * 1024;

/** One listening TCP socket and its connections (RFC 7766, RFC 9210). */
export class TcpListener {
  readonly #server: Server;
  readonly #connections: ConnectionTable<TcpConnection>;
  readonly #own = new Set<TcpConnection>();
  readonly #host: ConnectionHost;
  #onEmpty: (() => void) | undefined;

  private constructor(options: TcpOptions) {
    this.#connections = options.connections;
    this.#host = {
      ...options.host,
      onActivity: (connection) => this.#connections.touch(connection),
      onClose: (connection) => this.#onClose(connection),
    };
    this.#server = createServer(
      // Half-open: a client that has sent its last query still gets the answers.
      { allowHalfOpen: true, highWaterMark: RESPONSES_HIGH_WATER_MARK },
      (socket) => this.#accept(socket),
    );
  }

  /** Binds. IPv6 sockets take IPv6 alone, so that `::` and `0.0.0.0` can be served side by side. */
  static listen(options: TcpOptions): Promise<TcpListener> {
    const listener = new TcpListener(options);
    const server = listener.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.address, port: options.port, ipv6Only: true, exclusive: true }, () => {
        server.removeListener('error', reject);
        server.on('error', options.onError);
        resolve(listener);
      });
    });
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /**
   * Accepts no more connections, answers what has been read, ends every connection, and waits until the clients have closed too.
   *
   * @param cutOff resolves when the time for that is over: what is left is cut off
   */
  async close(cutOff: Promise<void>): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of this.#own) connection.finish();
    if (this.#own.size > 0) await Promise.race([empty, cutOff]);
    for (const connection of this.#own) connection.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const { remoteAddress } = socket;
    // Gone again before it was accepted.
    if (remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const { statistics } = this.#host;
    const connection = new TcpConnection(socket, remoteAddress, this.#host);
    const admission = this.#connections.admit(connection);
    if (admission === 'refused') {
      statistics.count('tcpRefused');
      socket.resetAndDestroy();
      return;
    }
    if (admission === 'admitted-by-eviction') statistics.count('tcpEvicted');
    statistics.count('tcpAccepted');
    statistics.tcpOpened();
    this.#own.add(connection);
    connection.start();
  }

  #onClose(connection: TcpConnection): void {
    this.#connections.remove(connection);
    if (!this.#own.delete(connection)) return;
    this.#host.statistics.tcpClosed();
    if (this.#own.size === 0) this.#onEmpty?.();
  }
}
