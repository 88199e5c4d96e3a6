/**
 * Cuts names into batches of one call each, in their order.
 *
 * What has failed together is tried in halves the next time, so that one name of which nobody can say that it is the culprit does not keep the others from being
 * written.
 *
 * @param triesOf how often a name has failed in a row
 */
export function packWrites<T>(names: readonly T[], maxNames: number, triesOf: (name: T) => number): T[][] {
  const batches: T[][] = [];
  for (const [tries, some] of Map.groupBy(names, triesOf)) {
    const size = Math.max(1, Math.floor(maxNames / 2 ** Math.min(tries, 30)));
    for (let at = 0; at < some.length; at += size) batches.push(some.slice(at, at + size));
  }
  return batches;
}
