import type { MarkerSource } from '@kubezone/core';

import { type Complaint, OWN_LEASE } from '../reporting/finding.ts';
import type { PublishedZone } from './provider-publisher.ts';
import type { SourceKnowledge } from './source-states.ts';
import { HELD_CODES, heldText, type ReleaseText } from './zone-notices.ts';

/** A zone, and the name of its provider. */
export type PlacedZone = Pick<PublishedZone, 'key' | 'planner' | 'zone'> & { readonly provider: string };

/** How many places stand for all of them. */
const SHOWN_PLACES = 3;

/**
 * What is to be told though no object is left, or can be reached, that could be told: changes that wait for a confirmation, by zone, and what waits for
 * sources that cannot be read, by source. It is told of the Lease.
 */
export function* leaseComplaints(
  zones: readonly PlacedZone[],
  knowledge: SourceKnowledge,
  release: ReleaseText,
): Generator<Complaint, void, undefined> {
  const { home: cluster } = knowledge;
  for (const { key, provider, zone, planner } of zones) {
    for (const held of planner.held) {
      const message = heldText(held, { provider, zone: zone.apex, owned: planner.owned, release });
      yield { code: HELD_CODES[held.action], cluster, object: OWN_LEASE, about: key, message, since: held.since };
    }
  }
  for (const { source, count, since, places } of waitingForSources(zones)) {
    const about = source === undefined ? 'sources' : `${source.source} of ${source.cluster}`;
    const message = `${count} RRsets at ${printPlaces(places)} stay as they are: ${whyNotKnown(source, knowledge)}. They follow it as soon as it can be read; to have them deleted, take it out of the configuration`;
    yield { code: 'SOURCE_NOT_SYNCED', cluster, object: OWN_LEASE, about, message, since };
  }
}

interface WaitingForSource {
  readonly source: MarkerSource | undefined;
  count: number;
  since: number;
  readonly places: string[];
}

function waitingForSources(zones: readonly PlacedZone[]): Iterable<WaitingForSource> {
  const found = new Map<string, WaitingForSource>();
  for (const { provider, zone, planner } of zones) {
    for (const [key, { example, count, since }] of planner.withheldGroups) {
      if (example.code !== 'SOURCE_NOT_SYNCED') continue;
      const place = `${provider} (zone ${zone.apex})`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { source: example.source, count, since, places: [place] });
      else {
        known.count += count;
        known.since = Math.min(known.since, since);
        known.places.push(place);
      }
    }
  }
  return found.values();
}

function printPlaces(places: readonly string[]): string {
  const more = places.length > SHOWN_PLACES ? ` and ${places.length - SHOWN_PLACES} more zones` : '';
  return `${places.slice(0, SHOWN_PLACES).join(', ')}${more}`;
}

function whyNotKnown(source: MarkerSource | undefined, { clusters, clusterIds, statuses }: SourceKnowledge): string {
  if (source === undefined) return 'nothing says for which source they were written, and not every source can be read';
  const name = [...clusterIds].find(([, id]) => id === source.cluster)?.[0];
  if (name === undefined) {
    const unreached = clusters.filter((one) => !clusterIds.has(one));
    return `the source ${source.source} of the cluster with the id ${source.cluster} wanted them, and that may be ${unreached.join(' or ')}, which has not been reached since the start`;
  }
  const status = statuses.find((one) => one.source === source.source && one.cluster === name && one.state !== 'synced');
  const failure = status?.failure === undefined ? '' : ` (${status.failure.message})`;
  return `what the source ${source.source} of cluster ${name} wants is not known, since it is ${status?.state ?? 'failing'}${failure}`;
}
