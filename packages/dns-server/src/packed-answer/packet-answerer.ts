/**
 * Answers queries from zones in shared memory: octets in, octets out, without an allocation.
 *
 *     query ──► QueryScan ──► zone ──► PackedSolver ──► AnswerMessage ──► answer      ordinary queries
 *                  │            │           │                │
 *                  └────────────┴───────────┴────────────────┴──► respond()           the reference answerer, over the same memory
 *
 * Left to the reference answerer, none of it frequent:
 * - whatever is malformed or a response, has another opcode, no question or a compressed one, TSIG, or EDNS of another version: no data is looked at for those;
 * - zones whose apex is the root, and CNAME or DNAME RRsets of more than one record, which no zone should have: there one RRset is unpacked, however large.
 */
import { CLASS, EDE, HEADER_OCTETS, MAX_MESSAGE_OCTETS, printAddress, RCODE, TYPE } from '@kubezone/core';
import { apexLabelsOf, type ZoneReader } from '@kubezone/core/packed-zone';

import { respond, respondWith, type Response } from '../answer/answer.ts';
import type { AnswerContext } from '../answer/context.ts';
import { refusal } from '../answer/solve.ts';
import { slipResponse } from '../rate-limit/slip-response.ts';
import type { Transport } from '../statistics.ts';
import { AnswerMessage } from './answer-message.ts';
import { OUTCOME, PackedSolver } from './packed-solver.ts';
import { PackedZoneTable } from './packed-zone-table.ts';
import { QueryScan } from './query-scan.ts';
import { ResponseOpt } from './response-opt.ts';
import { Xorshift } from './xorshift.ts';

/** What answers depend on besides the query and the zones. */
export interface AnswererSettings extends Omit<AnswerContext, 'zones' | 'random'> {
  /** Not 0: where the order of addresses begins. */
  readonly randomSeed: number;
}

/** Who asks: an IPv4 address in 4 octets or an IPv6 address in 16. */
export interface Peer {
  readonly address: Uint8Array;
}

const MIN_UDP_OCTETS = 512;

/** Bits of the third octet of the header (RFC 1035, section 4.1.1). */
const QR = 0x80;
const AA = 0x04;
const TC = 0x02;
const RD = 0x01;

/** One answerer for one thread. */
export class PacketAnswerer {
  readonly reader: ZoneReader;
  readonly #words: Int32Array;
  readonly #settings: AnswererSettings;
  readonly #context: AnswerContext;
  readonly #random: Xorshift;
  readonly #scan: QueryScan;
  readonly #message: AnswerMessage;
  readonly #solver: PackedSolver;
  readonly #opt: ResponseOpt;
  readonly #zones: PackedZoneTable;
  #rcode = 0;
  /** Of the last answer, for whoever counts them: query type (0 where no question could be parsed) and whole rcode. */
  lastType = 0;
  lastRcode = 0;
  lastTruncated = false;
  lastCookie: 'valid' | 'invalid' | undefined = undefined;
  /**
   * Of the last answer, for whoever limits them (`RateLimiter.judge`): what stands for all answers from the same data, however many questions a client can make
   * up that get them. 0 for refusals and errors, else a hash of a name; as in BIND and Knot, which group by the source of the answer too:
   * - data, and NODATA at a name that exists: the name asked for, also where it is an alias;
   * - data or NODATA by a wildcard: the wildcard;
   * - a referral: the zone cut; names below a DNAME: its owner;
   * - NXDOMAIN, also at the end of aliases, and whatever the reference answerer has answered: the zone's apex.
   */
  lastAccount = 0;
  /** Of the last answer: nobody here knows the name, and the query is to be relayed; the answer is for where it cannot be. */
  lastRelays = false;
  /** How many answers were composed here, and how many by the reference answerer. */
  composed = 0;
  referred = 0;

