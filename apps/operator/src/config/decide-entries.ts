import type { Refuse } from '@kubezone/app';
import type { ClusterSource, SourceFilters } from '@kubezone/controller';
import type { Policy } from '@kubezone/core';

import type { EntrySettings } from './entry-schema.ts';
import type { ProviderEntry } from './operator-config.ts';
import { isSameProvider, mayShareZones } from './provider-settings.ts';

/** What holds for entries that say nothing of it. */
export interface EntryDefaults {
  readonly sources: readonly ClusterSource[];
  readonly filters: SourceFilters | undefined;
  readonly policy: Policy;
  /** Of the whole configuration: no entry can undo it. */
  readonly dryRun: boolean;
}

/** Completes entries, and gives providers their names. */
export function decideEntries(entries: readonly EntrySettings[], defaults: EntryDefaults, refuse: Refuse): ProviderEntry[] {
  if (entries.length === 0) refuse('MISSING', ['providers'], 'expected at least one entry: --provider, or providers in --config');
  const decided: ProviderEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const same = decided.find(({ provider }) => isSameProvider(provider, entry.provider));
    const rival = same === undefined ? decided.find(({ provider }) => mayShareZones(provider, entry.provider)) : undefined;
    if (rival !== undefined) {
      const at = decided.indexOf(rival);
      refuse(
        'EXCLUDED',
        ['providers', index, 'providerOptions'],
        `expected the same options as providers[${at}] has: both reach the same zones, and a zone has one writer; or zones apart`,
      );
    }
    const twin = decided.findIndex((earlier) => earlier.provider === same?.provider && publishesAllOf(earlier, entry, defaults));
    if (twin >= 0)
      refuse(
        'DUPLICATE',
        ['providers', index, 'selector'],
        `expected names that providers[${twin}] does not publish in the same zones already: part them by selector, sources, filters or excludeNames`,
      );
    if (entry.name !== undefined && same !== undefined && same.name !== entry.name)
      refuse(
        'EXCLUDED',
        ['providers', index, 'name'],
        `expected ${same.name}: an earlier entry gives this provider that name`,
        entry.name,
      );
    const wanted = same?.name ?? entry.name ?? nameFor(entry.provider.kind, decided);
    if (same === undefined && decided.some(({ name }) => name === wanted))
      refuse('DUPLICATE', ['providers', index, 'name'], 'expected names that differ', wanted);
    decided.push({
      provider: same?.provider ?? entry.provider,
      name: wanted,
      selectors: entry.selectors,
      excludeNames: entry.excludeNames,
      view: entry.view,
      sources: entry.sources ?? defaults.sources,
      filters: entry.filters ?? defaults.filters,
      recordTypes: entry.recordTypes,
      targets: entry.targets,
      minTtl: entry.minTtl,
      policy: entry.policy ?? defaults.policy,
      dryRun: defaults.dryRun || (entry.dryRun ?? false),
    });
  }
  return decided;
}

/** Whether an earlier entry of one provider leaves nothing for a later one: a name is published once in a zone, whatever the views. */
function publishesAllOf(earlier: ProviderEntry, later: EntrySettings, { sources, filters }: EntryDefaults): boolean {
  const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return (
    later.selectors.every((one) => earlier.selectors.some((other) => isEqual(one, other))) &&
    isEqual([earlier.sources, earlier.filters], [later.sources ?? sources, later.filters ?? filters]) &&
    (earlier.excludeNames.length === 0 || isEqual(earlier.excludeNames, later.excludeNames))
  );
}

/** `cloudflare`, and `cloudflare-2` for another account. */
function nameFor(kind: string, decided: readonly ProviderEntry[]): string {
  const taken = new Set(decided.map(({ name }) => name));
  let name = kind;
  for (let number = 2; taken.has(name); number++) name = `${kind}-${number}`;
  return name;
}
