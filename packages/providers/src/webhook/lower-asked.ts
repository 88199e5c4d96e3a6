import { type OwnerName, printRRType, type ProvidedRRset, type Provider, type ProviderZone } from '@kubezone/core';

import { type DesiredEndpoint, isAskedFor, setIdentifierOf, stateOf } from './served-endpoints.ts';

/** What a provider makes of the endpoints of one name. */
export interface LoweredEndpoints<T extends DesiredEndpoint> {
  readonly rrsets: readonly ProvidedRRset[];
  /** What it cannot hold, and why. */
  readonly rejected: readonly { readonly asked: T; readonly reason: string }[];
}

/** Lowers the endpoints of one name. Each of them becomes an RRset at least, or is rejected. */
export function lowerAsked<T extends DesiredEndpoint>(
  provider: Provider,
  zone: ProviderZone,
  owner: OwnerName,
  all: readonly T[],
): LoweredEndpoints<T> {
  const lowered = provider.lower(zone, owner, stateOf(all));
  const rrsets = lowered.rrsets.filter((rrset) => isAskedFor(rrset, all));
  const rejected = all.flatMap((asked) => {
    const type = asked.desired.kind === 'rrset' ? asked.type : undefined;
    const refusal = lowered.rejected.find((one) => one.type === type && one.setIdentifier === setIdentifierOf(asked));
    if (refusal !== undefined) return [{ asked, reason: refusal.reason }];
    if (rrsets.some((rrset) => isAskedFor(rrset, [asked]))) return [];
    return [{ asked, reason: `the provider has no ${printRRType(asked.type)} that answers with a host name's addresses` }];
  });
  return { rrsets, rejected };
}
