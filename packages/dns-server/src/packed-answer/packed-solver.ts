import { MAX_NAME_OCTETS, RCODE, TYPE } from '@kubezone/core';
import {
  apexLabelsOf,
  type BlockAddress,
  findRRset,
  flagsOf,
  type HashedName,
  NODE_FLAG,
  RRSET_WORDS,
  SHAPE,
  soaWord,
  UNIT_WORDS,
  type ZoneReader,
} from '@kubezone/core/packed-zone';

import { MAX_ALIASES } from '../answer/solve.ts';
import { type AnswerMessage, QUESTION_POINTER, SECTION } from './answer-message.ts';
import { FOUND, NodeSearch } from './node-search.ts';
import { ZONE_FLAG } from './packed-zone-table.ts';
import { hostOffset } from './rdata-kind.ts';
import type { Xorshift } from './xorshift.ts';

/** How the composing of an answer ended. */
export const OUTCOME = {
  COMPLETE: 0,
  /** Something that must be in the message does not fit. */
  TRUNCATED: 1,
  /** What is left to the reference answerer: what was composed so far means nothing. */
  BEYOND: 2,
} as const;

/** Of so many hosts at most are addresses looked for here. */
const MAX_HOSTS = 64;

/**
 * Composes the sections of an answer from one zone: the algorithm of RFC 1034, section 4.3.2, as `solve` of the reference answerer has it, but each
 * RRset is written as soon as it is found.
 */
export class PackedSolver {
  readonly #reader: ZoneReader;
  readonly #words: Int32Array;
  readonly #octets: Uint8Array;
  readonly #message: AnswerMessage;
  readonly #random: Xorshift;
  readonly #search: NodeSearch;
  /** The canonical name of the alias that was followed last. */
  readonly #alias: HashedName;
  readonly #host: HashedName;
  /** Of the names that were asked for on the way: hashes. */
  readonly #asked = new Int32Array(MAX_ALIASES + 2);
  /** Of the last answer. SERVFAIL: the sources have yet to list, and nothing but that is to be said. */
  rcode = 0;
  authoritative = true;

  constructor(reader: ZoneReader, message: AnswerMessage, random: Xorshift) {
    this.#reader = reader;
    this.#words = reader.memory.words;
    this.#octets = reader.memory.octets;
    this.#message = message;
    this.#random = random;
    this.#search = new NodeSearch(reader);
    this.#alias = reader.createName();
    this.#host = reader.createName();
  }

