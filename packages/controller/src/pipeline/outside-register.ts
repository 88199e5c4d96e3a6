import type { Logger, OwnerName, SourceKind } from '@kubezone/core';

import { nameObject, type ObjectKey } from '../resources/resource.ts';
import type { OutsideNames, Source } from '../sources/source.ts';
import type { ObjectReader } from '../store/object-store.ts';

/** A name that an object asks for and that no zone holds. */
export interface OutsideName {
  readonly name: OwnerName;
  /** As in `Origin.object`. */
  readonly object: string;
  readonly source: SourceKind;
  /** The cluster's configured name. */
  readonly cluster: string;
}

/** Of one source in one cluster, so many names outside all zones are listed; the others are only counted. */
export const LISTED_OUTSIDE_NAMES = 100;

/** What the register needs. */
export interface OutsideRegisterOptions {
  /** The cluster's configured name. */
  readonly cluster: string;
  readonly store: ObjectReader;
  readonly logger: Logger;
}

/**
 * Who in one cluster asks for names outside all zones: a number for each such object, nothing for the others. The names themselves are not kept; whoever wants to see some has
 * their objects asked again.
 */
export class OutsideRegister {
  readonly #options: OutsideRegisterOptions;
  /** How many names each object asks for in vain, one at least. */
  readonly #objects = new Map<Source, Map<ObjectKey, number>>();
  readonly #totals = new Map<Source, number>();

  constructor(options: OutsideRegisterOptions) {
    this.#options = options;
  }

  /** Replaces what an object asks for in vain. It is logged when their number changes: whatever else happens to the object must not fill the log. */
  replace(source: Source, key: ObjectKey, outside: OutsideNames | undefined): void {
    const objects = this.#objects.get(source);
    const before = objects?.get(key) ?? 0;
    const now = outside?.total ?? 0;
    if (before === now) return;
    this.#totals.set(source, this.count(source) + now - before);
    if (outside === undefined || now === 0) {
      objects?.delete(key);
      return;
    }
    if (objects === undefined) this.#objects.set(source, new Map([[key, now]]));
    else objects.set(key, now);
    const { cluster, logger } = this.#options;
    const object = nameObject(source.resource, key);
    const fields = { cluster, source: source.kind, object, names: outside.listed, total: now };
    logger.debug('an object asks for names outside all zones', fields);
  }

  /** How many names a source has found outside all zones: one that several objects ask for counts for each. */
  count(source: Source): number {
    return this.#totals.get(source) ?? 0;
  }

  /** Some of them, source by source. */
  *list(limit: number = LISTED_OUTSIDE_NAMES): Generator<OutsideName, void, undefined> {
    for (const source of this.#objects.keys()) {
      let listed = 0;
      for (const one of this.#listOf(source)) {
        if (listed++ >= limit) break;
        yield one;
      }
    }
  }

  *#listOf(source: Source): Generator<OutsideName, void, undefined> {
    const { cluster } = this.#options;
    for (const key of this.#objects.get(source)?.keys() ?? []) {
      const object = nameObject(source.resource, key);
      for (const name of this.#ask(source, key)) yield { name, object, source: source.kind, cluster };
    }
  }

  #ask(source: Source, key: ObjectKey): readonly OwnerName[] {
    const { store } = this.#options;
    const object = store.get(source.resource, key);
    try {
      return object === undefined ? [] : (source.desire(object, store).outside?.listed ?? []);
    } catch {
      // A defect, which has been told of when the object came.
      return [];
    }
  }
}
