import type { ListenAddress } from '../server-options.ts';
import type { BackEndSetup, ReturnPath } from './worker-control.ts';

/** The main thread's side of how datagrams come and go. */
export interface UdpBackEnd {
  readonly kind: 'native' | 'dgram';
  /** How many workers there may be. */
  readonly maxWorkers: number;
  /** Where it listens, with the ports that were found where 0 was asked for. */
  readonly addresses: readonly ListenAddress[];
  /**
   * What a worker is started with. Opens the worker's sockets, where they are the main thread's and closed.
   *
   * @throws {ListenError}
   */
  prepare(worker: number): BackEndSetup;
  /** Nobody will read from a worker's sockets for a while: they are closed, and the kernel gives their clients to the other workers. */
  release(worker: number): void;
  /** Ends a worker's input: it gets what has arrived, and then the end. The phase has been set before. */
  drain(worker: number): void;
  /**
   * Sends the answer to a query that a worker has deferred; without octets there is none.
   *
   * @returns 0, or the errno with which it was not sent; undefined where the worker sends and counts it
   */
  finish(worker: number, path: ReturnPath, octets: Uint8Array | undefined): number | undefined;
  /** When no worker is left. */
  close(): void;
}

/** Buffers of sockets, in octets; 0 for the system's default. */
export interface SocketBuffers {
  readonly receiveBuffer: number;
  readonly sendBuffer: number;
}
