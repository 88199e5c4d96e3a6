import { HEADER_OCTETS, type Logger, RCODE } from '@kubezone/core';

import type { Statistics, Transport } from '../statistics.ts';
import type { PacketAnswerer, Peer } from './packet-answerer.ts';

/** How much of a query that could not be answered is logged, in octets. */
const LOGGED_OCTETS = 512;

/** Bits of the third octet of the header (RFC 1035, section 4.1.1): QR; opcode and RD. */
const QR = 0x80;
const OPCODE_AND_RD = 0x79;

/** Answers, counts, and never throws: a query over which answering fails is answered SERVFAIL. */
export class CountedAnswerer {
  readonly answerer: PacketAnswerer;
  readonly #statistics: Statistics;
  readonly #logger: Logger;

  constructor(answerer: PacketAnswerer, statistics: Statistics, logger: Logger) {
    this.answerer = answerer;
    this.#statistics = statistics;
    this.#logger = logger;
  }

  /**
   * As `PacketAnswerer.answer`; what is answered is counted by `count`, since a limit may be in between.
   *
   * @returns the answer's length; 0 where no answer is due
   */
  answer(query: Uint8Array, length: number, out: Uint8Array, transport: Transport, peer: Peer): number {
    try {
      return this.answerer.answer(query, length, out, transport, peer);
    } catch (error) {
      return this.#fail(error, query, length, out, transport);
    }
  }

  /** As `PacketAnswerer.overload`. */
  overload(query: Uint8Array, length: number, out: Uint8Array, transport: Transport, peer: Peer): number {
    try {
      return this.answerer.overload(query, length, out, transport, peer);
    } catch (error) {
      return this.#fail(error, query, length, out, transport);
    }
  }

  /** Counts the last answer, as it is sent. */
  count(transport: Transport): void {
    const statistics = this.#statistics;
    const { lastType, lastRcode, lastTruncated, lastCookie } = this.answerer;
    statistics.countAnswer(transport, lastType, lastRcode);
    if (lastTruncated) statistics.count('truncated');
    if (lastCookie !== undefined) statistics.count(lastCookie === 'valid' ? 'cookiesValid' : 'cookiesInvalid');
  }

  /** A defect of this program: the client is told by the header alone, and the log has the octets, which a report of it needs most. */
  #fail(error: unknown, query: Uint8Array, length: number, out: Uint8Array, transport: Transport): number {
    this.#statistics.count('failures');
    const request = Buffer.from(query.subarray(0, Math.min(length, LOGGED_OCTETS))).toString('hex');
    this.#logger.error('answering failed', { error, request, transport });
    if (length < HEADER_OCTETS || ((query[2] as number) & QR) !== 0) return 0;
    out.fill(0, 0, HEADER_OCTETS);
    out[0] = query[0] as number;
    out[1] = query[1] as number;
    out[2] = QR | ((query[2] as number) & OPCODE_AND_RD);
    out[3] = RCODE.SERVFAIL;
    this.answerer.forget(RCODE.SERVFAIL);
    return HEADER_OCTETS;
  }
}
