import type { NameChange, OwnerName } from '@kubezone/core';

/**
 * Makes one change of all changes of one name, in the order in which the names first changed. Whoever receives them sees a name once,
 * passing from what it held before them all to what it holds after.
 */
export function coalesceChanges(changes: readonly NameChange[]): readonly NameChange[] {
  if (changes.length < 2) return changes;
  const merged = new Map<OwnerName, NameChange>();
  for (const change of changes) {
    const first = merged.get(change.owner);
    merged.set(change.owner, first === undefined ? change : { ...change, before: first.before });
  }
  return merged.size === changes.length ? changes : [...merged.values()];
}
