import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { isFailure, OPCODE, parseMessage, printRRType } from '@kubezone/core';

import { splitFrames } from '../support/split-frames.ts';
import { type Gate, Hooks } from './http-gate.ts';

/** A gate before a DNS server, for TCP: requests are `UPDATE ZONE`, `AXFR ZONE`, `A NAME`. */
export class DnsGate implements Gate {
  readonly requests: string[] = [];
  /** How many updates the server has said to have made, by zone. */
  readonly updated = new Map<string, number>();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #hooks = new Hooks();

  private constructor(upstreamPort: number) {
    this.#server = createServer((client) => this.#join(client, connect(upstreamPort, '127.0.0.1')));
  }

  static async open(upstreamPort: number): Promise<DnsGate> {
    const gate = new DnsGate(upstreamPort);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  forget(): void {
    this.requests.length = 0;
    this.updated.clear();
  }

  before(pattern: RegExp, run: () => void | Promise<void>): void {
    this.#hooks.add(pattern, run);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    /** The zones of updates that are not answered yet, by message id. */
    const updating = new Map<number, string>();
    const forward = async (before: Promise<void>, frame: Uint8Array, octets: Uint8Array): Promise<void> => {
      await before;
      const line = describeRequest(octets);
      const [verb, zone = ''] = line.split(' ');
      if (verb === 'UPDATE') updating.set(idOf(octets), zone);
      this.requests.push(line);
      await this.#hooks.run(line);
      server.write(frame);
    };
    let passed: Promise<void> = Promise.resolve();
    eachMessage(client, (frame, octets) => {
      passed = forward(passed, frame, octets);
    });
    eachMessage(server, (frame, octets) => {
      const zone = updating.get(idOf(octets));
      const message = parseMessage(octets);
      if (zone !== undefined && !isFailure(message) && message.header.rcode === 0)
        this.updated.set(zone, (this.updated.get(zone) ?? 0) + 1);
      client.write(frame);
    });
  }
}

function idOf(octets: Uint8Array): number {
  return Buffer.from(octets.subarray(0, 2)).readUInt16BE();
}

function describeRequest(octets: Uint8Array): string {
  const message = parseMessage(octets);
  const [question] = isFailure(message) ? [] : message.questions;
  if (isFailure(message) || question === undefined) return 'malformed';
  return `${message.header.opcode === OPCODE.UPDATE ? 'UPDATE' : printRRType(question.type)} ${question.name}`;
}

/** Splits a stream into messages, each with the two octets of its length and without (RFC 1035, section 4.2.2). */
function eachMessage(socket: Socket, take: (frame: Uint8Array, octets: Uint8Array) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    const split = splitFrames(Buffer.concat([rest, chunk]));
    rest = split.rest;
    for (const frame of split.frames) take(Uint8Array.from(frame), Uint8Array.from(frame.subarray(2)));
  });
}
