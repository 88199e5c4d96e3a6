/**
 * From a value to the keys that have it.
 *
 *     value ─► key            the usual case: one slice per Service. No Set, which would cost ten times as much.
 *     value ─► Set of keys    once there are two
 */
export class KeyIndex {
  readonly #entries = new Map<string, string | Set<string>>();

  add(value: string, key: string): void {
    const held = this.#entries.get(value);
    if (held === undefined) this.#entries.set(value, key);
    else if (typeof held !== 'string') held.add(key);
    else if (held !== key) this.#entries.set(value, new Set([held, key]));
  }

  remove(value: string, key: string): void {
    const held = this.#entries.get(value);
    if (held === key) {
      this.#entries.delete(value);
    } else if (typeof held === 'object' && held.delete(key) && held.size === 1) {
      for (const last of held) this.#entries.set(value, last);
    }
  }

  /** In the order in which they were added. */
  keys(value: string): Iterable<string> {
    const held = this.#entries.get(value);
    if (held === undefined) return [];
    return typeof held === 'string' ? [held] : held;
  }

  /** How many values have a key. */
  get size(): number {
    return this.#entries.size;
  }
}
