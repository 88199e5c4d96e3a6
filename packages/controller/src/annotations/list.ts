import type { ProblemList } from '../sources/problem-list.ts';

/** How many host names one object may ask for, all of them together. */
export const MAX_HOSTNAMES = 1000;

/**
 * The entries of a comma-separated list, without the spaces around them and without empty ones. One that is too long is no list at all: it is
 * reported, and nothing of it is used, so that what stands does not depend on where the limit falls.
 *
 * @param path where it stands, for the problem
 * @param what its entries are, in the plural
 */
export function splitList(text: string, path: string, what: string, limit: number, problems: ProblemList): readonly string[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length <= limit) return entries;
  problems.add({
    code: 'LIST_TOO_LONG',
    path,
    message: `${path}: found ${entries.length} ${what}, expected at most ${limit}; none of them is used`,
  });
  return [];
}
