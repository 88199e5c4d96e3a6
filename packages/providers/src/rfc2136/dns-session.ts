import {
  CLASS,
  type Clock,
  composeMessage,
  isFailure,
  MAX_MESSAGE_OCTETS,
  type Message,
  OPCODE,
  type ParsedMessage,
  parseMessage,
  type Question,
  type ResourceRecord,
  TYPE,
} from '@kubezone/core';

import { nextTurn } from '../rate/next-turn.ts';
import { ExchangeError } from './exchange-error.ts';
import type { DnsServer } from './server-pool.ts';
import type { TcpConnection } from './tcp-connection.ts';
import { ReplyVerifier, signRequest, type SignedRequest, tsigOctets } from './tsig.ts';
import type { TsigKey } from './tsig-key.ts';

/** A request: what matters of its message here. */
export interface DnsRequest {
  readonly opcode: number;
  readonly question: Question;
  /** In an UPDATE, the prerequisites. */
  readonly answers?: readonly ResourceRecord[];
  /** In an UPDATE, the updates. */
  readonly authorities?: readonly ResourceRecord[];
}

/** One message of a reply. */
export interface DnsReply {
  readonly message: ParsedMessage;
  /** Whether it is known to come from the server: signed, or no key is configured. A refusal may come unsigned; nothing else is to be believed so. */
  readonly authentic: boolean;
}

/** Signed requests to one server over one connection. */
export class DnsSession {
  readonly server: DnsServer;
  readonly #connection: TcpConnection;
  readonly #key: TsigKey | undefined;
  readonly #clock: Clock;

  constructor(server: DnsServer, connection: TcpConnection, key: TsigKey | undefined, clock: Clock) {
    this.server = server;
    this.#connection = connection;
    this.#key = key;
    this.#clock = clock;
  }

  /** The longest request, in octets, its signature not counted. */
  get maxRequestOctets(): number {
    return MAX_MESSAGE_OCTETS - (this.#key === undefined ? 0 : tsigOctets(this.#key));
  }

  /**
   * Sends a request whose reply is one message.
   *
   * @throws {ExchangeError}
   * @throws {RangeError} where the request is longer than `maxRequestOctets`
   */
  async request(request: DnsRequest): Promise<DnsReply> {
    let reply: DnsReply | undefined;
    await this.stream(request, (message) => {
      reply = message;
      return true;
    });
    if (reply === undefined) throw new ExchangeError('no-reply', `${this.#connection.server} did not reply`);
    return reply;
  }

  /**
   * Sends a request whose reply may be many messages.
   *
   * Where the server finds our clock wrong it says so, signed, with its own time, and has done nothing (RFC 8945, section 5.2.3): the request goes out once more
   * by that time, and so do all that follow. A turn of the event loop goes before: where the caller was to give up meanwhile, the connection is closed by then.
   *
   * @param take gets each message; true where it is the last. May throw, which ends the exchange.
   * @throws {ExchangeError}
   */
  async stream(request: DnsRequest, take: (reply: DnsReply) => boolean): Promise<void> {
    if ((await this.#exchange(request, take)) === 'done') return;
    await this.turn();
    if ((await this.#exchange(request, take)) === 'clock-set') {
      throw new ExchangeError('key-refused', `${this.#connection.server} finds its own time wrong (TSIG error BADTIME, twice)`);
    }
  }

  /** Resolves after one turn of the event loop: see `nextTurn`. */
  turn(): Promise<void> {
    return nextTurn(this.#clock);
  }

  close(): void {
    this.#connection.close();
  }

  async #exchange(request: DnsRequest, take: (reply: DnsReply) => boolean): Promise<'done' | 'clock-set'> {
    const { server } = this.#connection;
    const id = this.#connection.nextId();
    const { octets, mac } = this.#sign(composeMessage(messageOf(request, id), { limit: this.maxRequestOctets }));
    const key = this.#key;
    const verifier = key === undefined ? undefined : new ReplyVerifier(key, mac, () => this.#time());
    let outcome: 'done' | 'clock-set' = 'done';
    await this.#connection.exchange(octets, (received) => {
      const message = parseMessage(received);
      if (isFailure(message)) throw new ExchangeError('bad-reply', `${server} sent a malformed message: ${message.message}`);
      if (!message.header.response || message.header.opcode !== request.opcode) {
        throw new ExchangeError('bad-reply', `${server} sent what is no reply to the request`);
      }
      const verdict = verifier?.check(received, message) ?? { kind: 'signed' };
      switch (verdict.kind) {
        case 'signed':
          return take({ message, authentic: true });
        case 'unsigned':
          return take({ message, authentic: false });
        case 'wrong':
          throw new ExchangeError('bad-reply', `${server}: the signature of its reply does not hold: ${verdict.reason}`);
        case 'key-refused':
          throw new ExchangeError('key-refused', `${server} refuses the TSIG key ${key?.name ?? ''}: ${verdict.reason}`);
        case 'bad-time':
          this.server.clockOffset = verdict.serverTime - Math.floor(this.#clock.now() / 1000);
          outcome = 'clock-set';
          return true;
        default:
          return verdict satisfies never;
      }
    });
    return outcome;
  }

  #sign(message: Uint8Array): SignedRequest {
    if (this.#key === undefined) return { octets: message, mac: new Uint8Array() };
    return signRequest(this.#key, message, this.#time());
  }

  /** The server's time, as far as it has told us. */
  #time(): number {
    return Math.floor(this.#clock.now() / 1000) + this.server.clockOffset;
  }
}

function messageOf({ opcode, question, answers = [], authorities = [] }: DnsRequest, id: number): Message {
  const header = {
    id,
    response: false,
    opcode,
    authoritative: false,
    truncated: false,
    // What the server itself holds is asked for, not what somebody else may know.
    recursionDesired: false,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    rcode: 0,
  };
  return { header, questions: [question], answers, authorities, additionals: [] };
}

/** An UPDATE of a zone (RFC 2136, section 2). */
export function updateRequest(
  apex: Question['name'],
  prerequisites: readonly ResourceRecord[],
  updates: readonly ResourceRecord[],
): DnsRequest {
  return {
    opcode: OPCODE.UPDATE,
    question: { name: apex, type: TYPE.SOA, class: CLASS.IN },
    answers: prerequisites,
    authorities: updates,
  };
}
