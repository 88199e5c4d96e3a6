/** Name compression (RFC 1035, section 4.1.4), without an allocation per name. */
import { FOLDED } from '../name/folded.ts';

/** Offsets from here on do not fit into the 14 bits of a pointer. */
const POINTER_LIMIT = 0x4000;
/** A power of two, and twice as many as there can be entries: each entry's label takes two octets at least, below the limit. */
const SLOTS = POINTER_LIMIT;

/**
 * Writes names into a message, the end of a name as a pointer wherever that end stands in the message already.
 *
 * Every name and every end of one that was written is found again by a hash over its labels, in a table of offsets into the message itself:
 *
 *     slots   [ 0  12  0  0  16  0 ... ]      12: www.example.com.   16: example.com.   20: com.   0: free
 *     filled  [ 1   4  ... ]                  the slots, in the order in which they were filled: to be freed again in the opposite order
 */
export class NameCompressor {
  readonly #buffer: Uint8Array;
  readonly #slots: Uint16Array = new Uint16Array(SLOTS);
  readonly #filled: Uint16Array = new Uint16Array(SLOTS / 2);
  #count = 0;
  /** Of the name being written: where its labels begin, and the hashes of the ends that begin with them. */
  readonly #starts: Uint16Array = new Uint16Array(128);
  readonly #hashes: Int32Array = new Int32Array(128);

  /** @param buffer the message being written */
  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  /** What `rollback` needs to come back to this moment. */
  mark(): number {
    return this.#count;
  }

  /** Forgets every name that was written since the mark; 0 forgets all of them. */
  rollback(mark: number): void {
    // Entries leave the table in the opposite order, so that no search that goes past a slot finds it free too early.
    while (this.#count > mark) this.#slots[this.#filled[--this.#count] as number] = 0;
  }

  /**
   * Writes a name at an offset of the message. Where the buffer ends before the name does, the rest is lost without harm: the caller sees by
   * the result that the name did not fit, and rolls back.
   *
   * @param source holds the name, uncompressed and well-formed, from `start` on; its case is kept
   * @returns the offset after it
   */
  write(source: Uint8Array, start: number, offset: number): number {
    const buffer = this.#buffer;
    const labels = this.#hash(source, start);
    let known = 0;
    let fresh = 0;
    for (; fresh < labels && known === 0; fresh++) {
      known = this.#slots[this.#find(this.#hashes[fresh] as number, source, this.#starts[fresh] as number)] as number;
    }
    if (known !== 0) fresh--;
    let at = offset;
    for (let label = 0; label < fresh; label++) {
      const labelStart = this.#starts[label] as number;
      const labelEnd = labelStart + 1 + (source[labelStart] as number);
      for (let from = labelStart; from < labelEnd; from++) buffer[at++] = source[from] as number;
    }
    if (known === 0) buffer[at++] = 0;
    else {
      buffer[at++] = 0xc0 | (known >> 8);
      buffer[at++] = known & 0xff;
    }
    // Only now that the whole name stands in the message: what stood there before it, from another message, must be compared with nothing.
    for (let label = 0; label < fresh; label++) {
      const labelAt = offset + (this.#starts[label] as number) - start;
      if (labelAt < POINTER_LIMIT) this.#enter(this.#hashes[label] as number, labelAt);
    }
    return at;
  }

  /** Enters the offset of an end that is not in the table. */
  #enter(hash: number, offset: number): void {
    let slot = slotOf(hash);
    while (this.#slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    this.#slots[slot] = offset;
    this.#filled[this.#count++] = slot;
  }

  /** Finds the name's labels, and hashes its ends from the right; returns the number of labels, the root's not counted. */
  #hash(source: Uint8Array, start: number): number {
    let labels = 0;
    for (let at = start; at < source.length && source[at] !== 0; at += 1 + (source[at] as number)) this.#starts[labels++] = at;
    let hash = 0;
    for (let label = labels - 1; label >= 0; label--) {
      const labelStart = this.#starts[label] as number;
      const labelEnd = labelStart + 1 + (source[labelStart] as number);
      // FNV-1a, 32 bits
      for (let at = labelStart; at < labelEnd; at++)
        hash = Math.imul(hash ^ (FOLDED[source[at] as number] as number), 0x01000193);
      this.#hashes[label] = hash;
    }
    return labels;
  }

  /** The slot that holds the name, or the free one where it belongs. */
  #find(hash: number, source: Uint8Array, start: number): number {
    let slot = slotOf(hash);
    for (let offset = this.#slots[slot] as number; offset !== 0; offset = this.#slots[slot] as number) {
      if (this.#equals(offset, source, start)) return slot;
      slot = (slot + 1) & (SLOTS - 1);
    }
    return slot;
  }

  #equals(offset: number, source: Uint8Array, start: number): boolean {
    const buffer = this.#buffer;
    let left = offset;
    let right = start;
    for (;;) {
      let length = buffer[left] as number;
      while (length >= 0xc0) {
        left = ((length & 0x3f) << 8) | (buffer[left + 1] as number);
        length = buffer[left] as number;
      }
      if (length !== source[right]) return false;
      if (length === 0) return true;
      const end = left + length;
      for (left++, right++; left <= end; left++, right++) {
        if (FOLDED[buffer[left] as number] !== FOLDED[source[right] as number]) return false;
      }
    }
  }
}

/** Where the search for a hash begins. */
function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
