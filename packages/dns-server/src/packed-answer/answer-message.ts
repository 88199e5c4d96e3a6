import { MAX_NAME_OCTETS, TYPE } from '@kubezone/core';
import {
  apexLabelsOf,
  type BlockAddress,
  type HashedName,
  mailboxPrefixOf,
  mayShareWithSoa,
  negativeTtlOf,
  primaryPrefixOf,
  RRSET_WORDS,
  type SharedMemory,
  soaWord,
} from '@kubezone/core/packed-zone';

import { NameOffsets, POINTER_LIMIT } from './name-offsets.ts';
import { RDATA, rdataKind } from './rdata-kind.ts';

/** Indices of the sections' counts. */
export const SECTION = { ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 2 } as const;

/** How a record may begin that needs no name of its own: a pointer to the question (RFC 1035, section 4.1.4). */
export const QUESTION_POINTER = 0xc00c;

/** Serial, refresh, retry, expire and minimum (RFC 1035, section 3.3.13). */
const SOA_NUMBERS_OCTETS = 20;

/**
 * Composes one answer after the other, from RRsets in the zones' memory: the octets that core's `MessageWriter` would compose of the same RRsets.
 *
 *     begin ─► rrset … ─► finish        every rrset goes in whole, or not at all
 */
export class AnswerMessage {
  readonly #octets: Uint8Array;
  readonly #words: Int32Array;
  readonly #offsets = new NameOffsets();
  readonly #name: HashedName;
  readonly #counts = new Uint16Array(3);
  #out: Uint8Array = new Uint8Array();
  #question: HashedName;
  #questionNoted = false;
  /** Where the next octet goes. */
  at = 0;
  /** Where the records end at the latest. */
  end = 0;
  /** Where in the message the last name stands that was written in rdata, or a name equal to it. */
  target = 0;

  /** @param name for its own use */
  constructor({ octets, words }: SharedMemory, name: HashedName) {
    this.#octets = octets;
    this.#words = words;
    this.#name = name;
    this.#question = name;
  }

  /**
   * Begins a message with the question of a query.
   *
   * @param questionEnd the octet after the query's question
   * @param end where records end at the latest
   */
  begin(out: Uint8Array, query: Uint8Array, question: HashedName, questionEnd: number, end: number): void {
    this.#out = out;
    this.#question = question;
    this.#questionNoted = false;
    this.end = end;
    this.at = questionEnd;
    const counts = this.#counts;
    counts[0] = 0;
    counts[1] = 0;
    counts[2] = 0;
    // The name as it was asked, in the case of its letters (0x20), type and class.
    for (let index = 12; index < questionEnd; index++) out[index] = query[index] as number;
  }

  /** Takes back all records. */
  reset(questionEnd: number): void {
    this.at = questionEnd;
    this.#counts.fill(0);
  }

  /** Writes the header; the message is complete then. */
  finish(query: Uint8Array, flags: number, rcode: number, additional: number): void {
    const out = this.#out;
    const counts = this.#counts;
    out[0] = query[0] as number;
    out[1] = query[1] as number;
    out[2] = flags;
    out[3] = rcode;
    out[4] = 0;
    out[5] = 1;
    for (let section = 0; section < 3; section++) {
      const count = (counts[section] as number) + (section === SECTION.ADDITIONAL ? additional : 0);
      out[6 + section * 2] = count >>> 8;
      out[7 + section * 2] = count & 0xff;
    }
  }

