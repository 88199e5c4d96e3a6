import {
  canonicalRdata,
  composeName,
  type HeldAlias,
  type HeldRRset,
  isAtOrBelow,
  isWildcard,
  type LoweredName,
  type NameState,
  type OwnerName,
  printRRType,
  type ProvidedRRset,
  type ProviderZone,
  type RejectedRRset,
  type RRType,
  TYPE,
  targetOf,
} from '@kubezone/core';

import { type AliasService, aliasService, currentZoneId } from './alias-service.ts';
import { CLOUDFRONT_ZONE_ID } from './alias-zones.ts';
import { EVALUATE_TARGET_HEALTH, normalProperties, policiesOf, type Properties } from './properties.ts';
import { VENDOR_TYPES } from './record-set.ts';

/** What lowering depends on beside the name. */
export interface LowerSettings {
  /** Whether aliases ask for their target's health where their object does not say. */
  readonly evaluateTargetHealth: boolean;
  /** Whether the zone answers inside VPCs only. */
  readonly isPrivate: boolean;
}

/** The longest set identifier (API Reference, ResourceRecordSet). */
const MAX_SET_IDENTIFIER = 128;

/** The property by which an object says itself whether it wants an alias or a CNAME. */
const ALIAS = 'alias';
/** The hosted zone of an alias's target, for what the table does not know. */
const TARGET_ZONE = 'aws/target-hosted-zone';
/** The only hosted zone that shall hold the RRset. */
const PINNED_ZONE = 'aws/hosted-zone-id';

type Desired = HeldRRset | HeldAlias;

/**
 * Lowers a name for Route 53: host names become aliases where Route 53 knows the target, else a CNAME; properties become routing policies.
 *
 * Of several targets of a name the first is taken: the oldest object's. An alias within the zone is of type A alone, since Route 53 refuses one whose
 * target has no RRset of its type, and nobody knows here whether it has an AAAA.
 */
export function lowerForRoute53(zone: ProviderZone, owner: OwnerName, desired: NameState, settings: LowerSettings): LoweredName {
  const rrsets: ProvidedRRset[] = [];
  const rejected: RejectedRRset[] = [];
  const cnames: { readonly of: Desired; readonly rrset: ProvidedRRset }[] = [];

  const lower = (
    one: Desired,
    type: RRType | undefined,
    make: (properties: Properties) => readonly ProvidedRRset[] | string,
  ): void => {
    const { setIdentifier } = one;
    const properties = checkQualifiers(zone, one);
    const made = typeof properties === 'string' ? properties : make(properties);
    if (typeof made === 'string') rejected.push({ type, setIdentifier, reason: made });
    else
      for (const rrset of made) {
        const whole = setIdentifier === undefined ? rrset : { ...rrset, setIdentifier };
        if (rrset.type === TYPE.CNAME) cnames.push({ of: one, rrset: whole });
        else rrsets.push(whole);
      }
  };

  for (const rrset of desired.rrsets)
    lower(rrset, rrset.type, (properties) => lowerRRset(zone, owner, rrset, properties, settings));
  for (const alias of desired.aliases ?? [])
    lower(alias, undefined, (properties) => lowerAlias(zone, owner, alias.targets[0], alias, properties, settings));

  for (const { of } of cnames) {
    const beside = [...new Set(rrsets.map(({ type }) => printRRType(type)))].join(', ');
    const type = 'targets' in of ? undefined : TYPE.CNAME;
    const refuse = (reason: string): void => void rejected.push({ type, setIdentifier: of.setIdentifier, reason });
    if (owner === zone.apex) refuse('it would be a CNAME, which cannot stand at the apex of a zone, beside SOA and NS');
    else if (beside !== '') refuse(`it would be a CNAME, which cannot stand beside ${beside}`);
  }
  const isRefused = owner === zone.apex || rrsets.length > 0;
  return withoutMixedSets({ rrsets: isRefused ? rrsets : cnames.map(({ rrset }) => rrset), rejected });
}

function lowerRRset(
  zone: ProviderZone,
  owner: OwnerName,
  rrset: HeldRRset,
  properties: Properties,
  settings: LowerSettings,
): readonly ProvidedRRset[] | string {
  const { type, ttl, rdatas } = rrset;
  if (!VENDOR_TYPES.has(type)) return `Route 53 does not take the type ${printRRType(type)}`;
  const [first] = rdatas;
  if (type === TYPE.CNAME && rrset.properties?.[ALIAS] === 'true' && first !== undefined)
    return lowerAlias(zone, owner, targetOf(type, first), rrset, properties, settings);
  return [
    {
      owner,
      type,
      ttl,
      rdatas: rdatas.map((rdata) => canonicalRdata(type, rdata)),
      ...propertiesOf(withoutHealth(properties)),
    },
  ];
}

