/** What a writer has to bring up to date, in the order of turns: it may be a key's own fault that it fails, so all others come before those that have failed. */
export class DueKeys<K> {
  readonly #due = new Set<K>();
  /** Those that have failed, the last one last. */
  readonly #failing = new Set<K>();

  get size(): number {
    return this.#due.size;
  }

  has(key: K): boolean {
    return this.#due.has(key);
  }

  /** Has a key wait for its turn, behind all others unless it waits already. */
  add(key: K): void {
    this.#due.add(key);
  }

  /** Nothing is to be done for a key. Whether it has failed is remembered until its next turn would come. */
  delete(key: K): void {
    this.#due.delete(key);
  }

  /** A key has failed: it comes last. */
  failed(key: K): void {
    this.#failing.delete(key);
    this.#failing.add(key);
  }

  /** A key has not failed: it is one of the others again. Returns whether it had. */
  recovered(key: K): boolean {
    return this.#failing.delete(key);
  }

  clear(): void {
    this.#due.clear();
    this.#failing.clear();
  }

  /** Whose turn it is. Keys may come and go meanwhile. @param first those of them that go before all others that have not failed */
  *turns(first: Iterable<K> = []): Generator<K, void, undefined> {
    for (const key of first) if (this.#due.has(key) && !this.#failing.has(key)) yield key;
    for (const key of this.#due) if (!this.#failing.has(key)) yield key;
    for (const key of this.#failing) {
      if (this.#due.has(key)) yield key;
      else this.#failing.delete(key);
    }
  }

  *[Symbol.iterator](): Generator<K, void, undefined> {
    yield* this.#due;
  }
}
