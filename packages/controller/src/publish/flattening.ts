import {
  AliasLowering,
  type Clock,
  type Logger,
  type LookUp,
  type NameChange,
  type NameState,
  type Origin,
  type OwnerName,
} from '@kubezone/core';

import type { Feed } from './route.ts';

export interface FlatteningOptions {
  readonly feed: Feed;
  /** The apexes of all zones; may grow. */
  readonly apexes: ReadonlySet<OwnerName>;
  readonly lookUp: LookUp;
  /** The addresses of some names' targets have changed. */
  readonly onChanges: (owners: readonly OwnerName[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
}

const NOTHING: NameState = { exists: false, rrsets: [] };

/**
 * Addresses of targets, for the few names where neither an alias nor a CNAME can stand: those at an apex, or beside other data. Only their targets are looked
 * up; all others are published as names.
 */
export class Flattening {
  readonly #lowering: AliasLowering;
  /** Names that are flattened, and what was asked of them. */
  readonly #flat = new Map<OwnerName, NameState>();

  constructor({ feed, apexes, lookUp, onChanges, clock, logger, random }: FlatteningOptions) {
    const state = (owner: OwnerName): NameState => feed.catalog.state(owner);
    this.#lowering = new AliasLowering({
      names: { state, exists: (owner) => state(owner).exists },
      apexes,
      mode: 'flatten',
      lookUp,
      onChanges: (changes) => onChanges(changes.map(({ owner }) => owner)),
      clock,
      logger,
      random,
    });
  }

  /** A name's state with addresses in place of aliases, as far as they are known; from now on its targets are watched. */
  flatten(owner: OwnerName, state: NameState, origins: readonly Origin[]): NameState {
    if (this.#flat.get(owner) !== state) {
      this.#flat.set(owner, state);
      this.#lowering.lower([{ owner, before: NOTHING, after: state, origins }]);
    }
    return this.#lowering.lowered(owner);
  }

  /** Tells that what is asked for at some names has changed; says which other names hold something else for that. */
  changed(changes: readonly NameChange[]): OwnerName[] {
    if (this.#flat.size === 0) return [];
    const plain = changes.map((change) => {
      const { after } = change;
      const isFlat = this.#flat.has(change.owner);
      if (isFlat && after.aliases !== undefined) return { ...change, after: this.#flat.get(change.owner) ?? after };
      if (isFlat) this.#flat.delete(change.owner);
      return { ...change, after: { exists: after.exists, rrsets: after.rrsets } };
    });
    return this.#lowering.lower(plain).map(({ owner }) => owner);
  }

  /** Resolves when something is known of every target, and at the latest after so many milliseconds. */
  settled(withinMs: number): Promise<void> {
    return this.#lowering.settled(withinMs);
  }

  stop(): void {
    this.#lowering.stop();
  }
}
