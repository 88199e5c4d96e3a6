/** The key's length in octets. */
export const HALF_SIPHASH_KEY_OCTETS = 8;

/** How often the state is stirred for each word of the message, and at the end. */
export interface HalfSipHashRounds {
  readonly compression: number;
  readonly finalization: number;
}

/** As in Linux's hash tables; the reference implementation has 2 and 4. */
const TABLE_ROUNDS: HalfSipHashRounds = { compression: 1, finalization: 3 };

/** How many words of 32 bits are hashed, and, in the last octet, how many octets that is. */
const WORDS = 4;
const LENGTH = (WORDS * 4) << 24;

/**
 * HalfSipHash of four words (Aumasson and Bernstein, https://github.com/veorq/SipHash): who does not know the key cannot find inputs that meet in one place of a table, as he can for hashes that merely
 * begin with a random number.
 */
export class HalfSipHash {
  readonly #k0: number;
  readonly #k1: number;
  readonly #compression: number;
  readonly #finalization: number;

  /** @param key two words of 32 bits, which nobody else knows */
  constructor(key: readonly [number, number], { compression, finalization }: HalfSipHashRounds = TABLE_ROUNDS) {
    [this.#k0, this.#k1] = key;
    this.#compression = compression;
    this.#finalization = finalization;
  }

  /**
   * Hashes 16 octets, given as words, the first octet of each in its lowest place.
   *
   * @returns 32 bits, as a signed number
   */
  hash(first: number, second: number, third: number, fourth: number): number {
    const compression = this.#compression;
    let v0 = this.#k0;
    let v1 = this.#k1;
    // The constants spell "lygetedb".
    let v2 = this.#k0 ^ 0x6c796765;
    let v3 = this.#k1 ^ 0x74656462;
    for (let step = 0; step <= WORDS + 1; step++) {
      const isEnd = step > WORDS;
      const word = step === 0 ? first : step === 1 ? second : step === 2 ? third : step === 3 ? fourth : isEnd ? 0 : LENGTH;
      if (isEnd) v2 ^= 0xff;
      v3 ^= word;
      for (let round = isEnd ? this.#finalization : compression; round > 0; round--) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      v0 ^= word;
    }
    return v1 ^ v3;
  }
}
