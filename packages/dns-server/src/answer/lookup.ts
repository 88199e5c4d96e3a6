/**
 * What a zone holds for a name and type: step 3 of the algorithm of RFC 1034, section 4.3.2, as clarified by RFC 4592 (wildcards),
 * RFC 6672 (DNAME) and RFC 8020 (empty non-terminals).
 *
 * The name is matched label by label downwards from the apex, since what stands above it decides first:
 *
 *     apex ─► … ─► NS here, below the apex ──► delegation   (a DS query for the cut itself is answered from this side)
 *               ├► DNAME here, the name below ► dname
 *               ├► the name itself ───────────► hit, any, cname or nodata
 *               └► no such label ─────────────► the same from `*.<closest encloser>`, else nxdomain
 */
import {
  type OwnerName,
  ROOT,
  type RRset,
  rrsetAt,
  type RRType,
  TYPE,
  wildcardBelow,
  type ZoneNode,
  type ZoneView,
} from '@kubezone/core';

import { labelStart } from '../label-start.ts';

/** The outcome of looking up one name, before any alias is followed. RRsets found at a wildcard have the name asked for as their owner. */
export type Lookup =
  /** The RRset asked for. */
  | { readonly state: 'hit'; readonly rrset: RRset; readonly synthesized: boolean }
  /** Type ANY at a name that has RRsets. */
  | { readonly state: 'any'; readonly node: ZoneNode; readonly synthesized: boolean }
  /** The name is an alias, and not the alias itself was asked for (RFC 1034, section 3.6.2). */
  | { readonly state: 'cname'; readonly rrset: RRset; readonly synthesized: boolean }
  /** The name stands below a DNAME (RFC 6672, section 3.2). */
  | { readonly state: 'dname'; readonly rrset: RRset }
  /** The name stands at or below a zone cut; the NS RRset of the cut. */
  | { readonly state: 'delegation'; readonly rrset: RRset }
  /** The name exists, or a wildcard stands for it, without the type. */
  | { readonly state: 'nodata' }
  /** Neither the name nor a name below it exists, and no wildcard stands for it. */
  | { readonly state: 'nxdomain' };

/** Where the way down from the apex to a name ends. */
export type Position =
  | { readonly kind: 'cut'; readonly node: ZoneNode; readonly ns: RRset }
  | { readonly kind: 'below-dname'; readonly dname: RRset }
  | { readonly kind: 'exact'; readonly node: ZoneNode }
  | { readonly kind: 'wildcard'; readonly node: ZoneNode }
  | { readonly kind: 'missing' };

/**
 * Looks a name up.
 *
 * @param name at or below the zone's apex
 * @param type any but a type that asks for a transfer
 */
export function lookup(zone: ZoneView, name: OwnerName, type: RRType): Lookup {
  const position = descend(zone, name);
  switch (position.kind) {
    case 'cut':
      // The DS RRset is the parent's data (RFC 4035, section 3.1.4.1): at the cut the parent answers for it with authority.
      if (type === TYPE.DS && position.node.owner === name) return lookupAt(position.node, type);
      return { state: 'delegation', rrset: position.ns };
    case 'below-dname':
      return { state: 'dname', rrset: position.dname };
    case 'exact':
      return lookupAt(position.node, type);
    case 'wildcard':
      return synthesize(position.node, name, type);
    case 'missing':
      return { state: 'nxdomain' };
    default:
      return position satisfies never;
  }
}

/**
 * Walks from the apex down to a name, and stops where the rest of the way is not this zone's to decide.
 *
 * @param cuts whether a zone cut stops the walk; `pass` finds glue, which stands below cuts
 */
export function descend(zone: ZoneView, name: OwnerName, cuts: 'stop' | 'pass' = 'stop'): Position {
  let node = nodeAtApex(zone);
  // Where the name begins of which `node` is the node. The way ends at the first name that is not there, however long the rest.
  let start = zone.apex === ROOT ? name.length : name.length - zone.apex.length;
  if (name === zone.apex) start = 0;
  for (;;) {
    // A DNAME covers what stands below its owner, not the owner (RFC 6672, section 2.3), also where data stands there: occluded.
    const dname = start === 0 ? undefined : rrsetAt(node, TYPE.DNAME);
    if (dname !== undefined) return { kind: 'below-dname', dname };
    if (start === 0) return { kind: 'exact', node };
    start = labelStart(name, start);
    const next = zone.node(start === 0 ? name : (name.slice(start) as OwnerName));
    if (next === undefined) return positionAtWildcard(zone, node.owner);
    // An NS RRset below the apex is a zone cut: authority ends here (RFC 1034, section 4.3.2, step 3b).
    const ns = cuts === 'stop' ? rrsetAt(next, TYPE.NS) : undefined;
    if (ns !== undefined) return { kind: 'cut', node: next, ns };
    node = next;
  }
}

/** The wildcard directly below the closest encloser is the only source of synthesis (RFC 4592, section 3.3.1). */
function positionAtWildcard(zone: ZoneView, closestEncloser: OwnerName): Position {
  const sourceOfSynthesis = wildcardBelow(closestEncloser);
  const node = sourceOfSynthesis === undefined ? undefined : zone.node(sourceOfSynthesis);
  return node === undefined ? { kind: 'missing' } : { kind: 'wildcard', node };
}

/** What a name's own node answers: step 3a of the algorithm. */
function lookupAt(node: ZoneNode, type: RRType): Lookup {
  const rrset = rrsetAt(node, type);
  if (rrset !== undefined) return { state: 'hit', rrset, synthesized: false };
  if (type === TYPE.ANY) return node.rrsets.length === 0 ? { state: 'nodata' } : { state: 'any', node, synthesized: false };
  const cname = rrsetAt(node, TYPE.CNAME);
  if (cname !== undefined && followsAlias(type)) return { state: 'cname', rrset: cname, synthesized: false };
  return { state: 'nodata' };
}

/**
 * What a wildcard answers for a name: the same as its node, under the name asked for (step 3c). NS and DNAME at a wildcard are data like any
 * other here: RFC 4592, sections 4.2 and 4.4, leaves their use undefined, and no label of the name has matched the asterisk.
 */
function synthesize(wildcard: ZoneNode, name: OwnerName, type: RRType): Lookup {
  const found = lookupAt(wildcard, type);
  switch (found.state) {
    case 'hit':
    case 'cname':
      return { state: found.state, rrset: { ...found.rrset, owner: name }, synthesized: true };
    case 'any': {
      const rrsets = wildcard.rrsets.map((rrset) => ({ ...rrset, owner: name }));
      return { state: 'any', node: { owner: name, rrsets }, synthesized: true };
    }
    default:
      return found;
  }
}

/** RRSIG and NSEC stand beside a CNAME and belong to the alias itself (RFC 4034, sections 3 and 4; RFC 2181, section 10.1). */
function followsAlias(type: RRType): boolean {
  return type !== TYPE.RRSIG && type !== TYPE.NSEC;
}

function nodeAtApex(zone: ZoneView): ZoneNode {
  return zone.node(zone.apex) ?? { owner: zone.apex, rrsets: [zone.soa] };
}
