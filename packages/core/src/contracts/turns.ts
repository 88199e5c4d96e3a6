/** Work of which, for one key, one piece is done after the other, in the order in which it was asked for. */
export class Turns<K> {
  /** By key, when the last piece that was asked for has ended. */
  readonly #last = new Map<K, Promise<void>>();

  /** Does the work when all that was asked for before has ended, however it did. Returns what the work returns; rejects as it does. */
  take<T>(key: K, work: () => Promise<T>): Promise<T> {
    const done = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const over = done.then(nothing, nothing);
    this.#last.set(key, over);
    void over.then(() => this.#last.get(key) === over && this.#last.delete(key));
    return done;
  }
}

function nothing(): void {}
