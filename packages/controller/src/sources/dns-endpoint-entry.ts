import { type DesiredRRset, isFailure, isMetaType, MAX_TTL, type OwnerName, type RRType, scanRRType, TYPE } from '@kubezone/core';

import { propertyName } from '../annotations/provider-properties.ts';
import { MAX_TARGETS, readTarget, type Target } from '../annotations/target.ts';
import type { ProblemCode } from '../cluster/problem.ts';
import type { DnsEndpointEntry } from '../resources/dns-endpoint.ts';
import { quote } from '../resources/fields.ts';
import { desireTargets, type TargetQualifiers } from './desire-targets.ts';
import { scanTarget } from './dns-endpoint-rdata.ts';
import type { Naming } from './naming.ts';
import type { ProblemList } from './problem-list.ts';
import { addressesFirst } from './read-targets.ts';
import { isZonesOwn, NOT_THE_ZONES_OWN } from './zone-own-types.ts';

/** Types that only a zone's own configuration or its signer makes. */
const REFUSED: ReadonlySet<RRType> = new Set([TYPE.SOA, TYPE.RRSIG, TYPE.NSEC, TYPE.NSEC3, TYPE.NSEC3PARAM, TYPE.DNSKEY]);

/** Types of which a name has one record (RFC 1034, section 3.6.2; RFC 6672, section 2.4). */
const SINGLE: ReadonlySet<RRType> = new Set([TYPE.CNAME, TYPE.DNAME]);

/** What an entry says, once it is known to make sense. */
interface ReadEntry {
  readonly owners: readonly OwnerName[];
  readonly type: RRType;
  readonly ttl: (owner: OwnerName) => number;
  readonly qualifiers: TargetQualifiers;
}

/**
 * Asks for what one entry of a DNSEndpoint states.
 *
 * @param defaultTargets for addresses and CNAMEs without targets
 * @param path where the entry stands
 */
export function desireEntry(
  entry: DnsEndpointEntry,
  defaultTargets: readonly Target[],
  naming: Naming,
  path: string,
  desired: DesiredRRset[],
  problems: ProblemList,
): void {
  const read = readEntry(entry, naming, path, problems);
  if (read === undefined) return;
  const { owners, type, ttl, qualifiers } = read;
  if (entry.targets.length === 0 && (type === TYPE.A || type === TYPE.AAAA || type === TYPE.CNAME)) {
    desireTargets(owners, ttl, addressesFirst(defaultTargets), qualifiers, desired);
    return;
  }
  const { rdatas, aliases } = readTargets(entry, read, `${path}.targets`, problems);
  const { setIdentifier, properties } = qualifiers;
  for (const owner of rdatas.length === 0 ? [] : owners) {
    desired.push({
      kind: 'rrset',
      owner,
      type,
      ttl: ttl(owner),
      rdatas,
      ...(setIdentifier === undefined ? {} : { setIdentifier }),
      ...(properties === undefined ? {} : { properties }),
    });
  }
  if (rdatas.length === 0 || aliases.length > 0) desireTargets(owners, ttl, aliases, qualifiers, desired);
}

function readEntry(entry: DnsEndpointEntry, naming: Naming, path: string, problems: ProblemList): ReadEntry | undefined {
  const { dnsName, recordType, recordTTL } = entry;
  const owners = naming.ownersOf(dnsName, 'absolute');
  if (isFailure(owners)) {
    report('OWNER_NAME_INVALID', `${path}.dnsName`, dnsName, `an owner name: ${owners.message}`, problems);
    return undefined;
  }
  if (owners.length === 0) problems.addOutside(dnsName);
  const type = scanRRType(recordType);
  if (type === undefined || isMetaType(type) || REFUSED.has(type)) {
    const expected = 'a type of data that is not for the zone itself to make';
    report('RECORD_TYPE_INVALID', `${path}.recordType`, recordType, expected, problems);
    return undefined;
  }
  if (isZonesOwn(type, owners, naming)) {
    report('RECORD_TYPE_INVALID', `${path}.recordType`, recordType, NOT_THE_ZONES_OWN, problems);
    return undefined;
  }
  const isTtl = Number.isInteger(recordTTL) && recordTTL >= 0 && recordTTL <= MAX_TTL;
  if (!isTtl) {
    const expected = `a whole number of seconds from 0 to ${MAX_TTL}`;
    report('TTL_INVALID', `${path}.recordTTL`, String(recordTTL), expected, problems);
  }
  // external-dns takes 0 for no TTL at all.
  const ttl = (owner: OwnerName): number => (isTtl && recordTTL > 0 ? recordTTL : naming.ttlOf(owner));
  return { owners, type, ttl, qualifiers: qualifiersOf(entry) };
}

function readTargets(
  { targets, recordType }: DnsEndpointEntry,
  { type, qualifiers }: ReadEntry,
  path: string,
  problems: ProblemList,
): { readonly rdatas: readonly Uint8Array[]; readonly aliases: readonly Target[] } {
  const rdatas: Uint8Array[] = [];
  const aliases: Target[] = [];
  if (targets.length > MAX_TARGETS) {
    const message = `${path}: found ${targets.length} targets, expected at most ${MAX_TARGETS}; none of them is used`;
    problems.add({ code: 'LIST_TOO_LONG', path, message });
    return { rdatas, aliases };
  }
  const mayBeAlias = (type === TYPE.A || type === TYPE.AAAA) && qualifiers.properties?.['alias'] === 'true';
  for (const text of targets) {
    const alias = mayBeAlias ? readTarget(text) : undefined;
    if (alias !== undefined && !isFailure(alias) && alias.kind === 'hostname') {
      aliases.push(alias);
      continue;
    }
    const rdata = scanTarget(type, text);
    if (isFailure(rdata)) report('TARGET_INVALID', path, text, `rdata of type ${recordType}: ${rdata.message}`, problems);
    else if (rdatas.length > 0 && SINGLE.has(type))
      report('TARGET_INVALID', path, text, `one target of type ${recordType}`, problems);
    else rdatas.push(rdata);
  }
  const [mixed] = rdatas.length > 0 ? aliases.splice(0) : [];
  if (mixed?.kind === 'hostname')
    report('TARGETS_MIXED', path, mixed.name, 'addresses or host names; the addresses are used', problems);
  return { rdatas, aliases };
}

function qualifiersOf({ setIdentifier, providerSpecific }: DnsEndpointEntry): TargetQualifiers {
  const properties = Object.entries(providerSpecific).map(([name, value]) => [propertyName(name), value] as const);
  return {
    setIdentifier: setIdentifier === '' ? undefined : setIdentifier,
    properties: properties.length === 0 ? undefined : Object.fromEntries(properties),
  };
}

function report(code: ProblemCode, path: string, found: string, expected: string, problems: ProblemList): void {
  problems.add({ code, path, message: `${path}: found ${quote(found)}, expected ${expected}` });
}
