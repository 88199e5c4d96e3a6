import {
  canonicalRdata,
  composeTxt,
  isFailure,
  MAX_TTL,
  nameOf,
  type ObservedRRset,
  type OwnerName,
  printRdata,
  printRRType,
  type ProvidedRRset,
  type Rdata,
  rdataKey,
  scanAddress,
  scanRdataText,
  scanRRType,
  scanUnicodeName,
  type RRType,
  TYPE,
} from '@kubezone/core';

import type { Endpoint } from './endpoint.ts';

/** The vendor's form that an observed RRset carries. */
export interface WebhookForm {
  /** As they came: one, but for webhooks that show an endpoint for each record. */
  readonly endpoints: readonly Endpoint[];
  /** The text of each rdata, by its key: what is kept is sent back as it came. */
  readonly texts: ReadonlyMap<string, string>;
  /** Why it is never written, for a person. */
  readonly untouchable?: string;
}

/** What a list of endpoints shows. */
export interface ObservedEndpoints {
  readonly rrsets: readonly ObservedRRset[];
  /** Of each endpoint that was left out: its name, and why. */
  readonly faults: readonly { readonly dnsName: string; readonly reason: string }[];
}

/** Stands for types whose mnemonic is not known here: a number of IANA's range for private use. So they are seen, and block what they must. */
const UNKNOWN_TYPE = 65_280;

/** Types whose text ends in a name that external-dns writes without its final dot. */
const DOTLESS: ReadonlySet<RRType> = new Set([TYPE.CNAME, TYPE.NS, TYPE.PTR, TYPE.DNAME, TYPE.MX]);

/**
 * Reads endpoints as RRsets. Those of one name, type and set identifier are one RRset, whose TTL is the first one's.
 *
 * What is not understood is shown all the same, since it blocks other things at its name: with a property that no desired RRset has, and never to be written.
 */
export function observeEndpoints(endpoints: readonly Endpoint[]): ObservedEndpoints {
  const faults: { readonly dnsName: string; readonly reason: string }[] = [];
  const found = new Map<string, { readonly owner: OwnerName; readonly endpoints: Endpoint[] }>();
  for (const endpoint of endpoints) {
    const { dnsName, recordType, setIdentifier = '', targets } = endpoint;
    // external-dns passes over them as well: there is nothing that could be answered.
    if (targets.length === 0) continue;
    const owner = scanUnicodeName(dnsName);
    if (isFailure(owner)) {
      faults.push({ dnsName, reason: owner.message });
      continue;
    }
    const key = `${owner} ${recordType.toUpperCase()} ${setIdentifier}`;
    const same = found.get(key);
    if (same === undefined) found.set(key, { owner, endpoints: [endpoint] });
    else same.endpoints.push(endpoint);
  }
  return { rrsets: Array.from(found.values(), (group) => observe(group.owner, group.endpoints)), faults };
}

function observe(owner: OwnerName, endpoints: readonly Endpoint[]): ObservedRRset {
  const [first] = endpoints as readonly [Endpoint, ...Endpoint[]];
  const { recordType, setIdentifier, recordTTL = 0, providerSpecific = [] } = first;
  const targets = endpoints.flatMap((endpoint) => endpoint.targets);
  const given = Object.fromEntries(providerSpecific.map(({ name, value }) => [name, value]));
  const common = { owner, ttl: recordTTL > 0 && recordTTL <= MAX_TTL ? recordTTL : 0, ...(setIdentifier && { setIdentifier }) };
  const make = (type: RRType, rdatas: readonly Rdata[], properties: Readonly<Record<string, string>>): ProvidedRRset => ({
    ...common,
    type,
    rdatas,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
  });

  const mnemonic = recordType.toUpperCase();
  const type = mnemonic === 'ALIAS' ? TYPE.A : (scanRRType(mnemonic) ?? UNKNOWN_TYPE);
  const alias = type === TYPE.A || type === TYPE.AAAA ? aliasOf(targets) : undefined;
  if (alias !== undefined) {
    const marked = mnemonic === 'ALIAS' ? { ...given, 'webhook/type': recordType } : given;
    return { ...make(type, [], marked), alias: { name: alias }, vendor: { endpoints, texts: new Map() } satisfies WebhookForm };
  }
  const texts = new Map<string, string>();
  const rdatas = new Map<string, Rdata>();
  for (const text of targets) {
    const rdata = type === UNKNOWN_TYPE ? undefined : scanTarget(type, text);
    if (rdata === undefined) {
      const untouchable = `its ${recordType} data ${JSON.stringify(text.slice(0, 80))} is not understood`;
      const vendor: WebhookForm = { endpoints, texts: new Map(), untouchable };
      return { ...make(type, [], { ...given, 'webhook/type': recordType }), vendor };
    }
    const key = rdataKey(type, rdata);
    texts.set(key, text);
    rdatas.set(key, rdata);
  }
  const sorted = [...rdatas.values()].sort((one, other) => Buffer.compare(one, other));
  return { ...make(type, sorted, given), vendor: { endpoints, texts } satisfies WebhookForm };
}

