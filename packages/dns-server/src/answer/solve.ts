/**
 * What to answer: rcode, authority and the RRsets of the three sections, not yet octets. The whole algorithm of RFC 1034, section 4.3.2, for one
 * zone; aliases are followed inside it.
 */
import {
  composeName,
  EDE,
  isAtOrBelow,
  isBelow,
  isMetaType,
  type OwnerName,
  RCODE,
  replaceSuffix,
  type RRset,
  rrsetAt,
  type RRType,
  targetOf,
  TYPE,
  type ZoneNode,
} from '@kubezone/core';

import type { ServedZone } from '../served-zones.ts';
import type { ZoneTable } from './context.ts';
import { addressesOfTargets, glueOf } from './additional.ts';
import { lookup } from './lookup.ts';
import { responsibleZone } from './responsible-zone.ts';

/** The flags of an answer that was relayed. */
export interface RelayedFlags {
  /** RA: as the server says that was asked, since whether there is recursion for the client is its affair (RFC 1035, section 4.1.1). */
  readonly recursionAvailable: boolean;
  /** CD: copied from the query, by which whoever was asked has gone (RFC 4035, section 3.2.2). */
  readonly checkingDisabled: boolean;
}

/** An answer before it is written. */
export interface Solution {
  readonly rcode: number;
  /** AA: the answer section, or the denial, is this zone's own data (RFC 1035, section 4.1.1). */
  readonly authoritative: boolean;
  readonly answer: readonly RRset[];
  readonly authority: readonly RRset[];
  /** RRsets of the authority section, after those above, that are left out where they do not fit, `additional` with them. */
  readonly optionalAuthority: readonly RRset[];
  /** Additional RRsets without which the response counts as truncated: glue of name servers below the cut. */
  readonly glue: readonly RRset[];
  /** Additional RRsets that are left out where they do not fit. */
  readonly additional: readonly RRset[];
  /** Whether each address RRset begins with any of its addresses, all equally likely. */
  readonly rotate: boolean;
  /** RFC 8914; sent only to a client that speaks EDNS. */
  readonly extendedError?: number;
  /** Nobody here knows the name, and its zone has fallthrough: the query is to be relayed, and this is the answer only where it cannot be. */
  readonly relays?: boolean;
  /** Of an answer that another server has given. */
  readonly relayed?: RelayedFlags;
}

/**
 * How many aliases one answer follows. A chain that is longer ends there with what it has; the client goes on from its last name, as it
 * does after an alias that leaves the zone. Resolvers give up earlier: Unbound and BIND after 11.
 */
export const MAX_ALIASES = 16;

/** The rdata of the HINFO RRset that answers type ANY: CPU "RFC8482", OS "" (RFC 8482, section 4.2). */
export const HINFO_RFC8482: Uint8Array = Uint8Array.of(7, ...Buffer.from('RFC8482', 'ascii'), 0);

/** The sources have yet to list: the same for the name asked for and at the end of a chain of aliases. */
const NOT_READY: Solution = refusal(RCODE.SERVFAIL, EDE.NOT_READY);

/** An answer without data. */
export function refusal(rcode: number, extendedError?: number): Solution {
  return {
    rcode,
    authoritative: false,
    answer: [],
    authority: [],
    optionalAuthority: [],
    glue: [],
    additional: [],
    rotate: false,
    ...(extendedError !== undefined && { extendedError }),
  };
}

/**
 * Answers a question from one zone.
 *
 * While the zone is not complete, only what is found is answered: whatever rests on something not being there (NODATA, NXDOMAIN, a
 * wildcard standing for a name) is SERVFAIL, since a source that has yet to list may hold it.
 *
 * @param qname at or below the zone's apex
 * @param qtype any but a type that asks for a transfer
 * @param zones all that are served: aliases are not followed into another one
 */
export function solve(served: ServedZone, qname: OwnerName, qtype: RRType, zones: ZoneTable): Solution {
  const { zone, complete } = served;
  const answer: RRset[] = [];
  const asked = new Set<OwnerName>();
  let name = qname;
  for (;;) {
    asked.add(name);
    const found = lookup(zone, name, qtype);
    if (!complete && restsOnAbsence(found)) return NOT_READY;
    switch (found.state) {
      case 'hit':
        // A DNAME that was asked for may have been passed through on the way.
        if (!includesRRset(answer, found.rrset)) answer.push(found.rrset);
        return positive(served, answer, qname, qtype);
      case 'any':
        answer.push(...minimalAny(served, found.node));
        return positive(served, answer, qname, qtype);
      case 'nodata':
        return negative(served, answer, RCODE.NOERROR);
      case 'nxdomain': {
        const relays = isRelayed(served, name, qtype);
        // Somebody else may know the end of the chain: whoever follows it asks for that name by itself.
        if (relays && name !== qname) return ended(answer, RCODE.NOERROR);
        // Of the last name of the chain (RFC 6604, section 3).
        return { ...negative(served, answer, RCODE.NXDOMAIN), ...(relays && { relays }) };
      }
      case 'delegation':
        return referral(served, answer, found.rrset);
      case 'cname':
        answer.push(found.rrset);
        break;
      case 'dname': {
        if (!includesRRset(answer, found.rrset)) answer.push(found.rrset);
        const cname = synthesizeCname(found.rrset, name);
        // The substituted name is too long (RFC 6672, section 2.2).
        if (cname === undefined) return ended(answer, RCODE.YXDOMAIN);
        answer.push(cname);
        // It is what was asked for, as a CNAME from the zone would be (step 3a); BIND, Knot and NSD end here too.
        if (qtype === TYPE.CNAME) return ended(answer, RCODE.NOERROR);
        break;
      }
      default:
        return found satisfies never;
    }
    // Step 3a: "change QNAME to the canonical name in the CNAME RR, and go back to step 1", but only inside this zone: a child
    // that is served here too has its own sources, and resolvers ask for the rest themselves.
    const target = canonicalName(answer);
    if (target === undefined || asked.has(target) || asked.size > MAX_ALIASES) return ended(answer, RCODE.NOERROR);
    if (responsibleZone(zones, target, qtype)?.zone.apex !== zone.apex) return ended(answer, RCODE.NOERROR);
    name = target;
  }
}

