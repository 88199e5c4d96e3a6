import { isMetaType, MAX_NAME_OCTETS, RCODE, TYPE } from '@kubezone/core';
import {
  apexLabelsOf,
  type BlockAddress,
  findRRset,
  flagsOf,
  type HashedName,
  mayHaveApexBetween,
  NODE_FLAG,
  RRSET_WORDS,
  SHAPE,
  soaWord,
  UNIT_WORDS,
  type ZoneReader,
} from '@kubezone/core/packed-zone';

import { HINFO_RFC8482, MAX_ALIASES } from '../answer/solve.ts';
import { AdditionalAddresses } from './additional-addresses.ts';
import { type AnswerMessage, QUESTION_POINTER, SECTION } from './answer-message.ts';
import { AskedNames } from './asked-names.ts';
import { firstOf } from './first-of.ts';
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
  /** Only between the steps of a chain of aliases: there is one more. */
  FURTHER: 3,
} as const;

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
  readonly #additional: AdditionalAddresses;
  readonly #asked = new AskedNames(MAX_ALIASES + 1);
  /** The nodes of the DNAME RRsets in the answer. */
  readonly #dnames = new Int32Array(MAX_ALIASES + 1);
  #dnameCount = 0;
  /** The canonical name of the alias that was followed last. */
  readonly #alias: HashedName;
  /** A name server of the zone. */
  readonly #server: HashedName;
  readonly #made: Uint8Array = new Uint8Array(MAX_NAME_OCTETS);
  /** An RRset of the answer section did not fit: no more is written, only rcode and authority are still to be found out. */
  #isFull = false;
  /** Of the last answer. SERVFAIL: the sources have yet to list, and nothing but that is to be said. */
  rcode = 0;
  authoritative = true;
  /** Of the last answer: nobody here knows the name asked for, and the query is to be relayed; what was composed is only for where it cannot be. */
  relays = false;
  /** Of the last answer: the hash of the name that it is from, see `PacketAnswerer.lastAccount`; of no meaning where the rcode is SERVFAIL. */
  account = 0;

  constructor(reader: ZoneReader, message: AnswerMessage, random: Xorshift) {
    this.#reader = reader;
    this.#words = reader.memory.words;
    this.#octets = reader.memory.octets;
    this.#message = message;
    this.#random = random;
    this.#search = new NodeSearch(reader);
    this.#additional = new AdditionalAddresses(reader, message, random);
    this.#alias = reader.createName();
    this.#server = reader.createName();
  }

  /**
   * The head of the zone that answers for a name and type, as `responsibleZone` of the reference answerer finds it; 0 where there is none.
   */
  responsibleZone(name: HashedName, type: number): BlockAddress {
    const { labels } = name;
    const head = this.#reader.findZone(name, labels);
    if (type !== TYPE.DS || head === 0 || labels === 0 || apexLabelsOf(this.#words, head) !== labels) return head;
    const parent = this.#reader.findZone(name, labels - 1);
    return parent !== 0 && this.#search.search(parent, name, false) === FOUND.CUT ? parent : head;
  }

  /**
   * Answers a question.
   *
   * @param head of the zone that answers for it; its apex is not the root
   * @returns one of `OUTCOME`
   */
  solve(head: BlockAddress, question: HashedName, type: number): number {
    this.rcode = RCODE.NOERROR;
    this.authoritative = true;
    this.relays = false;
    this.#isFull = false;
    this.#dnameCount = 0;
    const flags = flagsOf(this.#words, head);
    let name = question;
    let pointer = QUESTION_POINTER;
    for (let followed = 0; ; followed++) {
      const found = this.#search.search(head, name, false);
      if (followed === 0) this.account = this.#accountOf(found, name, apexLabelsOf(this.#words, head));
      else this.#asked.note(followed, name);
      const outcome = this.#step(head, question, name, type, found, pointer, flags);
      if (outcome !== OUTCOME.FURTHER) return outcome;
      if (followed === 0) this.#asked.note(0, question);
      name = this.#alias;
      // A chain of aliases ends, with what there is of it, where it leaves the zone, comes back, or gets too long.
      if (followed >= MAX_ALIASES || !this.#staysIn(head, question, name, type)) return this.#ended();
      if (this.#asked.has(followed + 1, name)) return this.#ended();
      pointer = 0xc000 | this.#message.target;
    }
  }

  /** Whether a canonical name belongs to the zone of the question. */
  #staysIn(head: BlockAddress, question: HashedName, name: HashedName, type: number): boolean {
    const apexLabels = apexLabelsOf(this.#words, head);
    // As a rule both lie below one apex, and no zone has a longer one.
    if (type !== TYPE.DS && name.endsLike(question, apexLabels) && !mayHaveApexBetween(this.#words, apexLabels, name.labels))
      return true;
    return this.responsibleZone(name, type) === head;
  }

  /** Answers for one name of a chain of aliases. Where there is a further one, it is `#alias`, and its alias has been written. */
  #step(
    head: BlockAddress,
    question: HashedName,
    name: HashedName,
    type: number,
    found: number,
    pointer: number,
    flags: number,
  ): number {
    const words = this.#words;
    const { node, cutLabels } = this.#search;
    if (found === FOUND.DNAME) return this.#substitute(name, type, pointer);
    // The DS RRset is the parent's data (RFC 4035, section 3.1.4.1).
    const isCut = found === FOUND.CUT;
    if (isCut && (type !== TYPE.DS || cutLabels !== name.labels)) return this.#referral(head, name, flags, name !== question);
    const isMissing = found === FOUND.MISSING;
    const isApex = !isMissing && name.labels === apexLabelsOf(words, head);
    const rrset = isMissing ? 0 : isApex && type === TYPE.SOA ? soaWord(head) : findRRset(words, node, type);
    const isAny = type === TYPE.ANY && !isMissing && (isApex || hasRRsets(words, node));
    const isAlias = rrset === 0 && !isMissing && isFollowed(words, node, type);
    const isThere = rrset !== 0 || isAny || isAlias;
    if ((flags & ZONE_FLAG.COMPLETE) === 0 && (!isThere || found === FOUND.WILDCARD)) {
      this.rcode = RCODE.SERVFAIL;
      return OUTCOME.COMPLETE;
    }
    // A DNAME that is asked for may have been passed through on the way.
    if (type === TYPE.DNAME && found === FOUND.EXACT && this.#isWritten(node)) return this.#ended();
    if (rrset !== 0) return this.#positive(head, question, rrset, type, pointer, flags, isApex && name === question);
    if (isAny) return this.#any(head, name, node, isApex, pointer, flags);
    if (isAlias) return this.#follow(findRRset(words, node, TYPE.CNAME), pointer);
    if (isMissing) {
      if ((flags & ZONE_FLAG.FALLTHROUGH) !== 0 && this.#isRelayed(head, name, type)) {
        // Somebody else may know the end of the chain: whoever follows it asks for that name by itself.
        if (name !== question) return this.#ended();
        this.relays = true;
      }
      this.rcode = RCODE.NXDOMAIN;
      this.account = question.hashes[apexLabelsOf(words, head)] as number;
    }
    // The SOA stands in the authority section (RFC 2308, section 3).
    return !this.#isFull && this.#message.negativeSoa(head) ? OUTCOME.COMPLETE : OUTCOME.TRUNCATED;
  }

  /** What stands for all questions that are answered from the same data, however many a client can make up. */
  #accountOf(found: number, name: HashedName, apexLabels: number): number {
    switch (found) {
      case FOUND.WILDCARD:
        return this.#search.wildcardHash;
      case FOUND.CUT:
      case FOUND.DNAME:
        return name.hashes[this.#search.cutLabels] as number;
      case FOUND.MISSING:
        return name.hashes[apexLabels] as number;
      default:
        return name.hashes[name.labels] as number;
    }
  }

  /** Whether a query for a name that the zone does not have is relayed: not at or below the zone's name servers, nor by a type that no RRset has. */
  #isRelayed(head: BlockAddress, name: HashedName, type: number): boolean {
    if (isMetaType(type)) return false;
    const words = this.#words;
    const octets = this.#octets;
    const apexLabels = apexLabelsOf(words, head);
    const ns = findRRset(words, this.#reader.findNode(head, name, apexLabels), TYPE.NS);
    if (ns === 0) return true;
    const server = this.#server;
    let from = (ns + RRSET_WORDS) * 4;
    for (let left = (words[ns] as number) >>> 16; left > 0; left--) {
      server.load(octets, from + 2, from + 2 + MAX_NAME_OCTETS);
      from += 2 + (((octets[from] as number) << 8) | (octets[from + 1] as number));
      if (server.labels > apexLabels && name.endsLike(server, server.labels)) return false;
    }
    return true;
  }

  #ended(): number {
    return this.#isFull ? OUTCOME.TRUNCATED : OUTCOME.COMPLETE;
  }

  /** Writes an alias, and loads its canonical name (RFC 1034, section 4.3.2, step 3a). */
  #follow(cname: number, pointer: number): number {
    const words = this.#words;
    const from = (cname + RRSET_WORDS) * 4 + 2;
    if ((words[cname] as number) >>> 16 !== 1) return OUTCOME.BEYOND;
    this.#alias.load(this.#octets, from, from + MAX_NAME_OCTETS);
    this.#writeAlias(words[cname + 1] as number, pointer, this.#octets, from);
    return OUTCOME.FURTHER;
  }

  /** Writes the DNAME above a name, and the CNAME that it makes for the name (RFC 6672, section 3.1). */
  #substitute(name: HashedName, type: number, pointer: number): number {
    const words = this.#words;
    const { node, cutLabels } = this.#search;
    const dname = findRRset(words, node, TYPE.DNAME);
    if ((words[dname] as number) >>> 16 !== 1) return OUTCOME.BEYOND;
    const ttl = words[dname + 1] as number;
    if (!this.#isWritten(node)) {
      this.#dnames[this.#dnameCount++] = node;
      if (!this.#isFull) {
        const owner = this.#message.pointerTo(name, cutLabels);
        if (owner === 0) return OUTCOME.BEYOND;
        this.#isFull = !this.#message.rrset(SECTION.ANSWER, dname, ttl, owner, name, 0);
      }
    }
    if (!this.#loadSubstitute(name, cutLabels, dname)) {
      this.rcode = RCODE.YXDOMAIN;
      return this.#ended();
    }
    this.#writeAlias(ttl, pointer, this.#alias.octets, 0);
    // It is what was asked for, as a CNAME from the zone would be.
    return type === TYPE.CNAME ? this.#ended() : OUTCOME.FURTHER;
  }

  /** Loads the name with its end replaced by a DNAME's target; false where it gets too long (RFC 6672, section 2.2). */
  #loadSubstitute(name: HashedName, labels: number, dname: number): boolean {
    const made = this.#made;
    const octets = this.#octets;
    const at = (dname + RRSET_WORDS) * 4;
    const length = ((octets[at] as number) << 8) | (octets[at + 1] as number);
    const prefix = name.startOf(labels);
    if (prefix + length > MAX_NAME_OCTETS) return false;
    // The name may be the one that is about to be loaded.
    for (let index = 0; index < prefix; index++) made[index] = name.octets[index] as number;
    for (let index = 0; index < length; index++) made[prefix + index] = octets[at + 2 + index] as number;
    this.#alias.load(made, 0, prefix + length);
    return true;
  }

  #writeAlias(ttl: number, pointer: number, source: Uint8Array, from: number): void {
    if (!this.#isFull) this.#isFull = !this.#message.alias(ttl, pointer, this.#alias, source, from);
  }

  #isWritten(dname: BlockAddress): boolean {
    for (let index = 0; index < this.#dnameCount; index++) if (this.#dnames[index] === dname) return true;
    return false;
  }

  #positive(
    head: BlockAddress,
    question: HashedName,
    rrset: number,
    type: number,
    pointer: number,
    flags: number,
    isQuestionApex: boolean,
  ): number {
    const words = this.#words;
    const message = this.#message;
    if (this.#isFull) return OUTCOME.TRUNCATED;
    const first = firstOf(words[rrset] as number, flags, this.#random);
    if (!message.rrset(SECTION.ANSWER, rrset, words[rrset + 1] as number, pointer, question, first)) return OUTCOME.TRUNCATED;
    if (type === TYPE.SOA && isQuestionApex) {
      // Who asks for the SOA of a zone is about to talk to its name servers.
      const ns = findRRset(words, this.#search.node, TYPE.NS);
      if (ns === 0 || !message.rrset(SECTION.AUTHORITY, ns, words[ns + 1] as number, QUESTION_POINTER, question, 0)) {
        return OUTCOME.COMPLETE;
      }
      this.#additional.appendHosts(head, question, ns, 0, flags);
      return OUTCOME.COMPLETE;
    }
    const offset = hostOffset(type);
    if (offset >= 0) this.#additional.appendHosts(head, question, rrset, offset, flags);
    return OUTCOME.COMPLETE;
  }

  /**
   * Type ANY: at the apex SOA and NS, elsewhere the alias or HINFO RRset where there is one, and else an HINFO RRset made for it (RFC 8482, sections
   * 4.1 and 4.2).
   */
  #any(head: BlockAddress, name: HashedName, node: BlockAddress, isApex: boolean, pointer: number, flags: number): number {
    if (this.#isFull) return OUTCOME.TRUNCATED;
    const words = this.#words;
    const message = this.#message;
    const soa = soaWord(head);
    const apexLabels = apexLabelsOf(words, head);
    const ns = findRRset(words, isApex ? node : this.#reader.findNode(head, name, apexLabels), TYPE.NS);
    if (isApex) {
      if (!message.rrset(SECTION.ANSWER, soa, words[soa + 1] as number, pointer, name, 0)) return OUTCOME.TRUNCATED;
      if (ns === 0) return OUTCOME.COMPLETE;
      if (!message.rrset(SECTION.ANSWER, ns, words[ns + 1] as number, pointer, name, 0)) return OUTCOME.TRUNCATED;
      this.#additional.appendHosts(head, name, ns, 0, flags);
      return OUTCOME.COMPLETE;
    }
    const cname = findRRset(words, node, TYPE.CNAME);
    const own = cname === 0 ? findRRset(words, node, TYPE.HINFO) : cname;
    const isWritten =
      own === 0
        ? message.made(TYPE.HINFO, words[(ns === 0 ? soa : ns) + 1] as number, pointer, HINFO_RFC8482)
        : message.rrset(SECTION.ANSWER, own, words[own + 1] as number, pointer, name, 0);
    return isWritten ? OUTCOME.COMPLETE : OUTCOME.TRUNCATED;
  }

  /** A referral: the NS RRset of the cut, and its glue. */
  #referral(head: BlockAddress, name: HashedName, flags: number, isAfterAlias: boolean): number {
    this.authoritative = isAfterAlias;
    if (this.#isFull) return OUTCOME.TRUNCATED;
    const words = this.#words;
    const message = this.#message;
    const { node, cutLabels } = this.#search;
    const ns = findRRset(words, node, TYPE.NS);
    const pointer = message.pointerTo(name, cutLabels);
    if (pointer === 0) return OUTCOME.BEYOND;
    if (!message.rrset(SECTION.AUTHORITY, ns, words[ns + 1] as number, pointer, name, 0)) return OUTCOME.TRUNCATED;
    const isWhole = this.#additional.appendGlue(head, ns, name, cutLabels, flags);
    return isWhole ? OUTCOME.COMPLETE : OUTCOME.TRUNCATED;
  }
}

function hasRRsets(words: Int32Array, node: BlockAddress): boolean {
  return (words[node * UNIT_WORDS + SHAPE] as number) >>> 16 !== 0;
}

/** Whether a node is an alias for a type. RRSIG and NSEC stand beside a CNAME and belong to the alias itself (RFC 4034, sections 3 and 4). */
function isFollowed(words: Int32Array, node: BlockAddress, type: number): boolean {
  const shape = words[node * UNIT_WORDS + SHAPE] as number;
  return (shape & NODE_FLAG.CNAME) !== 0 && type !== TYPE.RRSIG && type !== TYPE.NSEC && type !== TYPE.ANY;
}
