import { constants } from 'node:os';

import { ListenError } from '../listen-error.ts';
import type { ListenAddress } from '../server-options.ts';
import { familyOf, isWildcard } from './dgram-addresses.ts';
import { namedSystemError, type NativeSocket, type NativeUdp } from './native-udp.ts';
import type { SocketBuffers, UdpBackEnd } from './udp-back-end.ts';
import type { BackEndSetup, ReturnPath } from './worker-control.ts';

/**
 * The backstop of a worker's wait: how long it may take to see that it is to end where the kernel does not wake it (gVisor), and how long
 * the process may take to exit without `stop`. Once a second costs nothing.
 */
const RECEIVE_TIMEOUT_MS = 1000;

/**
 * Sockets of the addon: one for each worker and address.
 *
 * The main thread opens and keeps them; a worker reads from descriptors of its own. So an address in use is known before any worker is started, and a worker
 * that crashes leaves its queue to its successor.
 */
export class NativeBackEnd implements UdpBackEnd {
  readonly kind = 'native';
  readonly maxWorkers: number = Infinity;
  readonly addresses: readonly ListenAddress[];
  readonly #addon: NativeUdp;
  readonly #addonPath: string;
  readonly #buffers: SocketBuffers;
  /** By worker, then by address; undefined while they are closed. */
  readonly #sockets: (readonly NativeSocket[] | undefined)[];

  /** @throws {ListenError} with nothing left open */
  constructor(addon: NativeUdp, addonPath: string, addresses: readonly ListenAddress[], workers: number, buffers: SocketBuffers) {
    this.#addon = addon;
    this.#addonPath = addonPath;
    this.#buffers = buffers;
    this.#sockets = Array.from({ length: workers }, () => undefined);
    const first = this.#open(addresses, 0);
    this.#sockets[0] = first;
    this.addresses = addresses.map(({ address }, index) => ({ address, port: (first[index] as NativeSocket).port }));
    try {
      for (let worker = 1; worker < workers; worker++) this.prepare(worker);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  prepare(worker: number): BackEndSetup {
    const sockets = (this.#sockets[worker] ??= this.#open(this.addresses, worker));
    const descriptors = sockets.map(({ descriptor }) => descriptor);
    return { kind: 'native', addonPath: this.#addonPath, descriptors, receiveTimeoutMs: RECEIVE_TIMEOUT_MS };
  }

  release(worker: number): void {
    for (const socket of this.#sockets[worker] ?? []) this.#addon.closeSocket(socket);
    this.#sockets[worker] = undefined;
  }

  drain(worker: number): void {
    for (const socket of this.#sockets[worker] ?? []) this.#addon.shutdownSocket(socket);
  }

  finish(_worker: number, { socket: index, to }: ReturnPath, octets: Uint8Array | undefined): number | undefined {
    if (octets === undefined || !(to instanceof Uint8Array)) return undefined;
    // Any worker's will do: those of one address have one port, and a crashed worker's may be closed.
    const socket = this.#sockets.find((sockets) => sockets !== undefined)?.[index];
    return socket === undefined ? constants.errno.EBADF : this.#addon.sendAnswer(socket, octets, to);
  }

  close(): void {
    for (const worker of this.#sockets.keys()) this.release(worker);
  }

  #open(addresses: readonly ListenAddress[], worker: number): readonly NativeSocket[] {
    const opened: NativeSocket[] = [];
    const { receiveBuffer, sendBuffer } = this.#buffers;
    const hasFellow = this.#sockets.some((sockets, other) => other !== worker && sockets !== undefined);
    for (const [index, { address, port }] of addresses.entries()) {
      // Alone on its port, unless a socket of ours is there already: see native/endpoint.c.
      const join = hasFellow || addresses.slice(0, index).some((earlier) => overlaps(earlier, { address, port }));
      try {
        opened.push(this.#addon.openSocket(address, port, join, receiveBuffer, sendBuffer));
      } catch (error) {
        for (const socket of opened) this.#addon.closeSocket(socket);
        throw new ListenError('udp', address, port, namedSystemError(error));
      }
    }
    return opened;
  }
}

/** Whether two sockets get in each other's way: one port, one of them on all addresses. */
function overlaps(one: ListenAddress, other: ListenAddress): boolean {
  return (
    one.port === other.port &&
    familyOf(one.address) === familyOf(other.address) &&
    isWildcard(one.address) !== isWildcard(other.address)
  );
}
