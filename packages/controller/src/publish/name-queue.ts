import type { OwnerName } from '@kubezone/core';

/**
 * The names of a zone that are to be planned: each once, however often it has changed, in the order in which they first changed.
 *
 * It cannot hold more than the zone and the catalog do.
 */
export class NameQueue {
  /** When each was first told of, on the monotonic clock. */
  readonly #waiting = new Map<OwnerName, number>();
  /** Names that wait for a time. */
  readonly #later = new Map<OwnerName, number>();
  /** Those of them of which something is still to be done, and not only looked at again. */
  readonly #postponed = new Set<OwnerName>();

  get size(): number {
    return this.#waiting.size;
  }

  /** How many names are not to be planned before some time. */
  get later(): number {
    return this.#later.size;
  }

  has(owner: OwnerName): boolean {
    return this.#waiting.has(owner);
  }

  /** Whether something is to be done at a name, now or later. */
  owes(owner: OwnerName): boolean {
    return this.#waiting.has(owner) || this.#postponed.has(owner);
  }

  /** Names at which something is to be done, and not before some time. */
  get postponed(): ReadonlySet<OwnerName> {
    return this.#postponed;
  }

  /** Since when the first name has waited, on the monotonic clock; undefined where none does. */
  oldest(): number | undefined {
    return this.#waiting.values().next().value;
  }

  /** @param at when the name has changed, on the monotonic clock */
  put(owner: OwnerName, at: number): void {
    this.#later.delete(owner);
    this.#postponed.delete(owner);
    const known = this.#waiting.get(owner);
    if (known === undefined) this.#waiting.set(owner, at);
    else if (at < known) this.#waiting.set(owner, at);
  }

  /** Plans a name at some time, unless it changes before: what is to be done at it has to wait until then. */
  postpone(owner: OwnerName, at: number): void {
    this.putLater(owner, at);
    if (!this.#waiting.has(owner)) this.#postponed.add(owner);
  }

  /** What was to be done at a name later is done, or not needed any more. */
  settle(owner: OwnerName): void {
    this.#postponed.delete(owner);
  }

  /** Looks at a name again at some time, unless it changes before. */
  putLater(owner: OwnerName, at: number): void {
    if (this.#waiting.has(owner)) return;
    this.#later.set(owner, Math.min(at, this.#later.get(owner) ?? Infinity));
  }

  /** Takes a name out; says since when it has waited. */
  take(owner: OwnerName): number | undefined {
    const at = this.#waiting.get(owner);
    if (at !== undefined) this.#waiting.delete(owner);
    return at;
  }

  /** Takes all names out, and since when each has waited. */
  takeAll(): [OwnerName, number][] {
    const all = [...this.#waiting];
    this.#waiting.clear();
    return all;
  }

  /** Moves names whose time has come; says when the next one's does. */
  wake(now: number): number {
    let next = Infinity;
    for (const [owner, at] of this.#later) {
      if (at <= now) this.put(owner, now);
      else next = Math.min(next, at);
    }
    return next;
  }
}
