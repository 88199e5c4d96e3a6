import { createSocket, type SocketOptions } from 'node:dgram';
import { networkInterfaces } from 'node:os';

import { ListenError } from '../listen-error.ts';
import type { ListenAddress } from '../server-options.ts';
import { expandWildcards, familyOf } from './dgram-addresses.ts';
import type { SocketBuffers, UdpBackEnd } from './udp-back-end.ts';
import type { BackEndSetup, DgramAddress, ReturnPath, ToWorker } from './worker-control.ts';

/** `node:dgram` in the workers: each binds sockets of its own, with SO_REUSEPORT, since a socket of Node's belongs to one thread. */
export class DgramBackEnd implements UdpBackEnd {
  readonly kind = 'dgram';
  readonly maxWorkers: number;
  readonly addresses: readonly ListenAddress[];
  readonly #bound: readonly DgramAddress[];
  readonly #buffers: SocketBuffers;
  readonly #tell: (worker: number, message: ToWorker) => void;
  readonly #sharesPort: boolean;

  private constructor(
    addresses: readonly ListenAddress[],
    buffers: SocketBuffers,
    tell: (worker: number, message: ToWorker) => void,
    sharesPort: boolean,
  ) {
    this.maxWorkers = sharesPort ? Infinity : 1;
    this.#sharesPort = sharesPort;
    this.addresses = addresses;
    this.#bound = expandWildcards(addresses, networkInterfaces());
    this.#buffers = buffers;
    this.#tell = tell;
  }

  /**
   * Binds each address once and alone, and lets it go again: so a port in use is known now, though SO_REUSEPORT would later share it without a
   * word, and port 0 becomes a port that all workers can use.
   *
   * @param tell tells a worker something
   * @param canSharePort whether the system spreads queries over the sockets of one port: macOS and Windows do not, and have one worker
   * @throws {ListenError}
   */
  static async open(
    addresses: readonly ListenAddress[],
    buffers: SocketBuffers,
    tell: (worker: number, message: ToWorker) => void,
    canSharePort: () => Promise<boolean> = hasReusePort,
  ): Promise<DgramBackEnd> {
    const found: ListenAddress[] = [];
    for (const { address, port } of addresses) found.push({ address, port: await probe(address, port) });
    return new DgramBackEnd(found, buffers, tell, await canSharePort());
  }

  prepare(): BackEndSetup {
    return { kind: 'dgram', addresses: this.#bound, sharesPort: this.#sharesPort, ...this.#buffers };
  }

  /** A worker's sockets end with it. */
  release(): void {}

  drain(worker: number): void {
    this.#tell(worker, { kind: 'phase' });
  }

  /** The worker counts what it sends. */
  finish(worker: number, path: ReturnPath, octets: Uint8Array | undefined): undefined {
    this.#tell(worker, { kind: 'late-answer', path, octets });
  }

  close(): void {}
}

/** libuv knows SO_REUSEPORT on the systems that balance by it, and refuses it on the others. */
async function hasReusePort(): Promise<boolean> {
  try {
    await probe('127.0.0.1', 0, { reusePort: true });
    return true;
  } catch {
    return false;
  }
}

/** Binds an address, and lets it go. Returns the port. */
function probe(address: string, port: number, options: Partial<SocketOptions> = {}): Promise<number> {
  const isVersion6 = familyOf(address) === 6;
  const socket = createSocket({ type: isVersion6 ? 'udp6' : 'udp4', ipv6Only: isVersion6, ...options });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(new ListenError('udp', address, port, error));
    });
    socket.bind({ address, port, exclusive: true }, () => {
      const bound = socket.address().port;
      socket.close(() => resolve(bound));
    });
  });
}
