/**
 * Which zones there are. A zone that comes is added in place, one that goes is taken out in place, which takes no memory; the directory is written anew where there
 * is no room. A zone that comes is not seen before its version; one that goes is found no more from a moment before its version is published on.
 *
 *     directory   word 0   size and kind        the arena's
 *                      1   shift                32 minus the binary logarithm of the number of slots
 *                      2   4 words *: a bit for each number of labels that some apex has
 *                      6   slots *              addresses of entries, found by the hash of the apex; 0: free   1: gone
 *
 *     entry       word 0   size and kind        the arena's
 *                      1   head *               of the zone, changed with every version
 *                      2   length of the apex
 *                      3   apex                 wire format, lower case
 */
import { HashedName } from './hashed-name.ts';
import { type BlockAddress, DIRECTORY_WORD, keyOf, type SharedMemory, UNIT_OCTETS, UNIT_WORDS } from './shared-memory.ts';

const LABELS_WORDS = 2;
const SLOTS_WORDS = 6;
const HEAD = 1;
const LENGTH = 2;
const APEX_OCTETS = 12;
/** In the slot of an entry that was taken out: an address in the memory's header, where words are 0, so that no apex has the length of this entry's. */
const REMOVED: BlockAddress = 1;

/** How many octets an entry takes. */
export function entryOctets(apex: HashedName): number {
  return APEX_OCTETS + apex.length;
}

/** Writes an entry, but for the arena's word, without a head. */
export function writeEntry({ octets, words }: SharedMemory, entry: BlockAddress, apex: HashedName): void {
  words[entry * UNIT_WORDS + HEAD] = 0;
  words[entry * UNIT_WORDS + LENGTH] = apex.length;
  octets.set(apex.octets.subarray(0, apex.length), entry * UNIT_OCTETS + APEX_OCTETS);
}

/** The newest head of the zone of an entry; 0 where there is none yet. */
export function headIn(words: Int32Array, entry: BlockAddress): BlockAddress {
  return Atomics.load(words, entry * UNIT_WORDS + HEAD);
}

/** Gives the zone of an entry another head. */
export function storeHead(words: Int32Array, entry: BlockAddress, head: BlockAddress): void {
  Atomics.store(words, entry * UNIT_WORDS + HEAD, head);
}

/** How many octets a directory takes that is written with so many zones. */
export function directoryOctets(zones: number): number {
  return (SLOTS_WORDS + slotsFor(zones)) * 4;
}

/** How many zones can be in a directory that was written with so many, those that have gone included: half of its slots stay free, so that a search ends soon. */
export function roomFor(zones: number): number {
  return slotsFor(zones) / 2;
}

/** Writes a directory, but for the arena's word. */
export function writeDirectory(memory: SharedMemory, directory: BlockAddress, entries: readonly BlockAddress[]): void {
  const { words } = memory;
  const first = directory * UNIT_WORDS;
  const slots = slotsFor(entries.length);
  words[first + 1] = 32 - Math.log2(slots);
  words.fill(0, first + LABELS_WORDS, first + SLOTS_WORDS + slots);
  for (const entry of entries) addEntry(memory, directory, entry);
}

/** Adds an entry to a directory that has room for it, and may be in use: whether readers see the zone, its head says. */
export function addEntry(memory: SharedMemory, directory: BlockAddress, entry: BlockAddress): void {
  const { words } = memory;
  const labels = apexOf(memory, entry).labels;
  Atomics.store(words, slotOf(memory, directory, entry, 0), entry);
  Atomics.or(words, directory * UNIT_WORDS + LABELS_WORDS + (labels >>> 5), 1 << (labels & 31));
}

/** Takes an entry out of a directory that has it, and may be in use. Its slot is not used again: to a search it is as an entry of another name. */
export function removeEntry(memory: SharedMemory, directory: BlockAddress, entry: BlockAddress): void {
  const { words } = memory;
  Atomics.store(words, slotOf(memory, directory, entry, entry), REMOVED);
}

/**
 * The entry of the zone with the longest apex that is the end of a name; 0 where there is none.
 *
 * @param labels how many of the name's last labels the apex may have
 */
export function findEntry({ octets, words }: SharedMemory, name: HashedName, labels: number): BlockAddress {
  const first = Atomics.load(words, DIRECTORY_WORD) * UNIT_WORDS;
  if (first === 0) return 0;
  const shift = words[first + 1] as number;
  const mask = -1 >>> shift;
  for (let apexLabels = labels; apexLabels >= 0; apexLabels--) {
    if (((Atomics.load(words, first + LABELS_WORDS + (apexLabels >>> 5)) >>> (apexLabels & 31)) & 1) === 0) continue;
    const start = name.startOf(apexLabels);
    const length = name.length - start;
    let slot = (name.hashes[apexLabels] as number) >>> shift;
    for (let entry = Atomics.load(words, first + SLOTS_WORDS + slot); entry !== 0;) {
      if (words[entry * UNIT_WORDS + LENGTH] === length) {
        const at = entry * UNIT_OCTETS + APEX_OCTETS;
        let index = 0;
        while (index < length && octets[at + index] === name.octets[start + index]) index++;
        if (index === length) return entry;
      }
      slot = (slot + 1) & mask;
      entry = Atomics.load(words, first + SLOTS_WORDS + slot);
    }
  }
  return 0;
}

/** Whether any zone may have an apex of so many labels: more than `from`, at most `to`. */
export function mayHaveApexBetween(words: Int32Array, from: number, to: number): boolean {
  const first = Atomics.load(words, DIRECTORY_WORD) * UNIT_WORDS + LABELS_WORDS;
  for (let labels = to; labels > from; labels--) {
    if (((Atomics.load(words, first + (labels >>> 5)) >>> (labels & 31)) & 1) !== 0) return true;
  }
  return false;
}

/** How many octets the apex of an entry has. */
export function apexLengthOf(words: Int32Array, entry: BlockAddress): number {
  return words[entry * UNIT_WORDS + LENGTH] as number;
}

/** At most a quarter is in use at first. */
function slotsFor(zones: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(zones, 1) * 4));
}

function apexOf(memory: SharedMemory, entry: BlockAddress): HashedName {
  const { octets } = memory;
  const apex = new HashedName(keyOf(memory));
  apex.load(octets, entry * UNIT_OCTETS + APEX_OCTETS, octets.length);
  return apex;
}

/** Index of the word of the first slot for an entry in which something stands: the entry itself, or nothing. It must be there. */
function slotOf(memory: SharedMemory, directory: BlockAddress, entry: BlockAddress, content: BlockAddress): number {
  const { words } = memory;
  const first = directory * UNIT_WORDS;
  const shift = words[first + 1] as number;
  const apex = apexOf(memory, entry);
  let slot = (apex.hashes[apex.labels] as number) >>> shift;
  while (words[first + SLOTS_WORDS + slot] !== content) slot = (slot + 1) & (-1 >>> shift);
  return first + SLOTS_WORDS + slot;
}
