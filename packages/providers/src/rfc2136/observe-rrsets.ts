import { canonicalRdata, CLASS, type ObservedRRset, type Rdata, type ResourceRecord, type RRType, TYPE } from '@kubezone/core';

/** What the vendor's own form is here: the rdatas as the server sent them, in the order of the canonical ones; undefined where they are the same. */
export type VendorForm = readonly Rdata[] | undefined;

/** Types that a server makes itself in a signed zone, one for each of ours: nobody's records, which stand beside a CNAME too (RFC 4035, section 2.5). */
export const MADE_BY_SIGNING: ReadonlySet<RRType> = new Set([TYPE.RRSIG, TYPE.NSEC, TYPE.NSEC3]);

/** Puts records together to RRsets, in any order in which they come. */
export function observeRRsets(records: Iterable<ResourceRecord>): ObservedRRset[] {
  const byKey = new Map<string, { readonly first: ResourceRecord; ttl: number; readonly rdatas: Map<string, Pair> }>();
  for (const record of records) {
    const { owner, type, ttl, rdata } = record;
    if (record.class !== CLASS.IN || MADE_BY_SIGNING.has(type)) continue;
    const key = `${type} ${owner}`;
    let rrset = byKey.get(key);
    if (rrset === undefined) byKey.set(key, (rrset = { first: record, ttl, rdatas: new Map() }));
    // RFC 2181, section 5.2: TTLs within an RRset that differ are a fault, and the lowest counts.
    rrset.ttl = Math.min(rrset.ttl, ttl);
    const canonical = canonicalRdata(type, rdata);
    rrset.rdatas.set(latin1(canonical), { canonical, sent: rdata });
  }
  return Array.from(byKey.values(), ({ first: { owner, type }, ttl, rdatas }): ObservedRRset => {
    const pairs = [...rdatas.values()].sort((one, other) => Buffer.compare(one.canonical, other.canonical));
    const vendor: VendorForm = pairs.every(({ canonical, sent }) => canonical === sent)
      ? undefined
      : pairs.map(({ sent }) => sent);
    return { owner, type, ttl, rdatas: pairs.map(({ canonical }) => canonical), vendor };
  });
}

interface Pair {
  readonly canonical: Rdata;
  readonly sent: Rdata;
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}