/**
 * Whether a query for a name that the zone does not have is relayed. Not for the zone's name servers, nor below them: their names are the zone's to give, and what others would
 * say of them could only be wrong. Not for what no RRset can be asked by: the answer to ANY is whatever its giver likes.
 */
function isRelayed(served: ServedZone, name: OwnerName, type: RRType): boolean {
  if (!served.fallthrough || isMetaType(type)) return false;
  const { apex } = served.zone;
  const servers = (apexRRset(served, TYPE.NS)?.rdatas ?? []).map((rdata) => targetOf(TYPE.NS, rdata));
  return !servers.some((server) => server !== undefined && isBelow(server, apex) && isAtOrBelow(name, server));
}

/** By what tells RRsets apart: a zone may make an object each time it is asked. */
function includesRRset(rrsets: readonly RRset[], { owner, type }: RRset): boolean {
  return rrsets.some((rrset) => rrset.owner === owner && rrset.type === type);
}

function restsOnAbsence(found: ReturnType<typeof lookup>): boolean {
  switch (found.state) {
    case 'nodata':
    case 'nxdomain':
      return true;
    case 'hit':
    case 'any':
    case 'cname':
      return found.synthesized;
    case 'dname':
    case 'delegation':
      return false;
    default:
      return found satisfies never;
  }
}

function positive(served: ServedZone, answer: readonly RRset[], qname: OwnerName, qtype: RRType): Solution {
  const { zone, rotate } = served;
  // Who asks for the SOA of a zone is about to talk to its name servers; k8s-node-dns and NSD give them along. No other answer has them.
  const ns = qtype === TYPE.SOA && qname === zone.apex ? apexRRset(served, TYPE.NS) : undefined;
  const optionalAuthority = ns === undefined ? [] : [ns];
  const additional = addressesOfTargets(zone, [...answer, ...optionalAuthority]);
  return { rcode: RCODE.NOERROR, authoritative: true, answer, authority: [], optionalAuthority, glue: [], additional, rotate };
}

/** NODATA and NXDOMAIN have the SOA in the authority section, so that they can be kept (RFC 2308, section 3). */
function negative(served: ServedZone, answer: readonly RRset[], rcode: number): Solution {
  return {
    rcode,
    authoritative: true,
    answer,
    authority: [served.negativeSoa],
    optionalAuthority: [],
    glue: [],
    additional: [],
    rotate: served.rotate,
  };
}

/** Step 3b: the NS RRset of the cut in the authority section. After an alias the answer is still this zone's own. */
function referral(served: ServedZone, answer: readonly RRset[], ns: RRset): Solution {
  const glue = glueOf(served.zone, ns);
  return {
    rcode: RCODE.NOERROR,
    authoritative: answer.length > 0,
    answer,
    authority: [ns],
    optionalAuthority: [],
    glue: glue.required,
    additional: glue.optional,
    rotate: served.rotate,
  };
}

/** A chain of aliases that is not followed any further. */
function ended(answer: readonly RRset[], rcode: number): Solution {
  return { rcode, authoritative: true, answer, authority: [], optionalAuthority: [], glue: [], additional: [], rotate: false };
}

/**
 * Type ANY: at the apex SOA and NS, elsewhere the alias or HINFO RRset where there is one, and else an HINFO RRset made for it (RFC 8482, sections
 * 4.1 and 4.2).
 */
function minimalAny(served: ServedZone, node: ZoneNode): RRset[] {
  const ns = apexRRset(served, TYPE.NS);
  if (node.owner === served.zone.apex) return ns === undefined ? [served.zone.soa] : [served.zone.soa, ns];
  const own = rrsetAt(node, TYPE.CNAME) ?? rrsetAt(node, TYPE.HINFO);
  if (own !== undefined) return [own];
  return [{ owner: node.owner, type: TYPE.HINFO, ttl: (ns ?? served.zone.soa).ttl, rdatas: [HINFO_RFC8482] }];
}

/** The CNAME that a DNAME makes for one name, with the DNAME's TTL (RFC 6672, section 3.1); undefined where the target would be too long. */
function synthesizeCname(dname: RRset, name: OwnerName): RRset | undefined {
  const replacement = firstTarget(dname);
  const target = replacement === undefined ? undefined : replaceSuffix(name, dname.owner, replacement);
  if (target === undefined) return undefined;
  return { owner: name, type: TYPE.CNAME, ttl: dname.ttl, rdatas: [composeName(target)] };
}

function canonicalName(answer: readonly RRset[]): OwnerName | undefined {
  const alias = answer.at(-1);
  return alias === undefined ? undefined : firstTarget(alias);
}

/** CNAME and DNAME are singletons (RFC 2181, section 10.1; RFC 6672, section 2.4); should there be more, the first one leads. */
function firstTarget(rrset: RRset): OwnerName | undefined {
  const [rdata] = rrset.rdatas;
  return rdata === undefined ? undefined : targetOf(rrset.type, rdata);
}

function apexRRset({ zone }: ServedZone, type: RRType): RRset | undefined {
  const node = zone.node(zone.apex);
  return node === undefined ? undefined : rrsetAt(node, type);
}
