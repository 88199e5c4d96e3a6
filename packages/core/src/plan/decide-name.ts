import { sameProvided } from '../contracts/provided-rrset.ts';
import type { ObservedRRset } from '../contracts/provider.ts';
import { isInAddressGroup } from '../catalog/address-group.ts';
import { type MarkerSource, type OwnedRRset, printMarkerValue } from '../ownership/marker.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { WantedRRset } from './desired-name.ts';
import { canCoexist, canStandBesideForeign, inOneGroup, printUnit, type Unit, unitKey } from './rrset-unit.ts';
import { hidingRefusal, isProtected } from './refuse-name.ts';
import { graceOf, type NameCase, unsyncedSource, unsyncedText } from './name-case.ts';
import type { Withheld, WithheldCode } from './withheld.ts';

/** An RRset of ours, as the provider shows it and as its marker has it. */
export interface OwnRRset {
  readonly observed: ObservedRRset;
  readonly owned: OwnedRRset;
}

/** An RRset that passes from one value to another. */
export interface Update {
  readonly wanted: WantedRRset;
  readonly own: OwnRRset;
}

/** What becomes of every RRset of a name that is ours or wanted. */
export interface Decision {
  /** As wanted already. */
  readonly keeps: readonly Update[];
  readonly updates: readonly Update[];
  readonly creates: readonly WantedRRset[];
  /** Ours and wanted, but not to be changed now. */
  readonly waits: readonly Update[];
  /** Ours, not wanted, and not to be deleted now. */
  readonly stays: readonly OwnRRset[];
  readonly goes: readonly OwnRRset[];
  readonly withheld: readonly Withheld[];
}

/**
 * Decides what becomes of a name's RRsets.
 *
 *     observed \ wanted │ no                               │ the same │ something else
 *     ──────────────────┼──────────────────────────────────┼──────────┼─────────────────
 *     nothing           │                                  │          │ create
 *     ours              │ goes, or stays for a reason      │ keep     │ update, or waits
 *     somebody else's   │ never touched                    │ withheld │ withheld
 *
 * A creation also depends on what stands beside it. What it cannot stand beside, and is ours, goes with it in one write: that is an update, not a delete.
 */
export function decideName(name: NameCase): Decision {
  const { own, foreign, desired, settings } = name;
  const wantedRRsets = desired?.rrsets ?? [];
  const keeps: Update[] = [];
  const updates: Update[] = [];
  const waits: Update[] = [];
  const stays: OwnRRset[] = [];
  const goes: OwnRRset[] = [];
  const withheld: Withheld[] = [];
  /** What is wanted and will not be there. */
  const missing: Pick<Withheld, 'code' | 'type'>[] = [];
  const candidates: WantedRRset[] = [];
  const wantedKeys = new Set(wantedRRsets.map(({ rrset }) => unitKey(rrset)));

  const withhold = (wanted: WantedRRset, ...[code, message, source]: Reason): void => {
    withheld.push({ ...unitOf(name, wanted.rrset), code, message, origins: wanted.origins, ...(source && { source }) });
    const held = own.get(unitKey(wanted.rrset));
    if (held !== undefined) waits.push({ wanted, own: held });
    else missing.push({ code, type: wanted.rrset.type });
  };
  const keepFor = (held: OwnRRset, ...[code, message, source]: Reason): void => {
    withheld.push({ ...unitOf(name, held.observed), code, message, origins: [], ...(source && { source }) });
    stays.push(held);
  };

  for (const { type, setIdentifier, reason } of desired?.rejected ?? []) {
    withheld.push({ code: 'PROVIDER_REJECTS', owner: name.owner, type, setIdentifier, message: reason, origins: [] });
    missing.push({ code: 'PROVIDER_REJECTS', type });
  }
  for (const wanted of wantedRRsets) {
    const held = own.get(unitKey(wanted.rrset));
    const reason = refusalOf(name, wanted) ?? (held === undefined ? undefined : changeRefusal(name, wanted, held));
    if (reason !== undefined) withhold(wanted, ...reason);
    else if (held === undefined) candidates.push(wanted);
    else if (sameProvided(wanted.rrset, held.observed)) keeps.push({ wanted, own: held });
    else updates.push({ wanted, own: held });
  }

  const removable: OwnRRset[] = [];
  for (const [key, held] of own) {
    if (wantedKeys.has(key)) continue;
    const reason = stayReason(name, held, wantedRRsets);
    if (reason === undefined) removable.push(held);
    else keepFor(held, ...reason);
  }

  const inTheWay = [...stays, ...waits.map((wait) => wait.own)];
  const creates = candidates.filter((wanted) => {
    const reason = exclusion(name, wanted, [...foreign.values()], inTheWay) ?? replacementRefusal(name, wanted, removable);
    if (reason !== undefined) withhold(wanted, ...reason);
    return reason === undefined;
  });

  // What stays from here on can stand beside all that is created: nothing already decided changes.
  const standing = [...keeps, ...updates].map(({ wanted }) => wanted).concat(creates);
  for (const held of removable) {
    const { type } = held.observed;
    const isReplaced = creates.some(({ rrset }) => !canCoexist(rrset, held.observed));
    const successor = missing.find((one) => (one.type === undefined ? isInAddressGroup(type) : inOneGroup(one.type, type)));
    if (isReplaced) goes.push(held);
    else if (successor !== undefined && !standing.some(({ rrset }) => inOneGroup(rrset.type, type))) {
      keepFor(held, 'REPLACEMENT_WITHHELD', `it stays because what shall take its place is withheld (${successor.code})`);
    } else if (settings.policy === 'upsert-only') keepFor(held, 'POLICY', 'the policy upsert-only deletes nothing');
    else if (name.deletes === 'held') {
      keepFor(held, 'DELETE_LIMIT', 'the limit of deletes in this zone is reached; confirm the held plan to have it deleted');
    } else goes.push(held);
  }
  return { keeps, updates, creates, waits, stays, goes, withheld };
}

