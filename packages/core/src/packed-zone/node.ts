/**
 * A node as it stands in the memory: what a name holds. Written once, before anybody can see it; only the words marked with * change later, and
 * readers use none of those before they have found the node to be dead.
 *
 *     word 0    size and kind      the arena's
 *          1    birth *            the version from which it is visible; 0: any, once no reader is older
 *          2    previous *         the node that it replaced, for readers of older versions; 0: none
 *          3    children *         how many names stand directly below; of a dead node, the version from which it is gone
 *          4    zone               which zone it belongs to
 *          5    shape              0-7: octets of the name, 8-15: flags (DEAD is set later *), 16-31: number of RRsets
 *          6    name               wire format, lower case, filled up to a whole word
 *          …    RRsets, each       type and count of rdatas (16 bits each) | TTL | octets of what follows
 *                                  for each rdata its length in two octets (big-endian), and its octets; filled up to a whole word
 *
 * A name with one address takes 24 + name + 20 octets.
 */
import { isFailure } from '../failure.ts';
import { type OwnerName, parseName } from '../name/owner-name.ts';
import { printRRType, type RRType, TYPE } from '../rr/rr-type.ts';
import type { Rdata, RRset } from '../rr/rrset.ts';
import type { HashedName } from './hashed-name.ts';
import { type BlockAddress, type SharedMemory, UNIT_OCTETS, UNIT_WORDS } from './shared-memory.ts';

/** Offsets of a node's words. */
export const BIRTH = 1;
export const PREVIOUS = 2;
export const CHILDREN = 3;
export const ZONE = 4;
export const SHAPE = 5;
/** Offset of the name, in words and octets. */
export const NAME_WORDS = 6;
export const NAME_OCTETS = 24;

/** Flags in the shape. */
export const NODE_FLAG = {
  /** The name exists by itself, not only because of names below it. */
  OWN: 0x100,
  /** Has NS, and is not the apex: a zone cut. */
  CUT: 0x200,
  DNAME: 0x400,
  CNAME: 0x800,
  /** Gone since the version that stands in `children`. */
  DEAD: 0x8000,
} as const;

/** Words before the rdata of an RRset. */
export const RRSET_WORDS = 3;

const MAX_COUNT = 0xffff;

/** Index of the first RRset's first word. */
export function rrsetsWord(words: Int32Array, node: BlockAddress): number {
  const word = node * UNIT_WORDS;
  return word + NAME_WORDS + ((((words[word + SHAPE] as number) & 0xff) + 3) >>> 2);
}

/** Index of the next RRset's first word. */
export function nextRRsetWord(words: Int32Array, rrset: number): number {
  return rrset + RRSET_WORDS + (((words[rrset + 2] as number) + 3) >>> 2);
}

/** How many RRsets a node has. */
export function rrsetCountOf(words: Int32Array, node: BlockAddress): number {
  return (words[node * UNIT_WORDS + SHAPE] as number) >>> 16;
}

/** Index of the first word of the RRset of a type; 0 where there is none. */
export function findRRset(words: Int32Array, node: BlockAddress, type: RRType): number {
  let rrset = rrsetsWord(words, node);
  for (let count = rrsetCountOf(words, node); count > 0; count--) {
    if (((words[rrset] as number) & 0xffff) === type) return rrset;
    rrset = nextRRsetWord(words, rrset);
  }
  return 0;
}

/** How many octets a node has, without what the arena rounds up. */
export function nodeOctets(words: Int32Array, node: BlockAddress): number {
  let word = rrsetsWord(words, node);
  for (let count = rrsetCountOf(words, node); count > 0; count--) word = nextRRsetWord(words, word);
  return (word - node * UNIT_WORDS) * 4;
}

/** Whether a name's newest node says that the name is gone. */
export function isDead(words: Int32Array, node: BlockAddress): boolean {
  return ((words[node * UNIT_WORDS + SHAPE] as number) & NODE_FLAG.DEAD) !== 0;
}

