import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

import type { Statistics } from '../statistics.ts';

/** Answers a datagram; the result is read before the next call. Never throws. */
export type AnswerDatagram = (request: Uint8Array, clientAddress: string) => Uint8Array | undefined;

/** What a UDP listener needs. */
export interface UdpOptions {
  readonly address: string;
  /** 0 for a free one. */
  readonly port: number;
  /** SO_RCVBUF in octets: how much may wait while the process does something else. @default the system's */
  readonly receiveBufferOctets?: number;
  readonly answer: AnswerDatagram;
  readonly statistics: Statistics;
  /** Told of errors of the socket itself, which goes on. */
  readonly onError: (error: Error) => void;
}

/** Responses that wait for the kernel, in octets, beyond which more are dropped: a client asks again, memory does not come back. */
const MAX_WAITING_OCTETS = 8 * 1024 * 1024;

/**
 * One UDP socket.
 *
 * libuv reads at most 32 datagrams before other sockets have their turn, so a flood delays TCP and updates but never starves them.
 */
export class UdpListener {
  readonly #socket: Socket;
  readonly #options: UdpOptions;

  private constructor(socket: Socket, options: UdpOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('error', options.onError);
    socket.on('message', (request, { address, port }) => this.#receive(request, address, port));
  }

  /** Binds. IPv6 sockets take IPv6 alone, so that `::` and `0.0.0.0` can be served side by side. */
  static listen(options: UdpOptions): Promise<UdpListener> {
    const { address, port, receiveBufferOctets } = options;
    const isVersion6 = isIPv6(address.replace(/%.*$/, ''));
    const socket = createSocket({
      type: isVersion6 ? 'udp6' : 'udp4',
      ipv6Only: isVersion6,
      ...(receiveBufferOctets !== undefined && { recvBufferSize: receiveBufferOctets }),
    });
    return new Promise((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close();
        reject(error);
      });
      socket.bind({ address, port, exclusive: true }, () => {
        socket.removeAllListeners('error');
        resolve(new UdpListener(socket, options));
      });
    });
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /**
   * Takes no more datagrams, and closes when the responses that wait have gone.
   *
   * @param cutOff resolves when the time for that is over
   */
  async close(cutOff: Promise<void>): Promise<void> {
    this.#socket.removeAllListeners('message');
    const over = cutOff.then(() => 'over' as const);
    while (this.#socket.getSendQueueCount() > 0) {
      const turn = new Promise<'turn'>((resolve) => setImmediate(resolve, 'turn'));
      if ((await Promise.race([turn, over])) === 'over') break;
    }
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #receive(request: Uint8Array, address: string, port: number): void {
    const { answer, statistics } = this.#options;
    // Nobody can have asked from port 0; a reply would fail, and the sender is forged.
    if (port === 0) {
      statistics.count('dropped');
      return;
    }
    const response = answer(request, address);
    if (response === undefined) return;
    if (this.#socket.getSendQueueSize() > MAX_WAITING_OCTETS) {
      statistics.count('udpSendErrors');
      return;
    }
    // A copy: the kernel may take it later than the next answer is written.
    this.#socket.send(response.slice(), port, address, (error) => {
      if (error !== null) statistics.count('udpSendErrors');
    });
  }
}
