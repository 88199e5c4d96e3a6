import type {
  DesiredName,
  LoweredName,
  NameDemand,
  NameState,
  Origin,
  OwnerName,
  ProvidedRRset,
  Provider,
  ProviderZone,
  WantedRRset,
} from '@kubezone/core';
import { TYPE } from '@kubezone/core';

import { messageOf } from '../cluster/message-of.ts';
import type { PublishRoute } from './route.ts';
import { shapeDemand } from './shape-state.ts';

/** What a name's wishes depend on. */
export interface DesireRequest {
  readonly owner: OwnerName;
  readonly zone: ProviderZone;
  readonly route: PublishRoute;
  readonly demand: NameDemand;
  /** Addresses in place of the aliases, where the provider can hold neither an alias nor a CNAME. @default there are none */
  readonly flatten?: ((owner: OwnerName, state: NameState, origins: readonly Origin[]) => NameState) | undefined;
}

/** What a name shall hold at a provider, as the provider will show it, and for whom. */
export function desireName({ owner, zone, route, demand, flatten }: DesireRequest): DesiredName {
  const shaped = shapeDemand(owner, demand, route);
  const lowered = lowerName(route.provider, { owner, zone, shaped, flatten });
  const rrsets = lowered.rrsets
    .filter(({ type }) => route.recordTypes?.has(type) !== false)
    .map((rrset) => wantedOf(rrset, shaped));
  const waiting = lowered.pending ? [...new Set([...shaped.waiting, ...aliasOrigins(shaped)])] : shaped.waiting;
  return {
    owner,
    rrsets,
    ...(lowered.rejected.length > 0 && { rejected: lowered.rejected }),
    ...(waiting.length > 0 && { waiting: { origins: waiting, since: shaped.waitingSince } }),
  };
}

interface Lowering extends LoweredName {
  /** Whether addresses are to come that are not known now. */
  readonly pending: boolean;
}

function lowerName(
  provider: Pick<Provider, 'lower'>,
  { owner, zone, shaped, flatten }: Pick<DesireRequest, 'owner' | 'zone' | 'flatten'> & { readonly shaped: NameDemand },
): Lowering {
  const { state } = shaped;
  const lowered = lowerSafely(provider, zone, owner, state);
  const isAliasRejected = state.aliases !== undefined && lowered.rejected.some(({ type }) => type === undefined);
  if (!isAliasRejected || flatten === undefined) return { ...lowered, pending: false };
  const flat = flatten(owner, state, aliasOrigins(shaped));
  const hasAddresses = flat.rrsets.some(({ type }) => type === TYPE.A || type === TYPE.AAAA);
  return { ...lowerSafely(provider, zone, owner, flat), pending: !hasAddresses };
}

/** No name may keep the others of its zone from being planned, not even one that a provider was not made for. */
function lowerSafely(provider: Pick<Provider, 'lower'>, zone: ProviderZone, owner: OwnerName, state: NameState): LoweredName {
  try {
    return provider.lower(zone, owner, state);
  } catch (error) {
    return {
      rrsets: [],
      rejected: [{ type: undefined, setIdentifier: undefined, reason: `the provider failed on it: ${messageOf(error)}` }],
    };
  }
}

function aliasOrigins({ state, holders }: NameDemand): Origin[] {
  return [...new Set(holders.slice(state.rrsets.length).flat())];
}

function wantedOf(rrset: ProvidedRRset, { state, holders }: NameDemand): WantedRRset {
  const origins = originsOf(rrset, { state, holders });
  return origins.some(({ retain }) => retain === true) ? { rrset, origins, retain: true } : { rrset, origins };
}

/** For whom an RRset stands: who asked for it, or for the alias of which it was made. */
function originsOf(
  { type, setIdentifier }: ProvidedRRset,
  { state: { rrsets, aliases = [] }, holders }: Pick<NameDemand, 'state' | 'holders'>,
): readonly Origin[] {
  const at = rrsets.findIndex((one) => one.type === type && one.setIdentifier === setIdentifier);
  if (at >= 0) return holders[at] ?? [];
  const ofAlias = aliases.findIndex((one) => one.setIdentifier === setIdentifier);
  if (ofAlias >= 0) return holders[rrsets.length + ofAlias] ?? [];
  // More than do want it is safe: see `WantedRRset.origins`.
  return [...new Set(holders.flat())];
}