/** Copies a node to another block, but for the arena's word. */
export function copyNode(words: Int32Array, from: BlockAddress, to: BlockAddress): void {
  const first = from * UNIT_WORDS;
  words.copyWithin(to * UNIT_WORDS + 1, first + 1, first + nodeOctets(words, from) / 4);
}

/** The name of a node. */
export function readOwner({ octets }: SharedMemory, node: BlockAddress): OwnerName {
  const parsed = parseName(octets, node * UNIT_OCTETS + NAME_OCTETS, 'refuse');
  if (isFailure(parsed)) throw new RangeError(`no node at ${node}: ${parsed.message}`);
  return parsed.name;
}

/** The RRsets of a node, as objects that share nothing with the memory. */
export function readRRsets(memory: SharedMemory, node: BlockAddress, owner: OwnerName): RRset[] {
  return mapRRsets(memory.words, node, (rrset) => readRRset(memory, rrset, owner));
}

/** The RRset that begins at a word. */
export function readRRset(memory: SharedMemory, rrset: number, owner: OwnerName): RRset {
  const { words } = memory;
  return { owner, type: (words[rrset] as number) & 0xffff, ttl: words[rrset + 1] as number, rdatas: readRdatas(memory, rrset) };
}

/** As `readRRsets`, but rdata is read when it is asked for, which must be while the node is: one small question must not unpack all that a name has. */
export function viewRRsets(memory: SharedMemory, node: BlockAddress, owner: OwnerName): RRset[] {
  return mapRRsets(memory.words, node, (rrset) => viewRRset(memory, rrset, owner));
}

function viewRRset(memory: SharedMemory, rrset: number, owner: OwnerName): RRset {
  const { words } = memory;
  let rdatas: readonly Rdata[] | undefined;
  return {
    owner,
    type: (words[rrset] as number) & 0xffff,
    ttl: words[rrset + 1] as number,
    get rdatas(): readonly Rdata[] {
      rdatas ??= readRdatas(memory, rrset);
      return rdatas;
    },
  };
}

function mapRRsets(words: Int32Array, node: BlockAddress, read: (rrset: number) => RRset): RRset[] {
  const rrsets: RRset[] = [];
  let rrset = rrsetsWord(words, node);
  for (let count = rrsetCountOf(words, node); count > 0; count--) {
    rrsets.push(read(rrset));
    rrset = nextRRsetWord(words, rrset);
  }
  return rrsets;
}

function readRdatas({ octets, words }: SharedMemory, rrset: number): Rdata[] {
  const rdatas: Rdata[] = [];
  let at = (rrset + RRSET_WORDS) * 4;
  for (let count = (words[rrset] as number) >>> 16; count > 0; count--) {
    const start = at + 2;
    at = start + (((octets[at] as number) << 8) | (octets[at + 1] as number));
    // Not `slice`: it would make another SharedArrayBuffer.
    rdatas.push(new Uint8Array(octets.subarray(start, at)));
  }
  return rdatas;
}

/** Whether an RRset has more records than a node counts: more than any message could hold. */
export function isTooLarge({ rdatas }: RRset): boolean {
  return rdatas.length > MAX_COUNT;
}

/**
 * Checks that an RRset is one.
 *
 * @throws {RangeError} where it is without rdata, or with an address of the wrong length
 */
export function checkPackable({ owner, type, rdatas }: RRset): void {
  if (rdatas.length === 0) throw new RangeError(`the RRset ${owner} ${printRRType(type)} is empty`);
  const addressOctets = type === TYPE.A ? 4 : type === TYPE.AAAA ? 16 : undefined;
  const wrong = addressOctets === undefined ? undefined : rdatas.find(({ length }) => length !== addressOctets);
  if (wrong !== undefined)
    throw new RangeError(`an address of ${wrong.length} octets in the RRset ${owner} ${printRRType(type)}`);
}

