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
  type RejectedRRset,
  type RRType,
  TYPE,
} from '@kubezone/core';

import { clampTtl } from '../lower/lower-name.ts';
import { PROXIABLE_TYPES, RECORD_TYPES } from './record-content.ts';
import { AUTOMATIC_TTL, composeProperties, fitComment, PROPERTY, scanTags } from './record-settings.ts';
import { MAX_TTL_SECONDS, type ZoneFacts } from './zone-facts.ts';

/** What records have that do not ask for something else. */
export interface RecordDefaults {
  readonly proxied: boolean;
  readonly comment: string;
  readonly tags: readonly string[];
}

/**
 * Lowers a name for Cloudflare. A host name's addresses are a CNAME, at the apex too, where the vendor answers with the target's addresses
 * (developers.cloudflare.com/dns/cname-flattening). A CNAME may stand beside everything but addresses and NS
 * ("Records with same name" in the vendor's documentation).
 *
 * A TTL of 1 is the vendor's automatic one. What is proxied has no other.
 */
export function lowerCloudflareName(
  owner: OwnerName,
  desired: NameState,
  facts: ZoneFacts,
  defaults: RecordDefaults,
): LoweredName {
  const rrsets: ProvidedRRset[] = [];
  const rejected: RejectedRRset[] = [];
  const aliases = desired.aliases ?? [];
  for (const rrset of desired.rrsets) {
    const reason = refusal(owner, rrset, rrset.type);
    if (reason === undefined) rrsets.push(lowerRRset(owner, rrset, facts, defaults));
    else rejected.push({ type: rrset.type, setIdentifier: rrset.setIdentifier, reason });
  }
  for (const alias of aliases) {
    const [target] = alias.targets;
    if (target === undefined) continue;
    const beside = rrsets.find(({ type }) => PROXIABLE_TYPES.has(type) || type === TYPE.NS);
    const reason =
      refusal(owner, alias, TYPE.CNAME) ??
      (beside && `its target ${target} would be a CNAME, which cannot stand beside ${printRRType(beside.type)}`) ??
      (isWildcard(target) || target.includes('\\') ? `its target ${target} is no host name` : undefined);
    if (reason === undefined) {
      const cname = { ...alias, owner, type: TYPE.CNAME, rdatas: [composeName(target)] };
      rrsets.push(lowerRRset(owner, cname, facts, defaults));
    } else rejected.push({ type: undefined, setIdentifier: alias.setIdentifier, reason });
  }
  return { rrsets, rejected };
}

function refusal(owner: OwnerName, { setIdentifier }: HeldRRset | HeldAlias, type: RRType): string | undefined {
  if (setIdentifier !== undefined) {
    return `it has the set identifier ${JSON.stringify(setIdentifier)}, and Cloudflare's records have none`;
  }
  if (!RECORD_TYPES.has(type)) {
    const types = Array.from(RECORD_TYPES, printRRType).sort().join(', ');
    return `Cloudflare has no records of type ${printRRType(type)}; it has ${types}`;
  }
  return owner.includes('\\')
    ? `the name ${owner} has characters that need escapes, which Cloudflare's API has no form for`
    : undefined;
}

function lowerRRset(owner: OwnerName, rrset: HeldRRset, facts: ZoneFacts, defaults: RecordDefaults): ProvidedRRset {
  const { type, properties = {} } = rrset;
  const asked = properties[PROPERTY.proxied]?.trim().toLowerCase();
  const proxied = PROXIABLE_TYPES.has(type) && (asked === 'true' || (asked !== 'false' && defaults.proxied));
  const given = properties[PROPERTY.tags];
  const settings = composeProperties({
    proxied,
    comment: fitComment(properties[PROPERTY.comment] ?? defaults.comment, facts.maxComment),
    tags: !facts.tags ? [] : given === undefined ? defaults.tags : scanTags(given),
  });
  const rdatas = rrset.rdatas.map((rdata) => canonicalRdata(type, rdata));
  return { owner, type, ttl: fitTtl(rrset.ttl, proxied, facts), rdatas, ...(settings && { properties: settings }) };
}

/** A TTL as the vendor holds it. */
export function fitTtl(ttl: number, proxied: boolean, { minTtl }: ZoneFacts): number {
  return proxied || ttl === AUTOMATIC_TTL ? AUTOMATIC_TTL : clampTtl(ttl, { minTtl, maxTtl: MAX_TTL_SECONDS });
}
