import { sameProvided } from '../contracts/provided-rrset.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { AdoptRule } from '../ownership/adopt-rule.ts';
import { foreignMarkers } from '../ownership/foreign-marker.ts';
import { printMarkerFields } from '../ownership/marker.ts';
import { signMarker } from '../ownership/marker-mac.ts';
import { placeBelow } from '../ownership/marker-place.ts';
import { textOfTxt } from '../ownership/txt-text.ts';
import { type RRType, TYPE } from '../rr/rr-type.ts';
import { type PlanRequest, sourcesOf } from './name-case.ts';
import type { HeldNames } from './observed-zone.ts';
import { standingOf } from './refuse-name.ts';

/** These have rules of their own about where their markers stand, and whether they are published at all. */
const SPECIAL: ReadonlySet<RRType> = new Set([TYPE.SOA, TYPE.NS, TYPE.DNAME]);

/**
 * Whether it is certain at a glance that a name is as desired, with nothing to do or to say: every RRset as wanted, and one marker that says exactly that. In
 * an audit nearly every name is. Where it is not certain, the answer is no, and the name is planned.
 */
export function isSettled({ owner, desired, held, settings }: PlanRequest): boolean {
  if (desired === undefined || desired.waiting !== undefined || (desired.rejected?.length ?? 0) > 0) return false;
  if (held.hasHashedPlaces) return false;
  const place = placeBelow(owner);
  const [rrset, ...moreRRsets] = place === undefined ? [] : held.at(place);
  if (rrset?.type !== TYPE.TXT || moreRRsets.length > 0 || rrset.rdatas.length !== 1) return false;
  const observed = held.at(owner);
  for (const { rrset: wanted } of desired.rrsets) {
    if (SPECIAL.has(wanted.type) || !observed.some((one) => sameProvided(one, wanted))) return false;
  }
  if (settings.adopt.some((rule) => mayAdopt(rule, observed.length > desired.rrsets.length, owner, held))) return false;
  const own = desired.rrsets.map(({ rrset: { type, setIdentifier }, origins, retain = false }) => {
    return { type, setIdentifier, sources: sourcesOf(origins, settings), retain };
  });
  const marker = { owner: settings.owner, cluster: settings.cluster, own, name: undefined };
  const [key] = settings.keys;
  const mac = key === undefined ? '' : `,mac=${signMarker(marker, owner, settings.apex, key)}`;
  const [rdata] = rrset.rdatas;
  return (
    rdata !== undefined &&
    textOfTxt(rdata) === printMarkerFields(marker) + mac &&
    standingOf(owner, held, settings).refusal === undefined
  );
}

/** @param hasOthers whether anything stands at the name beside what is wanted */
function mayAdopt(rule: AdoptRule, hasOthers: boolean, owner: OwnerName, held: HeldNames): boolean {
  switch (rule.format) {
    case 'kubezone': // would have its marker beside ours
      return false;
    case 'unmarked':
      return hasOthers;
    case 'external-dns':
    case 'mate':
    case 'ares':
      return foreignMarkers(owner, held, rule).length > 0;
    default:
      return rule satisfies never;
  }
}