/** Composes what a node holds, to compare it with what stands there already, and to write it. */
export class NodeDraft {
  #buffer = new ArrayBuffer(4096);
  #words = new Int32Array(this.#buffer);
  #octets = new Uint8Array(this.#buffer);
  #length = 0;
  #count = 0;
  #flags = 0;

  /** How many octets the node of a name will have. */
  octets(nameLength: number): number {
    return this.emptyOctets(nameLength) + this.#length;
  }

  /** How many octets the node of a name without RRsets has. */
  emptyOctets(nameLength: number): number {
    return NAME_OCTETS + ((nameLength + 3) & ~3);
  }

  /** Takes no RRsets. */
  clear(): void {
    this.compose([], false);
  }

  /** Takes the RRsets of a name, each of which can be packed. */
  compose(rrsets: readonly RRset[], isApex: boolean): void {
    this.#length = 0;
    this.#count = rrsets.length;
    this.#flags = 0;
    for (const rrset of rrsets) {
      this.#composeRRset(rrset);
      if (rrset.type === TYPE.NS && !isApex) this.#flags |= NODE_FLAG.CUT;
      else if (rrset.type === TYPE.DNAME) this.#flags |= NODE_FLAG.DNAME;
      else if (rrset.type === TYPE.CNAME) this.#flags |= NODE_FLAG.CNAME;
    }
  }

  /** Whether a node holds the same RRsets in the same order, octet by octet. */
  equals({ words }: SharedMemory, node: BlockAddress): boolean {
    if (rrsetCountOf(words, node) !== this.#count) return false;
    const start = rrsetsWord(words, node);
    const length = this.#length / 4;
    // A node is filled up to whole units, so a longer one's octets cannot end outside the memory.
    for (let index = 0; index < length; index++) if (words[start + index] !== this.#words[index]) return false;
    return true;
  }

  /**
   * Writes a node, but for the arena's word, birth, previous and children.
   *
   * @param labels how many of the name's last labels are the node's name
   */
  write({ octets, words }: SharedMemory, node: BlockAddress, name: HashedName, labels: number, zone: number, own: boolean): void {
    const word = node * UNIT_WORDS;
    const length = name.lengthOf(labels);
    words[word + ZONE] = zone;
    words[word + SHAPE] = length | (own ? NODE_FLAG.OWN : 0) | this.#flags | (this.#count << 16);
    const at = node * UNIT_OCTETS + NAME_OCTETS;
    const from = name.startOf(labels);
    for (let index = 0; index < length; index++) octets[at + index] = name.octets[from + index] as number;
    const start = rrsetsWord(words, node);
    for (let index = 0; index < this.#length / 4; index++) words[start + index] = this.#words[index] as number;
  }

  #composeRRset({ type, ttl, rdatas }: RRset): void {
    let body = 0;
    for (const rdata of rdatas) body += 2 + rdata.length;
    const start = this.#length;
    const end = start + RRSET_WORDS * 4 + ((body + 3) & ~3);
    if (end > this.#octets.length) this.#grow(end);
    const octets = this.#octets;
    this.#words[start / 4] = type | (rdatas.length << 16);
    this.#words[start / 4 + 1] = ttl;
    this.#words[start / 4 + 2] = body;
    let at = start + RRSET_WORDS * 4;
    for (const rdata of rdatas) {
      octets[at++] = rdata.length >>> 8;
      octets[at++] = rdata.length & 0xff;
      for (let index = 0; index < rdata.length; index++) octets[at++] = rdata[index] as number;
    }
    while (at < end) octets[at++] = 0;
    this.#length = end;
  }

  #grow(atLeast: number): void {
    const buffer = new ArrayBuffer(2 ** Math.ceil(Math.log2(atLeast)));
    const octets = new Uint8Array(buffer);
    octets.set(this.#octets.subarray(0, this.#length));
    this.#buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.#octets = octets;
  }
}
