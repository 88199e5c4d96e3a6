import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket as TcpSocket } from 'node:net';

import {
  composeMessage,
  type Edns,
  isFailure,
  type Message,
  type ParsedMessage,
  parseMessage,
  RCODE,
  type ResourceRecord,
  scanRecord,
} from '@kubezone/core';

import { FrameReader } from '../../transport/frame-reader.ts';
import type { RelayServer } from '../fallthrough-options.ts';

/** What an upstream server sends back. */
export interface Script {
  readonly rcode?: number;
  /** In presentation format. */
  readonly answer?: readonly string[];
  readonly authority?: readonly string[];
  readonly flags?: Partial<Message['header']>;
  /** Sent before the response: what an attacker would send from the same address. */
  readonly before?: (query: ParsedMessage, response: Uint8Array) => readonly Uint8Array[];
  readonly edns?: Partial<Edns>;
  /** The response has no OPT record. */
  readonly withoutEdns?: boolean;
  /** Octets in place of the response. */
  readonly octets?: Uint8Array;
  /** Milliseconds until it is sent. */
  readonly delayMs?: number;
}

/** A query as it came. */
export interface SeenQuery {
  readonly message: ParsedMessage;
  readonly transport: 'udp' | 'tcp';
  readonly port: number;
}

type Reaction = Script | 'silence' | 'hang-up';
type Respond = (query: SeenQuery) => Reaction | Promise<Reaction>;

/** A name server on loopback that does what a test says. */
export class ScriptedUpstream {
  readonly at: RelayServer;
  /** All queries, in the order in which they came. */
  readonly seen: SeenQuery[] = [];
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<TcpSocket>();
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(udp: UdpSocket, tcp: Server, respond: Respond) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.at = { address: '127.0.0.1', port: udp.address().port };
    udp.on('message', (octets, { port, address }) => {
      this.#answer(octets, 'udp', port, respond, (response) => udp.send(response, port, address));
    });
    tcp.on('connection', (socket) => {
      this.#connections.add(socket);
      const reader = new FrameReader();
      const message = new Uint8Array(65_535);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#connections.delete(socket));
      socket.on('data', (chunk) => {
        reader.push(chunk);
        for (let length = reader.take(message); length >= 0; length = reader.take(message)) {
          const query = message.slice(0, length);
          this.#answer(query, 'tcp', socket.remotePort ?? 0, respond, (response) => {
            if (response.length === 0) socket.destroy();
            else socket.write(Buffer.concat([Uint8Array.of(response.length >> 8, response.length & 255), response]));
          });
        }
      });
    });
  }

  /** Starts one, on one free port for UDP and TCP. */
  static async start(respond: Respond): Promise<ScriptedUpstream> {
    for (;;) {
      const tcp = createServer();
      await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
      const { port } = tcp.address() as { port: number };
      const udp = createSocket('udp4');
      const isBound = await new Promise<boolean>((resolve) => {
        udp.once('error', () => resolve(false));
        udp.bind(port, '127.0.0.1', () => resolve(true));
      });
      if (isBound) return new ScriptedUpstream(udp, tcp, respond);
      tcp.close();
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.#udp.close(() => resolve())),
      new Promise<void>((resolve) => this.#tcp.close(() => resolve())),
    ]);
  }

  #answer(
    octets: Uint8Array,
    transport: 'udp' | 'tcp',
    port: number,
    respond: Respond,
    send: (octets: Uint8Array) => void,
  ): void {
    const message = parseMessage(octets);
    if (isFailure(message)) throw new Error(`the relay sent what is no message: ${message.message}`);
    const seen: SeenQuery = { message, transport, port };
    this.seen.push(seen);
    void Promise.resolve(respond(seen)).then((script) => this.#react(message, script, send));
  }

  #react(message: ParsedMessage, script: Reaction, send: (octets: Uint8Array) => void): void {
    if (script === 'silence') return;
    if (script === 'hang-up') {
      send(new Uint8Array());
      return;
    }
    const response = script.octets ?? composeScripted(message, script);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      for (const other of script.before?.(message, response) ?? []) send(other);
      send(response);
    }, script.delayMs ?? 0);
    this.#timers.add(timer);
  }
}

/** The response that a script describes. */
export function composeScripted(query: ParsedMessage, script: Script): Uint8Array {
  const { rcode = RCODE.NOERROR, answer = [], authority = [], flags, edns, withoutEdns = false } = script;
  const opt: Edns = { udpPayloadSize: 4096, extendedRcode: rcode >> 4, version: 0, dnssecOk: false, options: [], ...edns };
  return composeMessage({
    header: { ...query.header, response: true, recursionAvailable: true, rcode: rcode & 15, ...flags },
    questions: query.questions,
    answers: answer.map(recordOf),
    authorities: authority.map(recordOf),
    additionals: [],
    ...(query.edns && !withoutEdns && { edns: opt }),
  });
}

function recordOf(text: string): ResourceRecord {
  const record = scanRecord(text);
  if (isFailure(record)) throw new Error(`${text}: ${record.message}`);
  return record;
}
