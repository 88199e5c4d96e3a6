import { composeNameInto, MAX_NAME_OCTETS, type OwnerName } from '../name/owner-name.ts';
import { layoutOf, typesWithLayout } from '../rr/rdata-layout.ts';
import { CLASS, printRRType, type RRType, TYPE } from '../rr/rr-type.ts';
import type { Rdata, ResourceRecord, RRset } from '../rr/rrset.ts';
import { type Edns, ednsFlags } from './edns.ts';
import { composeFlags, type Header, HEADER_OCTETS } from './header.ts';
import type { Question } from './message.ts';
import { NameCompressor } from './name-compressor.ts';

/** The sections that hold records. In an UPDATE: prerequisites, updates, additional data (RFC 2136, section 2). */
export type Section = 'answer' | 'authority' | 'additional';

/** How one RRset is written. */
export interface RRsetOptions {
  /** Seconds, instead of the RRset's own. */
  readonly ttl?: number;
  /** The index of the rdata that comes first; the others follow in their order, and around the end. */
  readonly first?: number;
  /** Instead of the RRset's own: the name that a wildcard stands for. */
  readonly owner?: OwnerName;
}

/** The longest message (RFC 1035, section 4.2.2). */
export const MAX_MESSAGE_OCTETS = 0xffff;

const SECTIONS = { answer: 1, authority: 2, additional: 3 } as const;
const EMPTY_HEADER: Header = {
  id: 0,
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
  rcode: 0,
};

/**
 * Composes messages, one after the other, in one buffer, with names compressed (RFC 1035, section 4.1.4). What does not fit into the limit is
 * left out whole, so that a message is measured as it is sent.
 *
 *     begin → header → copyQuestion | question → rrset | record, section after section → edns → finish
 *
 * One writer composes one message at a time, and the result is a view that the next `begin` overwrites.
 */
export class MessageWriter {
  readonly #buffer: Uint8Array;
  readonly #names: NameCompressor;
  /** The owner, or another name given as text, in wire format. */
  readonly #name: Uint8Array = new Uint8Array(MAX_NAME_OCTETS);
  /** Questions, answers, authority, additional. */
  readonly #counts: [number, number, number, number] = [0, 0, 0, 0];
  #header: Header = EMPTY_HEADER;
  #section = 0;
  #at = HEADER_OCTETS;
  /** Records may not go past `#end`; the OPT record may use what lies between it and `#limit`. */
  #end = 0;
  #limit = 0;

