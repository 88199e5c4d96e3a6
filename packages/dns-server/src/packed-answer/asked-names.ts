import { MAX_NAME_OCTETS } from '@kubezone/core';
import type { HashedName } from '@kubezone/core/packed-zone';

/** The names of one chain of aliases, so that one that comes back is known. */
export class AskedNames {
  readonly #hashes: Int32Array;
  readonly #octets: Uint8Array;

  /** @param most how many there may be */
  constructor(most: number) {
    this.#hashes = new Int32Array(most);
    this.#octets = new Uint8Array(most * MAX_NAME_OCTETS);
  }

  /** Notes a name, and forgets those after it. */
  note(index: number, name: HashedName): void {
    const octets = this.#octets;
    const at = index * MAX_NAME_OCTETS;
    this.#hashes[index] = name.hashes[name.labels] as number;
    for (let octet = 0; octet < name.length; octet++) octets[at + octet] = name.octets[octet] as number;
  }

  /** Whether a name is one of the first so many. */
  has(count: number, name: HashedName): boolean {
    const hash = name.hashes[name.labels];
    for (let index = 0; index < count; index++) {
      if (this.#hashes[index] === hash && name.equals(this.#octets, index * MAX_NAME_OCTETS)) return true;
    }
    return false;
  }
}