  constructor(reader: ZoneReader, settings: AnswererSettings) {
    this.reader = reader;
    this.#words = reader.memory.words;
    this.#settings = settings;
    this.#random = new Xorshift(settings.randomSeed);
    this.#scan = new QueryScan(reader.createName());
    this.#message = new AnswerMessage(reader.memory, reader.createName());
    this.#solver = new PackedSolver(reader, this.#message, this.#random);
    this.#opt = new ResponseOpt(settings);
    this.#zones = new PackedZoneTable(reader);
    const { randomSeed: _, ...context } = settings;
    this.#context = {
      ...context,
      zones: this.#zones,
      random: () => this.#random.next() / 2 ** 32,
    };
  }

  /** Goes on to the newest version of the zones: before each batch of queries, after the thread has said that it reads. */
  begin(): void {
    this.reader.begin();
  }

  /**
   * Answers one query.
   *
   * @param query may be longer than the query; from 0 up to `length` it is
   * @param out where the answer is written, from 0: as long as the longest answer, or shorter, which then limits it
   * @returns the answer's length; 0 where no answer is due
   */
  answer(query: Uint8Array, length: number, out: Uint8Array, transport: Transport, peer: Peer): number {
    const { state } = this.#random;
    this.lastRelays = false;
    const composed = this.#compose(query, length, out, transport, peer);
    if (composed > 0) {
      this.composed++;
      return composed;
    }
    // As if nothing had been tried.
    this.#random.state = state;
    return this.#refer(query, length, out, transport, peer);
  }

  /**
   * Makes of the last answer, in its place, what a client gets that is beyond its limit: `slipResponse`.
   *
   * @param out as it was left by `answer`, `length` octets
   * @returns the new length
   */
  slip(out: Uint8Array, length: number): number {
    const size = slipResponse(out, length, this.lastRcode);
    this.lastTruncated = ((out[2] as number) & TC) !== 0;
    const isNew = this.lastRcode === RCODE.NOERROR || this.lastRcode === RCODE.NXDOMAIN;
    if (isNew && !this.lastTruncated) this.lastRcode = RCODE.BADCOOKIE;
    else if (this.lastRelays) {
      // Somebody else may know the name: that it does not exist must not be said by the way.
      out[2] = (out[2] as number) & ~AA;
      out[3] = (out[3] as number) & 0xf0;
      this.lastRcode = RCODE.NOERROR;
    }
    return size;
  }

  /**
   * Answers the last query, which would be relayed, SERVFAIL: too many wait.
   *
   * @param query as it was given to `answer`, and so with all others
   * @returns the answer's length
   */
  overload(query: Uint8Array, length: number, out: Uint8Array, transport: Transport, peer: Peer): number {
    const response = respondWith(
      query.subarray(0, length),
      refusal(RCODE.SERVFAIL, EDE.OTHER),
      { transport, address: printAddress(peer.address) },
      this.#context,
    );
    // It was understood a moment ago.
    if (response === undefined) throw new RangeError('a query that would be relayed is none');
    this.#note(response);
    out.set(response.octets);
    this.lastAccount = 0;
    return response.octets.length;
  }

  /** There was no answer, but an exception: what is counted is the rcode alone. */
  forget(rcode: number): void {
    this.lastType = 0;
    this.lastRcode = rcode;
    this.lastTruncated = false;
    this.lastCookie = undefined;
    this.lastAccount = 0;
    this.lastRelays = false;
  }

  /** Returns the answer's length; 0 where the query is to be referred. */
  #compose(query: Uint8Array, length: number, out: Uint8Array, transport: Transport, peer: Peer): number {
    const scan = this.#scan;
    if (!scan.scan(query, length)) return 0;
    const { name, type, qclass, questionEnd, hasEdns } = scan;
    const solver = this.#solver;
    const message = this.#message;
    message.begin(out, query, name, questionEnd, this.#limit(out, transport) - this.#opt.octets(scan, transport));
    if (qclass !== CLASS.IN && qclass !== CLASS.ANY) {
      return this.#finishEmpty(query, out, transport, peer, RCODE.REFUSED, EDE.NOT_SUPPORTED);
    }
    const head = solver.responsibleZone(name, type);
    if (head === 0) return this.#finishEmpty(query, out, transport, peer, RCODE.REFUSED, EDE.NOT_AUTHORITATIVE);
    if (type === TYPE.AXFR || type === TYPE.IXFR) {
      return this.#finishEmpty(query, out, transport, peer, RCODE.REFUSED, EDE.PROHIBITED);
    }
    if (apexLabelsOf(this.#words, head) === 0) return 0;
    const outcome = solver.solve(head, name, type);
    if (outcome === OUTCOME.BEYOND) return 0;
    if (solver.rcode === RCODE.SERVFAIL) {
      return this.#finishEmpty(query, out, transport, peer, RCODE.SERVFAIL, EDE.NOT_READY);
    }
    this.#rcode = solver.rcode;
    this.lastCookie = undefined;
    if (hasEdns) this.#writeOpt(out, transport, peer, 0);
    this.lastAccount = solver.rcode === RCODE.YXDOMAIN ? 0 : solver.account;
    this.lastRelays = solver.relays && qclass === CLASS.IN;
    this.lastTruncated = outcome === OUTCOME.TRUNCATED;
    return this.#finish(query, (solver.authoritative ? AA : 0) | (this.lastTruncated ? TC : 0));
  }

  /** How long the response may be. */
  #limit(out: Uint8Array, transport: Transport): number {
    if (transport === 'tcp') return Math.min(MAX_MESSAGE_OCTETS, out.length);
    const scan = this.#scan;
    if (!scan.hasEdns || scan.udpPayloadSize < MIN_UDP_OCTETS) return MIN_UDP_OCTETS;
    const { udpPayloadSize } = this.#settings;
    const limit = scan.udpPayloadSize < udpPayloadSize ? scan.udpPayloadSize : udpPayloadSize;
    return limit < out.length ? limit : out.length;
  }

  #writeOpt(out: Uint8Array, transport: Transport, peer: Peer, extendedError: number): void {
    const message = this.#message;
    message.at = this.#opt.write(this.#scan, out, message.at, transport, peer.address, extendedError);
    this.lastCookie = this.#opt.cookie;
  }

  /** An answer without data. */
  #finishEmpty(
    query: Uint8Array,
    out: Uint8Array,
    transport: Transport,
    peer: Peer,
    rcode: number,
    extendedError: number,
  ): number {
    const { questionEnd, hasEdns } = this.#scan;
    this.#rcode = rcode;
    this.lastTruncated = false;
    this.lastCookie = undefined;
    this.lastAccount = 0;
    this.#message.reset(questionEnd);
    if (hasEdns) this.#writeOpt(out, transport, peer, extendedError);
    return this.#finish(query, 0);
  }

  #finish(query: Uint8Array, flags: number): number {
    const scan = this.#scan;
    this.#message.finish(query, QR | ((query[2] as number) & RD) | flags, this.#rcode, scan.hasEdns ? 1 : 0);
    this.lastType = scan.type;
    this.lastRcode = this.#rcode;
    return this.#message.at;
  }

  #refer(query: Uint8Array, length: number, out: Uint8Array, transport: Transport, peer: Peer): number {
    this.referred++;
    const response = respond(query.subarray(0, length), { transport, address: printAddress(peer.address) }, this.#context);
    if (response === undefined) return 0;
    this.#note(response);
    out.set(response.octets);
    this.lastAccount = this.#accountOf(out, response);
    return response.octets.length;
  }

  #note({ type, rcode, truncated, cookie, relays }: Response): void {
    this.lastType = type;
    this.lastRcode = rcode;
    this.lastTruncated = truncated;
    this.lastCookie = cookie;
    this.lastRelays = relays;
  }

  #accountOf(out: Uint8Array, { octets, rcode, type }: Response): number {
    if (type === 0 || (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN)) return 0;
    const { name } = this.#scan;
    // The question stands in the response as in the query, but is never compressed.
    name.load(out, HEADER_OCTETS, octets.length);
    const head = this.reader.findZone(name, name.labels);
    return head === 0 ? 0 : (name.hashes[apexLabelsOf(this.#words, head)] as number);
  }
}
