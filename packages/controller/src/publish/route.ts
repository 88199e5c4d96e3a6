import type { Catalog, NameDemand, OwnerName, Policy, Provider, RRType } from '@kubezone/core';

import type { NameSelector } from './name-selector.ts';
import type { TargetRules } from './shape-state.ts';

/**
 * What some sources, read with some filters, want: one catalog, and all entries that read the same share it.
 */
export interface Feed {
  /** Tells it from the others. */
  readonly name: string;
  readonly catalog: Pick<Catalog, 'demand' | 'names' | 'state'>;
}

/** One entry of `providers`: which names go to a provider, and how. */
export interface PublishRoute {
  /** Where to. Entries that reach the same zones with the same credentials must share one object: a zone has one writer. */
  readonly provider: Provider;
  /** What is wanted, by the entry's sources and filters. */
  readonly feed: Feed;
  /** At least one. */
  readonly selectors: readonly NameSelector[];
  /** Names that are not this entry's, whatever its selectors say. @default none */
  readonly excludeNames?: readonly NameSelector[];
  /** Entries of different views do not compete for names. @default the one without a name */
  readonly view?: string;
  /** Types that are published. @default all */
  readonly recordTypes?: ReadonlySet<RRType>;
  /** @default all targets as they are */
  readonly targets?: TargetRules;
  /** Lower TTLs are raised to it, in seconds. @default 0 */
  readonly minTtl?: number;
  /** @default sync */
  readonly policy?: Policy;
  /** Whether plans are made and shown, and nothing is written. @default false */
  readonly dryRun?: boolean;
}

/** A name as one entry shall publish it. */
export interface RoutedName {
  readonly owner: OwnerName;
  readonly route: PublishRoute;
  readonly demand: NameDemand;
}
