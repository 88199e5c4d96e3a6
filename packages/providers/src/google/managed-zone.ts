import { isFailure, nameOf, type ProviderZone, scanName } from '@kubezone/core';

/** Who can ask for the names of a zone. */
export type Visibility = 'public' | 'private';

/** A zone of a project, as far as it matters here. */
export type ManagedZone =
  | { readonly kind: 'zone'; readonly zone: ProviderZone; readonly visibility: Visibility }
  /** Nothing can be published in it. */
  | { readonly kind: 'unusable'; readonly name: string; readonly reason: string };

/** Zones whose answers come from elsewhere: they hold no RRsets of their own. */
const ELSEWHERE: readonly (readonly [field: string, reason: string])[] = [
  ['peeringConfig', 'it is a peering zone: another network answers'],
  ['forwardingConfig', 'it is a forwarding zone: other name servers answer'],
  ['serviceDirectoryConfig', 'Service Directory answers for it'],
  ['reverseLookupConfig', 'it is a managed reverse lookup zone: the network answers'],
];

/** Reads a zone of `managedZones.list`. Its `name`, unique in the project, is what identifies it: a public and a private zone may share a DNS name. */
export function readManagedZone(raw: unknown): ManagedZone {
  const fields = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  const name = typeof fields['name'] === 'string' ? fields['name'] : '';
  const elsewhere = ELSEWHERE.find(([field]) => fields[field] !== undefined && fields[field] !== null);
  if (elsewhere !== undefined) return { kind: 'unusable', name, reason: elsewhere[1] };
  const apex = scanName(typeof fields['dnsName'] === 'string' ? fields['dnsName'] : '', nameOf('.'));
  if (name === '' || isFailure(apex)) return { kind: 'unusable', name, reason: 'it has no name, or no DNS name' };
  return { kind: 'zone', zone: { apex, id: name }, visibility: fields['visibility'] === 'private' ? 'private' : 'public' };
}
