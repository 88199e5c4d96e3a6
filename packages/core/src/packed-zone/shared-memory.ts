/**
 * The memory that holds all zones of a process: one SharedArrayBuffer, which one thread writes and any thread reads.
 *
 *     word 0       VERSION     of the newest state that readers may see; never 0
 *          1       DIRECTORY   address of the table of zones
 *          3       LAYOUT      which layout this is: a thread of another build must not guess
 *          16 …    READERS     one word for each reader, 64 octets apart so that they do not fight for a cache line
 *        1552 …    KEY         of the hash of names: 256 words that nobody outside knows
 *     octet 8192   blocks      see `Arena`
 *
 * Blocks are named by their *address*: their offset in units of 8 octets, 28 bits for 2 GiB.
 */
import { hashKeyFrom, KEY_WORDS } from './hashed-name.ts';

/** The memory as octets and as 32-bit words of the machine's byte order. */
export interface SharedMemory {
  readonly octets: Uint8Array<SharedArrayBuffer>;
  readonly words: Int32Array<SharedArrayBuffer>;
}

/** Where a block begins, in units of 8 octets; 0 for none. */
export type BlockAddress = number;

/** Indices of the words before the first block. */
export const VERSION_WORD = 0;
export const DIRECTORY_WORD = 1;
const LAYOUT_WORD = 3;
const READER_STRIDE = 16;
const KEY_WORD = 1552;

/** Readers 0 to 63 are threads, which number themselves; the others are snapshots. */
export const MAX_THREADS = 64;
export const MAX_READERS = 96;
/** The first block's address. */
export const FIRST_ADDRESS: BlockAddress = 1024;
/** Words of a unit, octets of a unit. */
export const UNIT_WORDS = 2;
export const UNIT_OCTETS = 8;

/** The most that can be addressed with indices of 31 bits, which V8 handles fastest. Address space alone: memory is taken as it is written. */
export const MAX_MEMORY_OCTETS: number = 2 ** 31;
const MIN_MEMORY_OCTETS = 2 ** 22;

/** Changes with every change of what stands where. */
const LAYOUT = 0x6b7a0002;

/** Index of the word in which a reader says which version it may be reading; 0 while it reads nothing. */
export function readerWord(reader: number): number {
  return (reader + 1) * READER_STRIDE;
}

/** The words that names are hashed with. */
export function keyOf({ words }: SharedMemory): Int32Array {
  return words.subarray(KEY_WORD, KEY_WORD + KEY_WORDS);
}

/** How much memory is made where so much is asked for: whole MiB, from 4 MiB to 2 GiB. */
export function possibleOctets(maxOctets: number): number {
  return Math.floor(Math.min(Math.max(maxOctets, MIN_MEMORY_OCTETS), MAX_MEMORY_OCTETS) / 2 ** 20) * 2 ** 20;
}

/**
 * How much memory zones may take where nobody says so: half of what the process may have, so that a name that does not fit is refused before the system
 * ends the process; all that can be addressed where that is 4 GiB or more, or unlimited.
 *
 * @param constrainedOctets what `process.constrainedMemory()` says; 0 or absent where there is no limit
 */
export function defaultMemoryOctets(constrainedOctets: number | undefined): number {
  const isLimited = constrainedOctets !== undefined && constrainedOctets > 0 && constrainedOctets < 2 * MAX_MEMORY_OCTETS;
  return possibleOctets(isLimited ? constrainedOctets / 2 : MAX_MEMORY_OCTETS);
}

/**
 * Makes the memory.
 *
 * @param seed a random integer of up to 53 bits: who does not know it cannot choose names that collide
 * @param maxOctets how much there may be, see `possibleOctets`. Where the system does not give so much address space (`ulimit -v`,
 *   `vm.overcommit_memory=2`), the half is tried, and so on
 * @param firstVersion where versions begin, not 0; they wrap around
 * @throws {RangeError} where not even 4 MiB can be had
 */
export function createSharedMemory(seed: number, maxOctets: number = MAX_MEMORY_OCTETS, firstVersion = 1): SharedMemory {
  const memory = viewsOf(allocate(possibleOctets(maxOctets)));
  memory.words.set(hashKeyFrom(seed), KEY_WORD);
  memory.words[VERSION_WORD] = firstVersion;
  Atomics.store(memory.words, LAYOUT_WORD, LAYOUT);
  return memory;
}

/**
 * The views of memory that another thread has made.
 *
 * @throws {RangeError} where that thread runs another build
 */
export function attachSharedMemory(buffer: SharedArrayBuffer): SharedMemory {
  const memory = viewsOf(buffer);
  const layout = Atomics.load(memory.words, LAYOUT_WORD);
  if (layout !== LAYOUT) throw new RangeError(`the zones' memory has layout ${layout}, this build reads ${LAYOUT}`);
  return memory;
}

function allocate(octets: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(octets);
  } catch (error) {
    if (octets <= MIN_MEMORY_OCTETS) throw error;
    return allocate(possibleOctets(octets / 2));
  }
}

function viewsOf(buffer: SharedArrayBuffer): SharedMemory {
  return { octets: new Uint8Array(buffer), words: new Int32Array(buffer) };
}
