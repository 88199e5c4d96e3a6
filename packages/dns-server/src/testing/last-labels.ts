import { type OwnerName, ROOT } from '@kubezone/core';

import { labelStart } from '../label-start.ts';

/** The last labels of a name, at most so many; the root for none. */
export function lastLabels(name: OwnerName, count: number): OwnerName {
  if (name === ROOT || count === 0) return ROOT;
  let start = name.length;
  for (let taken = 0; taken < count && start > 0; taken++) start = labelStart(name, start);
  return start === 0 ? name : (name.slice(start) as OwnerName);
}
