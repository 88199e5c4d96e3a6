import { isInAddressGroup } from '../catalog/address-group.ts';
import type { ObservedRRset } from '../contracts/provider.ts';
import { isAtOrBelow, type OwnerName, parentOf, ROOT } from '../name/owner-name.ts';
import { type AdoptRule, isMarkerOf, printAdoptRule } from '../ownership/adopt-rule.ts';
import { foreignMarkers, isMarkedByAnybody, isMarkedByOthers } from '../ownership/foreign-marker.ts';
import type { Rdata } from '../rr/rrset.ts';
import type { DesiredName } from './desired-name.ts';
import type { HeldNames } from './observed-zone.ts';
import type { Ownership } from './read-ownership.ts';
import { inOneGroup, unitKey } from './rrset-unit.ts';

/** Records that go when a name is taken over: the markers of its former writer. */
export interface Removal {
  readonly rrset: ObservedRRset;
  readonly rdatas: readonly Rdata[];
}

/** What can be taken over at a name. */
export interface Adoption {
  /** RRsets of the name that become ours. */
  readonly rrsets: ReadonlySet<ObservedRRset>;
  readonly removals: readonly Removal[];
  /** From whom, in the short form of the rules. */
  readonly from: readonly string[];
}

export const NO_ADOPTION: Adoption = { rrsets: new Set(), removals: [], from: [] };

/**
 * Finds what the rules allow to take over at a name. What a marker of somebody else owns is never taken by a rule for another writer.
 *
 * @param desired what is wanted there: names that nobody marked are taken over only for what takes their place
 */
export function findAdoption(
  name: OwnerName,
  held: HeldNames,
  rules: readonly AdoptRule[],
  ownership: Ownership,
  desired: DesiredName | undefined,
): Adoption {
  const candidates = held.at(name).filter((rrset) => !ownership.own.has(unitKey(rrset)));
  const rrsets = new Set<ObservedRRset>();
  const removals: Removal[] = [];
  const from: string[] = [];
  for (const rule of rules) {
    const found = findByRule(rule, { name, held, ownership, desired, candidates, rules });
    const taken = found.rrsets.filter(
      (rrset) =>
        !ownership.claims.some(({ rdata, marker }) => claims(marker, rrset) && !isRemoved(found, rdata)) &&
        !isMarkedByOthers(name, rrset, held, rules),
    );
    // A marker without data, as a writer leaves it that was cut short, goes too.
    if (taken.length === 0 && (found.rrsets.length > 0 || found.removals.length === 0)) continue;
    for (const rrset of taken) rrsets.add(rrset);
    removals.push(...found.removals);
    from.push(printAdoptRule(rule));
  }
  return from.length === 0 ? NO_ADOPTION : { rrsets, removals, from };
}

interface Search {
  readonly name: OwnerName;
  readonly held: HeldNames;
  readonly ownership: Ownership;
  readonly desired: DesiredName | undefined;
  /** What stands at the name and is not ours. */
  readonly candidates: readonly ObservedRRset[];
  readonly rules: readonly AdoptRule[];
}

interface Found {
  readonly rrsets: readonly ObservedRRset[];
  readonly removals: readonly Removal[];
}

function findByRule(rule: AdoptRule, search: Search): Found {
  const { name, held, ownership, desired, candidates, rules } = search;
  switch (rule.format) {
    case 'kubezone': {
      const records = ownership.claims.filter(({ marker }) => isMarkerOf(rule, marker));
      return {
        rrsets: candidates.filter((rrset) => records.some(({ marker }) => claims(marker, rrset))),
        removals: records.map(({ rrset, rdata }) => ({ rrset, rdatas: [rdata] })),
      };
    }
    case 'unmarked': {
      if (!rule.names.some((pattern) => covers(pattern, name))) return { rrsets: [], removals: [] };
      const wanted = desired?.rrsets ?? [];
      return {
        rrsets: candidates.filter(
          (one) => wanted.some(({ rrset }) => takesPlace(rrset, one)) && !isMarkedByAnybody(name, one, held, rules),
        ),
        removals: [],
      };
    }
    case 'external-dns':
    case 'mate':
    case 'ares': {
      const markers = foreignMarkers(name, held, rule);
      return { rrsets: candidates.filter((rrset) => markers.some((marker) => marker.covers(rrset))), removals: markers };
    }
    default:
      return rule satisfies never;
  }
}

function isRemoved({ removals }: Found, rdata: Rdata): boolean {
  return removals.some(({ rdatas }) => rdatas.includes(rdata));
}

function claims({ own }: Ownership['claims'][number]['marker'], rrset: ObservedRRset): boolean {
  return own.some((one) => unitKey(one) === unitKey(rrset));
}

function takesPlace(wanted: ObservedRRset | DesiredName['rrsets'][number]['rrset'], one: ObservedRRset): boolean {
  if (unitKey(wanted) === unitKey(one)) return true;
  return isInAddressGroup(one.type) && inOneGroup(wanted.type, one.type) && wanted.setIdentifier === one.setIdentifier;
}

/** A pattern is a name, or an asterisk label before a name for all that is below it. */
function covers(pattern: OwnerName, name: OwnerName): boolean {
  if (pattern === name) return true;
  return pattern.startsWith('*.') && name !== pattern.slice(2) && isAtOrBelow(name, parentOf(pattern) ?? ROOT);
}