  /** @param buffer as long as the longest message that is to be composed in it; at most 65535 octets of it are used */
  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
    this.#names = new NameCompressor(buffer);
  }

  /** How many octets are written so far. */
  get length(): number {
    return this.#at;
  }

  /**
   * Begins a message; what was written before is forgotten.
   *
   * @param limit the message's greatest length, in octets
   * @param reserve how many of them are kept free until `edns` is called
   */
  begin(limit: number, reserve: number): void {
    this.#limit = Math.min(limit, this.#buffer.length, MAX_MESSAGE_OCTETS);
    this.#end = this.#limit - reserve;
    this.#at = HEADER_OCTETS;
    this.#section = 0;
    this.#counts.fill(0);
    this.#header = EMPTY_HEADER;
    this.#names.rollback(0);
  }

  /** Sets the header; `finish` can still change it. */
  header(header: Header): void {
    this.#header = header;
  }

  /**
   * Writes the question of a query as it stands there, the case of its letters included, in which some resolvers hide randomness ("0x20").
   *
   * @param start where the question begins in the query, `end` where it ends
   * @param name the name that stands there
   */
  copyQuestion(query: Uint8Array, start: number, end: number, name: OwnerName): void {
    const at = this.#at;
    const type = ((query[end - 4] as number) << 8) | (query[end - 3] as number);
    const written = this.question({ name, type, class: ((query[end - 2] as number) << 8) | (query[end - 1] as number) });
    // A name that is compressed in the query would point to something else here: it stays as it was just written.
    if (written && this.#at - at === end - start) this.#buffer.set(query.subarray(start, end), at);
  }

  /** Writes a question. Returns false, with nothing written, where it does not fit. */
  question(question: Question): boolean {
    this.#enter(0);
    const start = this.#at;
    const mark = this.#names.mark();
    composeNameInto(question.name, this.#name, 0);
    const at = this.#names.write(this.#name, 0, start);
    if (at + 4 > this.#end) return this.#rollback(start, mark);
    this.#u16(at, question.type);
    this.#u16(at + 2, question.class);
    this.#at = at + 4;
    this.#counts[0]++;
    return true;
  }

  /** Writes a whole RRset of class IN. Returns false, with nothing of it written, where it does not fit. */
  rrset(section: Section, rrset: RRset, options: RRsetOptions = {}): boolean {
    const index = this.#enter(SECTIONS[section]);
    const start = this.#at;
    const mark = this.#names.mark();
    const { rdatas, type } = rrset;
    const ttl = options.ttl ?? rrset.ttl;
    const first = options.first ?? 0;
    composeNameInto(options.owner ?? rrset.owner, this.#name, 0);
    for (let count = 0; count < rdatas.length; count++) {
      const rdata = rdatas[(first + count) % rdatas.length] as Rdata;
      if (!this.#record(type, CLASS.IN, ttl, rdata)) return this.#rollback(start, mark);
    }
    this.#counts[index] += rdatas.length;
    return true;
  }

  /** Writes one record of any class. Returns false, with nothing written, where it does not fit. */
  record(section: Section, record: ResourceRecord): boolean {
    const index = this.#enter(SECTIONS[section]);
    const start = this.#at;
    const mark = this.#names.mark();
    composeNameInto(record.owner, this.#name, 0);
    if (!this.#record(record.type, record.class, record.ttl, record.rdata)) return this.#rollback(start, mark);
    this.#counts[index]++;
    return true;
  }

  /**
   * Writes the OPT record, for which the reserve was kept; whatever is left of the reserve is free afterwards (for a TSIG record).
   *
   * @returns false, with nothing written, where it does not even fit into the limit
   */
  edns(edns: Edns): boolean {
    const index = this.#enter(SECTIONS.additional);
    this.#end = this.#limit;
    const buffer = this.#buffer;
    let at = this.#at + 11;
    for (const { code, data } of edns.options) {
      if (at + 4 + data.length > this.#limit) return false;
      this.#u16(at, code);
      this.#u16(at + 2, data.length);
      buffer.set(data, at + 4);
      at += 4 + data.length;
    }
    if (at > this.#limit) return false;
    buffer[this.#at] = 0;
    this.#fixed(this.#at + 1, TYPE.OPT, edns.udpPayloadSize, ednsFlags(edns), at - this.#at - 11);
    this.#at = at;
    this.#counts[index]++;
    return true;
  }

  /**
   * Ends the message.
   *
   * @param changes to the header, as far as it was not known before: TC, AA, RCODE
   * @returns a view of the buffer, valid until the next `begin`
   */
  finish(changes?: Partial<Header>): Uint8Array {
    const header = changes === undefined ? this.#header : { ...this.#header, ...changes };
    this.#u16(0, header.id);
    this.#u16(2, composeFlags(header));
    for (let index = 0; index < 4; index++) this.#u16(4 + index * 2, this.#counts[index] as number);
    return this.#buffer.subarray(0, this.#at);
  }

  /** Sections are written in order; to go back would put a record into the section after. */
  #enter(section: 0 | 1 | 2 | 3): 0 | 1 | 2 | 3 {
    if (section < this.#section) throw new RangeError('the sections of a message are written in order');
    this.#section = section;
    return section;
  }

  #rollback(start: number, mark: number): false {
    this.#names.rollback(mark);
    this.#at = start;
    return false;
  }

  /** One record, whose owner stands in `#name`. Where it does not fit, the caller rolls back. */
  #record(type: RRType, klass: number, ttl: number, rdata: Rdata): boolean {
    const fixed = this.#names.write(this.#name, 0, this.#at);
    const start = fixed + 10;
    const end = this.#rdata(type, rdata, start);
    if (end > this.#end) return false;
    this.#fixed(fixed, type, klass, ttl, end - start);
    this.#at = end;
    return true;
  }

  /** Returns where the rdata ends, or would end. */
  #rdata(type: RRType, rdata: Rdata, start: number): number {
    const plan = rdata.length > 0 ? PLANS.get(type) : undefined;
    if (plan === undefined) {
      if (start + rdata.length <= this.#end) this.#buffer.set(rdata, start);
      return start + rdata.length;
    }
    let from = 0;
    let at = start;
    for (const step of plan) {
      if (step === NAME) {
        at = this.#names.write(rdata, from, at);
        while (from < rdata.length && rdata[from] !== 0) from += 1 + (rdata[from] as number);
        from++;
      } else {
        for (const end = from + step; from < end; from++) this.#buffer[at++] = rdata[from] as number;
      }
    }
    return at;
  }

  #fixed(at: number, type: RRType, klass: number, ttl: number, length: number): void {
    this.#u16(at, type);
    this.#u16(at + 2, klass);
    this.#u16(at + 4, ttl >>> 16);
    this.#u16(at + 6, ttl & 0xffff);
    this.#u16(at + 8, length);
  }

  #u16(at: number, value: number): void {
    this.#buffer[at] = value >>> 8;
    this.#buffer[at + 1] = value & 0xff;
  }
}

const NAME = 0;

/** For the types whose names may be compressed: how many octets to copy, or `NAME`. From the layout table. */
const PLANS: ReadonlyMap<RRType, readonly number[]> = new Map(
  typesWithLayout().flatMap((type) => {
    const layout = layoutOf(type) ?? [];
    if (!layout.some((field) => field.kind === 'name' && field.compress)) return [];
    const plan = layout.map((field) => {
      if (field.kind === 'name') return NAME;
      if (field.kind === 'integer') return field.octets;
      throw new RangeError(`${printRRType(type)}: only numbers may stand beside names that are compressed`);
    });
    return [[type, plan] as const];
  }),
);
