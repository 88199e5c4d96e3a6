import type { Clock, Logger, OwnerName } from '@kubezone/core';
import type { EditRefusal } from '@kubezone/core/packed-zone';

/** How soon names are asked for again that the zones had no room for, in milliseconds. */
const RETRY_MS = 10_000;

/** A name that stays as it was. */
export interface RefusedName {
  readonly owner: OwnerName;
  readonly code: EditRefusal['code'];
  readonly message: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What the register needs. */
export interface RefusedNamesOptions {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  readonly logger: Logger;
  /** Asks for the names of one asker again; what comes of it is to be noted. */
  readonly retry: (asker: string, owners: readonly OwnerName[]) => void;
}

/** Names that the zones had no room for, by who asked for them. They are asked for again later: other names may have gone. */
export class RefusedNames {
  readonly #options: RefusedNamesOptions;
  readonly #names = new Map<string, Map<OwnerName, RefusedName>>();
  #cancel: (() => void) | undefined;

  constructor(options: RefusedNamesOptions) {
    this.#options = options;
  }

  /** Takes over what became of names that somebody asked for. */
  note(asker: string, asked: Iterable<OwnerName>, refused: readonly EditRefusal[]): void {
    const { clock, logger } = this.#options;
    const before = this.#names.get(asker);
    if (before === undefined && refused.length === 0) return;
    const names = before ?? new Map<OwnerName, RefusedName>();
    const still = new Set(refused.map(({ edit }) => edit.owner));
    for (const owner of asked) {
      if (still.has(owner) || !names.delete(owner)) continue;
      logger.info('a name is as it should be again', { name: owner });
    }
    for (const { edit, code, message } of refused) {
      const { owner } = edit;
      if (!names.has(owner)) logger.error('a name stays as it was', { name: owner, code, reason: message });
      names.set(owner, { owner, code, message, since: names.get(owner)?.since ?? clock.now() });
    }
    if (names.size > 0) this.#names.set(asker, names);
    else this.#names.delete(asker);
    if (this.#names.size > 0) this.#cancel ??= clock.after(RETRY_MS, () => this.#retry());
  }

  /** How many names stay as they were. */
  get size(): number {
    let size = 0;
    for (const names of this.#names.values()) size += names.size;
    return size;
  }

  *[Symbol.iterator](): Generator<RefusedName, void, undefined> {
    for (const names of this.#names.values()) yield* names.values();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = () => undefined;
  }

  #retry(): void {
    this.#cancel = undefined;
    // What comes of it is noted meanwhile.
    const asked = Array.from(this.#names, ([asker, names]) => ({ asker, owners: [...names.keys()] }));
    for (const { asker, owners } of asked) this.#options.retry(asker, owners);
  }
}
