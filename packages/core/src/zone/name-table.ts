import type { HamtEntry } from './hamt.ts';

/**
 * A growing set of entries by name, for building zones of millions: an open hash table of numbers over a list of entries.
 *
 *     cells    … | hash, place | 0, 0 | hash, place | …      a power of two; at least half of them empty
 *     entries  [ entry, entry, entry, … ]                    in the order in which they came; `place` counts from 1
 *
 * Instead of a `Map`, which hashes each name for itself, twice where it is new: that is a tenth of the time in which a million
 * records become a zone.
 */
export interface NameTable<E extends HamtEntry> {
  readonly entries: readonly E[];
  get(owner: string, hash: number): E | undefined;
  /** Adds an entry of a name that is not there yet. */
  add(entry: E): void;
  /** Puts an entry in place of the one of the same name. */
  replace(entry: E): void;
}

const FIRST_CELLS = 64;

/** A table without entries. */
export function nameTable<E extends HamtEntry>(): NameTable<E> {
  const entries: E[] = [];
  let cells = new Int32Array(2 * FIRST_CELLS);
  /** Where the name stands among the cells, or would stand. */
  const find = (owner: string, hash: number): number => {
    const mask = cells.length - 2;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const place = cells[at + 1] as number;
      if (place === 0 || (cells[at] === hash && (entries[place - 1] as E).owner === owner)) return at;
    }
  };
  const grow = (): void => {
    const old = cells;
    cells = new Int32Array(2 * old.length);
    const mask = cells.length - 2;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let at = ((old[from] as number) << 1) & mask;
      while (cells[at + 1] !== 0) at = (at + 2) & mask;
      cells[at] = old[from] as number;
      cells[at + 1] = old[from + 1] as number;
    }
  };
  return {
    entries,
    get: (owner, hash) => entries[(cells[find(owner, hash) + 1] as number) - 1],
    add(entry) {
      if (4 * (entries.length + 1) > cells.length) grow();
      const at = find(entry.owner, entry.hash);
      entries.push(entry);
      cells[at] = entry.hash;
      cells[at + 1] = entries.length;
    },
    replace(entry) {
      entries[(cells[find(entry.owner, entry.hash) + 1] as number) - 1] = entry;
    },
  };
}
