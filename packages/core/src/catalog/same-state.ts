import { sameRdatas } from '../zone/same-rrsets.ts';
import type { DesiredRRset, HeldAlias, HeldRRset, NameState, Qualifiers } from './name-change.ts';

/** Whether a name holds the same in two states, in the same order. */
export function sameState(one: NameState, other: NameState): boolean {
  return (
    one.exists === other.exists &&
    sameLists(one.rrsets, other.rrsets, sameHeldRRset) &&
    sameLists(one.aliases ?? [], other.aliases ?? [], sameAlias)
  );
}

/** Whether two lists ask for the same, in the same order. Owners are the caller's matter. */
export function sameDesired(some: readonly DesiredRRset[], others: readonly DesiredRRset[]): boolean {
  return sameLists(some, others, sameAsk);
}

/** Whether two sets of provider-specific properties are equal. */
export function sameProperties(one: Qualifiers['properties'], other: Qualifiers['properties']): boolean {
  if (one === other) return true;
  if (one === undefined || other === undefined) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && one[name] === other[name])
  );
}

function sameAsk(one: DesiredRRset, other: DesiredRRset): boolean {
  switch (one.kind) {
    case 'existence':
      return other.kind === 'existence';
    case 'alias':
      return other.kind === 'alias' && sameAlias(one, other);
    case 'rrset':
      return other.kind === 'rrset' && sameHeldRRset(one, other);
    default:
      return one satisfies never;
  }
}

function sameHeldRRset(one: Omit<HeldRRset, 'owner'>, other: Omit<HeldRRset, 'owner'>): boolean {
  return one.type === other.type && one.ttl === other.ttl && sameRdatas(one.rdatas, other.rdatas) && sameQualifiers(one, other);
}

function sameAlias(one: HeldAlias, other: HeldAlias): boolean {
  return one.ttl === other.ttl && sameLists(one.targets, other.targets, Object.is) && sameQualifiers(one, other);
}

function sameQualifiers(one: Qualifiers, other: Qualifiers): boolean {
  return one.setIdentifier === other.setIdentifier && sameProperties(one.properties, other.properties);
}

function sameLists<T>(some: readonly T[], others: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return (
    some === others ||
    (some.length === others.length && some.every((one, index) => one === others[index] || same(one, others[index] as T)))
  );
}
