import {
  type HeldAlias,
  type HeldRRset,
  isFailure,
  type NameState,
  nameOf,
  type ObservedRRset,
  type OwnerName,
  printRRType,
  type ProvidedRRset,
  type Rdata,
  type RRType,
  scanName,
  scanRRType,
  scanUnicodeName,
  TYPE,
} from '@kubezone/core';

import type { Endpoint } from './endpoint.ts';
import { composeEndpoint, scanTarget } from './endpoint-rrset.ts';

/** external-dns's word for a record that answers with another name's addresses. */
const ALIAS = 'alias';

/** What an endpoint asks for. */
export interface DesiredEndpoint {
  readonly owner: OwnerName;
  /** As the endpoint has it. */
  readonly type: RRType;
  readonly desired: { readonly kind: 'rrset'; readonly rrset: HeldRRset } | { readonly kind: 'alias'; readonly alias: HeldAlias };
}

/** An RRset that a provider of ours holds, as external-dns knows it. Undefined for what it must not see: every zone has it, and nobody publishes it. */
export function servedEndpoint(rrset: ObservedRRset, apex: OwnerName): Endpoint | undefined {
  const { owner, type } = rrset;
  if (type === TYPE.SOA || (type === TYPE.NS && owner === apex)) return undefined;
  if (rrset.alias === undefined && rrset.rdatas.length === 0) return undefined;
  return endpointOf(rrset);
}

/** An RRset as an endpoint, aliases marked as external-dns marks them. */
export function endpointOf(rrset: ProvidedRRset): Endpoint {
  return composeEndpoint(rrset.alias === undefined ? rrset : { ...rrset, properties: { ...rrset.properties, [ALIAS]: 'true' } });
}

/**
 * What an endpoint of external-dns asks for. A CNAME is a host name's addresses: external-dns knows no other word for them, and each provider makes of it what
 * it can.
 *
 * @param defaultTtl seconds, where the endpoint has none
 * @returns a sentence where it cannot be read
 */
export function desiredOf(endpoint: Endpoint, defaultTtl: number): DesiredEndpoint | string {
  const { dnsName, recordType, targets, setIdentifier, recordTTL = 0, providerSpecific = [] } = endpoint;
  const owner = scanUnicodeName(dnsName);
  if (isFailure(owner)) return owner.message;
  const type = scanRRType(recordType);
  if (type === undefined) return `${JSON.stringify(recordType)} is no RR type`;
  const [first] = targets;
  if (first === undefined) return 'it has no targets';
  const given = Object.fromEntries(providerSpecific.map(({ name, value }) => [name, value]));
  const { [ALIAS]: _alias, ...others } = given;
  const ttl = recordTTL > 0 ? recordTTL : defaultTtl;
  const qualifiers = (properties: Readonly<Record<string, string>>) => ({
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  });
  const isAddress = type === TYPE.A || type === TYPE.AAAA;
  const target =
    type === TYPE.CNAME || (isAddress && scanTarget(type, first) === undefined) ? scanName(first, nameOf('.')) : undefined;
  if (target !== undefined) {
    if (targets.length > 1) return `it has ${targets.length} host names as targets; one is expected`;
    if (isFailure(target)) return target.message;
    if (isAddress && !/[A-Za-z]/.test(first)) return `${JSON.stringify(first)} is no address`;
    // Which of both an A or AAAA alias stands for is the provider's business again.
    const wanted = type === TYPE.CNAME ? given : others;
    return { owner, type, desired: { kind: 'alias', alias: { ttl, targets: [target], ...qualifiers(wanted) } } };
  }
  const rdatas: Rdata[] = [];
  for (const text of targets) {
    const rdata = scanTarget(type, text);
    if (rdata === undefined) return `${JSON.stringify(text.slice(0, 80))} is no data of type ${printRRType(type)}`;
    rdatas.push(rdata);
  }
  return { owner, type, desired: { kind: 'rrset', rrset: { owner, type, ttl, rdatas, ...qualifiers(given) } } };
}

/** What a name is to hold, from what its endpoints ask for. */
export function stateOf(desired: readonly DesiredEndpoint[]): NameState {
  const rrsets = desired.flatMap(({ desired: one }) => (one.kind === 'rrset' ? [one.rrset] : []));
  const aliases = new Map(
    desired.flatMap(({ desired: one }) => (one.kind === 'alias' ? [[one.alias.setIdentifier, one.alias]] : [])),
  );
  return { exists: true, rrsets, ...(aliases.size === 0 ? {} : { aliases: [...aliases.values()] }) };
}

/** Whether a lowered RRset is what some endpoint asks for: a host name's addresses are two, and external-dns may want, or give up, one of them. */
export function isAskedFor({ type, setIdentifier }: ProvidedRRset, desired: readonly DesiredEndpoint[]): boolean {
  return desired.some(
    (one) =>
      setIdentifierOf(one) === setIdentifier && (one.type === type || (one.type === TYPE.CNAME && one.desired.kind === 'alias')),
  );
}

/** Undefined where there is none. */
export function setIdentifierOf({ desired }: DesiredEndpoint): string | undefined {
  return desired.kind === 'rrset' ? desired.rrset.setIdentifier : desired.alias.setIdentifier;
}
