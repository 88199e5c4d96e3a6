/**
 * The sizes that blocks have, in units of 8 octets. Up to 64 units every size is a class of its own; beyond, eight classes to each doubling, so that
 * less than an eighth of a block is lost.
 *
 *     units   2 3 4 … 63 64 | 72 80 88 … 128 | 144 160 … 256 | …
 *     class   2 3 4 … 63 64 | 65 66 67 …  72 |  73  74 …  80 | …
 */
const EXACT_UNITS = 64;
const EXACT_BITS = 6;
const STEPS_BITS = 3;

/** The smallest block: one that is free holds its size and two links. */
export const MIN_UNITS = 2;

/** The class of blocks of at least so many units. */
export function classFor(units: number): number {
  if (units <= EXACT_UNITS) return units < MIN_UNITS ? MIN_UNITS : units;
  const doublings = 31 - Math.clz32(units - 1) - EXACT_BITS;
  const step = doublings + EXACT_BITS - STEPS_BITS;
  return EXACT_UNITS + (doublings << STEPS_BITS) + (((units - 1) >>> step) - (1 << STEPS_BITS)) + 1;
}

/** How many units the blocks of a class have. */
export function unitsOf(sizeClass: number): number {
  if (sizeClass <= EXACT_UNITS) return sizeClass;
  const index = sizeClass - EXACT_UNITS - 1;
  const doublings = index >>> STEPS_BITS;
  return ((1 << STEPS_BITS) + (index & ((1 << STEPS_BITS) - 1)) + 1) << (doublings + EXACT_BITS - STEPS_BITS);
}

/** The largest class whose blocks have at most so many units, for cutting a rest into blocks; at least `MIN_UNITS` are expected. */
export function classWithin(units: number): number {
  const sizeClass = classFor(units);
  return unitsOf(sizeClass) > units ? sizeClass - 1 : sizeClass;
}
