import type { OwnerName } from '../name/owner-name.ts';

const NOBODY: ReadonlySet<OwnerName> = new Set();

/** For each of some names, the names for which it was looked at: those to be looked at again when it changes. */
export class Readers {
  readonly #readers = new Map<OwnerName, Set<OwnerName>>();

  /** For whom a name was looked at. */
  of(name: OwnerName): ReadonlySet<OwnerName> {
    return this.#readers.get(name) ?? NOBODY;
  }

  /**
   * A name was looked at other names before, and is at these now.
   *
   * @returns those of `before` that are looked at for nobody any more
   */
  replace(reader: OwnerName, before: readonly OwnerName[], after: readonly OwnerName[]): readonly OwnerName[] {
    for (const name of after) {
      const readers = this.#readers.get(name);
      if (readers === undefined) this.#readers.set(name, new Set([reader]));
      else readers.add(reader);
    }
    if (before.length === 0) return [];
    const kept = new Set(after);
    return before.filter((name) => {
      if (kept.has(name)) return false;
      const readers = this.#readers.get(name);
      readers?.delete(reader);
      if (readers === undefined || readers.size > 0) return false;
      this.#readers.delete(name);
      return true;
    });
  }
}
