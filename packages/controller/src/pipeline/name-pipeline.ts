import type { Catalog, Clock, Logger, NameChange, OwnerName } from '@kubezone/core';

import {
  type Cluster,
  type ClusterSink,
  nameScope,
  type RunningCluster,
  type Scope,
  type ScopeFailure,
  type SyncState,
} from '../cluster/cluster.ts';
import type { Problem } from '../cluster/problem.ts';
import type { ObjectKey, Resource, StoredObject } from '../resources/resource.ts';
import type { Source } from '../sources/source.ts';
import type { ObjectChange } from '../store/object-store.ts';
import { ClusterNames, type Concerned, resourcesOf, retentionOf, scopesNeeded, type Task } from './cluster-names.ts';
import { coalesceChanges } from './coalesce-changes.ts';
import type { OutsideName } from './outside-register.ts';
import { ProblemRegister } from './problem-register.ts';
import { isComplete, isNeeded, type ObservedScope, type ProblemCount, sourceStatus, type SourceStatus } from './source-status.ts';
import { nextStatus, type Readiness, readinessOf } from './sync-status.ts';
import { Lane, WorkQueue } from './work-queue.ts';

/** So many objects at most are worked on within the event that concerns them; more are queued. */
const AT_ONCE = 256;
/** Nor are more looked for, the same ones found again included. */
const FOUND_AT_ONCE = 4 * AT_ONCE;
/** How long clusters may take to end once they have been told to, in milliseconds. */
const STOP_MS = 5_000;
/** How long queued work may keep other events waiting, in milliseconds. */
const TURN_MS = 4;

export interface NamePipelineOptions {
  readonly clusters: readonly Cluster[];
  readonly sources: readonly Source[];
  readonly catalog: Pick<Catalog, 'put' | 'remove'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Called with the names that have changed, each once, synchronously with the event that changed them; where an event concerns more than a few
   * hundred objects (a first listing, say), in several calls over several turns of the event loop.
   */
  readonly onChanges: (changes: readonly NameChange[]) => void;
  /** Called whenever objects of a resource have changed, whether or not names do. Cheap, please. */
  readonly onObjects?: (resource: Resource) => void;
  /** Called whenever the readiness has changed. */
  readonly onReadiness?: (readiness: Readiness) => void;
  /** Called whenever the problems in force may have changed. */
  readonly onProblems?: () => void;
  /** Lets other events be handled. @default a turn of the event loop */
  readonly yieldToEvents?: () => Promise<void>;
}

/** All that belongs to one cluster. */
interface Station {
  readonly cluster: Cluster;
  readonly names: ClusterNames;
  readonly scopes: Map<string, ObservedScope>;
  /** By the resource's id. */
  readonly lastEventAt: Map<string, number>;
  /** Failed attempts, by the resource's id. */
  readonly failures: Map<string, number>;
  readonly lanes: ReadonlyMap<Source, Lane<WorkPlace>>;
}

/** Whose object is worked on, and by which source. */
interface WorkPlace {
  readonly names: ClusterNames;
  readonly source: Source;
}

/**
 * From clusters to changes of names: objects are stored, those whom a change concerns are asked again what they want, the catalog decides, and
 * the names that differ are handed on.
 *
 *     cluster ──event──► store ──tasks──► source ──desired──► catalog ──► onChanges
 *
 * An event that concerns few objects is handled at once, in the call that brings it. Otherwise the store is brought up to date at once, and the
 * objects are worked on in turns; events that come meanwhile do not wait for them, since every object is asked in the state it has by then.
 */
export class NamePipeline {
  readonly #options: NamePipelineOptions;
  readonly #problems: ProblemRegister;
  readonly #stations: readonly Station[];
  readonly #stopping = new AbortController();
  #running: readonly RunningCluster[] = [];
  readonly #queue = new WorkQueue<WorkPlace>();
  /** What has changed within a call of `together`, and how many such calls are under way. */
  #held: NameChange[] = [];
  #holding = 0;
  #drained: Promise<void> = Promise.resolve();
  #draining = false;
  #started = false;
  #readiness: Readiness = { complete: false, ready: false };
  #cancelRecheck: () => void = () => undefined;

