/**
 * What there is once per zone, in one block that is written anew with every change: so it belongs to one version, as nodes do, and the SOA's serial
 * changes without touching a node.
 *
 *     word 0    size and kind      the arena's
 *          1    birth              as of a node
 *          2    previous           as of a node
 *          3    table
 *          4    0-7: flags, 8-15: labels of the apex, 16-23: labels of the longest name
 *          5    number of names
 *          6    number of RRsets
 *          7    TTL of negative answers (RFC 2308, section 5)
 *          8    4 words: a bit for each number of labels with which some name has NS (below the apex) or DNAME
 *         12    4 words: a bit for each number of labels with which some name is a wildcard
 *         16    octets of MNAME before the apex, octets of RNAME before the apex; the first is -1 where one of them does not end in the apex, or both have a label in common above it
 *         18    hashes of MNAME and RNAME with one label more than the apex
 *         20    SOA RRset, as in a node
 *
 * The bits spare the walk over a name's ancestors: where none of them can have a zone cut, none is looked up. The four words before the SOA spare its
 * compression: where a question has no label above the apex in common with MNAME or RNAME, their ends are pointers to the question's apex.
 */
import type { OwnerName } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';
import { readSoa } from '../rr/soa.ts';
import type { HashedName } from './hashed-name.ts';
import { BIRTH, PREVIOUS, readRRset } from './node.ts';
import { type BlockAddress, type SharedMemory, UNIT_WORDS } from './shared-memory.ts';

const TABLE = 3;
const SHAPE = 4;
const NAMES = 5;
const RRSETS = 6;
const NEGATIVE_TTL = 7;
const CUTS = 8;
const WILDCARDS = 12;
const SOA_NAMES = 16;
const SOA = 20;
/** Words before the SOA's rdata. */
const FIXED_WORDS: number = SOA + 3;

/** A zone's head before it is written. */
export interface HeadFields {
  readonly apex: HashedName;
  /** To load names into. */
  readonly scratch: HashedName;
  readonly table: BlockAddress;
  readonly flags: number;
  readonly mostLabels: number;
  readonly names: number;
  readonly rrsets: number;
  readonly soa: RRset;
  /** Four words each. */
  readonly cuts: Int32Array;
  readonly wildcards: Int32Array;
}

/** How many octets a head takes. */
export function headOctets({ soa }: HeadFields): number {
  return FIXED_WORDS * 4 + 2 + soaRdata(soa).length;
}

/** Writes a head, but for the arena's word. */
export function writeHead(
  { octets, words }: SharedMemory,
  head: BlockAddress,
  fields: HeadFields,
  birth: number,
  previous: BlockAddress,
): void {
  const { apex, scratch, table, flags, mostLabels, names, rrsets, soa, cuts, wildcards } = fields;
  const word = head * UNIT_WORDS;
  const rdata = soaRdata(soa);
  words[word + BIRTH] = birth;
  words[word + PREVIOUS] = previous;
  words[word + TABLE] = table;
  words[word + SHAPE] = flags | (apex.labels << 8) | (mostLabels << 16);
  words[word + NAMES] = names;
  words[word + RRSETS] = rrsets;
  words[word + NEGATIVE_TTL] = Math.min(soa.ttl, readSoa(rdata).minimum);
  words.set(cuts, word + CUTS);
  words.set(wildcards, word + WILDCARDS);
  writeSoaNames(words, word + SOA_NAMES, rdata, apex, scratch);
  words[word + SOA] = soa.type | (1 << 16);
  words[word + SOA + 1] = soa.ttl;
  words[word + SOA + 2] = 2 + rdata.length;
  const at = (word + FIXED_WORDS) * 4;
  octets[at] = rdata.length >>> 8;
  octets[at + 1] = rdata.length & 0xff;
  octets.set(rdata, at + 2);
}

/** The table of the zone's names. */
export function tableOf(words: Int32Array, head: BlockAddress): BlockAddress {
  return words[head * UNIT_WORDS + TABLE] as BlockAddress;
}

/** What the zones' user noted about the zone: 8 bits. */
export function flagsOf(words: Int32Array, head: BlockAddress): number {
  return (words[head * UNIT_WORDS + SHAPE] as number) & 0xff;
}

/** How many labels the apex has. */
export function apexLabelsOf(words: Int32Array, head: BlockAddress): number {
  return ((words[head * UNIT_WORDS + SHAPE] as number) >>> 8) & 0xff;
}

