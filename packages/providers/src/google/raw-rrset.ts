import {
  canonicalRdata,
  isFailure,
  nameOf,
  type ObservedRRset,
  type OwnerName,
  printRdata,
  printRRType,
  type ProvidedRRset,
  type Rdata,
  scanName,
  scanRdataText,
  scanRRType,
  TYPE,
} from '@kubezone/core';

/** An RRset as Cloud DNS writes it: `ResourceRecordSet` of its discovery document, as far as it is read here. */
export interface RawRRset {
  readonly name: string;
  /** A mnemonic. */
  readonly type: string;
  /** Seconds. */
  readonly ttl?: number;
  readonly rrdatas?: readonly string[];
  /** Answers that depend on who asks, or on the health of targets; such an RRset has no `rrdatas`. */
  readonly routingPolicy?: Readonly<Record<string, unknown>>;
}

/** The vendor's form that an observed RRset carries. */
export interface GoogleForm {
  /** What a deletion must say: Cloud DNS compares name, type, TTL and rrdatas. */
  readonly deletion: RawRRset;
  /** Why this provider never writes or deletes it, for a person. */
  readonly untouchable?: string;
}

/** Stands for types whose mnemonic is not known here: a number of IANA's range for private use. So they are seen, and block what they must. */
const UNKNOWN_TYPE = 65_280;

/**
 * Reads an RRset of a listing.
 *
 * What this provider cannot write is read all the same, since it blocks other things at its name: RRsets with a routing policy, with the records of all its items
 * and a property that no desired RRset has; Google's own `ALIAS`, as the alias that it is; types and rdata that are not known here, without rdata.
 *
 * @returns undefined where the name is none
 */
export function observeRRset(raw: RawRRset): ObservedRRset | undefined {
  const owner = scanName(raw.name, nameOf('.'));
  if (isFailure(owner)) return undefined;
  const { ttl = 0, rrdatas = [] } = raw;
  const deletion: RawRRset = { name: raw.name, type: raw.type, ttl, rrdatas };
  if (raw.type === 'ALIAS') return observeAlias(owner, deletion);
  const type = scanRRType(raw.type) ?? UNKNOWN_TYPE;
  if (raw.routingPolicy !== undefined) {
    const rdatas = scanRdatas(type, itemsOf(raw.routingPolicy)) ?? [];
    const vendor: GoogleForm = { deletion, untouchable: 'it has a routing policy' };
    return { owner, type, ttl, rdatas, properties: { 'google/routing-policy': policyOf(raw.routingPolicy) }, vendor };
  }
  const rdatas = scanRdatas(type, rrdatas);
  if (type === UNKNOWN_TYPE || rdatas === undefined) {
    const vendor: GoogleForm = { deletion, untouchable: `its ${raw.type} data is not understood` };
    return { owner, type, ttl, rdatas: [], properties: { 'google/type': raw.type }, vendor };
  }
  const vendor: GoogleForm = { deletion };
  return { owner, type, ttl, rdatas, vendor };
}

/** An RRset in the form in which Cloud DNS is to add it, and will show it. */
export function composeRRset({ owner, type, ttl, rdatas }: ProvidedRRset): RawRRset {
  return { name: owner, type: printRRType(type), ttl, rrdatas: rdatas.map((rdata) => printRdata(type, rdata)) };
}

/** How an RRset that is written will be observed. */
export function observeWritten(rrset: ProvidedRRset): ObservedRRset {
  const vendor: GoogleForm = { deletion: composeRRset(rrset) };
  return { ...rrset, vendor };
}

/** The vendor's form of an RRset that this provider has observed. */
export function googleForm({ vendor }: ObservedRRset): GoogleForm {
  return vendor as GoogleForm;
}

function observeAlias(owner: OwnerName, deletion: RawRRset): ObservedRRset {
  const target = scanName(deletion.rrdatas?.[0] ?? '', nameOf('.'));
  const vendor: GoogleForm = { deletion, untouchable: 'it is an ALIAS' };
  const common = { owner, type: TYPE.A, ttl: deletion.ttl ?? 0, rdatas: [], vendor };
  return isFailure(target) ? { ...common, properties: { 'google/type': 'ALIAS' } } : { ...common, alias: { name: target } };
}

/** The rdatas in canonical form and order; undefined where one of them cannot be scanned. */
function scanRdatas(type: number, texts: readonly string[]): readonly Rdata[] | undefined {
  const rdatas: Rdata[] = [];
  for (const text of texts) {
    const rdata = scanRdataText(type, text);
    if (isFailure(rdata)) return undefined;
    rdatas.push(canonicalRdata(type, rdata));
  }
  return rdatas.length < 2 ? rdatas : rdatas.sort((one, other) => Buffer.compare(one, other));
}

/** Which of the kinds of routing policy it is: `wrr`, `geo`, `primaryBackup`, or one that is new. */
function policyOf(policy: Readonly<Record<string, unknown>>): string {
  return Object.keys(policy).find((key) => key !== 'kind' && key !== 'healthCheck') ?? 'unknown';
}

/** The records of all items of a routing policy, each once. */
function itemsOf(policy: Readonly<Record<string, unknown>>): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      if (key === 'rrdatas' && Array.isArray(part))
        for (const rdata of part) {
          if (typeof rdata === 'string') found.add(rdata);
        }
      else visit(part);
    }
  };
  visit(policy);
  return [...found];
}