  constructor(options: NamePipelineOptions) {
    const { clusters, sources, catalog, clock, logger, onProblems } = options;
    this.#options = options;
    const problems = new ProblemRegister({ clock, logger, ...(onProblems !== undefined && { onChange: onProblems }) });
    this.#problems = problems;
    this.#stations = clusters.map((cluster) => {
      const names = new ClusterNames({ cluster: cluster.name, sources, catalog, problems, logger });
      const lanes = new Map(sources.map((source) => [source, new Lane({ names, source })]));
      return { cluster, names, lanes, scopes: new Map(), lastEventAt: new Map(), failures: new Map() };
    });
    const names = new Set(clusters.map(({ name }) => name));
    if (names.size !== clusters.length) throw new RangeError('two clusters have one name');
  }

  /**
   * Starts all clusters.
   *
   * @throws {ClusterError} where one of them cannot be watched as it is configured; the others are stopped again then
   */
  async start(): Promise<void> {
    const { sources } = this.#options;
    const watch = { resources: resourcesOf(sources), keep: retentionOf(sources) };
    const { signal } = this.#stopping;
    const starting = this.#stations.map((station) => station.cluster.start(watch, this.#sinkOf(station), signal));
    // Not before every cluster has named its scopes: the first of them alone may well be complete.
    this.#started = true;
    this.#checkReadiness();
    const settled = await Promise.allSettled(starting);
    this.#running = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed === undefined) return;
    await this.stop();
    throw failed.reason;
  }

  /** Stops all clusters. Nothing is called any more once this has resolved, which a cluster that hangs delays by five seconds at most. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelRecheck();
    this.#queue.clear();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(STOP_MS, resolve);
    await Promise.race([Promise.all(this.#running.map(({ ended }) => ended)), late]);
    cancel();
    await this.#drained;
  }

  /** Resolves when no queued work is left. */
  async settled(): Promise<void> {
    await this.#drained;
  }

  /** Whether names that no source gives may be denied, and whether it is worth waiting. Once true, each stays true. */
  readiness(): Readiness {
    return this.#readiness;
  }

  /** Every source in every cluster. */
  statuses(): SourceStatus[] {
    const now = this.#options.clock.monotonic();
    return this.#stations.flatMap((station) =>
      this.#options.sources.map((source) => sourceStatus(source, { ...station, cluster: station.cluster.name }, now)),
    );
  }

  /** The objects of a resource in one cluster; none where no source reads any. */
  *objects<T extends StoredObject>(cluster: string, resource: Resource<T>): Generator<T> {
    if (!resourcesOf(this.#options.sources).some(({ id }) => id === resource.id)) return;
    for (const station of this.#stations) if (station.cluster.name === cluster) yield* station.names.store.all(resource);
  }

  /** The names that an object would ask for if it were not going. */
  namesOf<T extends StoredObject>(cluster: string, resource: Resource<T>, object: T): ReadonlySet<OwnerName> {
    return this.#stations.find((one) => one.cluster.name === cluster)?.names.namesOf(resource, object) ?? new Set();
  }

  /** Some of the problems in force. */
  problems(limit?: number): Problem[] {
    return this.#problems.list(limit);
  }

  /** Whether an object has problems that are only counted, and not among `problems`. @param object as `Problem.object` */
  hasMoreProblems(cluster: string, object: string): boolean {
    return this.#problems.isOnlyCounted(cluster, object);
  }

  /** Some of the names that no zone holds, of each source in each cluster; `SourceStatus.outside` says how many there are. */
  outsideNames(limit?: number): OutsideName[] {
    return this.#stations.flatMap(({ names }) => [...names.outside.list(limit)]);
  }

  /** How many problems are in force. */
  problemCount(): number {
    return this.#problems.count();
  }

  /** How many problems are in force, for each cluster and each finder. What two of them have found counts for both. */
  problemCounts(): ProblemCount[] {
    const finders = [undefined, ...this.#options.sources.map(({ kind }) => kind)];
    return this.#stations.flatMap(({ cluster: { name } }) =>
      finders.map((source) => ({ cluster: name, source, problems: this.#problems.countOf(name, source ?? '') })),
    );
  }

  #sinkOf(station: Station): ClusterSink {
    const { names, cluster, lastEventAt, failures } = station;
    const { clock } = this.#options;
    const { store } = names;
    const note = (id: string): void => void lastEventAt.set(id, clock.now());
    return {
      upserted: (resource, objects) => {
        note(resource.id);
        this.#apply(
          station,
          objects.flatMap((object) => store.put(resource, object) ?? []),
        );
      },
      listed: (scope, keys) => {
        note(scope.resource.id);
        this.#remove(station, store.retain(scope.resource, scope.namespace, keys));
      },
      deleted: (resource, keys) => {
        note(resource.id);
        this.#remove(
          station,
          keys.flatMap((key) => store.delete(resource, key) ?? []),
        );
      },
      reported: (subject, problems) => this.#problems.replace(cluster.name, subject, '', problems),
      state: (scope, state, failure) => {
        // A listing counts when its names are in the catalog, not before.
        if (this.#queue.empty) this.#setState(station, scope, state, failure);
        else this.#queue.call(() => this.#setState(station, scope, state, failure));
      },
      failed: ({ resource: { id } }) => void failures.set(id, (failures.get(id) ?? 0) + 1),
      together: (report) => this.#together(report),
    };
  }

  #together(report: () => void): void {
    this.#holding++;
    try {
      report();
    } finally {
      this.#holding--;
      if (this.#holding === 0) {
        const held = this.#held;
        this.#held = [];
        this.#deliver(held);
      }
    }
  }

  /** What is gone gives way to what has come before it and still waits, lest a name that both ask for be gone in between. */
  #remove(station: Station, changes: readonly ObjectChange[]): void {
    if (changes.length === 0) return;
    if (this.#queue.empty) this.#apply(station, changes);
    else {
      this.#tellObjects(changes);
      this.#enqueue(station, station.names.concernedBy(changes));
    }
  }

  #apply(station: Station, changes: readonly ObjectChange[]): void {
    if (changes.length === 0) return;
    this.#tellObjects(changes);
    const concerned = station.names.concernedBy(changes);
    const tasks = collectTasks(concerned);
    if (tasks === undefined) {
      this.#enqueue(station, concerned);
      return;
    }
    const changed: NameChange[] = [];
    for (const task of tasks) {
      station.lanes.get(task.source)?.drop(task.key);
      for (const change of station.names.perform(task)) changed.push(change);
    }
    this.#deliver(changed);
  }

  #tellObjects(changes: readonly ObjectChange[]): void {
    const { onObjects } = this.#options;
    if (onObjects !== undefined) for (const resource of new Set(changes.map((change) => change.resource))) onObjects(resource);
  }

  #enqueue({ lanes }: Station, concerned: readonly Concerned[]): void {
    for (const { source, name, keys } of concerned) {
      const lane = lanes.get(source);
      if (lane !== undefined) this.#queue.put(lane, name, keys);
    }
    if (this.#draining) return;
    this.#draining = true;
    this.#drained = this.#drain();
  }

  async #drain(): Promise<void> {
    const { clock, yieldToEvents = turn } = this.#options;
    while (!this.#queue.empty) {
      await yieldToEvents();
      const end = clock.monotonic() + TURN_MS;
      let changed: NameChange[] = [];
      for (let work = this.#queue.take(); work !== undefined; work = this.#queue.take()) {
        if (typeof work === 'function') {
          // Whoever hears that a source is complete must have its names by then.
          this.#deliver(changed);
          changed = [];
          work();
        } else {
          const { owner, key } = work;
          for (const change of owner.names.perform({ source: owner.source, key })) changed.push(change);
        }
        if (clock.monotonic() >= end) break;
      }
      this.#deliver(changed);
    }
    this.#draining = false;
  }

  #deliver(changes: readonly NameChange[]): void {
    if (changes.length === 0 || this.#stopping.signal.aborted) return;
    if (this.#holding > 0) {
      for (const change of changes) this.#held.push(change);
      return;
    }
    try {
      this.#options.onChanges(coalesceChanges(changes));
    } catch (error) {
      this.#options.logger.error('names have changed, but the change was not taken over', { names: changes.length, error });
    }
  }

  #setState(station: Station, scope: Scope, state: SyncState, failure: ScopeFailure | undefined): void {
    const { clock, logger } = this.#options;
    const name = nameScope(scope);
    const before = station.scopes.get(name)?.status;
    const at = { now: clock.now(), monotonic: clock.monotonic() };
    station.scopes.set(name, { scope, status: nextStatus(before, state, failure, at) });
    this.#settle(station);
    if (before?.state === state && before.failure?.code === failure?.code) {
      // The same again, in other words perhaps: no news for the log.
      this.#checkReadiness();
      return;
    }
    const fields = { cluster: station.cluster.name, scope: name, state, ...(failure === undefined ? {} : { failure }) };
    if (failure !== undefined) logger.warn('a part of the cluster is not watched', fields);
    else if (state === 'synced') logger.info('a part of the cluster is known', fields);
    this.#checkReadiness();
  }

  /** What a source misses is missing only when all that it reads is known: until then nobody is told of it. */
  #settle(station: Station): void {
    const { names, scopes } = station;
    for (const source of this.#options.sources) {
      if (names.isSettled(source) || !isComplete(source, scopes.values())) continue;
      const waiting = names.settle(source);
      if (waiting.length > 0) this.#enqueue(station, [{ source, name: undefined, keys: () => waiting }]);
    }
  }

  #checkReadiness(): void {
    if (!this.#started || this.#stopping.signal.aborted) return;
    const { clock, logger, onReadiness } = this.#options;
    const needed = this.#options.sources.flatMap((source) => scopesNeeded(source));
    const statuses = this.#stations.flatMap(({ scopes }) =>
      [...scopes.values()].flatMap((observed) => (isNeeded(observed, needed) ? observed.status : [])),
    );
    const { complete, ready, recheckAfterMs } = readinessOf(statuses, clock.monotonic());
    this.#cancelRecheck();
    if (recheckAfterMs !== undefined) this.#cancelRecheck = clock.after(recheckAfterMs, () => this.#checkReadiness());
    const before = this.#readiness;
    // What was complete stays so: names that are known stay known, whatever becomes of the cluster.
    this.#readiness = { complete: before.complete || complete, ready: before.ready || ready };
    if (before.complete === this.#readiness.complete && before.ready === this.#readiness.ready) return;
    try {
      onReadiness?.(this.#readiness);
    } catch (error) {
      logger.error('the readiness has changed, but the change was not taken over', { ...this.#readiness, error });
    }
  }
}

/** All whom changes concern, each once; undefined where they are many. */
function collectTasks(concerned: readonly Concerned[]): Task[] | undefined {
  const tasks: Task[] = [];
  const known = new Map<Source, Set<ObjectKey>>();
  let found = 0;
  for (const { source, keys } of concerned) {
    let seen = known.get(source);
    if (seen === undefined) known.set(source, (seen = new Set()));
    for (const key of keys()) {
      // Found again and again is as bad as many.
      if (++found > FOUND_AT_ONCE) return undefined;
      if (seen.has(key)) continue;
      seen.add(key);
      tasks.push({ source, key });
      if (tasks.length > AT_ONCE) return undefined;
    }
  }
  return tasks;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
