import { type OwnerName } from '@kubezone/core';

/**
 * Where in a name the label begins that ends right before `end`: a way from the root towards the leaves, which costs only as far as one goes.
 *
 *     www.example.        end = 12 → 4, end = 4 → 0
 *
 * @param end where another label of the name begins, above 0, or the name's length
 */
export function labelStart(name: OwnerName, end: number): number {
  let dot = name.lastIndexOf('.', end - 2);
  while (dot >= 0 && isEscaped(name, dot)) dot = name.lastIndexOf('.', dot - 1);
  return dot + 1;
}

/** Whether the dot belongs to a label (`\.`): an odd number of backslashes stands before it. */
function isEscaped(name: OwnerName, dot: number): boolean {
  let at = dot;
  while (name[at - 1] === '\\') at--;
  return (dot - at) % 2 === 1;
}
