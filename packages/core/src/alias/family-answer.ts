import { sortRdatas } from '../rr/compare-rdata.ts';
import type { Rdata } from '../rr/rrset.ts';

import { sameRdatas } from '../zone/same-rrsets.ts';
import type { FoundAddresses } from './look-up.ts';

/** What is known of one target's addresses of one type. */
export interface FamilyAnswer {
  /** The addresses in force, sorted. */
  readonly rdatas: readonly Rdata[];
  /** Seconds: with how much they are served at most. 0 where there are none. */
  readonly ttl: number;
  /** What became of the last question. */
  readonly last: FoundAddresses['kind'];
  /** Where that was a failure, its code; else empty. */
  readonly code: string;
  /** How many questions in a row have given no addresses. */
  readonly misses: number;
  /** Since when questions have given none. On the monotonic clock, as all times here. */
  readonly missedSince?: number;
  /** Since when those who must know say that there are none. */
  readonly goneSince?: number;
  /** How long the next question should wait, in milliseconds. */
  readonly restMs: number;
}

/** For how long addresses are kept that are not confirmed any more. */
export interface Keeping {
  /** While nobody can be asked, in milliseconds. */
  readonly staleForMs: number;
  /** While those who must know say that there are none, in milliseconds. */
  readonly goneForMs: number;
}

/** TTLs of answers are raised to this, or lowered. In seconds. */
const MIN_TTL = 5;
const MAX_TTL = 3600;
/** What addresses are served with at most that are not confirmed any more, in seconds (RFC 8767, section 4). */
const STALE_TTL = 30;
/**
 * TTLs are rounded down to one of these: what is left of an answer differs with every question to a cache, and each difference would be a new version
 * of the zone.
 */
const TTL_STEPS = [3600, 1800, 900, 600, 300, 120, 60, 30, 20, 15, 10, MIN_TTL];
/** How long to wait after the first question that gave no addresses, and at most, in milliseconds. Doubles in between. */
const FIRST_REST_MS = 5_000;
const LAST_REST_MS = 60_000;

/** What is known after one more question. */
export function learn(before: FamilyAnswer | undefined, found: FoundAddresses, now: number, keeping: Keeping): FamilyAnswer {
  if (found.kind === 'addresses') {
    const ttl = Math.min(MAX_TTL, Math.max(MIN_TTL, found.ttl));
    return {
      rdatas: sortedOnce(found.rdatas, before?.rdatas),
      ttl: TTL_STEPS.find((step) => step <= ttl) ?? MIN_TTL,
      last: 'addresses',
      code: '',
      misses: 0,
      restMs: ttl * 1000,
    };
  }
  const misses = (before?.misses ?? 0) + 1;
  const goneSince = before?.goneSince ?? (found.kind === 'none' ? now : undefined);
  const missedSince = before?.missedSince ?? now;
  const isGone = found.kind === 'none' && goneSince !== undefined && now - goneSince >= keeping.goneForMs;
  const kept = before !== undefined && before.rdatas.length > 0 && !isGone && now - missedSince < keeping.staleForMs;
  return {
    rdatas: kept ? before.rdatas : NO_RDATA,
    ttl: kept ? Math.min(before.ttl, STALE_TTL) : 0,
    last: found.kind,
    code: found.kind === 'failure' ? found.code : '',
    misses,
    missedSince,
    ...(goneSince !== undefined && { goneSince }),
    restMs: Math.min(LAST_REST_MS, FIRST_REST_MS * 2 ** Math.min(misses - 1, 10)),
  };
}

const NO_RDATA: readonly Rdata[] = Object.freeze([]);

/** Sorted, since servers turn their answers round; the list of before where it has the same. */
function sortedOnce(rdatas: readonly Rdata[], before: readonly Rdata[] = NO_RDATA): readonly Rdata[] {
  const sorted = sortRdatas(rdatas);
  return sameRdatas(sorted, before) ? before : sorted;
}
