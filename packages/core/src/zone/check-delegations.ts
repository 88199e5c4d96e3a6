import { isAtOrBelow, type OwnerName, parentOf, wildcardBelow } from '../name/owner-name.ts';
import { targetOf } from '../rr/rdata-wire.ts';
import { printRRType, type RRType, TYPE } from '../rr/rr-type.ts';
import type { DiagnosticList } from './diagnostic-list.ts';
import { type DraftRRset, draftsOf, type DraftZone, locationOf } from './draft-zone.ts';
import type { ZoneNode, ZoneView } from './zone.ts';

/** What a zone answers itself at a zone cut (RFC 4035, section 3.1.4.1; the rest is the child's); addresses there can be glue. */
const AT_CUT: ReadonlySet<RRType> = new Set([TYPE.NS, TYPE.DS, TYPE.NSEC, TYPE.RRSIG]);

/** What the check asks of a zone in the making: all names, by the first of their RRsets, and every NS and DNAME. */
export interface CheckedDraft extends Pick<DraftZone, 'delegations'> {
  readonly names: { readonly entries: Iterable<DraftRRset> };
}

/**
 * Warns of data that no answer will contain because it stands below a zone cut or a DNAME, and of name servers in the zone that
 * have no address there. Changes nothing: such data is kept, and is served should the cut go.
 *
 * @param draft of which the zone was made: it knows where each RRset stands in the file
 */
export function checkDelegations(zone: ZoneView, draft: CheckedDraft, diagnostics: DiagnosticList): void {
  const { apex } = zone;
  const delegations = draft.delegations.filter(({ type }) => type === TYPE.NS);
  const targets = new Set(delegations.flatMap(targetsOf));
  const covers = new Map<OwnerName, DraftRRset>();
  for (const cover of draft.delegations) if (cover.type === TYPE.DNAME || cover.owner !== apex) covers.set(cover.owner, cover);
  const coverOf = coverFinder(apex, covers);
  const warn = (code: DelegationCode, rrset: DraftRRset, message: string): void => {
    diagnostics.add({ code, severity: 'warning', message, ...locationOf(rrset) });
  };

  if (covers.size > 0) {
    for (const first of draft.names.entries) {
      const rrsets = draftsOf(first);
      const cover = coverOf(first.owner);
      const atCut = isCut(apex, first.owner, rrsets);
      for (const rrset of rrsets) {
        const hidden = whatHides(rrset, cover, atCut, targets);
        if (hidden !== undefined)
          warn('OCCLUDED', rrset, `${rrset.owner} ${printRRType(rrset.type)}: never served, as it stands ${hidden}`);
      }
    }
  }

  for (const delegation of delegations) {
    if (coverOf(delegation.owner) !== undefined) continue;
    for (const target of targetsOf(delegation)) {
      const lacks = whatIsMissing(zone, delegation.owner, target, coverOf);
      if (lacks !== undefined) warn(lacks.code, delegation, `${delegation.owner} NS ${target}: ${lacks.message}`);
    }
  }
}

/** Finds the highest zone cut or DNAME above a name, which hides the name. */
type CoverFinder = (name: OwnerName) => DraftRRset | undefined;

type DelegationCode = 'OCCLUDED' | 'GLUE_MISSING' | 'NS_IS_ALIAS';

function coverFinder(apex: OwnerName, covers: ReadonlyMap<OwnerName, DraftRRset>): CoverFinder {
  // Names share their parents: what hides the names below each is found once.
  const below = new Map<OwnerName, DraftRRset | undefined>();
  const coverBelow = (parent: OwnerName): DraftRRset | undefined => {
    if (below.has(parent)) return below.get(parent);
    const cover = (parent === apex ? undefined : coverBelow(parentOf(parent) as OwnerName)) ?? covers.get(parent);
    below.set(parent, cover);
    return cover;
  };
  return (name) => (name === apex || covers.size === 0 ? undefined : coverBelow(parentOf(name) as OwnerName));
}

/** What keeps an RRset from being served, for a person. */
function whatHides(
  rrset: DraftRRset,
  cover: DraftRRset | undefined,
  atCut: boolean,
  targets: ReadonlySet<OwnerName>,
): string | undefined {
  const glue = isAddress(rrset) && targets.has(rrset.owner);
  if (cover?.type === TYPE.DNAME) return `below the DNAME at ${cover.owner}`;
  if (cover !== undefined) return glue ? undefined : `below the zone cut ${cover.owner}`;
  return atCut && !AT_CUT.has(rrset.type) && !glue ? 'at a zone cut' : undefined;
}

function targetsOf({ type, rdatas }: DraftRRset): OwnerName[] {
  return rdatas.map((rdata) => targetOf(type, rdata)).filter((target) => target !== undefined);
}

function isCut(apex: OwnerName, owner: OwnerName, rrsets: readonly { readonly type: RRType }[]): boolean {
  return owner !== apex && rrsets.some(({ type }) => type === TYPE.NS);
}

function isAddress({ type }: { readonly type: RRType }): boolean {
  return type === TYPE.A || type === TYPE.AAAA;
}

/** What a name server's name lacks, seen from the zone cut (or the apex) that it serves. */
function whatIsMissing(
  zone: ZoneView,
  cut: OwnerName,
  target: OwnerName,
  coverOf: CoverFinder,
): { readonly code: 'GLUE_MISSING' | 'NS_IS_ALIAS'; readonly message: string } | undefined {
  if (!isAtOrBelow(target, zone.apex)) return undefined;
  const node = zone.node(target) ?? wildcardFor(zone, target);
  const rrsets = node?.rrsets ?? [];
  // In another delegated zone an address is helpful, but that zone's matter.
  const other = coverOf(target)?.owner ?? (isCut(zone.apex, target, rrsets) ? target : cut);
  if (other !== cut || rrsets.some(isAddress)) return undefined;
  if (rrsets.some(({ type }) => type === TYPE.CNAME)) {
    return {
      code: 'NS_IS_ALIAS',
      message: 'the name server is a CNAME, which resolvers need not follow (RFC 2181, section 10.3)',
    };
  }
  return { code: 'GLUE_MISSING', message: 'the name server is in the zone, which has no address of it' };
}

/** The wildcard from which a name that does not exist is answered: the one at its closest encloser (RFC 4592, section 3.3.1). */
function wildcardFor(zone: ZoneView, name: OwnerName): ZoneNode | undefined {
  let encloser = parentOf(name) as OwnerName;
  while (zone.node(encloser) === undefined) encloser = parentOf(encloser) as OwnerName;
  const wildcard = wildcardBelow(encloser);
  return wildcard === undefined ? undefined : zone.node(wildcard);
}
