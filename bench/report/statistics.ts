import type { Place } from './results.ts';

/** The middle of a set of figures, and its ends. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** The spread of some figures; undefined where there are none. Of an even number the median is the mean of the middle two. */
export function spreadOf(figures: readonly number[]): Spread | undefined {
  const sorted = figures.toSorted((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? min;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
  return { median, min, max, count: sorted.length };
}

/** Ratios of figures that stand in the same round; a round in which one of the two is missing gives none. */
export function ratiosByRound<T extends Pick<Place, 'run' | 'round'>>(
  ours: readonly T[],
  theirs: readonly T[],
  figure: (sample: T) => number,
): number[] {
  const roundOf = ({ run, round }: T): string => `${run} ${round}`;
  const peers = new Map(theirs.map((sample) => [roundOf(sample), figure(sample)]));
  return ours.flatMap((sample) => {
    const peer = peers.get(roundOf(sample));
    return peer === undefined || peer === 0 ? [] : [figure(sample) / peer];
  });
}

/**
 * How likely chance alone would put so many of the ratios, or more, on one side of 1: the two-sided sign test. Ratios of exactly 1 say nothing and are left out.
 */
export function signTest(ratios: readonly number[]): number {
  const above = ratios.filter((ratio) => ratio > 1).length;
  const below = ratios.filter((ratio) => ratio < 1).length;
  const count = above + below;
  let [tail, ways] = [0, 1];
  for (let picked = 0; picked <= Math.min(above, below); picked++) {
    tail += ways;
    ways = (ways * (count - picked)) / (picked + 1);
  }
  return Math.min(1, (2 * tail) / 2 ** count);
}

/** What comparing two commits by ratios (new to old) of a figure comes to. */
export type Verdict = 'no difference larger than the noise' | 'more' | 'less';

/** Chance may explain this much before a difference is called one. */
const SIGNIFICANCE = 0.05;

/** Whether a figure has changed: in as good as all rounds to the same side, so that chance is a worse explanation. */
export function judge(ratios: readonly number[]): Verdict {
  const spread = spreadOf(ratios);
  if (spread === undefined || signTest(ratios) >= SIGNIFICANCE) return 'no difference larger than the noise';
  return spread.median > 1 ? 'more' : 'less';
}
