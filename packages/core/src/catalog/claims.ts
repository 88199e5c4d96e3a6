import { isWildcard, type OwnerName, parentOf } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { DesiredRRset, Origin } from './name-change.ts';

/** Names that belong to some namespaces. */
export interface Claim {
  /** At least one; `*` stands for every namespace. */
  readonly namespaces: readonly string[];
  /** A name, or `*.` before a name for everything below that name, at any depth. */
  readonly names: readonly OwnerName[];
}

/** Who may use which names. */
export interface ClaimRules {
  readonly claims: readonly Claim[];
  /** What becomes of names that no claim covers: any namespace may use them, or none. */
  readonly claimsDefault: 'open' | 'deny';
}

/** Why an object may not use a name. */
export interface Refusal {
  readonly code: 'CLAIMED_BY_OTHERS' | 'NOT_CLAIMED';
  /** The end of a sentence for a person. */
  readonly reason: string;
}

/** Says why an object may not use a name for what it asks for there; undefined where it may. Costs what the name's labels cost. */
export type ClaimCheck = (origin: Origin, owner: OwnerName, desired: readonly DesiredRRset[]) => Refusal | undefined;

/** Who may use the names of one pattern, or all the names below one name. */
interface Holding {
  readonly namespaces: ReadonlySet<string>;
  readonly refusal: Refusal;
}

const EVERY_NAMESPACE = '*';
const NOT_CLAIMED: Refusal = { code: 'NOT_CLAIMED', reason: 'no claim covers the name, and names without a claim are denied' };

/**
 * Makes the check of some claims.
 *
 * A name belongs to the namespaces of the most specific pattern that covers it: the name itself before any wildcard, and a longer wildcard before a
 * shorter one. Claims of one pattern are united. Objects outside namespaces (nodes, zone files, a zone's configuration) may use every name.
 *
 * Wildcards, delegations and DNAMEs also give answers for names below them. Nobody may reach from there into names that are claimed by others, whoever may use the
 * owner name itself, unless a claim names exactly that: then it is the administrator's word.
 */
export function claimCheck({ claims, claimsDefault }: ClaimRules): ClaimCheck | undefined {
  if (claims.length === 0 && claimsDefault === 'open') return undefined;
  const patterns = new Map<OwnerName, Set<string>>();
  for (const { namespaces, names } of claims) {
    for (const pattern of names) {
      const held = patterns.get(pattern);
      if (held === undefined) patterns.set(pattern, new Set(namespaces));
      else for (const namespace of namespaces) held.add(namespace);
    }
  }
  const holdings = new Map(Array.from(patterns, ([pattern, namespaces]) => [pattern, holdingOf(pattern, namespaces)]));
  const below = holdingsBelow(patterns);

  return ({ namespace }, owner, desired) => {
    if (namespace === '') return undefined;
    const holding = mostSpecific(holdings, owner);
    if (holding === undefined) {
      if (claimsDefault === 'deny') return NOT_CLAIMED;
    } else if (!holds(holding, namespace)) return holding.refusal;
    else if (holdings.has(owner)) return undefined;
    const reached = reachedFrom(owner, desired).map((name) => below.get(name));
    return reached.find((one) => one !== undefined && !holds(one, namespace))?.refusal;
  };
}

function mostSpecific(holdings: ReadonlyMap<OwnerName, Holding>, owner: OwnerName): Holding | undefined {
  let holding = holdings.get(owner);
  for (let name = parentOf(owner); name !== undefined && holding === undefined; name = parentOf(name)) {
    holding = holdings.get(wildcardOf(name));
  }
  return holding;
}

/** The names below which an object gives answers with what it asks for at a name, besides those at the name itself. */
function reachedFrom(owner: OwnerName, desired: readonly DesiredRRset[]): OwnerName[] {
  const names: OwnerName[] = [];
  const parent = isWildcard(owner) ? parentOf(owner) : undefined;
  if (parent !== undefined) names.push(parent);
  if (desired.some((one) => one.kind === 'rrset' && (one.type === TYPE.NS || one.type === TYPE.DNAME))) names.push(owner);
  return names;
}

/** By name: who may use every claimed name below it. */
function holdingsBelow(patterns: ReadonlyMap<OwnerName, ReadonlySet<string>>): ReadonlyMap<OwnerName, Holding> {
  const below = new Map<OwnerName, Holding>();
  for (const [pattern, namespaces] of patterns) {
    for (let name = parentOf(pattern); name !== undefined; name = parentOf(name)) {
      const held = below.get(name);
      if (held !== undefined) below.set(name, { ...held, namespaces: both(held.namespaces, namespaces) });
      else {
        const reason = `from there it would answer for names below ${name} that are claimed by others`;
        below.set(name, { namespaces, refusal: { code: 'CLAIMED_BY_OTHERS', reason } });
      }
    }
  }
  return below;
}

function both(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  if (some.has(EVERY_NAMESPACE)) return others;
  return others.has(EVERY_NAMESPACE) ? some : new Set([...some].filter((namespace) => others.has(namespace)));
}

function holds({ namespaces }: Holding, namespace: string): boolean {
  return namespaces.has(namespace) || namespaces.has(EVERY_NAMESPACE);
}

function holdingOf(pattern: OwnerName, namespaces: ReadonlySet<string>): Holding {
  const reason = `the name belongs to ${printNamespaces(namespaces)} by the claim of ${pattern}`;
  return { namespaces, refusal: { code: 'CLAIMED_BY_OTHERS', reason } };
}

function printNamespaces(namespaces: ReadonlySet<string>): string {
  return `${namespaces.size === 1 ? 'namespace' : 'namespaces'} ${[...namespaces].toSorted().join(', ')}`;
}

function wildcardOf(name: OwnerName): OwnerName {
  return (name === '.' ? '*.' : `*.${name}`) as OwnerName;
}
