import type { Rdata, RRset } from '../rr/rrset.ts';

/**
 * Whether two lists hold the same RRsets in the same order: types, TTLs, and rdata octet by octet. Owners are the caller's
 * matter.
 */
export function sameRRsets(some: readonly RRset[], others: readonly RRset[]): boolean {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) {
    const one = some[index] as RRset;
    const other = others[index] as RRset;
    if (one === other) continue;
    if (one.type !== other.type || one.ttl !== other.ttl || !sameRdatas(one.rdatas, other.rdatas)) return false;
  }
  return true;
}

/** Whether two lists hold the same rdata in the same order, octet by octet. */
export function sameRdatas(some: readonly Rdata[], others: readonly Rdata[]): boolean {
  if (some === others) return true;
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) {
    if (!sameOctets(some[index] as Rdata, others[index] as Rdata)) return false;
  }
  return true;
}

/**
 * Whether two pieces of rdata are equal octet by octet. A loop: most are so short that a call out of JavaScript would cost more.
 */
export function sameOctets(one: Rdata, other: Rdata): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
