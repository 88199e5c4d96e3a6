import {
  canonicalRdata,
  composeName,
  type HeldAlias,
  type HeldRRset,
  isWildcard,
  type LoweredName,
  type NameState,
  type ObservedRRset,
  type OwnerName,
  printRRType,
  type ProvidedRRset,
  type ProviderZone,
  type RejectedRRset,
  TYPE,
} from '@kubezone/core';

import { clampTtl } from '../lower/lower-name.ts';
import { type DomainFilter, passes } from './domain-filter.ts';
import type { Endpoint } from './endpoint.ts';
import { composeEndpoint, observeEndpoints, webhookForm } from './endpoint-rrset.ts';

/** What lowering depends on beside the name. */
export interface LowerWebhookSettings {
  readonly filter: DomainFilter;
  /** How the names of properties begin that the webhook gets; those without a slash are for all. */
  readonly propertyPrefixes: readonly string[];
  /** What the webhook makes of the name's endpoints; undefined where that is not known yet. */
  adjusted(endpoints: readonly Endpoint[]): readonly Endpoint[] | undefined;
  /** How the webhook will show what is written. */
  shown(rrset: ProvidedRRset): ProvidedRRset;
}

type Desired = HeldRRset | HeldAlias;

/** The protocol has no word for a TTL of 0: it means that there is none. */
const MIN_TTL = 1;

/**
 * Lowers a name for a webhook: to the endpoints that external-dns would ask for, then to what the webhook makes of them. Host names' addresses are CNAMEs, as in
 * external-dns, also at the apex, where some webhooks turn them into records of their own; a CNAME that stays one there is rejected.
 */
export function lowerForWebhook(
  zone: ProviderZone,
  owner: OwnerName,
  desired: NameState,
  settings: LowerWebhookSettings,
): LoweredName {
  const wanted: { readonly of: Desired; readonly endpoint: Endpoint }[] = [];
  const rejected: RejectedRRset[] = [];
  const reject = (of: Desired, reason: string): void =>
    void rejected.push({ type: 'targets' in of ? undefined : of.type, setIdentifier: of.setIdentifier, reason });

  for (const of of [...desired.rrsets, ...(desired.aliases ?? [])]) {
    const rrset = plainRRset(owner, of, settings);
    if (!passes(settings.filter, owner)) reject(of, `the webhook's domain filter leaves out the name ${owner}`);
    else if (typeof rrset === 'string') reject(of, rrset);
    else if (rrset !== undefined) wanted.push({ of, endpoint: composeEndpoint(rrset) });
  }
  const asked = wanted.map(({ endpoint }) => endpoint);
  const adjusted = settings.adjusted(asked);
  const { rrsets, faults } = observeEndpoints(adjusted ?? asked);
  const understood = rrsets.filter((rrset) => rrset.owner === owner && webhookForm(rrset).untouchable === undefined);
  const own = understood.map(withoutVendor);
  for (const { of, endpoint } of wanted) {
    if (own.some((rrset) => rrset.setIdentifier === of.setIdentifier && mayComeOf(endpoint, rrset))) continue;
    reject(of, `the webhook leaves it out${faults[0] === undefined ? '' : `: ${faults[0].reason}`}`);
  }
  const cnames = own.filter(({ type }) => type === TYPE.CNAME);
  const others = own.filter(({ type }) => type !== TYPE.CNAME);
  const obstacle =
    owner === zone.apex
      ? 'stand at the apex of a zone, beside SOA and NS'
      : others.length > 0
        ? `stand beside ${[...new Set(others.map(({ type }) => printRRType(type)))].join(', ')}`
        : undefined;
  if (obstacle !== undefined) {
    for (const { setIdentifier } of cnames) {
      const source = wanted.find(({ of, endpoint }) => endpoint.recordType === 'CNAME' && of.setIdentifier === setIdentifier);
      if (source === undefined)
        rejected.push({ type: TYPE.CNAME, setIdentifier, reason: `it is a CNAME, which cannot ${obstacle}` });
      else reject(source.of, `it is a CNAME, which cannot ${obstacle}`);
    }
  }
  const kept = obstacle === undefined ? own : others;
  return { rrsets: kept.map((rrset) => settings.shown(rrset)), rejected };
}

function plainRRset(
  owner: OwnerName,
  of: Desired,
  { propertyPrefixes }: LowerWebhookSettings,
): ProvidedRRset | undefined | string {
  const { setIdentifier } = of;
  const properties = Object.entries(of.properties ?? {}).filter(
    ([name]) => !name.includes('/') || propertyPrefixes.some((prefix) => name.startsWith(prefix)),
  );
  const common = {
    owner,
    ttl: clampTtl(of.ttl, { minTtl: MIN_TTL }),
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
  };
  if (!('targets' in of)) {
    const rdatas = of.rdatas.map((rdata) => canonicalRdata(of.type, rdata));
    return { ...common, type: of.type, rdatas: rdatas.sort((one, other) => Buffer.compare(one, other)) };
  }
  const [target] = of.targets;
  if (target === undefined) return undefined;
  if (isWildcard(target)) return `its target ${target} is a wildcard`;
  return { ...common, type: TYPE.CNAME, rdatas: [composeName(target)] };
}

/** Whether a webhook may have made an RRset of an endpoint: of a CNAME, addresses. */
function mayComeOf({ recordType }: Endpoint, { type }: ProvidedRRset): boolean {
  return printRRType(type) === recordType || (recordType === 'CNAME' && (type === TYPE.A || type === TYPE.AAAA));
}

function withoutVendor({ vendor: _vendor, ...rrset }: ObservedRRset): ProvidedRRset {
  return rrset;
}
