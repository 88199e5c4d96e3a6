import type { Origin } from '../catalog/name-change.ts';
import type { ObservedRRset } from '../contracts/provider.ts';
import type { OwnerName } from '../name/owner-name.ts';
import { type MarkerSource, type OwnedRRset, printMarkerValue } from '../ownership/marker.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { OwnRRset } from './decide-name.ts';
import type { DesiredName } from './desired-name.ts';
import { type Adoption, findAdoption, NO_ADOPTION } from './find-adoption.ts';
import type { HeldNames } from './observed-zone.ts';
import type { PlanSettings } from './plan-settings.ts';
import { type ForeignClaim, type Ownership, readOwnership } from './read-ownership.ts';
import { isProtected, type Refusal, type Standing, standingOf } from './refuse-name.ts';
import { unitKey } from './rrset-unit.ts';

/** What planning one name depends on. */
export interface PlanRequest {
  readonly owner: OwnerName;
  /** Undefined where nobody asks for the name. */
  readonly desired: DesiredName | undefined;
  readonly held: HeldNames;
  readonly settings: PlanSettings;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Whether what is no longer wanted may be deleted, or waits for the limit of deletes. */
  readonly deletes: 'allowed' | 'held';
  /** Whether what is to become something else may, or waits for the limit of updates. @default allowed */
  readonly updates?: 'allowed' | 'held';
  /** Whether anything is wanted below a name: a DNAME that is not there yet gives way to it (RFC 6672, section 2.4). @default what exists counts alone */
  readonly isWantedBelow?: (owner: OwnerName) => boolean;
}

/** A name before it is decided: what stands there sorted into ours and theirs. */
export interface NameCase extends PlanRequest {
  readonly ownership: Ownership;
  /** Markers of others that stay. */
  readonly claims: readonly ForeignClaim[];
  readonly refusal: Refusal | undefined;
  readonly belowOwnCut: boolean;
  readonly adoption: Adoption;
  /** By `unitKey`. */
  readonly own: ReadonlyMap<number | string, OwnRRset>;
  readonly foreign: ReadonlyMap<number | string, ObservedRRset>;
  /** RRsets that two markers own, ours and another's: they count as foreign. */
  readonly contested: ReadonlySet<number | string>;
}

const FREE: Standing = { refusal: undefined, belowOwnCut: false };

/** Looks at a name, its markers, and the names above it. */
export function nameCaseOf(request: PlanRequest): NameCase {
  const { owner, desired, held, settings } = request;
  const ownership = readOwnership(owner, held, settings);
  const isNobodys = desired === undefined && ownership.records.length === 0;
  const { refusal, belowOwnCut } = isNobodys ? FREE : standingOf(owner, held, settings);
  const mayAdopt = refusal === undefined && settings.adopt.length > 0 && (isAskedFor(desired) || mayPrune(settings));
  const adoption = mayAdopt ? findAdoption(owner, held, settings.adopt, ownership, desired) : NO_ADOPTION;
  const vanishing = new Set(
    adoption.removals.filter(({ rrset, rdatas }) => rrset.rdatas.length === rdatas.length).map(({ rrset }) => rrset),
  );
  const removed = new Set(adoption.removals.flatMap(({ rdatas }) => rdatas));
  const claims = ownership.claims.filter(({ rdata }) => !removed.has(rdata));
  const own = new Map<number | string, OwnRRset>();
  const foreign = new Map<number | string, ObservedRRset>();
  const contested = new Set<number | string>();
  // A place of markers is shared by writers: whatever a marker may say, it is never one writer's data.
  const mayBeOurs = refusal?.code !== 'RESERVED_NAME';
  for (const observed of held.at(owner)) {
    const key = unitKey(observed);
    const owned = ownership.own.get(key) ?? (adoption.rrsets.has(observed) ? takenOver(observed) : undefined);
    if (owned !== undefined && claims.some(({ code, marker }) => code !== 'UNVERIFIED_MARKER' && hasUnit(marker.own, key))) {
      contested.add(key);
    }
    if (owned !== undefined && !contested.has(key) && mayBeOurs && !isProtected(observed.type, owner, settings.apex))
      own.set(key, { observed, owned });
    else if (observed.type !== TYPE.TXT || !vanishing.has(observed)) foreign.set(key, observed);
  }
  return { ...request, ownership, claims, refusal, belowOwnCut, adoption, own, foreign, contested };
}

/** Names that nobody asks for are taken over to be deleted: not while it is not known who asks for what. */
function mayPrune({ pruneAdopted, everySourceSynced, policy }: PlanSettings): boolean {
  return pruneAdopted && everySourceSynced && policy === 'sync';
}

/** Whether anything is asked for at a name, be it only that what is there stays. */
function isAskedFor(desired: DesiredName | undefined): boolean {
  return desired !== undefined && (desired.rrsets.length > 0 || desired.waiting !== undefined);
}

function hasUnit(own: readonly OwnedRRset[], key: number | string): boolean {
  return own.some((one) => unitKey(one) === key);
}

function takenOver({ type, setIdentifier }: ObservedRRset): OwnedRRset {
  return { type, setIdentifier, sources: [], retain: false };
}

/** Who wants an RRset, as a marker says it: each source of each cluster once. */
export function sourcesOf(origins: readonly Origin[], { clusterIds, cluster: home }: PlanSettings): MarkerSource[] {
  const sources: MarkerSource[] = [];
  for (const { source, cluster } of origins) {
    // What belongs to no cluster, as a zone file, is the writer's own.
    const id = cluster === '' ? home : (clusterIds.get(cluster) ?? cluster);
    if (!sources.some((one) => one.source === source && one.cluster === id)) sources.push({ source, cluster: id });
  }
  return sources;
}

/** The source that an RRset was wanted by of which it is not known what it wants now; undefined where all are known. */
export function unsyncedSource(
  { sources }: Pick<OwnedRRset, 'sources'>,
  { sourceState }: PlanSettings,
): MarkerSource | undefined {
  return sources.find((source) => {
    const state = sourceState(source);
    return state === 'failing' || state === 'absent';
  });
}

/** Tells that an RRset waits for such a source, and what to do. */
export function unsyncedText(source: MarkerSource, { sourceState }: PlanSettings): string {
  const name = `source ${printMarkerValue(source.source)} of cluster ${printMarkerValue(source.cluster)}`;
  return `${name}, which wanted it, is ${sourceState(source)}: what it wants now is not known, and it stays until it is; make the source readable again, or take it out of the configuration`;
}

/** Whether objects that have no address now keep an RRset for which they asked, and until when at the most. */
export function graceOf({ desired, settings, now }: PlanRequest, { sources }: OwnedRRset): number | undefined {
  const waiting = desired?.waiting;
  if (waiting === undefined) return undefined;
  const until = waiting.since + settings.emptyGraceMs;
  if (until <= now) return undefined;
  const asking = sourcesOf(waiting.origins, settings).filter(({ source }) => !settings.graceExempt.has(source));
  const isTheirs =
    sources.length === 0
      ? asking.length > 0
      : asking.some((one) => sources.some((two) => one.source === two.source && one.cluster === two.cluster));
  return isTheirs ? until : undefined;
}