type Reason = readonly [code: WithheldCode, message: string, source?: MarkerSource];

const UPDATE_LIMIT: Reason = [
  'UPDATE_LIMIT',
  'the limit of updates in this zone is reached; confirm the held plan to have it updated',
];

/** Why a wanted RRset is out of question, whatever of ours stands there. */
function refusalOf(
  { owner, settings, refusal, foreign, claims, contested }: NameCase,
  { rrset }: WantedRRset,
): Reason | undefined {
  if (refusal !== undefined) return [refusal.code, refusal.message];
  const what = `${printUnit(rrset)} of ${owner}`;
  if (isProtected(rrset.type, owner, settings.apex)) {
    return ['PROTECTED_TYPE', `${what} is the zone's own, or no type of data: it is never published`];
  }
  const key = unitKey(rrset);
  if (contested.has(key)) {
    return ['CONTESTED', `another writer's marker owns ${what} as well as ours; one of the two writers must give it up`];
  }
  const claim = claims.find(({ marker }) => marker.own.some((one) => unitKey(one) === key));
  // What somebody's marker owns and does not exist is somebody's too: he may be about to write it.
  if (claim?.code === 'OTHER_OWNER')
    return [claim.code, `${what} belongs to owner ${printMarkerValue(claim.marker.owner)} by its marker`];
  if (claim?.code === 'OTHER_CLUSTER') {
    const [theirs, cluster] = [claim.marker.owner, claim.marker.cluster].map(printMarkerValue);
    return [
      claim.code,
      `${what} belongs to owner ${theirs} in cluster ${cluster} by its marker; if that cluster is no more, its names can be taken over: adopt kubezone/${theirs}@${cluster}`,
    ];
  }
  if (!foreign.has(key)) return undefined;
  if (claim === undefined) {
    return ['FOREIGN_RRSET', `${what} exists, and no marker says that it is ours; adopt it, or delete it at the provider`];
  }
  const signature = claim.marker.mac === undefined ? 'it is not signed' : 'its signature is of no key that is configured';
  return [
    claim.code,
    `the marker of ${owner} names this owner and cluster, but ${signature}; if it is ours, configure its key, or adopt kubezone/${printMarkerValue(settings.owner)}`,
  ];
}

