import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ListenAddress } from '../server-options.ts';

/** So many queries are sent at once: no queue on the way overflows. */
const AT_ONCE = 50;

/** Sends a query again and again. */
export interface FloodOptions {
  readonly to: ListenAddress;
  /** The address that it comes from. */
  readonly from: string;
  readonly query: Uint8Array;
  readonly count: number;
  /** How many sockets send: the system gives each to one of the server's threads. @default 8 */
  readonly sockets?: number;
}

/** A flood that has been sent. */
export interface Flood {
  /** What has come back so far. */
  readonly replies: readonly Uint8Array[];
  /** From before the first query to after the last, in milliseconds. */
  readonly tookMs: number;
  close(): void;
}

/** Sends a flood; what is sent has left when it returns. */
export async function sendFlood({ to, from, query, count, sockets = 8 }: FloodOptions): Promise<Flood> {
  const replies: Uint8Array[] = [];
  const opened = await Promise.all(Array.from({ length: sockets }, () => openFrom(from, replies)));
  const started = performance.now();
  for (let sent = 0; sent < count;) {
    const sends: Promise<void>[] = [];
    for (const end = Math.min(count, sent + AT_ONCE); sent < end; sent++) {
      const socket = opened[sent % sockets];
      sends.push(
        new Promise((resolve, reject) => {
          socket?.send(query, to.port, to.address, (error) => (error === null ? resolve() : reject(error)));
        }),
      );
    }
    await Promise.all(sends);
    await sleep(1);
  }
  const tookMs = performance.now() - started;
  return { replies, tookMs, close: () => opened.forEach((socket) => socket.close()) };
}

async function openFrom(address: string, replies: Uint8Array[]): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 4 << 20,
    lookup: (name, _options, callback) => callback(null, name, 4),
  });
  socket.on('message', (message) => replies.push(message));
  await new Promise<void>((resolve) => socket.bind(0, address, () => resolve()));
  return socket;
}
