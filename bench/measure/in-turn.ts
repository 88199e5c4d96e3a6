/** The servers in the order of a round: each round begins with the next, so that none is always first or last. */
export function inTurn<T>(items: readonly T[], round: number): T[] {
  const shift = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}
