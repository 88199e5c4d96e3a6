/** The additional section: addresses of the names that an answer points to (RFC 1034, section 4.3.2, step 6). */
import { isAtOrBelow, type OwnerName, type RRset, rrsetAt, targetOf, TYPE, type ZoneNode, type ZoneView } from '@kubezone/core';

import { descend } from './lookup.ts';

/**
 * Of how many targets addresses are given along. What is additional may be left out, and no sets of this size should cost more than it is worth: a
 * UDP message has room for the addresses of 40 hosts at most.
 */
export const MAX_HOSTS = 64;

/**
 * The addresses of what some RRsets point to, as far as this zone has them with authority; for NS targets also glue, which stands below zone
 * cuts, as NSD and Knot send it.
 *
 * Aliases are not followed: an NS, MX or SRV target must not be one (RFC 2181, section 10.3; RFC 2782).
 */
export function addressesOfTargets(zone: ZoneView, rrsets: readonly RRset[]): RRset[] {
  const addresses: RRset[] = [];
  const seen = new Set<OwnerName>();
  for (const rrset of rrsets) {
    if (!pointsToHosts(rrset)) continue;
    for (const rdata of rrset.rdatas) {
      const host = targetOf(rrset.type, rdata);
      if (host === undefined || !isAtOrBelow(host, zone.apex) || seen.has(host)) continue;
      if (seen.size === MAX_HOSTS) return addresses;
      // Two records may point to one host; an RRset stands in a message once.
      seen.add(host);
      appendAddresses(hostNode(zone, host, rrset.type === TYPE.NS ? 'pass' : 'stop'), host, addresses);
    }
  }
  return addresses;
}

/** The addresses that a referral needs, and those that only help. */
export interface Glue {
  /** Of name servers at or below the cut: without all of them the response is truncated (RFC 9471, section 3.1). */
  readonly required: readonly RRset[];
  /** Of name servers elsewhere in the zone (RFC 9471, section 3.2). */
  readonly optional: readonly RRset[];
}

/** The glue of a zone cut: all of it, however many name servers there are. */
export function glueOf(zone: ZoneView, ns: RRset): Glue {
  const required: RRset[] = [];
  const optional: RRset[] = [];
  for (const rdata of ns.rdatas) {
    const host = targetOf(TYPE.NS, rdata);
    if (host === undefined || !isAtOrBelow(host, zone.apex)) continue;
    appendAddresses(hostNode(zone, host, 'pass'), host, isAtOrBelow(host, ns.owner) ? required : optional);
  }
  return { required, optional };
}

/** The types of which the targets are hosts, whose addresses a client needs next. */
function pointsToHosts(rrset: RRset): boolean {
  switch (rrset.type) {
    case TYPE.NS:
    case TYPE.MX: // RFC 1035, section 3.3.9
    case TYPE.SRV: // RFC 2782
    case TYPE.SVCB: // RFC 9460, section 4.1
    case TYPE.HTTPS:
      return true;
    default:
      return false;
  }
}

function appendAddresses(node: ZoneNode | undefined, host: OwnerName, addresses: RRset[]): void {
  if (node === undefined) return;
  for (const type of [TYPE.A, TYPE.AAAA]) {
    const rrset = rrsetAt(node, type);
    if (rrset !== undefined) addresses.push(rrset.owner === host ? rrset : { ...rrset, owner: host });
  }
}

/**
 * The node that gives a host its addresses, a wildcard's included (RFC 4592, section 4.3). Names below a DNAME have none.
 *
 * @param cuts `pass` takes glue as well, which this zone has no authority over
 */
function hostNode(zone: ZoneView, host: OwnerName, cuts: 'stop' | 'pass'): ZoneNode | undefined {
  const position = descend(zone, host, cuts);
  return position.kind === 'exact' || position.kind === 'wildcard' ? position.node : undefined;
}
