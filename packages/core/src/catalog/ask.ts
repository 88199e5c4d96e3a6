import { printRdata } from '../rr/rdata-text.ts';
import { printRRType, type RRType } from '../rr/rr-type.ts';
import type { Rdata } from '../rr/rrset.ts';
import type { Contribution } from './contribution.ts';
import type { Conflict, ConflictCode, Origin } from './name-change.ts';

/** One RRset that one object asks for. */
export interface Ask {
  readonly contribution: Contribution;
  readonly type: RRType;
  /** Seconds. */
  readonly ttl: number;
  /** At least one. */
  readonly rdatas: readonly Rdata[];
}

/** How many values a message names before it only counts them. */
const VALUES_IN_MESSAGE = 3;

/** The RRsets that a contribution asks for. Without rdata an RRset is a name's mere existence. */
export function asksOf(contribution: Contribution): Ask[] {
  return contribution.desired.flatMap((desired) => {
    if (desired.kind === 'existence' || desired.rdatas.length === 0) return [];
    const { type, ttl, rdatas } = desired;
    return [{ contribution, type, ttl, rdatas }];
  });
}

/** That an RRset that was asked for, or some of its values, does not stand. */
export function conflictOf(
  loser: Ask,
  code: ConflictCode,
  winner: Ask | undefined,
  values: readonly Rdata[] = loser.rdatas,
): Conflict {
  const { owner, origin } = loser.contribution;
  const asked = `${printRRType(loser.type)} ${printValues(loser.type, values)}`;
  const message = `${printOrigin(origin)} asks for ${asked} at ${owner}: ${reasonOf(code, loser, winner)}`;
  return { code, owner, loser: origin, ...(winner === undefined ? {} : { winner: winner.contribution.origin }), message };
}

function reasonOf(code: ConflictCode, loser: Ask, winner: Ask | undefined): string {
  const holder = winner === undefined ? 'another object' : printOrigin(winner.contribution.origin);
  const held = winner === undefined ? 'other data' : printRRType(winner.type);
  switch (code) {
    case 'LOWER_PRIORITY_SOURCE':
      return `${holder} holds ${held} there, and its source comes first in the order of sources`;
    case 'NEWER_OBJECT':
      return `there can be one value only, and ${holder} is older`;
    case 'CNAME_AND_OTHER_DATA':
      return `a CNAME cannot stand beside other data, and ${holder} holds ${held} there`;
    case 'TTL_DIFFERS':
      return `with TTL ${loser.ttl}; ${holder} asks for ${winner?.ttl ?? 'a lower one'}, and the lowest is used`;
    default:
      return code satisfies never;
  }
}

function printValues(type: RRType, values: readonly Rdata[]): string {
  const shown = values.slice(0, VALUES_IN_MESSAGE).map((rdata) => printRdata(type, rdata));
  return shown.join(', ') + (values.length > shown.length ? ` and ${values.length - shown.length} more` : '');
}

function printOrigin({ source, cluster, object }: Origin): string {
  return `${source} ${object}${cluster === '' ? '' : ` (cluster ${cluster})`}`;
}
