import type { Catalog, Clock, Logger, NameState, Origin, OwnerName } from '@kubezone/core';

import type { ApiWriter } from '../cluster/kubernetes/api-writer.ts';
import type { ObjectReference } from '../cluster/kubernetes/look-up-object.ts';
import { type Nap, nap } from '../cluster/nap.ts';
import { EventTeller, MOST_TOPICS, type WriterStatus } from '../events/event-teller.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { resourcesOf } from '../pipeline/cluster-names.ts';
import { LEASES } from '../resources/lease.ts';
import { RECORDS } from '../resources/record.ts';
import { findObject, keyOf, nameObject, type ObjectKey, type Resource, type StoredObject } from '../resources/resource.ts';
import type { Source } from '../sources/source.ts';
import { type Condition, conditionPart, type HeldCondition } from '../status/condition.ts';
import { StatusWriter } from '../status/status-writer.ts';
import type { Problem, ProblemCode } from '../cluster/problem.ts';
import {
  type Complaint,
  type Finding,
  type GroupedFindings,
  groupFindings,
  isSameComplaint,
  objectOfSubject,
  OWN_LEASE,
  sameFindings,
} from './finding.ts';
import { type EditedObject, ObservedObjects } from './observed-objects.ts';
import type { ReportingApp } from './reporting-app.ts';
import { judge, type NameProgress, type Standing, warningsOf } from './verdict.ts';

/** How long after a change things are looked at: what comes in a burst is looked at once. */
const SETTLE_MS = 2_000;
/** How much longer than a look the rest after it is: of much that changes all the time, it takes a twentieth of the time. */
const REST_FACTOR = 20;
/** How long something must be wrong before an Event tells of it: while a Deployment is rolled out, much is wrong for a moment. */
const MATURE_MS = 5_000;
/** How soon is looked again, untouched: where there were more objects than Events are written of at a time, or complaints have changed. */
const AGAIN_MS = 60_000;
/** How many objects are looked at in one go. */
const IN_ONE_GO = 256;
/** Of how many objects is put into words in one go what is wrong. */
const TOLD_IN_ONE_GO = 32;

/** What is known of names and objects. */
export interface ReportInputs {
  readonly catalog: Pick<Catalog, 'conflicts' | 'origins' | 'owners' | 'state'>;
  /** What is wrong with objects: `NamePipeline.problems`. */
  readonly problems: () => Iterable<Problem>;
  /** Whether something is wrong with an object that is not among the problems: `NamePipeline.hasMoreProblems`. @default no */
  readonly hasMoreProblems?: (cluster: string, object: string) => boolean;
  /** What else is to be told; looked at once a minute in any case, since it may change by itself. A thousand or so. @default nothing */
  readonly others?: () => Iterable<Complaint>;
  /** The objects of a resource in a cluster: `NamePipeline.objects`. */
  readonly objects: <T extends StoredObject>(cluster: string, resource: Resource<T>) => Iterable<T>;
  /** How far a name has come that holds data, where that takes time; undefined where nothing is known of it. @default it is where it shall be at once */
  readonly progress?: (owner: OwnerName) => NameProgress | undefined;
  /** Whether all that is asked for is known: nothing is judged before. */
  readonly complete: () => boolean;
}

export interface ClusterReportsOptions extends ReportInputs {
  readonly app: ReportingApp;
  /** The cluster's configured name. */
  readonly cluster: string;
  readonly writer: Pick<ApiWriter, 'send'>;
  /** The namespaces that are watched. @default all of them */
  readonly namespaces?: readonly string[];
  /** The Lease under which it writes: `OWN_LEASE`. */
  readonly lease: { readonly namespace: string; readonly name: string };
  /** This process's name in Events. */
  readonly identity: string;
  readonly sources: readonly Source[];
  readonly events: 'none' | 'warnings' | 'all';
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded; scatters delays. @default Math.random */
  readonly random?: () => number;
  /** Lets other events be handled. @default a turn of the event loop */
  readonly pause?: () => Promise<void>;
}

/** A Record as it was judged. */
interface Judged {
  readonly origin: RecordOrigin;
  readonly object: StoredObject & { readonly generation: number };
  readonly states: readonly NameState[];
  readonly findings: readonly Finding[];
  readonly progress: readonly (NameProgress | undefined)[];
  /** When it was last seen: the number of the look. */
  seen: number;
}

type RecordOrigin = Pick<Origin, 'source' | 'cluster' | 'object'>;

/**
 * Brings what is wrong to the objects of one cluster: Events on any of them, a condition on Records.
 *
 * Level-based: it compares what is in force with what it has handed on, a moment after something was touched, and works on the differences. While nothing is touched, it does nothing.
 */
export class ClusterReports {
  readonly #options: ClusterReportsOptions;
  readonly #resources: readonly Resource[];
  /** The source whose objects have a condition; undefined where it is not configured. */
  readonly #stated: Source | undefined;
  readonly #teller: EventTeller | undefined;
  /** One for each type of condition; the first is the app's own. */
  readonly #conditions: readonly StatusWriter<Condition, HeldCondition>[];
  readonly #observed: readonly ObservedObjects[];
  /** The complaints of the last look. */
  #others: readonly Complaint[] = [];
  /** What was handed on to be told, by subject. */
  readonly #told = new Map<string, readonly Finding[]>();
  readonly #judged = new Map<ObjectKey, Judged>();
  #touched = true;
  #nap: Nap | undefined;
  #fullLogged = false;
  /** How often has been looked. */
  #looks = 0;

