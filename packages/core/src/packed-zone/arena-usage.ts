/** How the memory is used, in octets. */
export interface ArenaUsage {
  /** Blocks that are given out, with what is lost by rounding. */
  readonly usedOctets: number;
  /** Blocks that wait to be given out again. */
  readonly freeOctets: number;
  /** What the system has had to give so far: it never takes any of it back. */
  readonly touchedOctets: number;
  readonly limitOctets: number;
}
