/**
 * Answers queries from zones in shared memory: octets in, octets out, without an allocation.
 *
 *     query ──► QueryScan ──► zone ──► PackedSolver ──► AnswerMessage ──► answer      ordinary queries
 *                  │            │           │                │
 *                  └────────────┴───────────┴────────────────┴──► respond()           the reference answerer, over the same memory
 *
 * Left to the reference answerer:
 * - whatever is malformed, has another opcode or class, no question, TSIG, or EDNS of another version;
 * - queries for the root, in a zone whose apex is the root, for ANY or a transfer, and for DS of an apex;
 * - queries with TCP keepalive, or NSID where there is one to tell;
 * - answers below a DNAME, of aliases that are not single, come back to a name or do not fit, and of more than 64 hosts;
 * - messages of more than 16,000 octets with names to compress.
 */
import { EDE, EDNS_OPTION, MAX_MESSAGE_OCTETS, printAddress, RCODE, TYPE } from '@kubezone/core';
import { apexLabelsOf, type ZoneReader } from '@kubezone/core/packed-zone';

import { respond } from '../answer/answer.ts';
import type { AnswerContext } from '../answer/context.ts';
import type { Transport } from '../statistics.ts';
import { COOKIE_OCTETS } from '../cookies/server-cookie.ts';
import { AnswerMessage } from './answer-message.ts';
import { COOKIE, CookieSigner } from './cookie-signer.ts';
import { OUTCOME, PackedSolver } from './packed-solver.ts';
import { PackedZoneTable } from './packed-zone-table.ts';
import { OPT_OCTETS, QueryScan } from './query-scan.ts';
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
  readonly #cookies: CookieSigner | undefined;
  readonly #zones: PackedZoneTable;
  #rcode = 0;
  #wasReferred = false;
  /** Of the last answer, for whoever counts them: query type (0 where no question could be parsed) and whole rcode. */
  lastType = 0;
  lastRcode = 0;
  lastTruncated = false;
  lastCookie: 'valid' | 'invalid' | undefined = undefined;
  /** Of the last answer, for whoever limits them: see `ResponseLimiter`. */
  lastAccount = 0;
  /** How many answers were composed here, and how many by the reference answerer. */
  composed = 0;
  referred = 0;

  constructor(reader: ZoneReader, settings: AnswererSettings) {
    this.reader = reader;
    this.#words = reader.memory.words;
    this.#settings = settings;
    this.#random = new Xorshift(settings.randomSeed);
    this.#scan = new QueryScan(reader.createName(), settings.nsid !== undefined);
    this.#message = new AnswerMessage(reader.memory, reader.createName());
    this.#solver = new PackedSolver(reader, this.#message, this.#random);
    this.#cookies = settings.cookieSecrets.length === 0 ? undefined : new CookieSigner(settings.cookieSecrets);
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
    const composed = this.#compose(query, length, out, transport, peer);
    this.#wasReferred = composed === 0;
    if (composed > 0) {
      this.composed++;
      return composed;
    }
    // As if nothing had been tried.
    this.#random.state = state;
    return this.#refer(query, length, out, transport, peer);
  }

  /**
   * Writes, in place of the last answer, one without records and with TC set: for a client that is to ask again over TCP. Nothing at all where the last answer
   * was the reference answerer's.
   *
   * @returns the answer's length
   */
  truncate(query: Uint8Array): number {
    if (this.#wasReferred) return 0;
    const { hasEdns, doFlag, questionEnd } = this.#scan;
    this.#message.reset(questionEnd);
    if (hasEdns) this.#message.edns(this.#settings.udpPayloadSize, doFlag);
    this.lastTruncated = true;
    return this.#finish(query, TC);
  }

  /** There was no answer, but an exception: what is counted is the rcode alone. */
  forget(rcode: number): void {
    this.lastType = 0;
    this.lastRcode = rcode;
    this.lastTruncated = false;
    this.lastCookie = undefined;
    this.lastAccount = 0;
    this.#wasReferred = true;
  }

  /** Returns the answer's length; 0 where the query is to be referred. */
  #compose(query: Uint8Array, length: number, out: Uint8Array, transport: Transport, peer: Peer): number {
    const scan = this.#scan;
    if (!scan.scan(query, length)) return 0;
    const { name, type, questionEnd, hasEdns } = scan;
    const { labels } = name;
    if (labels === 0) return 0;
    const head = this.reader.findZone(name, labels);
    const message = this.#message;
    const reserve = hasEdns ? OPT_OCTETS + (this.#givesCookie() ? 4 + COOKIE_OCTETS : 0) : 0;
    message.begin(out, query, name, questionEnd, this.#limit(out, transport) - reserve);
    this.lastAccount = 0;
    if (head === 0) return this.#finishEmpty(query, out, peer, RCODE.REFUSED, EDE.NOT_AUTHORITATIVE);
    const apexLabels = apexLabelsOf(this.#words, head);
    if (apexLabels === 0 || (type === TYPE.DS && labels === apexLabels)) return 0;
    const solver = this.#solver;
    const outcome = solver.solve(head, name, type);
    if (outcome === OUTCOME.BEYOND || message.isBeyond) return 0;
    this.#rcode = solver.rcode;
    if (solver.rcode === RCODE.SERVFAIL) return this.#finishEmpty(query, out, peer, RCODE.SERVFAIL, EDE.NOT_READY);
    this.lastCookie = undefined;
    if (hasEdns) this.#writeEdns(query, out, peer);
    this.lastAccount = name.hashes[solver.rcode === RCODE.NOERROR ? labels : apexLabels] as number;
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

  #givesCookie(): boolean {
    return this.#cookies !== undefined && this.#scan.cookieLength > 0;
  }

  #writeEdns(query: Uint8Array, out: Uint8Array, peer: Peer): void {
    const message = this.#message;
    const { doFlag, cookieAt, cookieLength } = this.#scan;
    const { udpPayloadSize, nowSeconds } = this.#settings;
    message.edns(udpPayloadSize, doFlag);
    if (this.#cookies === undefined || cookieLength === 0) return;
    const at = message.ednsOption(EDNS_OPTION.COOKIE, COOKIE_OCTETS);
    const worth = this.#cookies.reply(query, cookieAt, cookieLength, peer.address, nowSeconds(), out, at);
    if (worth !== COOKIE.NONE) this.lastCookie = worth === COOKIE.VALID ? 'valid' : 'invalid';
  }

  /** An answer without data. */
  #finishEmpty(query: Uint8Array, out: Uint8Array, peer: Peer, rcode: number, extendedError: number): number {
    const scan = this.#scan;
    const message = this.#message;
    this.#rcode = rcode;
    this.lastTruncated = false;
    this.lastCookie = undefined;
    message.reset(scan.questionEnd);
    if (scan.hasEdns) {
      this.#writeEdns(query, out, peer);
      // RFC 8914, section 2: the code, and no text.
      const at = message.ednsOption(EDNS_OPTION.EXTENDED_ERROR, 2);
      out[at] = extendedError >>> 8;
      out[at + 1] = extendedError & 0xff;
    }
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
    this.lastType = response.type;
    this.lastRcode = response.rcode;
    this.lastTruncated = response.truncated;
    this.lastCookie = response.cookie;
    this.lastAccount = 0;
    out.set(response.octets);
    return response.octets.length;
  }
}
