/**
 * A persistent hash array mapped trie, keyed by owner name, in the compressed form with two bitmaps (CHAMP: Steindorfer and
 * Vinju, "Optimizing hash-array mapped tries for fast and lean immutable JVM collections", OOPSLA 2015).
 *
 * Five bits of an entry's hash choose its place in each branch, the lowest five in the root. A branch has room only for what is
 * there:
 *
 *     entryMap   00000000 00100000 00000001 00000000      an entry at 8 and at 21
 *     branchMap  00000000 00000000 00000000 00010000      a branch at 4
 *     slots      [ entry 8 | entry 21 | branch 4 ]        entries from the left, branches from the right
 *
 *     root ──► slots ┬ entry www.example.                 one of 32 places each
 *                    ├ entry mail.example.
 *                    └ branch ──► slots ┬ entry …         the next five bits
 *                                       └ branch ──► …
 *     level 7        slots [ entry | entry ]              all 32 bits used up: entries of one hash, searched one by one
 *
 * A branch below the root never holds a lone entry: that stands in the branch above. So equal contents have equal shapes whatever
 * the order of the changes, and a map that shrinks gives its memory back.
 *
 * A change copies the branches from the root to the entry, at most seven of 32 slots, and shares all others. Changes that belong
 * together pass one `Edit`: a branch made under it is not yet shared and is changed in place.
 */

/** What a map holds: anything with a name and the name's hash. */
export interface HamtEntry {
  readonly owner: string;
  /** 32 bits, by one function for all entries of a map. */
  readonly hash: number;
}

/** A branch, and by its root a whole map. */
export interface Hamt<E extends HamtEntry> {
  entryMap: number;
  branchMap: number;
  slots: (E | Hamt<E>)[];
  /** Under which edit the branch was made; it may be changed in place only under the same. */
  readonly edit: Edit | undefined;
}

/** Changes that become visible together. Compared by identity; let go of it when the changes are done. */
export type Edit = object;

const BITS = 5;
const MASK = 31;
/** Where all bits of the hash are used up. */
const COLLISION_SHIFT = 35;
/** Up to how many entries are put into a branch one by one. */
const FEW = 6;

/** A map without entries. */
export function emptyHamt<E extends HamtEntry>(): Hamt<E> {
  return { entryMap: 0, branchMap: 0, slots: [], edit: undefined };
}

/** The map of many entries at once, no two of one name: each level deals out its entries, and no branch is made twice. */
export function hamtOf<E extends HamtEntry>(entries: readonly E[], edit: Edit = {}): Hamt<E> {
  return branchOf(entries, 0, edit);
}

/** The entry of a name. */
export function hamtGet<E extends HamtEntry>(root: Hamt<E>, owner: string, hash: number): E | undefined {
  let branch = root;
  for (let shift = 0; shift < COLLISION_SHIFT; shift += BITS) {
    const bit = 1 << ((hash >>> shift) & MASK);
    if ((branch.entryMap & bit) !== 0) {
      const entry = branch.slots[countOnes(branch.entryMap & (bit - 1))] as E;
      return entry.owner === owner ? entry : undefined;
    }
    if ((branch.branchMap & bit) === 0) return undefined;
    branch = branch.slots[branchIndex(branch, bit)] as Hamt<E>;
  }
  for (const entry of branch.slots as E[]) if (entry.owner === owner) return entry;
  return undefined;
}

/** The map with an entry put in, in place of the one of the same name if there is one. */
export function hamtPut<E extends HamtEntry>(root: Hamt<E>, entry: E, edit: Edit = {}): Hamt<E> {
  return putInto(root, 0, entry, edit);
}

/** The map without the entry of a name; the same map where there is none. */
export function hamtRemove<E extends HamtEntry>(root: Hamt<E>, owner: string, hash: number, edit: Edit = {}): Hamt<E> {
  return removeFrom(root, 0, owner, hash, edit);
}

/** Every entry, in an order that depends on the hashes alone (and within one hash, on history). */
export function* hamtEntries<E extends HamtEntry>(root: Hamt<E>): Generator<E, void, undefined> {
  // A stack of our own: a generator that delegates to itself passes each entry through every level.
  const stack: Hamt<E>[] = [root];
  for (let branch = stack.pop(); branch !== undefined; branch = stack.pop()) {
    const entryCount = branch.slots.length - countOnes(branch.branchMap);
    for (let index = 0; index < branch.slots.length; index++) {
      if (index < entryCount) yield branch.slots[index] as E;
      else stack.push(branch.slots[index] as Hamt<E>);
    }
  }
}

/**
 * A name's hash: FNV-1a over its characters, then MurmurHash3's finaliser, without which the low bits of FNV are too regular for
 * the root.
 */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function branchOf<E extends HamtEntry>(entries: readonly E[], shift: number, edit: Edit): Hamt<E> {
  // Most branches are the small ones at the bottom, where dealing out over 32 places costs more than it saves.
  const [one, other, ...more] = entries.length <= FEW ? entries : [];
  if (one !== undefined && other !== undefined) {
    return more.reduce((branch, entry) => putInto(branch, shift, entry, edit), branchOfTwo(shift, one, other, edit));
  }
  if (shift >= COLLISION_SHIFT) return { entryMap: 0, branchMap: 0, slots: [...entries], edit };
  const places: E[][] = Array.from({ length: MASK + 1 }, () => []);
  for (const entry of entries) (places[(entry.hash >>> shift) & MASK] as E[]).push(entry);
  let entryMap = 0;
  let branchMap = 0;
  const lone: E[] = [];
  const branches: Hamt<E>[] = [];
  for (let at = 0; at <= MASK; at++) {
    const place = places[at] as E[];
    if (place.length === 1) {
      entryMap |= 1 << at;
      lone.push(place[0] as E);
    } else if (place.length > 1) {
      branchMap |= 1 << at;
      branches.push(branchOf(place, shift + BITS, edit));
    }
  }
  return { entryMap, branchMap, slots: [...lone, ...branches.toReversed()], edit };
}

