import type { OwnerName } from '../name/owner-name.ts';
import { canonicalRdata } from './rdata-wire.ts';
import { printRRType, type RRType } from './rr-type.ts';
import { MAX_TTL, type Rdata, type RRset } from './rrset.ts';

/**
 * Makes an RRset. Of rdatas that are equal in canonical form the first stays (RFC 2181, section 5); the order stays too.
 *
 * @throws {RangeError} where there is no rdata, or the TTL is no whole number from 0 to 2^31-1: a fault of the caller's
 */
export function makeRRset(owner: OwnerName, type: RRType, ttl: number, rdatas: readonly Rdata[]): RRset {
  if (rdatas.length === 0) throw new RangeError(`the RRset ${owner} ${printRRType(type)} has no rdata`);
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > MAX_TTL) {
    throw new RangeError(`the TTL ${ttl} of ${owner} ${printRRType(type)} is no whole number from 0 to ${MAX_TTL}`);
  }
  return { owner, type, ttl, rdatas: rdatas.length === 1 ? rdatas : withoutDuplicates(type, rdatas) };
}

function withoutDuplicates(type: RRType, rdatas: readonly Rdata[]): readonly Rdata[] {
  const seen = new Set<string>();
  return rdatas.filter((rdata) => {
    const key = rdataKey(type, rdata);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** A string that two rdatas of one type share if and only if they are the same in canonical form: for maps and sets. */
export function rdataKey(type: RRType, rdata: Rdata): string {
  const canonical = canonicalRdata(type, rdata);
  return Buffer.from(canonical.buffer, canonical.byteOffset, canonical.length).toString('latin1');
}
