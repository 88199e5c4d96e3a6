import type { Origin } from '../catalog/name-change.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { OwnedRRset } from '../ownership/marker.ts';
import { decideName, type Decision, type OwnRRset, quarantineText } from './decide-name.ts';
import type { WantedRRset } from './desired-name.ts';
import { graceOf, type NameCase, nameCaseOf, type PlanRequest, sourcesOf, unsyncedSource } from './name-case.ts';
import { isSettled } from './is-settled.ts';
import type { NamePlan, PlannedChange } from './name-plan.ts';
import type { QuarantineNotice } from './plan-settings.ts';
import { canCoexist, unitKey } from './rrset-unit.ts';
import type { Withheld } from './withheld.ts';
import { writesOf } from './write-name.ts';

/**
 * Plans one name: what is to be written so that it holds what it shall, its marker included, and what of it is withheld, and why.
 *
 * Level-based: it depends on what is desired and what is held now, on nothing that happened before. Once its write is applied, the same request gives no
 * further write. Whatever lacks our marker is neither changed nor deleted.
 */
export function planName(request: PlanRequest): NamePlan {
  return isSettled(request) ? settledPlan(request) : planUnsettledName(request);
}

function settledPlan({ owner, desired }: PlanRequest): NamePlan {
  const owned = desired?.rrsets.length ?? 0;
  return {
    owner,
    write: undefined,
    changes: [],
    withheld: [],
    adopted: [],
    firstClaim: false,
    owned: { before: owned, after: owned },
    againAt: undefined,
  };
}

/** Plans a name whatever it looks like at a glance. */
export function planUnsettledName(request: PlanRequest): NamePlan {
  const name = nameCaseOf(request);
  const decision = decideName(name);
  const { adoption, ownership } = name;
  const final = finallyOurs(name, decision);
  const writes = writesOf(name, decision, [...final, ...contestedClaims(name)]);
  const changes = changesOf(decision);
  // A refused marker is not tried again and again; with data it is a part of what is refused.
  const notice =
    writes.length > 0 && changes.length === 0 ? request.settings.quarantined(request.owner, undefined, undefined) : undefined;
  const isWritten = writes.length > 0 && notice === undefined;
  return {
    owner: request.owner,
    write: isWritten ? { owner: request.owner, writes } : undefined,
    changes,
    withheld: notice === undefined ? decision.withheld : [...decision.withheld, markerWithheld(request.owner, notice)],
    adopted: isWritten ? adoption.from : [],
    firstClaim: isWritten && ownership.records.length === 0 && final.length > 0,
    owned: { before: name.own.size, after: final.length },
    againAt: againAt(name, decision.stays),
  };
}

function markerWithheld(owner: OwnerName, { reason }: QuarantineNotice): Withheld {
  return { code: 'QUARANTINED', owner, type: undefined, setIdentifier: undefined, message: quarantineText(reason), origins: [] };
}

/** Whether there is anything to do or to say about a name. */
export function isQuiet(plan: NamePlan): boolean {
  return plan.write === undefined && plan.withheld.length === 0 && plan.againAt === undefined;
}

/** What is ours afterwards, and who wants it. */
function finallyOurs(name: NameCase, { keeps, updates, waits, creates, stays }: Decision): OwnedRRset[] {
  return [
    ...[...keeps, ...updates].map(({ wanted, own }) => ownedFor(wanted, own, name)),
    // What waits for a source stays that source's.
    ...waits.map(({ wanted, own }) =>
      unsyncedSource(own.owned, name.settings) === undefined ? ownedFor(wanted, own, name) : own.owned,
    ),
    ...creates.map((wanted) => ownedFor(wanted, undefined, name)),
    ...stays.map(({ owned }) => owned),
  ];
}

/** A source of which it is not known what it wants now stays named, even where another wants the same: it may still want it when that one does not. */
function ownedFor(
  { rrset, origins, retain = false }: WantedRRset,
  own: OwnRRset | undefined,
  { settings }: NameCase,
): OwnedRRset {
  const sources = sourcesOf(origins, settings);
  for (const source of own?.owned.sources ?? []) {
    const isKnown = sources.some((one) => one.source === source.source && one.cluster === source.cluster);
    if (!isKnown && unsyncedSource({ sources: [source] }, settings) !== undefined) sources.push(source);
  }
  return { type: rrset.type, setIdentifier: rrset.setIdentifier, sources, retain };
}

/** What another marker owns as well as ours stays in ours as long as it is wanted: giving it up is a person's decision. */
function contestedClaims({ contested, desired, ownership }: NameCase): OwnedRRset[] {
  if (contested.size === 0) return [];
  return (desired?.rrsets ?? []).flatMap(({ rrset }) => {
    const key = unitKey(rrset);
    return contested.has(key) ? (ownership.own.get(key) ?? []) : [];
  });
}

function changesOf({ updates, creates, goes }: Decision): PlannedChange[] {
  const replacing = creates.filter(({ rrset }) => goes.some(({ observed }) => !canCoexist(rrset, observed)));
  const replaced = goes.filter(({ observed }) => replacing.some(({ rrset }) => !canCoexist(rrset, observed)));
  const changes: PlannedChange[] = updates.map(({ wanted, own }) => ({
    action: 'update',
    before: [own.observed],
    after: [wanted.rrset],
    origins: wanted.origins,
  }));
  if (replaced.length > 0) {
    changes.push({
      action: 'update',
      before: replaced.map(({ observed }) => observed),
      after: replacing.map(({ rrset }) => rrset),
      origins: distinct(replacing.flatMap(({ origins }) => origins)),
    });
  }
  for (const wanted of creates) {
    if (!replacing.includes(wanted))
      changes.push({ action: 'create', before: [], after: [wanted.rrset], origins: wanted.origins });
  }
  for (const own of goes) {
    if (!replaced.includes(own)) changes.push({ action: 'delete', before: [own.observed], after: [], origins: [] });
  }
  return changes;
}

function distinct(origins: readonly Origin[]): Origin[] {
  return [...new Set(origins)];
}

function againAt(name: NameCase, stays: readonly OwnRRset[]): number | undefined {
  if (name.desired?.waiting === undefined) return undefined;
  const ends = stays.flatMap(({ owned }) => graceOf(name, owned) ?? []).filter(Number.isFinite);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