  /** The pointer to an end of the question's name. */
  questionPointer(labels: number): number {
    return 0xc000 | (12 + this.#question.startOf(labels));
  }

  /** The pointer to an end of a name that was written before; 0 where that is not possible. */
  pointerTo(name: HashedName, labels: number): number {
    if (name === this.#question) return this.questionPointer(labels);
    this.#noteQuestion();
    const offset = this.#offsets.find(this.#out, name, labels);
    return offset < 0 ? 0 : 0xc000 | offset;
  }

  /**
   * Writes an RRset.
   *
   * @param rrset index of its first word
   * @param pointer to the owner; 0 where the name `owner` is to be written
   * @param first which rdata comes first; the others follow in their order, and around the end
   * @returns false where it does not fit: nothing of it is written
   */
  rrset(section: number, rrset: number, ttl: number, pointer: number, owner: HashedName, first: number): boolean {
    const start = this.at;
    const mark = this.#offsets.mark();
    const wasNoted = this.#questionNoted;
    if (!this.#records(rrset, ttl, pointer, owner, first)) {
      this.at = start;
      if (wasNoted) this.#offsets.rollback(mark);
      else this.#questionNoted = false;
      return false;
    }
    this.#counts[section] = (this.#counts[section] as number) + ((this.#words[rrset] as number) >>> 16);
    return true;
  }

  /**
   * Writes a CNAME RRset of one record into the answer section. `target` says afterwards where the canonical name stands.
   *
   * @param name the canonical name, which stands in `source` from `from` on, in the case in which it is to be written
   * @returns false where it does not fit
   */
  alias(ttl: number, pointer: number, name: HashedName, source: Uint8Array, from: number): boolean {
    const start = this.at;
    if (start + 12 <= this.end) {
      this.#writePointer(start, pointer);
      this.#writeFixed(start + 2, TYPE.CNAME, ttl);
      this.at = start + 12;
      if (this.#writeName(name, source, from)) {
        this.#writeLength(start + 12);
        this.#counts[SECTION.ANSWER] = (this.#counts[SECTION.ANSWER] as number) + 1;
        return true;
      }
    }
    this.at = start;
    return false;
  }

  /**
   * Writes a record that no zone holds into the answer section.
   *
   * @param pointer to the owner
   * @returns false where it does not fit
   */
  made(type: number, ttl: number, pointer: number, rdata: Uint8Array): boolean {
    const start = this.at;
    if (start + 12 + rdata.length > this.end) return false;
    this.#writePointer(start, pointer);
    this.#writeFixed(start + 2, type, ttl);
    this.#out.set(rdata, start + 12);
    this.at = start + 12 + rdata.length;
    this.#writeLength(start + 12);
    this.#counts[SECTION.ANSWER] = (this.#counts[SECTION.ANSWER] as number) + 1;
    return true;
  }

  /**
   * Writes the SOA of a negative answer into the authority section.
   *
   * @param head of the zone, to which the question belongs
   * @returns false where it does not fit
   */
  negativeSoa(head: BlockAddress): boolean {
    const words = this.#words;
    const rrset = soaWord(head);
    const ttl = negativeTtlOf(words, head);
    const apexLabels = apexLabelsOf(words, head);
    const pointer = this.questionPointer(apexLabels);
    const primary = primaryPrefixOf(words, head);
    if (primary < 0 || this.#questionNoted || mayShareWithSoa(words, head, this.#question, apexLabels)) {
      return this.rrset(SECTION.AUTHORITY, rrset, ttl, pointer, this.#question, 0);
    }
    // No name stands in the message but the question's, which has nothing in common with the SOA's names but the apex.
    const mailbox = mailboxPrefixOf(words, head);
    const length = primary + mailbox + 4 + SOA_NUMBERS_OCTETS;
    const start = this.at;
    if (start + 12 + length > this.end) return false;
    this.#writePointer(start, pointer);
    this.#writeFixed(start + 2, TYPE.SOA, ttl);
    this.#out[start + 10] = length >>> 8;
    this.#out[start + 11] = length & 0xff;
    const rdata = (rrset + RRSET_WORDS) * 4 + 2;
    const rdataEnd = (rrset + RRSET_WORDS) * 4 + (words[rrset + 2] as number);
    this.at = start + 12;
    this.#copyAll(rdata, primary);
    this.#writePointer(this.at, pointer);
    this.at += 2;
    this.#copyAll(rdata + primary + this.#question.lengthOf(apexLabels), mailbox);
    this.#writePointer(this.at, pointer);
    this.at += 2;
    this.#copyAll(rdataEnd - SOA_NUMBERS_OCTETS, SOA_NUMBERS_OCTETS);
    this.#counts[SECTION.AUTHORITY] = 1;
    return true;
  }

  /** Returns whether all records fit. */
  #records(rrset: number, ttl: number, pointer: number, owner: HashedName, first: number): boolean {
    const octets = this.#octets;
    const out = this.#out;
    const head = this.#words[rrset] as number;
    const type = head & 0xffff;
    const kind = rdataKind(type);
    const bodyStart = (rrset + RRSET_WORDS) * 4;
    const bodyEnd = bodyStart + (this.#words[rrset + 2] as number);
    // Without names in it, and with a pointer to its owner, the RRset's length is known: each record has 12 octets besides its rdata, two of which stand here.
    if (kind === RDATA.OPAQUE && pointer !== 0 && this.at + bodyEnd - bodyStart + 10 * (head >>> 16) > this.end) return false;
    // Only addresses are asked for in another order, and those are all of one length.
    let from = first === 0 ? bodyStart : bodyStart + first * (2 + (octets[bodyStart + 1] as number));
    let ownerPointer = pointer;
    for (let left = head >>> 16; left > 0; left--) {
      if (from === bodyEnd) from = bodyStart;
      let at = this.at;
      if (ownerPointer !== 0) {
        this.#writePointer(at, ownerPointer);
        at += 2;
      } else {
        if (!this.#writeName(owner, owner.octets, 0)) return false;
        if (this.target < POINTER_LIMIT) ownerPointer = 0xc000 | this.target;
        at = this.at;
      }
      const length = ((octets[from] as number) << 8) | (octets[from + 1] as number);
      from += 2;
      if (at + 10 > this.end) return false;
      this.#writeFixed(at, type, ttl);
      at += 10;
      if (kind === RDATA.OPAQUE) {
        if (at + length > this.end) return false;
        out[at - 2] = length >>> 8;
        out[at - 1] = length & 0xff;
        for (let index = 0; index < length; index++) out[at + index] = octets[from + index] as number;
        this.at = at + length;
      } else {
        this.at = at;
        if (!this.#rdataWithNames(kind, from)) return false;
        this.#writeLength(at);
      }
      from += length;
    }
    return true;
  }

  #rdataWithNames(kind: number, from: number): boolean {
    switch (kind) {
      case RDATA.NAME:
        return this.#loadAndWrite(from) >= 0;
      case RDATA.U16_NAME:
        return this.#copy(from, 2) && this.#loadAndWrite(from + 2) >= 0;
      case RDATA.NAME_NAME: {
        const second = this.#loadAndWrite(from);
        return second >= 0 && this.#loadAndWrite(second) >= 0;
      }
      default: {
        const mailbox = this.#loadAndWrite(from);
        const numbers = mailbox < 0 ? -1 : this.#loadAndWrite(mailbox);
        return numbers >= 0 && this.#copy(numbers, SOA_NUMBERS_OCTETS);
      }
    }
  }

  /** Writes the name that stands in the zones' memory. Returns where it ends there; -1 where it does not fit here. */
  #loadAndWrite(from: number): number {
    const end = this.#name.load(this.#octets, from, from + MAX_NAME_OCTETS);
    return this.#writeName(this.#name, this.#octets, from) ? end : -1;
  }

  /**
   * Writes a name, its end as a pointer where that end stands in the message already (RFC 1035, section 4.1.4). `target` says afterwards where the
   * whole name stands.
   *
   * @param source holds the name in the case in which it is to be written, from `from` on
   * @returns false where it does not fit
   */
  #writeName(name: HashedName, source: Uint8Array, from: number): boolean {
    this.#noteQuestion();
    const out = this.#out;
    const start = this.at;
    let known = -1;
    let labels = name.labels;
    for (; labels > 0; labels--) {
      known = this.#offsets.find(out, name, labels);
      if (known >= 0) break;
    }
    const length = name.startOf(labels);
    const end = start + length + (known < 0 ? 1 : 2);
    if (end > this.end) return false;
    for (let index = 0; index < length; index++) out[start + index] = source[from + index] as number;
    if (known < 0) out[end - 1] = 0;
    else this.#writePointer(end - 2, 0xc000 | known);
    this.at = end;
    this.target = length === 0 && known >= 0 ? known : start;
    // Only now that all of it stands there: what stood there before, of another message, must be compared with nothing.
    for (let fresh = name.labels; fresh > labels; fresh--) this.#offsets.note(name, fresh, start + name.startOf(fresh));
    return true;
  }

  /** Most answers have no name but the question's, to which a pointer leads: only others need to know where its ends stand. */
  #noteQuestion(): void {
    if (this.#questionNoted) return;
    this.#questionNoted = true;
    this.#offsets.clear();
    const question = this.#question;
    for (let labels = question.labels; labels > 0; labels--) this.#offsets.note(question, labels, 12 + question.startOf(labels));
  }

  #copy(from: number, length: number): boolean {
    if (this.at + length > this.end) return false;
    this.#copyAll(from, length);
    return true;
  }

  #copyAll(from: number, length: number): void {
    const out = this.#out;
    const octets = this.#octets;
    const { at } = this;
    for (let index = 0; index < length; index++) out[at + index] = octets[from + index] as number;
    this.at = at + length;
  }

  #writePointer(at: number, pointer: number): void {
    this.#out[at] = pointer >>> 8;
    this.#out[at + 1] = pointer & 0xff;
  }

  /** Type, class IN and TTL. */
  #writeFixed(at: number, type: number, ttl: number): void {
    const out = this.#out;
    out[at] = type >>> 8;
    out[at + 1] = type & 0xff;
    out[at + 2] = 0;
    out[at + 3] = 1;
    out[at + 4] = ttl >>> 24;
    out[at + 5] = (ttl >>> 16) & 0xff;
    out[at + 6] = (ttl >>> 8) & 0xff;
    out[at + 7] = ttl & 0xff;
  }

  /** Writes the length of the rdata that begins at an offset and has just been written. */
  #writeLength(start: number): void {
    const length = this.at - start;
    this.#out[start - 2] = length >>> 8;
    this.#out[start - 1] = length & 0xff;
  }
}