/** Why an RRset of ours is not changed into what is wanted, or one is not tried. */
function changeRefusal(name: NameCase, { rrset }: WantedRRset, { observed, owned }: OwnRRset): Reason | undefined {
  if (sameProvided(rrset, observed)) return undefined;
  const unsynced = unsyncedSource(owned, name.settings);
  if (unsynced !== undefined) return ['SOURCE_NOT_SYNCED', unsyncedText(unsynced, name.settings), unsynced];
  const notice = name.settings.quarantined(name.owner, rrset, rrset);
  if (notice !== undefined) return ['QUARANTINED', quarantineText(notice.reason)];
  if (name.settings.policy === 'create-only') return ['POLICY', 'the policy create-only changes nothing'];
  return name.updates === 'held' ? UPDATE_LIMIT : undefined;
}

/** Why an RRset of ours that nobody wants is not deleted, whatever takes its place. */
function stayReason(name: NameCase, held: OwnRRset, wanted: readonly WantedRRset[]): Reason | undefined {
  const { observed, owned } = held;
  const { settings } = name;
  const notice = settings.quarantined(name.owner, observed, undefined);
  if (notice !== undefined) return ['QUARANTINED', quarantineText(notice.reason)];
  const unsynced = unsyncedSource(owned, settings);
  if (unsynced !== undefined) return ['SOURCE_NOT_SYNCED', unsyncedText(unsynced, settings), unsynced];
  if (owned.sources.length === 0 && !settings.everySourceSynced)
    return ['SOURCE_NOT_SYNCED', 'it is not known for whom it was written, and not every source is synced'];
  if (owned.retain) return ['RETAINED', 'its object asked to have it kept when the object goes'];
  const waits = graceOf(name, owned) !== undefined && !wanted.some(({ rrset }) => inOneGroup(rrset.type, observed.type));
  if (waits)
    return [
      'HOLDING_LAST_ADDRESSES',
      'its object still asks for the name but has no address now; the last ones stay until it has: mend its status; or, to have them deleted, delete it or set safety.emptyGrace',
    ];
  return settings.policy === 'create-only' ? ['POLICY', 'the policy create-only deletes nothing'] : undefined;
}

/** Why a wanted RRset that does not exist cannot be created beside what does. */
function exclusion(
  name: NameCase,
  { rrset }: WantedRRset,
  foreign: readonly ObservedRRset[],
  ours: readonly OwnRRset[],
): Reason | undefined {
  const { owner, settings } = name;
  const notice = settings.quarantined(owner, rrset, rrset);
  if (notice !== undefined) return ['QUARANTINED', quarantineText(notice.reason)];
  const theirs = foreign.find((one) => !canStandBesideForeign(rrset, one));
  if (theirs !== undefined) {
    const code =
      rrset.type === TYPE.CNAME || theirs.type === TYPE.CNAME
        ? 'FOREIGN_DATA_AND_CNAME'
        : isInAddressGroup(rrset.type)
          ? 'FOREIGN_ADDRESSES'
          : 'FOREIGN_RRSET';
    return [code, `${printUnit(rrset)} cannot be created at ${owner} beside ${printUnit(theirs)}, which is not ours`];
  }
  const held = ours.find(({ observed }) => !canCoexist(rrset, observed));
  if (held !== undefined) {
    return [
      'EXCLUDED_BY_HELD',
      `${printUnit(rrset)} cannot be created at ${owner} beside our ${printUnit(held.observed)}, which stays for now`,
    ];
  }
  const hiding = hidingRefusal(name, rrset.type);
  return hiding && [hiding.code, hiding.message];
}

/** Why a wanted RRset does not take the place of others of ours. */
function replacementRefusal({ updates }: NameCase, { rrset }: WantedRRset, removable: readonly OwnRRset[]): Reason | undefined {
  return updates === 'held' && removable.some(({ observed }) => !canCoexist(rrset, observed)) ? UPDATE_LIMIT : undefined;
}

/** Tells that a refusal is being waited out. */
export function quarantineText(reason: string): string {
  return `the provider refused it and it is tried again later: ${reason}`;
}

function unitOf({ owner }: NameCase, { type, setIdentifier }: Unit): Pick<Withheld, 'owner' | 'type' | 'setIdentifier'> {
  return { owner, type, setIdentifier };
}
