import { type OwnerName, printRRType, type Provider, type ProvidedRRset, type ProviderZone } from '@kubezone/core';

import type { Endpoint } from './endpoint.ts';
import { lowerAsked } from './lower-asked.ts';
import { type DesiredEndpoint, desiredOf, endpointOf } from './served-endpoints.ts';

/** What a provider makes of endpoints, and why some stay as they are. */
export interface AdjustedEndpoints {
  readonly endpoints: readonly Endpoint[];
  readonly rejected: readonly { readonly endpoint: Endpoint; readonly reason: string }[];
}

/** An endpoint with what it asks for. */
interface Asked extends DesiredEndpoint {
  readonly endpoint: Endpoint;
}

/**
 * What a provider of ours makes of endpoints that external-dns wants, so that they compare equal with what it will show.
 *
 * What it cannot hold stays as it is: left out, it would be taken for unwanted, and a record of external-dns's own at that place would be deleted. It is refused when
 * it is to be written. An endpoint without TTL stays without: external-dns then takes any TTL for right.
 *
 * @param zoneOf the zone that a name lies in
 */
export function adjustEndpoints(
  provider: Provider,
  zoneOf: (owner: OwnerName) => ProviderZone | undefined,
  endpoints: readonly Endpoint[],
  defaultTtl: number,
): AdjustedEndpoints {
  const adjusted: Endpoint[] = [];
  const rejected: { readonly endpoint: Endpoint; readonly reason: string }[] = [];
  const keep = (endpoint: Endpoint, reason: string): void => {
    adjusted.push(endpoint);
    rejected.push({ endpoint, reason });
  };
  const asked: Asked[] = [];
  for (const endpoint of endpoints) {
    const desired = desiredOf(endpoint, defaultTtl);
    if (typeof desired === 'string') keep(endpoint, desired);
    else asked.push({ ...desired, endpoint });
  }
  for (const [owner, all] of Map.groupBy(asked, ({ owner: one }) => one)) {
    const zone = zoneOf(owner);
    if (zone === undefined) {
      for (const { endpoint } of all) keep(endpoint, 'its name lies in no zone that is served, or is excluded');
      continue;
    }
    const { rrsets, rejected: refused } = lowerAsked(provider, zone, owner, all);
    for (const { asked: one, reason } of refused) keep(one.endpoint, reason);
    for (const rrset of rrsets) adjusted.push(withItsOwn(rrset, all));
  }
  return { endpoints: adjusted, rejected };
}

/** A lowered RRset as the endpoint that it comes from: with its labels, and without a TTL where it had none. */
function withItsOwn(rrset: ProvidedRRset, all: readonly Asked[]): Endpoint {
  const candidates = all.filter(({ endpoint }) => endpoint.setIdentifier === rrset.setIdentifier);
  const source =
    candidates.find((one) => one.type === rrset.type) ?? candidates.find((one) => typeOf(one) === undefined) ?? candidates[0];
  const { recordTTL, ...endpoint } = endpointOf(rrset);
  const hasTtl = recordTTL !== undefined && source?.endpoint.recordTTL !== undefined;
  const { labels } = source?.endpoint ?? {};
  return { ...endpoint, ...(hasTtl ? { recordTTL } : {}), ...(labels === undefined ? {} : { labels }) };
}

/** Undefined: a host name's addresses. */
function typeOf({ desired }: DesiredEndpoint): number | undefined {
  return desired.kind === 'rrset' ? desired.rrset.type : undefined;
}

/** An endpoint for a log line. */
export function describeEndpoint({ dnsName, recordType, setIdentifier }: Endpoint): string {
  return `${dnsName} ${recordType}${setIdentifier === undefined ? '' : ` (${setIdentifier})`}`;
}

/** An RRset for a log line. */
export function describeRRset({ owner, type }: ProvidedRRset): string {
  return `${owner} ${printRRType(type)}`;
}
