import { describe, type Fields, MalformedObject, readItems, stringsAt } from '../fields.ts';

/**
 * As `readItems`, for a list that the API does not let be longer than `limit`.
 *
 * @throws {MalformedObject} where it is
 */
export function readLimited(
  parent: Fields | undefined,
  key: string,
  path: string,
  limit: number,
  read: (item: Fields) => void,
): void {
  checkLength(parent, key, path, limit);
  readItems(parent, key, path, read);
}

/** As `stringsAt`, in the same way. */
export function limitedStringsAt(parent: Fields | undefined, key: string, path: string, limit: number): readonly string[] {
  checkLength(parent, key, path, limit);
  return stringsAt(parent, key, path);
}

function checkLength(parent: Fields | undefined, key: string, path: string, limit: number): void {
  const list = parent?.[key];
  if (!Array.isArray(list) || list.length <= limit) return;
  throw new MalformedObject(path === '' ? key : `${path}.${key}`, describe(list), `at most ${limit} entries, as the API has it`);
}
