import type { Unserved } from '@kubezone/app';
import type { Clock, Logger, NameChange, OwnerName } from '@kubezone/core';
import type { EditRefusal } from '@kubezone/core/packed-zone';
import type { ReverseContribution, ReverseNames, ServedZones } from '@kubezone/dns-server';

import { OutsideNames } from './outside-names.ts';
import { RefusedNames } from './refused-names.ts';
import { ZoneCuts } from './zone-cuts.ts';

/** What a zone writer needs. */
export interface ZoneWriterOptions {
  readonly zones: ServedZones;
  /** Every zone that is configured, served already or not. */
  readonly apexes: ReadonlySet<OwnerName>;
  readonly reverse: ReverseNames;
  /** What a name should hold, its aliases lowered, as a change that changes nothing. */
  readonly repeat: (owner: OwnerName) => NameChange;
  /** Takes what the addresses of names that have changed are called now. */
  readonly onReverse: (contributions: readonly ReverseContribution[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Names of one asker are the catalog's; those of the others are cuts of a zone, which the catalog does not know. */
const CATALOG = '';

/** Brings changes of names into the served zones, with what follows from them: cuts of zones above, and names of addresses. */
export class ZoneWriter {
  readonly #options: ZoneWriterOptions;
  readonly #refused: RefusedNames;
  readonly #outside: OutsideNames;
  /** Names in zones that are configured, and not served yet. */
  readonly #early = new Set<OwnerName>();
  /** Delegations between zones that are served here both. */
  readonly cuts: ZoneCuts;

  constructor(options: ZoneWriterOptions) {
    const { zones, apexes, clock, logger } = options;
    this.#options = options;
    this.#outside = new OutsideNames({ clock, logger });
    this.#refused = new RefusedNames({ clock, logger, retry: (asker, owners) => this.#retry(asker, owners) });
    const onPlaced = (parent: OwnerName, tried: readonly OwnerName[], refused: readonly EditRefusal[]): void =>
      this.#refused.note(parent, tried, refused);
    this.cuts = new ZoneCuts({ zones, apexes, clock, onPlaced });
  }

  /** @param changes without aliases */
  write(changes: readonly NameChange[]): void {
    const { zones, clock, reverse, onReverse } = this.#options;
    const { zones: changed, outside, refused } = zones.apply(changes, Math.floor(clock.now() / 1000));
    this.#refused.note(
      CATALOG,
      changes.map(({ owner }) => owner),
      refused,
    );
    const isEarly = ({ owner }: NameChange): boolean => this.cuts.apexOf(owner) !== undefined;
    for (const change of outside) if (isEarly(change)) this.#early.add(change.owner);
    this.#outside.take(outside.filter((change) => !isEarly(change)));
    this.cuts.update(changed);
    const contributions = reverse.update(changes);
    if (contributions.length > 0) onReverse(contributions);
  }

  /** Zones have begun to be served: names in them that came before them are brought in. */
  begun(): void {
    const owners = [...this.#early].filter((owner) => this.#options.zones.find(owner)?.zone.apex === this.cuts.apexOf(owner));
    for (const owner of owners) this.#early.delete(owner);
    if (owners.length > 0) this.write(owners.map((owner) => this.#options.repeat(owner)));
  }

  /** Names that are not as objects ask for them. */
  *unserved(): Generator<Unserved, void, undefined> {
    for (const refused of this.#refused) yield { ...refused, origins: this.#options.repeat(refused.owner).origins };
    yield* this.#outside;
  }

  /** How many names stay as they were, for want of memory. */
  get refusedNames(): number {
    return this.#refused.size;
  }

  stop(): void {
    this.#refused.stop();
  }

  #retry(asker: string, owners: readonly OwnerName[]): void {
    if (asker !== CATALOG) {
      this.cuts.retry(asker as OwnerName);
      return;
    }
    this.write(owners.map((owner) => this.#options.repeat(owner)));
  }
}