function putInto<E extends HamtEntry>(branch: Hamt<E>, shift: number, entry: E, edit: Edit): Hamt<E> {
  const { entryMap, branchMap, slots } = branch;
  if (shift >= COLLISION_SHIFT) {
    const index = (slots as E[]).findIndex((other) => other.owner === entry.owner);
    if (index >= 0) return withSlot(branch, index, entry, edit);
    return reshape(branch, entryMap, branchMap, [...slots, entry], edit);
  }
  const bit = 1 << ((entry.hash >>> shift) & MASK);
  if ((entryMap & bit) !== 0) {
    const index = countOnes(entryMap & (bit - 1));
    const present = slots[index] as E;
    if (present.owner === entry.owner) return withSlot(branch, index, entry, edit);
    const child = branchOfTwo(shift + BITS, present, entry, edit);
    // The entry's place closes before the branch's opens: hence one less.
    const moved = slots.toSpliced(index, 1).toSpliced(branchIndex(branch, bit) - 1, 0, child);
    return reshape(branch, entryMap ^ bit, branchMap | bit, moved, edit);
  }
  if ((branchMap & bit) !== 0) {
    const index = branchIndex(branch, bit);
    return withSlot(branch, index, putInto(slots[index] as Hamt<E>, shift + BITS, entry, edit), edit);
  }
  const index = countOnes(entryMap & (bit - 1));
  return reshape(branch, entryMap | bit, branchMap, slots.toSpliced(index, 0, entry), edit);
}

function branchOfTwo<E extends HamtEntry>(shift: number, one: E, other: E, edit: Edit): Hamt<E> {
  if (shift >= COLLISION_SHIFT) return { entryMap: 0, branchMap: 0, slots: [one, other], edit };
  const oneAt = (one.hash >>> shift) & MASK;
  const otherAt = (other.hash >>> shift) & MASK;
  if (oneAt === otherAt) {
    return { entryMap: 0, branchMap: 1 << oneAt, slots: [branchOfTwo(shift + BITS, one, other, edit)], edit };
  }
  const slots = oneAt < otherAt ? [one, other] : [other, one];
  return { entryMap: (1 << oneAt) | (1 << otherAt), branchMap: 0, slots, edit };
}

function removeFrom<E extends HamtEntry>(branch: Hamt<E>, shift: number, owner: string, hash: number, edit: Edit): Hamt<E> {
  const { entryMap, branchMap, slots } = branch;
  if (shift >= COLLISION_SHIFT) {
    const index = (slots as E[]).findIndex((entry) => entry.owner === owner);
    return index < 0 ? branch : reshape(branch, entryMap, branchMap, slots.toSpliced(index, 1), edit);
  }
  const bit = 1 << ((hash >>> shift) & MASK);
  if ((entryMap & bit) !== 0) {
    const index = countOnes(entryMap & (bit - 1));
    if ((slots[index] as E).owner !== owner) return branch;
    return reshape(branch, entryMap ^ bit, branchMap, slots.toSpliced(index, 1), edit);
  }
  if ((branchMap & bit) === 0) return branch;
  const index = branchIndex(branch, bit);
  const child = slots[index] as Hamt<E>;
  const smaller = removeFrom(child, shift + BITS, owner, hash, edit);
  const lone = loneEntry(smaller);
  if (lone === undefined) return withSlot(branch, index, smaller, edit);
  const moved = slots.toSpliced(index, 1).toSpliced(countOnes(entryMap & (bit - 1)), 0, lone);
  return reshape(branch, entryMap | bit, branchMap ^ bit, moved, edit);
}

/** The entry of a branch that holds nothing else. */
function loneEntry<E extends HamtEntry>(branch: Hamt<E>): E | undefined {
  return branch.slots.length === 1 && branch.branchMap === 0 ? (branch.slots[0] as E) : undefined;
}

function withSlot<E extends HamtEntry>(branch: Hamt<E>, index: number, slot: E | Hamt<E>, edit: Edit): Hamt<E> {
  if (branch.slots[index] === slot) return branch;
  if (branch.edit !== edit) return { ...branch, slots: branch.slots.with(index, slot), edit };
  branch.slots[index] = slot;
  return branch;
}

/**
 * The branch with other slots, in place where it was made under this edit. The slots come from `toSpliced`, not from `splice`: an
 * array that grows in place reserves room for sixteen more, which in a million small branches is most of the memory.
 */
function reshape<E extends HamtEntry>(
  branch: Hamt<E>,
  entryMap: number,
  branchMap: number,
  slots: (E | Hamt<E>)[],
  edit: Edit,
): Hamt<E> {
  if (branch.edit !== edit) return { entryMap, branchMap, slots, edit };
  branch.entryMap = entryMap;
  branch.branchMap = branchMap;
  branch.slots = slots;
  return branch;
}

/** Where the branch of a bit stands in the slots, or would stand. */
function branchIndex<E extends HamtEntry>(branch: Hamt<E>, bit: number): number {
  return branch.slots.length - countOnes(branch.branchMap & (bit | (bit - 1)));
}

/** How many bits are one. */
function countOnes(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