/** One endpoint for an RRset that is to be written; rdatas that stood there before keep the text in which they came. */
export function composeEndpoint(rrset: ProvidedRRset, before?: ObservedRRset): Endpoint {
  const { owner, type, setIdentifier, ttl, rdatas, alias, properties = {} } = rrset;
  const form = before && webhookForm(before);
  const labels = form?.endpoints[0]?.labels;
  const targets =
    alias === undefined
      ? rdatas.map((rdata) => form?.texts.get(rdataKey(type, rdata)) ?? printTarget(type, rdata))
      : [withoutDot(alias.name)];
  const providerSpecific = Object.entries(properties)
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return {
    dnsName: withoutDot(owner),
    targets,
    recordType: printRRType(type),
    ...(setIdentifier === undefined ? {} : { setIdentifier }),
    ...(ttl === 0 ? {} : { recordTTL: ttl }),
    ...(labels === undefined ? {} : { labels }),
    ...(providerSpecific.length === 0 ? {} : { providerSpecific }),
  };
}

/** The endpoint that stands for an RRset as it was observed. */
export function observedEndpoint(rrset: ObservedRRset): Endpoint {
  const { endpoints } = webhookForm(rrset);
  const [first] = endpoints as readonly [Endpoint, ...Endpoint[]];
  return endpoints.length === 1 ? first : { ...first, targets: [...new Set(endpoints.flatMap(({ targets }) => targets))] };
}

/** How an RRset that is written will be observed. */
export function observeWritten(rrset: ProvidedRRset, endpoint: Endpoint): ObservedRRset {
  const texts = new Map(rrset.rdatas.map((rdata, index) => [rdataKey(rrset.type, rdata), endpoint.targets[index] ?? '']));
  return { ...rrset, vendor: { endpoints: [endpoint], texts } satisfies WebhookForm };
}

/** The vendor's form of an RRset that was observed through a webhook. */
export function webhookForm({ vendor }: ObservedRRset): WebhookForm {
  return vendor as WebhookForm;
}

/** Rdata from a target's text; undefined where it is none of its type. */
export function scanTarget(type: RRType, text: string): Rdata | undefined {
  const rdata = scanRdataText(type, text);
  if (type === TYPE.TXT && (isFailure(rdata) || !text.startsWith('"'))) {
    // Some webhooks show TXT data as it is, without quotes and escapes: then the whole of it is one text, blanks and semicolons included.
    return composeTxt(Buffer.from(text, 'utf8').toString('latin1'));
  }
  return isFailure(rdata) ? undefined : canonicalRdata(type, rdata);
}

/** A target's text, as external-dns writes it. */
export function printTarget(type: RRType, rdata: Rdata): string {
  const text = printRdata(type, rdata);
  return DOTLESS.has(type) && text !== '.' && !text.endsWith(' .') ? text.slice(0, -1) : text;
}

/** The host name to which addresses are to point, where it stands in their place. */
function aliasOf(targets: readonly string[]): OwnerName | undefined {
  const [target = ''] = targets;
  if (targets.length !== 1 || !isFailure(scanAddress(target.trim())) || !/[A-Za-z]/.test(target) || target.includes(':'))
    return undefined;
  const name = scanUnicodeName(target);
  return isFailure(name) ? undefined : name;
}

/** `www.example.com.` as external-dns writes it. */
export function withoutDot(name: OwnerName): string {
  return name === ROOT ? name : name.slice(0, -1);
}

const ROOT = nameOf('.');
