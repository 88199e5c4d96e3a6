import { type FeedSources, joinFeeds, type JoinedFeeds, makeSources, type Feed, type Source } from '@kubezone/controller';
import { Catalog, type Clock } from '@kubezone/core';

import type { OperatorConfig, ProviderEntry } from './config/operator-config.ts';

/** What entries read, and with which filters. */
export interface OperatorFeeds extends JoinedFeeds {
  /** The feed of each entry, in their order. */
  readonly feedOf: ReadonlyMap<ProviderEntry, Feed>;
  /** The sources by their own names; of those that several feeds have, one. For what looks at objects, and not at who reads them. */
  readonly plain: readonly Source[];
  /** Every feed's decisions. */
  readonly catalogs: readonly Catalog[];
}

/**
 * Makes a catalog for each set of sources and filters that entries have: entries with the same share one, nearly always all of them. Each is decided by itself, so that
 * what an entry does not read cannot win a name from what it reads.
 */
export function makeFeeds(config: OperatorConfig, clock: Clock): OperatorFeeds {
  const groups = Map.groupBy(config.providers, ({ sources, filters }) => JSON.stringify([sources, filters]));
  const feeds: (FeedSources & { readonly entries: readonly ProviderEntry[] })[] = [];
  const naming = {
    zones: config.relativeTo.map((apex) => ({ apex, ttl: config.ttl })),
    relativeTo: config.relativeTo,
    elsewhere: { ttl: config.ttl },
  };
  for (const entries of groups.values()) {
    const [first] = entries;
    if (first === undefined) continue;
    const { sources, filters } = first;
    const rules = { ...config.sourceRules, ...(filters !== undefined && { filters }) };
    feeds.push({
      name: feeds.length === 0 ? '' : nameFor(first, feeds),
      sources: makeSources(sources, rules, naming),
      catalog: new Catalog({ order: sources, ...config.catalog, setIdentifiers: 'separate', reportOrigins: true, clock }),
      entries,
    });
  }
  const joined = joinFeeds(feeds);
  const plain = new Map(feeds.flatMap(({ sources }) => sources.map((source) => [source.kind, source] as const)));
  return {
    ...joined,
    feedOf: new Map(
      feeds.flatMap(({ entries }, index) => {
        const feed = joined.feeds[index];
        return feed === undefined ? [] : entries.map((entry) => [entry, feed] as const);
      }),
    ),
    plain: [...plain.values()],
    catalogs: feeds.map(({ catalog }) => catalog),
  };
}

/** The view's or the provider's name, for metrics and problems. */
function nameFor({ view, name }: ProviderEntry, feeds: readonly { readonly name: string }[]): string {
  const base = view === '' ? name : view;
  let wanted = base;
  for (let number = 2; feeds.some((feed) => feed.name === wanted); number++) wanted = `${base}-${number}`;
  return wanted;
}
