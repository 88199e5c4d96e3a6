/** A source of pseudo-random numbers that gives the same ones for the same seed. */
export interface Random {
  /** An integer from 0 up to, but not including, `below`. */
  next(below: number): number;
}

/** xorshift32 (Marsaglia, "Xorshift RNGs", 2003): fast, and good enough to choose octets by. */
export function seededRandom(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return {
    next: (below) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      state >>>= 0;
      return Math.floor((state / 0x1_0000_0000) * below);
    },
  };
}
