import type { NamePlan } from '../name-plan.ts';
import { NODE_SOURCES, type PlanSettings } from '../plan-settings.ts';
import { planZone, type ZonePlanRequest } from '../plan-zone.ts';
import { nameOf } from '../../name/owner-name.ts';
import { applyTo, desiredOf, HOME, printWrites, recordsOf, zoneOf } from './plan-text.ts';
import type { ObservedZone } from '../observed-zone.ts';
import { printUnit } from '../rrset-unit.ts';
import type { Withheld } from '../withheld.ts';

/** How cases are planned where they say nothing else. */
export const SETTINGS: PlanSettings = {
  apex: nameOf('example'),
  owner: 'me',
  cluster: HOME,
  clusterIds: new Map([
    ['prod', HOME],
    ['other', 'c2'],
  ]),
  keys: [],
  policy: 'sync',
  adopt: [],
  pruneAdopted: false,
  sourceState: () => 'synced',
  everySourceSynced: true,
  emptyGraceMs: Number.POSITIVE_INFINITY,
  graceExempt: NODE_SOURCES,
  markerTtl: 300,
  quarantined: () => undefined,
};

/** A zone, what is wanted of it, and what has to follow. Texts as in `plan-text.ts`. */
export interface PlanCase {
  readonly rule: string;
  readonly observed?: readonly string[];
  readonly desired?: readonly string[];
  readonly settings?: Partial<PlanSettings>;
  readonly deletes?: 'allowed' | 'held';
  readonly updates?: 'allowed' | 'held';
  readonly now?: number;
  /** `printWrites`; none: nothing is written. */
  readonly writes: readonly string[];
  /** `CODE owner unit` of what is withheld, sorted. @default none */
  readonly withheld?: readonly string[];
  /** Of what is done, `action: before > after` by types. Not looked at where it is missing. */
  readonly changes?: readonly string[];
}

/** What came of a case. */
export interface PlanOutcome {
  readonly writes: string[];
  readonly withheld: string[];
  readonly changes: string[];
  /** What a second plan would write. */
  readonly again: string[];
  readonly plans: readonly NamePlan[];
  readonly zone: ObservedZone;
}

/** Plans a case, applies what is to be written, and plans it again. */
export function runPlanCase({
  observed = [],
  desired = [],
  settings = {},
  deletes = 'allowed',
  updates = 'allowed',
  now = 0,
}: Omit<PlanCase, 'rule' | 'writes'>): PlanOutcome {
  const held = zoneOf(...observed);
  const request: ZonePlanRequest = {
    desired: desiredOf(...desired),
    held,
    settings: { ...SETTINGS, ...settings },
    now,
    deletes,
    updates,
  };
  const { names, adoptable } = planZone(request);
  const writes = names.flatMap((plan) => plan.write ?? []);
  const printed = printWrites(writes);
  for (const write of writes) applyTo(held, write);
  return {
    writes: printed,
    withheld: [...names.flatMap((plan) => plan.withheld), ...adoptable].map(printWithheld).toSorted(),
    changes: names.flatMap((plan) => plan.changes.map(printChange)).toSorted(),
    again: printWrites(planZone(request).names.flatMap((plan) => plan.write ?? [])),
    plans: names,
    zone: held,
  };
}

/** Everything that a zone holds, sorted. */
export function contentOf(zone: ObservedZone): string[] {
  return [...zone.names()].flatMap((name) => zone.at(name).flatMap(recordsOf)).toSorted();
}

function printWithheld({ code, owner, type, setIdentifier }: Withheld): string {
  return `${code} ${owner}${type === undefined ? '' : ` ${printUnit({ type, setIdentifier })}`}`;
}

function printChange({ action, before, after }: NamePlan['changes'][number]): string {
  return `${action}: ${before.map(printUnit).join(' ') || '-'} > ${after.map(printUnit).join(' ') || '-'}`;
}
