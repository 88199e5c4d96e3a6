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

/** `cloudflare`, and `cloudflare-2` for another account. */
function nameFor(kind: string, decided: readonly ProviderEntry[]): string {
  const taken = new Set(decided.map(({ name }) => name));
  let name = kind;
  for (let number = 2; taken.has(name); number++) name = `${kind}-${number}`;
  return name;
}