/** How many labels the name with the most of them has: longer names do not exist. */
export function mostLabelsOf(words: Int32Array, head: BlockAddress): number {
  return ((words[head * UNIT_WORDS + SHAPE] as number) >>> 16) & 0xff;
}

/** How many names the zone has. */
export function nameCountOf(words: Int32Array, head: BlockAddress): number {
  return words[head * UNIT_WORDS + NAMES] as number;
}

/** How many RRsets the zone has, the SOA among them. */
export function zoneRRsetCountOf(words: Int32Array, head: BlockAddress): number {
  return words[head * UNIT_WORDS + RRSETS] as number;
}

/** The TTL of the SOA in negative answers (RFC 2308, section 5). */
export function negativeTtlOf(words: Int32Array, head: BlockAddress): number {
  return words[head * UNIT_WORDS + NEGATIVE_TTL] as number;
}

/** Whether a name with so many labels may be a zone cut, or have a DNAME. */
export function mayCut(words: Int32Array, head: BlockAddress, labels: number): boolean {
  return (((words[head * UNIT_WORDS + CUTS + (labels >>> 5)] as number) >>> (labels & 31)) & 1) !== 0;
}

/** Whether any name from one number of labels up to, not including, another may be a zone cut, or have a DNAME. */
export function mayCutBetween(words: Int32Array, head: BlockAddress, from: number, to: number): boolean {
  const first = head * UNIT_WORDS + CUTS;
  if (
    ((words[first] as number) | (words[first + 1] as number) | (words[first + 2] as number) | (words[first + 3] as number)) ===
    0
  ) {
    return false;
  }
  for (let labels = from; labels < to; labels++) if (mayCut(words, head, labels)) return true;
  return false;
}

/** Whether a wildcard with so many labels may exist. */
export function mayBeWildcard(words: Int32Array, head: BlockAddress, labels: number): boolean {
  return (((words[head * UNIT_WORDS + WILDCARDS + (labels >>> 5)] as number) >>> (labels & 31)) & 1) !== 0;
}

/** How many octets of MNAME stand before the apex; -1 where the SOA has to be compressed name by name. */
export function primaryPrefixOf(words: Int32Array, head: BlockAddress): number {
  return words[head * UNIT_WORDS + SOA_NAMES] as number;
}

/** How many octets of RNAME stand before the apex. */
export function mailboxPrefixOf(words: Int32Array, head: BlockAddress): number {
  return words[head * UNIT_WORDS + SOA_NAMES + 1] as number;
}

/** Whether a name of the zone may have a label above the apex in common with MNAME or RNAME. */
export function mayShareWithSoa(words: Int32Array, head: BlockAddress, name: HashedName, apexLabels: number): boolean {
  if (name.labels === apexLabels) return false;
  const hash = name.hashes[apexLabels + 1];
  const first = head * UNIT_WORDS + SOA_NAMES;
  return hash === words[first + 2] || hash === words[first + 3];
}

/** Index of the first word of the SOA RRset. */
export function soaWord(head: BlockAddress): number {
  return head * UNIT_WORDS + SOA;
}

/** The SOA RRset as an object that shares nothing with the memory. */
export function readSoaRRset(memory: SharedMemory, head: BlockAddress, apex: OwnerName): RRset {
  return readRRset(memory, soaWord(head), apex);
}

function writeSoaNames(words: Int32Array, first: number, rdata: Uint8Array, apex: HashedName, name: HashedName): void {
  const prefixes: number[] = [];
  const hashes: (number | undefined)[] = [];
  let at = 0;
  for (let count = 0; count < 2; count++) {
    at = name.load(rdata, at, rdata.length);
    prefixes.push(name.endsLike(apex, apex.labels) ? name.startOf(apex.labels) : -1);
    hashes.push(name.labels > apex.labels ? name.hashes[apex.labels + 1] : undefined);
  }
  const [primary = -1, mailbox = -1] = prefixes;
  const [primaryHash, mailboxHash] = hashes;
  const isSimple = primary >= 0 && mailbox >= 0 && (primaryHash === undefined || primaryHash !== mailboxHash);
  words[first] = isSimple ? primary : -1;
  words[first + 1] = mailbox;
  // A name that is the apex itself has nothing in common above it; the other's hash stands for it.
  words[first + 2] = primaryHash ?? mailboxHash ?? 0;
  words[first + 3] = mailboxHash ?? primaryHash ?? 0;
}

function soaRdata({ owner, rdatas }: RRset): Uint8Array {
  const [rdata] = rdatas;
  if (rdata === undefined || rdatas.length > 1) throw new RangeError(`${owner} has ${rdatas.length} SOA records, not one`);
  return rdata;
}
