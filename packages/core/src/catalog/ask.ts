import type { OwnerName } from '../name/owner-name.ts';
import { printRdata } from '../rr/rdata-text.ts';
import { printRRType, type RRType } from '../rr/rr-type.ts';
import type { Rdata } from '../rr/rrset.ts';
import type { Contribution } from './contribution.ts';
import type { ConflictCode, Origin, Qualifiers } from './name-change.ts';

/** Hostnames whose addresses are asked for, among the types: after them all, which have 16 bits. */
export const ALIAS = 0x1_0000;

/** A type of RRset, or `ALIAS`, which no RRset has. */
export type AskType = RRType;

/** One RRset, or hostnames whose addresses are wanted, that one object asks for. */
export interface Ask {
  readonly contribution: Contribution;
  readonly type: AskType;
  /** Empty where there is none. */
  readonly setIdentifier: string;
  readonly properties: Qualifiers['properties'] | undefined;
  /** Seconds. */
  readonly ttl: number;
  /** At least one, but of `ALIAS` none. */
  readonly rdatas: readonly Rdata[];
  /** Of `ALIAS` at least one, else none. */
  readonly targets: readonly OwnerName[];
}

/** That something which was asked for does not stand. */
export interface Defeat {
  readonly code: ConflictCode;
  readonly loser: Contribution;
  /** Undefined where the mere existence of the name was asked for. */
  readonly ask: Ask | undefined;
  readonly winner: Ask | undefined;
  /** Of an ask that stands in part, what does not. */
  readonly lost?: readonly Rdata[] | 'properties';
}

const NO_RDATA: readonly Rdata[] = [];
const NO_TARGETS: readonly OwnerName[] = [];
/** How many values a message names before it only counts them. */
const VALUES_IN_MESSAGE = 3;

/** What a contribution asks for. Without rdata or targets that is a name's mere existence. */
export function asksOf(contribution: Contribution): Ask[] {
  const asks: Ask[] = [];
  for (const desired of contribution.desired) {
    if (desired.kind === 'existence') continue;
    const { ttl, setIdentifier = '', properties } = desired;
    if (desired.kind === 'alias') {
      const { targets } = desired;
      if (targets.length > 0) asks.push({ contribution, type: ALIAS, setIdentifier, properties, ttl, rdatas: NO_RDATA, targets });
    } else if (desired.rdatas.length > 0) {
      const { type, rdatas } = desired;
      asks.push({ contribution, type, setIdentifier, properties, ttl, rdatas, targets: NO_TARGETS });
    }
  }
  return asks;
}

/** That an ask loses as a whole, or something of it. */
export function defeat(ask: Ask, code: ConflictCode, winner: Ask | undefined, lost?: Defeat['lost']): Defeat {
  return { code, loser: ask.contribution, ask, winner, ...(lost !== undefined && { lost }) };
}

/** That nothing of a refused contribution stands. */
export function refusals(contribution: Contribution): Defeat[] {
  const { refusal } = contribution;
  if (refusal === undefined) return [];
  const asks = asksOf(contribution);
  const { code } = refusal;
  if (asks.length === 0) return [{ code, loser: contribution, ask: undefined, winner: undefined }];
  return asks.map((ask) => defeat(ask, code, undefined));
}

/** A defeat for a person. */
export function printDefeat(lost: Defeat): string {
  const { owner, origin } = lost.loser;
  return `${printOrigin(origin)} asks for ${printAsked(lost)} at ${owner}: ${reasonOf(lost)}`;
}

function printAsked({ ask, lost }: Defeat): string {
  if (ask === undefined) return 'the name to exist';
  const set = ask.setIdentifier === '' ? '' : ` (set identifier ${ask.setIdentifier})`;
  if (lost === 'properties') {
    const properties = Object.entries(ask.properties ?? {}).map(([name, value]) => `${name}=${value}`);
    return `${printAskType(ask.type)}${set} with ${shorten(properties)}`;
  }
  const values =
    ask.type === ALIAS
      ? shortened(ask.targets, (target) => target)
      : shortened(lost ?? ask.rdatas, (rdata) => printRdata(ask.type, rdata));
  return `${printAskType(ask.type)} ${values}${set}`;
}

function reasonOf({ code, loser, ask, winner }: Defeat): string {
  const holder = winner === undefined ? 'another object' : printOrigin(winner.contribution.origin);
  const held = winner === undefined ? 'other data' : printAskType(winner.type);
  switch (code) {
    case 'LOWER_PRIORITY_SOURCE':
      return `${holder} holds ${held} there, and its source comes first in the order of sources`;
    case 'EARLIER_CLUSTER':
      return `${holder} holds ${held} there, and its cluster comes first in the order of clusters`;
    case 'NEWER_OBJECT':
      return `there can be one value only, and ${holder} is older`;
    case 'CNAME_AND_OTHER_DATA':
      return `a CNAME cannot stand beside other data, and ${holder} holds ${held} there`;
    case 'ADDRESSES_BEFORE_HOSTNAMES':
      return `${holder} holds ${held} there, and addresses come before hostnames`;
    case 'TTL_DIFFERS':
      return `with TTL ${ask?.ttl ?? 'another'}; ${holder} asks for ${winner?.ttl ?? 'a lower one'}, and the lowest is used`;
    case 'OTHER_NAMESPACE':
      return `${holder} holds ${held} there, and what two namespaces ask for is not merged`;
    case 'CLAIMED_BY_OTHERS':
    case 'NOT_CLAIMED':
      return loser.refusal?.reason ?? 'it may not use the name';
    default:
      return code satisfies never;
  }
}

function printAskType(type: AskType): string {
  return type === ALIAS ? 'ALIAS' : printRRType(type);
}

function shortened<T>(values: readonly T[], print: (value: T) => string): string {
  return shorten(values.slice(0, VALUES_IN_MESSAGE).map(print), values.length);
}

function shorten(printed: readonly string[], count: number = printed.length): string {
  const shown = printed.slice(0, VALUES_IN_MESSAGE);
  return shown.join(', ') + (count > shown.length ? ` and ${count - shown.length} more` : '');
}

function printOrigin({ source, cluster, object }: Origin): string {
  return `${source} ${object}${cluster === '' ? '' : ` (cluster ${cluster})`}`;
}