function lowerAlias(
  zone: ProviderZone,
  owner: OwnerName,
  target: OwnerName | undefined,
  one: Desired,
  properties: Properties,
  settings: LowerSettings,
): readonly ProvidedRRset[] | string {
  if (target === undefined) return [];
  const service = aliasOf(zone, owner, target, one, settings);
  if (typeof service === 'string') return service;
  if (service === undefined) {
    if (isWildcard(target)) return `its target ${target} is a wildcard`;
    return [{ owner, type: TYPE.CNAME, ttl: one.ttl, rdatas: [composeName(target)], ...propertiesOf(withoutHealth(properties)) }];
  }
  if (properties['aws/multi-value-answer'] !== undefined)
    return `its target ${target} would be an alias, which cannot have the routing policy multi-value-answer`;
  const health = properties[EVALUATE_TARGET_HEALTH] ?? String(settings.evaluateTargetHealth);
  const kept = {
    ...withoutHealth(properties),
    ...(service.health && health === 'true' ? { [EVALUATE_TARGET_HEALTH]: 'true' } : {}),
  };
  const types = service.ipv6 ? [TYPE.A, TYPE.AAAA] : [TYPE.A];
  const { name, zoneId } = service;
  return types.map((type) => ({ owner, type, ttl: 0, rdatas: [], alias: { name, zoneId }, ...propertiesOf(kept) }));
}

/** What an alias is made of; undefined for a CNAME; a sentence where neither can be. */
function aliasOf(
  zone: ProviderZone,
  owner: OwnerName,
  target: OwnerName,
  { properties = {} }: Desired,
  { isPrivate }: LowerSettings,
): AliasService | undefined | string {
  const wanted = properties[ALIAS];
  if (wanted === 'false') return undefined;
  const zoneId = properties[TARGET_ZONE];
  if (zoneId !== undefined && zoneId !== 'same-zone') {
    const health = zoneId !== CLOUDFRONT_ZONE_ID;
    return { name: target, zoneId: currentZoneId(zoneId), ipv6: true, health, inPrivateZones: health };
  }
  const known = aliasService(owner, target);
  if (known !== undefined && (known.inPrivateZones || !isPrivate)) return known;
  if (wanted !== 'true' && zoneId !== 'same-zone') return undefined;
  if (!isAtOrBelow(target, zone.apex))
    return `it asks for an alias, but its target ${target} lies neither in the zone ${zone.apex} nor in one of AWS's that is known; name the target's zone by ${TARGET_ZONE}`;
  return { name: target, zoneId: zone.id, ipv6: false, health: true, inPrivateZones: true };
}

/** An RRset's properties in normal form, or a sentence that says what is wrong with them or its set identifier. */
function checkQualifiers(zone: ProviderZone, { setIdentifier, properties = {} }: Desired): Properties | string {
  const pinned = properties[PINNED_ZONE]?.replace(/^\/hostedzone\//, '');
  if (pinned !== undefined && pinned !== zone.id)
    return `its property ${PINNED_ZONE} wants it in the hosted zone ${pinned} alone`;
  const normal = normalProperties(properties);
  if (typeof normal === 'string') return normal;
  const policies = policiesOf(normal);
  if (policies.length > 1) return `it asks for several routing policies: ${policies.join(', ')}; Route 53 takes one`;
  if (setIdentifier === undefined)
    return policies.length === 0 ? normal : `it asks for the routing policy ${policies.join()}, but has no set identifier`;
  if (policies.length === 0)
    return `it has the set identifier ${JSON.stringify(setIdentifier)}, but no routing policy such as aws/weight by which Route 53 would choose it`;
  if (setIdentifier.length > MAX_SET_IDENTIFIER)
    return `its set identifier has ${setIdentifier.length} characters; Route 53 takes ${MAX_SET_IDENTIFIER}`;
  return normal;
}

/** Route 53 holds either one RRset of a name and type, or several with set identifiers: those with them stay. */
function withoutMixedSets({ rrsets, rejected }: LoweredName): LoweredName {
  const withSets = new Set(rrsets.flatMap(({ type, setIdentifier }) => (setIdentifier === undefined ? [] : [type])));
  if (withSets.size === 0) return { rrsets, rejected };
  const isMixed = ({ type, setIdentifier }: ProvidedRRset): boolean => setIdentifier === undefined && withSets.has(type);
  return {
    rrsets: rrsets.filter((rrset) => !isMixed(rrset)),
    rejected: [
      ...rejected,
      ...rrsets.filter(isMixed).map(({ type, alias }) => ({
        type: alias === undefined ? type : undefined,
        setIdentifier: undefined,
        reason: `it has no set identifier, and other RRsets of type ${printRRType(type)} at its name have one`,
      })),
    ],
  };
}

function withoutHealth(properties: Properties): Properties {
  const { [EVALUATE_TARGET_HEALTH]: _, ...rest } = properties;
  return rest;
}

function propertiesOf(properties: Properties): Pick<ProvidedRRset, 'properties'> {
  return Object.keys(properties).length === 0 ? {} : { properties };
}
