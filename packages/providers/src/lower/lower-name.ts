import {
  canonicalRdata,
  composeName,
  type HeldAlias,
  type HeldRRset,
  isWildcard,
  type LoweredName,
  type NameState,
  type OwnerName,
  printRRType,
  type ProvidedRRset,
  type ProviderZone,
  type RejectedRRset,
  TYPE,
} from '@kubezone/core';

/** What a provider that knows DNS and nothing else can hold. */
export interface PlainDnsLimits {
  /** Lower TTLs are raised to it, in seconds. @default 0 */
  readonly minTtl?: number;
  /** Higher TTLs are lowered to it, in seconds. @default 2^31-1 */
  readonly maxTtl?: number;
  /** Types that it takes. @default all */
  readonly types?: ReadonlySet<number>;
}

/**
 * Lowers a name for a provider that holds plain RRsets: set identifiers and properties have no place there, and a host name's addresses are a CNAME where one
 * can stand (RFC 1034, section 3.6.2): not at the apex, and not beside other types.
 *
 * Where a name has several targets, the first of them is taken: the oldest object's.
 */
export function lowerPlainDns(
  zone: ProviderZone,
  owner: OwnerName,
  desired: NameState,
  limits: PlainDnsLimits = {},
): LoweredName {
  const rrsets: ProvidedRRset[] = [];
  const rejected: RejectedRRset[] = [];
  const refuse = ({ setIdentifier }: HeldRRset | HeldAlias, type: number | undefined, reason: string): void =>
    void rejected.push({ type, setIdentifier, reason });

  for (const rrset of desired.rrsets) {
    const { type, ttl, rdatas, setIdentifier } = rrset;
    if (setIdentifier !== undefined)
      refuse(rrset, type, `it has the set identifier ${JSON.stringify(setIdentifier)}, which this provider cannot tell apart`);
    else if (limits.types?.has(type) === false) refuse(rrset, type, `this provider does not take the type ${printRRType(type)}`);
    else if (owner === zone.apex && type === TYPE.CNAME)
      refuse(rrset, type, 'a CNAME cannot stand at the apex of a zone, beside SOA and NS');
    else rrsets.push({ owner, type, ttl: clampTtl(ttl, limits), rdatas: rdatas.map((rdata) => canonicalRdata(type, rdata)) });
  }
  for (const alias of desired.aliases ?? []) {
    const [target] = alias.targets;
    if (target === undefined) continue;
    if (alias.setIdentifier !== undefined)
      refuse(
        alias,
        undefined,
        `it has the set identifier ${JSON.stringify(alias.setIdentifier)}, which this provider cannot tell apart`,
      );
    else if (owner === zone.apex)
      refuse(alias, undefined, `its target ${target} would be a CNAME, which cannot stand at the apex of a zone`);
    else if (rrsets.length > 0)
      refuse(
        alias,
        undefined,
        `its target ${target} would be a CNAME, which cannot stand beside ${rrsets.map(({ type }) => printRRType(type)).join(', ')}`,
      );
    else if (isWildcard(target)) refuse(alias, undefined, `its target ${target} is a wildcard`);
    else rrsets.push({ owner, type: TYPE.CNAME, ttl: clampTtl(alias.ttl, limits), rdatas: [composeName(target)] });
  }
  return { rrsets, rejected };
}

/** A TTL within a provider's limits, in seconds. */
export function clampTtl(ttl: number, { minTtl = 0, maxTtl = 2 ** 31 - 1 }: PlainDnsLimits): number {
  return Math.min(Math.max(ttl, minTtl), maxTtl);
}
