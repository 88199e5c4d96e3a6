import { createServer, type Server, type Socket } from 'node:net';

import {
  CLASS,
  composeMessage,
  isFailure,
  type Message,
  OPCODE,
  type ParsedMessage,
  parseMessage,
  type ResourceRecord,
  scanRecord,
} from '@kubezone/core';

/** A DNS server over TCP that says whatever a test wants it to say, and signs nothing. */
export class ScriptedServer {
  /** The reply's messages to a request; after the last one the connection is closed where `close` is set. */
  script: (request: ParsedMessage) => { readonly messages: readonly Message[]; readonly close?: boolean } = () => ({
    messages: [],
  });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('data', (chunk) => this.#reply(socket, chunk));
    });
  }

  static async open(): Promise<ScriptedServer> {
    const server = new ScriptedServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get address(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  /** The client writes each message in one piece. */
  #reply(socket: Socket, chunk: Uint8Array): void {
    const request = parseMessage(chunk.subarray(2));
    if (isFailure(request)) throw new Error(request.message);
    const { messages, close = false } = this.script(request);
    for (const message of messages) {
      const octets = composeMessage(message);
      socket.write(Buffer.concat([Uint8Array.of(octets.length >> 8, octets.length & 0xff), octets]));
    }
    if (close) socket.end();
  }
}

/** A reply to a request, with records of a zone file as its answers. */
export function replyTo(request: ParsedMessage, header: Partial<Message['header']>, ...answers: readonly string[]): Message {
  return {
    header: { ...request.header, response: true, authoritative: true, opcode: OPCODE.QUERY, ...header },
    questions: request.questions,
    answers: answers.map(recordOf),
    authorities: [],
    additionals: [],
  };
}

function recordOf(line: string): ResourceRecord {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return { ...record, class: CLASS.IN };
}
