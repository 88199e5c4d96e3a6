import {
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type ProvidedRRset,
  providedKey,
  type Provider,
  type ProviderZone,
  rdataKey,
  type RRsetWrite,
  sameProvided,
} from '@kubezone/core';

import { describeEndpoint, describeRRset } from './adjust-endpoints.ts';
import type { Changes, Endpoint } from './endpoint.ts';
import { lowerAsked } from './lower-asked.ts';
import { type DesiredEndpoint, desiredOf } from './served-endpoints.ts';

/** Changes of one zone as writes of names, and why some cannot be made. */
export interface ServedPlan {
  readonly writes: readonly NameWrite[];
  readonly faults: readonly string[];
}

/** What external-dns asks for at one name. */
export interface NameDemands {
  readonly owner: OwnerName;
  /** What it says stands there, and is to go or to change. */
  readonly old: readonly DesiredEndpoint[];
  readonly wanted: readonly DesiredEndpoint[];
}

/** Sorts changes by name. What cannot be read is a fault, and the others go on. */
export function demandsOf(
  changes: Changes,
  defaultTtl: number,
): { readonly names: readonly NameDemands[]; readonly faults: readonly string[] } {
  const names = new Map<
    OwnerName,
    { readonly owner: OwnerName; readonly old: DesiredEndpoint[]; readonly wanted: DesiredEndpoint[] }
  >();
  const faults: string[] = [];
  const add = (endpoints: readonly Endpoint[], side: 'old' | 'wanted'): void => {
    for (const endpoint of endpoints) {
      const desired = desiredOf(endpoint, defaultTtl);
      if (typeof desired === 'string') {
        faults.push(`${describeEndpoint(endpoint)}: ${desired}`);
        continue;
      }
      const { owner } = desired;
      let name = names.get(owner);
      if (name === undefined) names.set(owner, (name = { owner, old: [], wanted: [] }));
      name[side].push(desired);
    }
  };
  add(changes.updateOld, 'old');
  add(changes.delete, 'old');
  add(changes.updateNew, 'wanted');
  add(changes.create, 'wanted');
  return { names: [...names.values()], faults };
}

/**
 * Turns demands into writes that say what they replace, as it was read just before.
 *
 * external-dns planned with what it read some time ago. Where something else stands there now, the name is left alone, and told as a fault: external-dns reads again
 * with its next pass. Where it already holds what is wanted, nothing is to be done.
 *
 * @param held what stands at the names now
 */
export function planServedChanges(
  provider: Provider,
  zone: ProviderZone,
  names: readonly NameDemands[],
  held: readonly ObservedRRset[],
): ServedPlan {
  const found = Map.groupBy(held, ({ owner }) => owner);
  const writes: NameWrite[] = [];
  const faults: string[] = [];
  for (const { owner, old, wanted } of names) {
    const goes = lowerAsked(provider, zone, owner, old);
    const comes = lowerAsked(provider, zone, owner, wanted);
    const [refusal] = [...comes.rejected, ...goes.rejected];
    if (refusal !== undefined) {
      faults.push(`${owner}: ${refusal.reason}`);
      continue;
    }
    const plan = planName(goes.rrsets, comes.rrsets, found.get(owner) ?? []);
    if (typeof plan === 'string') faults.push(plan);
    else if (plan.length > 0) writes.push({ owner, writes: plan });
  }
  return { writes, faults };
}

function planName(
  goes: readonly ProvidedRRset[],
  comes: readonly ProvidedRRset[],
  held: readonly ObservedRRset[],
): readonly RRsetWrite[] | string {
  const found = new Map(held.map((rrset) => [providedKey(rrset), rrset]));
  const wanted = new Map(comes.map((rrset) => [providedKey(rrset), rrset]));
  const expected = new Map(goes.map((rrset) => [providedKey(rrset), rrset]));
  const writes: RRsetWrite[] = [];
  for (const [key, rrset] of expected) {
    const before = found.get(key);
    if (wanted.has(key) || before === undefined) continue;
    if (!sameData(before, rrset)) return `${describeRRset(rrset)} holds other data than is to be deleted`;
    writes.push({ before, after: undefined });
  }
  for (const [key, after] of wanted) {
    const before = found.get(key);
    const old = expected.get(key);
    // What is wanted may stand there already: after a write whose answer was lost.
    const isKnown = before === undefined || sameData(before, after) || (old !== undefined && sameData(before, old));
    if (!isKnown) return `${describeRRset(after)} holds other data than external-dns knows of`;
    if (before === undefined || !sameProvided(before, after)) writes.push({ before, after });
  }
  return writes;
}

/** Whether two RRsets have the same data, whatever their TTL and properties. */
function sameData(one: ProvidedRRset, other: ProvidedRRset): boolean {
  if (one.alias?.name !== other.alias?.name || one.rdatas.length !== other.rdatas.length) return false;
  const keys = new Set(one.rdatas.map((rdata) => rdataKey(one.type, rdata)));
  return other.rdatas.every((rdata) => keys.has(rdataKey(other.type, rdata)));
}