  constructor(options: ClusterReportsOptions) {
    this.#options = options;
    const { app, events, writer, identity, sources, clock, logger, random, namespaces } = options;
    const common = { writer, clock, logger, ...(random !== undefined && { random }) };
    this.#resources = resourcesOf(sources);
    this.#stated = sources.find(({ resource }) => resource.id === RECORDS.id);
    const author = { controller: app.controller, instance: identity, action: app.action };
    this.#teller = events === 'none' ? undefined : new EventTeller({ ...common, author, tellsNormal: events === 'all' });
    const places = { ...(namespaces !== undefined && namespaces.length > 0 && { namespaces }) };
    const types = this.#stated === undefined ? [] : [app.condition.type, ...(app.condition.otherTypes ?? [])];
    this.#conditions = types.map(
      (type) =>
        new StatusWriter({
          ...common,
          ...places,
          resource: RECORDS,
          part: conditionPart(type),
          fieldManager: type === app.condition.type ? app.name : `${app.name}-${type.toLowerCase()}`,
          wanted: (key) => {
            const condition = this.#wanted(key);
            return condition === undefined ? undefined : { ...condition, type };
          },
        }),
    );
    this.#observed = (app.observes ?? [])
      .filter(({ id }) => sources.some(({ resource }) => resource.id === id))
      .map((resource) => {
        const objects = (): Iterable<EditedObject> => options.objects(options.cluster, resource);
        return new ObservedObjects({
          ...common,
          ...places,
          resource,
          fieldManager: app.name,
          objects,
          pause: options.pause ?? turn,
        });
      });
  }

  /** Something may have changed. Costs nothing. */
  touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#nap?.wake();
  }

  status(): { readonly events: WriterStatus | undefined; readonly conditions: WriterStatus | undefined } {
    return { events: this.#teller?.status(), conditions: this.#conditions[0]?.status() };
  }

  /** Writes until the term is over. Never rejects. */
  async lead(term: Term): Promise<void> {
    this.#told.clear();
    this.#judged.clear();
    this.#teller?.clear();
    const writers = [...this.#conditions, ...this.#observed];
    for (const writer of writers) writer.clear();
    this.#touched = true;
    await Promise.all([this.#follow(term), this.#teller?.run(term), ...writers.map((writer) => writer.run(term))]);
  }

  async #follow(term: Term): Promise<void> {
    const { clock, complete } = this.#options;
    let again = Infinity;
    let restMs = SETTLE_MS;
    while (!term.signal.aborted) {
      if (!this.#touched) {
        this.#nap = nap(clock, Math.min(again, AGAIN_MS), term.signal);
        await this.#nap.over;
        this.#nap = undefined;
        if (!this.#touched && again === Infinity && !this.#haveOthersChanged()) continue;
      }
      await nap(clock, restMs, term.signal).over;
      if (term.signal.aborted || !complete()) continue;
      this.#touched = false;
      const startedAt = clock.monotonic();
      again = await this.#compare();
      restMs = Math.max(SETTLE_MS, (clock.monotonic() - startedAt) * REST_FACTOR);
    }
  }

  /** Hands on what has changed; says how soon to look again although nothing is touched. */
  async #compare(): Promise<number> {
    const { cluster, pause = turn } = this.#options;
    const prefix = this.#stated === undefined ? undefined : nameObject(RECORDS, '');
    const { byObject, leftOut } = await groupFindings(this.#findings(), {
      cluster,
      limit: MOST_TOPICS,
      isNeeded: (object) => this.#told.has(object) || isOfLease(object) || (prefix !== undefined && object.startsWith(prefix)),
      pause,
    });
    await this.#judgeRecords(byObject, pause);
    for (const observed of this.#observed) await observed.look();
    return this.#teller === undefined ? Infinity : await this.#tell(this.#teller, { byObject, leftOut }, pause);
  }

  *#findings(): Generator<Finding> {
    const { catalog, problems, others } = this.#options;
    yield* catalog.conflicts();
    yield* problems();
    // One by one: of many names outside all zones there are many, and whoever takes them pauses.
    const looked: Complaint[] = [];
    for (const complaint of others?.() ?? []) {
      looked.push(complaint);
      yield complaint;
    }
    this.#others = looked;
  }

  /** Complaints come and go by themselves, with nobody to touch. */
  #haveOthersChanged(): boolean {
    const others = [...(this.#options.others?.() ?? [])];
    return others.length !== this.#others.length || others.some((one, index) => !isSameComplaint(one, this.#others[index]));
  }

  async #tell(teller: EventTeller, { byObject, leftOut }: GroupedFindings, pause: () => Promise<void>): Promise<number> {
    const mature = this.#options.clock.now() - MATURE_MS;
    let again = Infinity;
    let full = leftOut > 0;
    let put = 0;
    for (const object of this.#told.keys()) {
      if (byObject.has(object)) continue;
      const reference = this.#referenceOf(object);
      if (reference !== undefined) teller.put(object, reference, []);
      this.#told.delete(object);
    }
    for (const [object, findings] of byObject) {
      if (sameFindings(this.#told.get(object), findings)) continue;
      const reference = this.#referenceOf(object);
      if (reference === undefined) continue;
      if (++put % TOLD_IN_ONE_GO === 0) await pause();
      const old = findings.filter(({ since }) => since <= mature);
      if (old.length < findings.length) again = Math.min(again, MATURE_MS);
      if (!teller.put(object, reference, warningsOf(old), isOfLease(object))) full = true;
      else if (old.length === findings.length) this.#told.set(object, findings);
    }
    if (full && !this.#fullLogged) {
      this.#options.logger.warn('Events are not written of all objects with which something is wrong', { atATime: MOST_TOPICS });
    }
    this.#fullLogged = full;
    return full ? Math.min(again, AGAIN_MS) : again;
  }

  #referenceOf(subject: string): ObjectReference | undefined {
    const object = objectOfSubject(subject);
    if (isOfLease(subject)) return { resource: LEASES, ...this.#options.lease, byGet: true };
    return findObject(this.#resources, object);
  }

  async #judgeRecords(byObject: ReadonlyMap<string, readonly Finding[]>, pause: () => Promise<void>): Promise<void> {
    if (this.#stated === undefined) return;
    const { cluster, objects, catalog, progress: progressOf } = this.#options;
    const look = ++this.#looks;
    let looked = 0;
    for (const object of objects(cluster, RECORDS)) {
      if (++looked % IN_ONE_GO === 0) await pause();
      const key = keyOf(object);
      const before = this.#judged.get(key);
      const origin = before?.origin ?? { source: this.#stated.kind, cluster, object: nameObject(RECORDS, key) };
      const findings = byObject.get(origin.object) ?? this.#undescribed(origin.object);
      const owners = catalog.owners(origin);
      const states = owners.map((owner) => catalog.state(owner));
      const progress = progressOf === undefined ? [] : owners.map((owner) => progressOf(owner));
      if (
        before?.object === object &&
        sameStates(before.states, states) &&
        sameFindings(before.findings, findings) &&
        sameProgress(before.progress, progress)
      ) {
        before.seen = look;
        continue;
      }
      this.#judged.set(key, { origin, object, states, findings, progress, seen: look });
      // Deleted and made again between two looks: what is known to be held was held by the one before.
      const isAnother = before !== undefined && before.object.createdAt !== object.createdAt;
      for (const writer of this.#conditions) {
        if (isAnother) writer.forget(key);
        writer.touch(key);
      }
    }
    for (const [key, { seen }] of this.#judged) {
      if (seen === look) continue;
      this.#judged.delete(key);
      for (const writer of this.#conditions) writer.forget(key);
    }
  }

  /** Nothing is wrong, as far as is known: or too much else is for this to be known. */
  #undescribed(object: string): readonly Finding[] {
    const { cluster, hasMoreProblems } = this.#options;
    if (hasMoreProblems?.(cluster, object) !== true) return NO_FINDINGS;
    return [{ code: 'MORE_PROBLEMS' satisfies ProblemCode, cluster, object, message: UNDESCRIBED, since: 0 }];
  }

  #wanted(key: ObjectKey): Condition | undefined {
    const judged = this.#judged.get(key);
    if (judged === undefined || judged.object.deleting) return undefined;
    const { origin, object, findings, progress } = judged;
    const { generation } = object;
    return judge({ standing: this.#standingOf(origin), findings, progress, generation }, this.#options.app.condition);
  }

  #standingOf(origin: RecordOrigin): Standing {
    const { catalog } = this.#options;
    let standing: Standing = 'nothing';
    for (const owner of catalog.owners(origin)) {
      const isOurs = (one: Origin): boolean =>
        one.object === origin.object && one.cluster === origin.cluster && one.source === origin.source;
      if (!catalog.origins(owner).some(isOurs)) continue;
      const { rrsets, aliases = [] } = catalog.state(owner);
      if (rrsets.length > 0 || aliases.length > 0) return 'data';
      standing = 'existence';
    }
    return standing;
  }
}

/** What concerns the whole of what is written does not wait for objects. */
function isOfLease(subject: string): boolean {
  return objectOfSubject(subject) === OWN_LEASE;
}

const NO_FINDINGS: readonly Finding[] = [];
const UNDESCRIBED = 'something is wrong with it that is not described, since too much else is: mend that first';

/** Whether names hold what they held: the catalog makes a new state only where something differs. */
function sameStates(one: readonly NameState[], other: readonly NameState[]): boolean {
  return one.length === other.length && one.every((state, index) => state === other[index]);
}

function sameProgress(one: readonly (NameProgress | undefined)[], other: readonly (NameProgress | undefined)[]): boolean {
  return (
    one.length === other.length &&
    one.every((part, index) => part?.done === other[index]?.done && part?.message === other[index]?.message)
  );
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
