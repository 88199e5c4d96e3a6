import type { Rdata } from './rrset.ts';

/** Orders rdata octet by octet, a beginning before the whole: the canonical order of rdata in canonical form (RFC 4034, section 6.3). */
export function compareRdata(one: Rdata, other: Rdata): number {
  // As `Buffer.compare`, which costs much more than its work where the octets are those of an address.
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index++) {
    const difference = (one[index] as number) - (other[index] as number);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Rdata in order, each once. */
export function sortRdatas(rdatas: readonly Rdata[]): readonly Rdata[] {
  const sorted = rdatas.toSorted(compareRdata);
  return sorted.filter((rdata, at) => at === 0 || compareRdata(rdata, sorted[at - 1] as Rdata) !== 0);
}
