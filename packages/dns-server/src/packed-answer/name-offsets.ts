import { FOLDED, type HashedName } from '@kubezone/core/packed-zone';

/** Offsets from here on do not fit into the 14 bits of a pointer (RFC 1035, section 4.1.4). */
export const POINTER_LIMIT = 0x4000;
const OFFSET_BITS = 14;
/** A power of two, and twice as many as there can be entries: each entry's label takes two octets at least, below the limit. */
const SLOTS: number = POINTER_LIMIT;
const MAX_STAMP = 2 ** (32 - OFFSET_BITS) - 1;

/**
 * Which names, and ends of names, stand where in the message being composed.
 *
 *     slots   [ .. | stamp, 12 | .. | stamp, 16 | older stamp, 40 | .. ]        12: www.example.com.   16: example.com.
 *
 * A slot with the stamp of another message is free: beginning a message costs nothing.
 */
export class NameOffsets {
  readonly #slots: Uint32Array = new Uint32Array(SLOTS);
  /** The slots, in the order in which they were filled: to be freed in the opposite order, so that no search finds one free too early. */
  readonly #filled: Uint16Array = new Uint16Array(SLOTS / 2);
  #stamp = 1;
  #count = 0;

  /** Forgets all names. */
  clear(): void {
    this.#count = 0;
    if (this.#stamp++ < MAX_STAMP) return;
    this.#slots.fill(0);
    this.#stamp = 1;
  }

  /** What `rollback` needs to come back to this moment. */
  mark(): number {
    return this.#count;
  }

  /** Forgets every name that was noted since. */
  rollback(mark: number): void {
    while (this.#count > mark) this.#slots[this.#filled[--this.#count] as number] = 0;
  }

  /**
   * Where the end of a name stands in the message; -1 where it does not.
   *
   * @param labels how many of the name's last labels are meant, at least one
   */
  find(message: Uint8Array, name: HashedName, labels: number): number {
    const hash = name.hashes[labels] as number;
    for (let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const entry = this.#slots[slot] as number;
      if (entry >>> OFFSET_BITS !== this.#stamp) return -1;
      const offset = entry & (POINTER_LIMIT - 1);
      if (standsAt(message, offset, name.octets, name.startOf(labels))) return offset;
    }
  }

  /** Notes where the end of a name stands, whole: it is compared with others from now on. It was not found before. */
  note(name: HashedName, labels: number, offset: number): void {
    if (offset >= POINTER_LIMIT) return;
    const hash = name.hashes[labels] as number;
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    while ((this.#slots[slot] as number) >>> OFFSET_BITS === this.#stamp) slot = (slot + 1) & (SLOTS - 1);
    this.#slots[slot] = (this.#stamp << OFFSET_BITS) | offset;
    this.#filled[this.#count++] = slot;
  }
}

/** Whether a name stands in the message at an offset, compressed or not. */
function standsAt(message: Uint8Array, offset: number, folded: Uint8Array, start: number): boolean {
  let left = offset;
  let right = start;
  for (;;) {
    let length = message[left] as number;
    while (length >= 0xc0) {
      left = ((length & 0x3f) << 8) | (message[left + 1] as number);
      length = message[left] as number;
    }
    if (length !== folded[right]) return false;
    if (length === 0) return true;
    const end = left + length;
    for (left++, right++; left <= end; left++, right++) {
      if (FOLDED[message[left] as number] !== folded[right]) return false;
    }
  }
}
