import {
  type NamePlan,
  type NameWrite,
  type ObservedRRset,
  type ObservedZone,
  type ProvidedRRset,
  rdataKey,
  providedKey,
  type RRsetWrite,
} from '@kubezone/core';

/** What a read after a first claim has shown. */
export type ClaimOutcome =
  /** Nobody else has written there. */
  | { readonly kind: 'alone' }
  /** Somebody else has, but we were first: he is to withdraw. */
  | { readonly kind: 'first' }
  /** Somebody else has, and may have been first: this takes away what we have created. */
  | { readonly kind: 'withdraw'; readonly write: NameWrite };

/**
 * Looks whether somebody else has written to a name at the same moment as we have claimed it, at a provider that takes both.
 *
 * Where the provider tells when records came to be, the older claim stands; of two of one age, the one that it shows first. Otherwise whoever sees such a thing withdraws,
 * waits for a random time and plans again. If the other saw nothing, since he was first, his records stand alone; if both saw it, one comes first the next time.
 * What was there before is never touched.
 *
 * @param zone as a read after the write has shown it
 */
export function judgeClaim({ owner, write }: NamePlan, zone: ObservedZone): ClaimOutcome {
  const created = (write?.writes ?? []).flatMap(({ before, after }) => (after === undefined ? [] : [{ before, after }]));
  const contests = created.flatMap(({ after, before }) => {
    const now = find(zone, after);
    return now === undefined ? [] : partContest(now, after, before);
  });
  if (contests.every(({ theirs }) => theirs.length === 0)) return { kind: 'alone' };
  if (contests.every(({ theirs, ours }) => theirs.length === 0 || (ours[0] ?? Infinity) < (theirs[0] ?? -Infinity)))
    return { kind: 'first' };
  const writes = created.flatMap(({ before, after }): RRsetWrite[] => {
    const now = find(zone, after);
    if (now === undefined) return [];
    const theirs = without(now, after, before);
    if (theirs.length === now.rdatas.length) return [];
    return [{ before: now, after: theirs.length === 0 ? undefined : provided(now, theirs) }];
  });
  return writes.length === 0 ? { kind: 'alone' } : { kind: 'withdraw', write: { owner, writes } };
}

/**
 * The ranks, by age, of what we have added to an RRset, and of what somebody else has added since; the first each. Without ages ours come last.
 */
function partContest(
  { type, rdatas, createdAt }: ObservedRRset,
  after: ProvidedRRset,
  before: ProvidedRRset | undefined,
): { readonly ours: readonly number[]; readonly theirs: readonly number[] } {
  const added = keysOf(after);
  const earlier = before === undefined ? new Set<string>() : keysOf(before);
  const ours: number[] = [];
  const theirs: number[] = [];
  const ranks = rdatas.map((_rdata, at) => at).toSorted((one, other) => (createdAt?.[one] ?? 0) - (createdAt?.[other] ?? 0));
  for (const [rank, at] of ranks.entries()) {
    const key = rdataKey(type, rdatas[at] as ObservedRRset['rdatas'][number]);
    if (earlier.has(key)) continue;
    if (!added.has(key)) theirs.push(rank);
    else ours.push(createdAt === undefined ? Infinity : rank);
  }
  return { ours, theirs };
}

function find(zone: ObservedZone, rrset: ProvidedRRset): ObservedRRset | undefined {
  return zone.at(rrset.owner).find((one) => providedKey(one) === providedKey(rrset));
}

/** What stands there and was not added by us. */
function without(
  { type, rdatas }: ObservedRRset,
  after: ProvidedRRset,
  before: ProvidedRRset | undefined,
): ObservedRRset['rdatas'] {
  const ours = keysOf(after);
  const earlier = before === undefined ? new Set() : keysOf(before);
  return rdatas.filter((rdata) => {
    const key = rdataKey(type, rdata);
    return !ours.has(key) || earlier.has(key);
  });
}

function keysOf({ type, rdatas }: ProvidedRRset): Set<string> {
  return new Set(rdatas.map((rdata) => rdataKey(type, rdata)));
}

function provided(
  { vendor: _vendor, createdAt: _createdAt, ...rrset }: ObservedRRset,
  rdatas: ObservedRRset['rdatas'],
): ProvidedRRset {
  return { ...rrset, rdatas };
}
