/** Up to how many items are put in one by one. */
const FEW = 16;

/**
 * A copy of a sorted list with more items, each after those that compare equal to it. Finds their places by halving: a list of
 * thousands that is sorted anew for one more item compares thousands of times.
 */
export function insertSorted<T>(sorted: readonly T[], items: readonly T[], compare: (one: T, other: T) => number): T[] {
  // Sorting is stable, and where many come, cheaper than to move the rest for each.
  if (items.length > FEW) return [...sorted, ...items].sort(compare);
  const result = sorted.slice();
  for (const item of items) {
    let low = 0;
    let high = result.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(item, result[middle] as T) < 0) high = middle;
      else low = middle + 1;
    }
    result.splice(low, 0, item);
  }
  return result;
}
