import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';

import type { Clock, LogFields, Logger } from '@kubezone/core';

import { DnsServer } from '../server.ts';
import type { DnsServerOptions, ListenAddress } from '../server-options.ts';
import { FrameReader } from '../transport/frame-reader.ts';
import { zoneOf } from './zone-text.ts';

/** Real time, for tests over real sockets. */
export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A logged line. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps its lines. */
export function recordingLogger(): { readonly logger: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const record =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  return { logger: { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') }, lines };
}

/** A server that listens on loopback. */
export interface TestServer {
  readonly server: DnsServer;
  readonly at: ListenAddress;
  readonly log: readonly LogLine[];
}

/**
 * What the zones of tests may take. By default it is 2 GiB of address space, and with two dozen of them in one process, as those of tests are until garbage is
 * collected, Linux starts no other processes from it (ENOMEM).
 */
const MAX_ZONE_OCTETS = 2 ** 26;

/** Starts a server with one zone. */
export async function startServer(
  zone: string,
  options: Partial<DnsServerOptions> = {},
  listen: ListenAddress = { address: '127.0.0.1', port: 0 },
): Promise<TestServer> {
  const { logger, lines } = recordingLogger();
  const server = new DnsServer({ clock: SYSTEM_CLOCK, logger, maxZoneOctets: MAX_ZONE_OCTETS, ...options });
  server.zones.replace(zoneOf(zone));
  const [at] = await server.listen([listen]);
  return { server, at: at as ListenAddress, log: lines };
}

/** Sends one datagram and waits for one; undefined where none comes in time. */
export async function askUdp(
  { address, port }: ListenAddress,
  query: Uint8Array,
  waitMs = 2000,
): Promise<Uint8Array | undefined> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(undefined), waitMs);
      socket.once('error', reject);
      socket.once('message', (message) => {
        clearTimeout(timer);
        resolve(message);
      });
      socket.send(query, port, address);
    });
  } finally {
    socket.close();
  }
}

/** Messages behind their lengths, as TCP carries them. */
export function framed(...messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => [Uint8Array.of(message.length >> 8, message.length & 0xff), message]));
}

const received = new Uint8Array(65_535);

/** A TCP client that keeps what it is sent. */
export class TcpClient {
  readonly socket: Socket;
  readonly messages: Uint8Array[] = [];
  /** How the connection ended: by FIN, or by a reset. */
  readonly ended: Promise<'fin' | 'reset'>;
  readonly #reader = new FrameReader();
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#reader.push(chunk);
      for (let length = this.#reader.take(received); length >= 0; length = this.#reader.take(received)) {
        this.messages.push(received.slice(0, length));
      }
      for (const check of this.#waiting) check();
    });
    this.ended = new Promise((resolve) => {
      socket.once('end', () => resolve('fin'));
      socket.once('error', () => resolve('reset'));
      socket.once('close', () => resolve('reset'));
    });
  }

  /** Connects. The client keeps its own side open when the server ends, unless a test closes it. */
  static connect({ address, port }: ListenAddress): Promise<TcpClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: address, port, allowHalfOpen: true });
      const client = new TcpClient(socket);
      socket.once('connect', () => resolve(client));
      socket.once('error', reject);
    });
  }

  send(...messages: readonly Uint8Array[]): void {
    this.socket.write(framed(...messages));
  }

  /** Waits until so many messages have come. */
  async receive(count: number): Promise<readonly Uint8Array[]> {
    if (this.messages.length < count) {
      await new Promise<void>((resolve) => {
        const check = (): void => {
          if (this.messages.length < count) return;
          this.#waiting.delete(check);
          resolve();
        };
        this.#waiting.add(check);
      });
    }
    return this.messages;
  }

  close(): void {
    this.socket.destroy();
  }
}
