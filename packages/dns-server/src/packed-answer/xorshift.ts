/** Marsaglia's generator of 32 bits ("Xorshift RNGs", 2003): good enough to say which address comes first, at three shifts a number. */
export class Xorshift {
  /** All there is to it; never 0. */
  state: number;

  /** @param seed any but 0 */
  constructor(seed: number) {
    this.state = (seed | 0) === 0 ? 1 : seed | 0;
  }

  /** The next number, from 0 to 2^32 - 1. */
  next(): number {
    let state = this.state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return state >>> 0;
  }

  /** A number from 0 up to, but not including, `end`. */
  below(end: number): number {
    return Math.floor((this.next() * end) / 2 ** 32);
  }
}
