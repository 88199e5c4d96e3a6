import type { OwnerName } from '@kubezone/core';

/** Changes of one kind that the limit has admitted and that are not acknowledged: how many of each name. */
export class AdmittedChanges {
  readonly #counts = new Map<OwnerName, number>();
  #total = 0;

  /** How many there are. */
  get total(): number {
    return this.#total;
  }

  /** Replaces how many there are of a name. */
  note(owner: OwnerName, count: number): void {
    this.#total += count - (this.#counts.get(owner) ?? 0);
    if (count > 0) this.#counts.set(owner, count);
    else this.#counts.delete(owner);
  }
}