  /**
   * Answers a question.
   *
   * @param head of the zone with the longest match
   * @returns one of `OUTCOME`
   */
  solve(head: BlockAddress, question: HashedName, type: number): number {
    this.rcode = RCODE.NOERROR;
    this.authoritative = true;
    const words = this.#words;
    const message = this.#message;
    const search = this.#search;
    const flags = flagsOf(words, head);
    const apexLabels = apexLabelsOf(words, head);
    let name = question;
    let pointer = QUESTION_POINTER;
    for (let followed = 0; ; followed++) {
      let found = search.search(head, name, false);
      if (found === FOUND.DNAME) return OUTCOME.BEYOND;
      if (found === FOUND.CUT) {
        // The DS RRset is the parent's data (RFC 4035, section 3.1.4.1).
        if (type !== TYPE.DS || search.cutLabels !== name.labels) return this.#referral(head, name, flags, followed > 0);
        found = FOUND.EXACT;
      }
      const { node } = search;
      const isApex = found === FOUND.EXACT && name.labels === apexLabels;
      const rrset = found === FOUND.MISSING ? 0 : isApex && type === TYPE.SOA ? soaWord(head) : findRRset(words, node, type);
      const isAlias = rrset === 0 && found !== FOUND.MISSING && this.#isAlias(node, type);
      if ((flags & ZONE_FLAG.COMPLETE) === 0 && (found !== FOUND.EXACT || (rrset === 0 && !isAlias))) {
        this.rcode = RCODE.SERVFAIL;
        return OUTCOME.COMPLETE;
      }
      if (rrset !== 0) return this.#positive(head, question, rrset, type, pointer, flags, isApex && followed === 0);
      if (!isAlias) {
        if (found === FOUND.MISSING) this.rcode = RCODE.NXDOMAIN;
        // The SOA stands in the authority section (RFC 2308, section 3).
        return message.negativeSoa(head) ? OUTCOME.COMPLETE : OUTCOME.TRUNCATED;
      }
      const cname = findRRset(words, node, TYPE.CNAME);
      const from = (cname + RRSET_WORDS) * 4 + 2;
      if ((words[cname] as number) >>> 16 !== 1) return OUTCOME.BEYOND;
      this.#asked[followed] = name.hashes[name.labels] as number;
      name = this.#alias;
      name.load(this.#octets, from, from + MAX_NAME_OCTETS);
      if (!message.alias(words[cname + 1] as number, pointer, name, from) || name.labels === 0) return OUTCOME.BEYOND;
      if (followed >= MAX_ALIASES) return OUTCOME.COMPLETE;
      // Aliases are not followed into another zone that is served here.
      const next = this.#reader.findZone(name, name.labels);
      if (next !== 0 && type === TYPE.DS && apexLabelsOf(words, next) === name.labels) return OUTCOME.BEYOND;
      if (next !== head) return OUTCOME.COMPLETE;
      if (this.#wasAsked(name, followed)) return OUTCOME.BEYOND;
      pointer = 0xc000 | message.target;
    }
  }

  /** RRSIG and NSEC stand beside a CNAME and belong to the alias itself (RFC 4034, sections 3 and 4). */
  #isAlias(node: BlockAddress, type: number): boolean {
    const shape = this.#words[node * UNIT_WORDS + SHAPE] as number;
    return (shape & NODE_FLAG.CNAME) !== 0 && type !== TYPE.RRSIG && type !== TYPE.NSEC;
  }

  /** Whether a name may have been asked for on the way already: by its hash. */
  #wasAsked(name: HashedName, followed: number): boolean {
    const hash = name.hashes[name.labels] as number;
    for (let index = 0; index <= followed; index++) if (this.#asked[index] === hash) return true;
    return false;
  }

  #positive(
    head: BlockAddress,
    question: HashedName,
    rrset: number,
    type: number,
    pointer: number,
    flags: number,
    isApex: boolean,
  ): number {
    const words = this.#words;
    const message = this.#message;
    if (!message.rrset(SECTION.ANSWER, rrset, words[rrset + 1] as number, pointer, this.#host, this.#first(rrset, flags))) {
      return OUTCOME.TRUNCATED;
    }
    if (type === TYPE.SOA && isApex) {
      // Who asks for the SOA of a zone is about to talk to its name servers.
      const ns = findRRset(words, this.#search.node, TYPE.NS);
      if (ns === 0 || !message.rrset(SECTION.AUTHORITY, ns, words[ns + 1] as number, QUESTION_POINTER, this.#host, 0)) {
        return OUTCOME.COMPLETE;
      }
      return this.#appendHosts(head, question, ns, 0, flags);
    }
    const offset = hostOffset(type);
    return offset < 0 ? OUTCOME.COMPLETE : this.#appendHosts(head, question, rrset, offset, flags);
  }

  /** A referral: the NS RRset of the cut, and its glue. */
  #referral(head: BlockAddress, name: HashedName, flags: number, isAfterAlias: boolean): number {
    const words = this.#words;
    const message = this.#message;
    const { node, cutLabels } = this.#search;
    const ns = findRRset(words, node, TYPE.NS);
    const pointer = message.pointerTo(name, cutLabels);
    if (pointer === 0) return OUTCOME.BEYOND;
    this.authoritative = isAfterAlias;
    if (!message.rrset(SECTION.AUTHORITY, ns, words[ns + 1] as number, pointer, this.#host, 0)) return OUTCOME.TRUNCATED;
    return this.#appendGlue(head, ns, name, cutLabels, flags);
  }

  /** The addresses of the hosts that an RRset names (RFC 1034, section 4.3.2, step 6): as many as fit. */
  #appendHosts(head: BlockAddress, question: HashedName, rrset: number, offset: number, flags: number): number {
    const words = this.#words;
    const octets = this.#octets;
    const host = this.#host;
    const count = (words[rrset] as number) >>> 16;
    if (count > MAX_HOSTS) return OUTCOME.BEYOND;
    // For name servers also glue, which stands below zone cuts.
    const passCuts = ((words[rrset] as number) & 0xffff) === TYPE.NS;
    const apexLabels = apexLabelsOf(words, head);
    const start = (rrset + RRSET_WORDS) * 4;
    let from = start;
    for (let index = 0; index < count; index++) {
      const end = from + 2 + (((octets[from] as number) << 8) | (octets[from + 1] as number));
      host.load(octets, from + 2 + offset, end);
      const isNew = index === 0 || !this.#isNamedBefore(host, start, from, offset);
      if (isNew && host.endsLike(question, apexLabels)) this.#appendAddresses(head, host, passCuts, flags);
      from = end;
    }
    return OUTCOME.COMPLETE;
  }

  /** Whether an earlier rdata of an RRset names the same host. */
  #isNamedBefore(host: HashedName, start: number, end: number, offset: number): boolean {
    const octets = this.#octets;
    for (let from = start; from < end; from += 2 + (((octets[from] as number) << 8) | (octets[from + 1] as number))) {
      if (host.equals(octets, from + 2 + offset)) return true;
    }
    return false;
  }

  /**
   * The addresses of a zone cut's name servers. Without those of servers at or below the cut the response is truncated (RFC 9471, section 3.1).
   *
   * @param name ends in the cut's name
   */
  #appendGlue(head: BlockAddress, ns: number, name: HashedName, cutLabels: number, flags: number): number {
    const words = this.#words;
    const octets = this.#octets;
    const host = this.#host;
    const apexLabels = apexLabelsOf(words, head);
    const count = (words[ns] as number) >>> 16;
    let outcome: number = OUTCOME.COMPLETE;
    for (let pass = 0; pass < 2; pass++) {
      let from = (ns + RRSET_WORDS) * 4;
      for (let index = 0; index < count; index++) {
        host.load(octets, from + 2, from + 2 + MAX_NAME_OCTETS);
        from += 2 + (((octets[from] as number) << 8) | (octets[from + 1] as number));
        if (!host.endsLike(name, apexLabels)) continue;
        const isRequired = host.endsLike(name, cutLabels);
        if (isRequired !== (pass === 0)) continue;
        if (!this.#appendAddresses(head, host, true, flags) && isRequired) outcome = OUTCOME.TRUNCATED;
      }
    }
    return outcome;
  }

  /** Returns whether all addresses that the host has did fit. */
  #appendAddresses(head: BlockAddress, host: HashedName, passCuts: boolean, flags: number): boolean {
    const words = this.#words;
    const found = this.#search.search(head, host, passCuts);
    if (found !== FOUND.EXACT && found !== FOUND.WILDCARD) return true;
    const { node } = this.#search;
    const ipv4 = findRRset(words, node, TYPE.A);
    const ipv6 = findRRset(words, node, TYPE.AAAA);
    const wroteIpv4 = ipv4 === 0 || this.#appendRRset(ipv4, host, flags);
    return (ipv6 === 0 || this.#appendRRset(ipv6, host, flags)) && wroteIpv4;
  }

  #appendRRset(rrset: number, host: HashedName, flags: number): boolean {
    const message = this.#message;
    const pointer = message.pointerTo(host, host.labels);
    return message.rrset(SECTION.ADDITIONAL, rrset, this.#words[rrset + 1] as number, pointer, host, this.#first(rrset, flags));
  }

  /** Which rdata comes first: of addresses any, each as likely. */
  #first(rrset: number, flags: number): number {
    const first = this.#words[rrset] as number;
    const count = first >>> 16;
    const type = first & 0xffff;
    if (count < 2 || (flags & ZONE_FLAG.ROTATE) === 0 || (type !== TYPE.A && type !== TYPE.AAAA)) return 0;
    return this.#random.below(count);
  }
}
