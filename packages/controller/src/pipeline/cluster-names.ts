import type { Catalog, Logger, NameChange, Origin, OwnerName } from '@kubezone/core';

import { DELETION_POLICY_ANNOTATION, readDeletionPolicy } from '../annotations/deletion-policy.ts';
import { messageOf } from '../cluster/message-of.ts';
import { type LocalProblem, restsOnOthers } from '../cluster/problem.ts';
import { keyOf, nameObject, type ObjectKey, type Resource, type Retention, type StoredObject } from '../resources/resource.ts';
import type { Dependency, Source } from '../sources/source.ts';
import { type ObjectChange, type ObjectIndex, ObjectStore } from '../store/object-store.ts';
import { type FieldPaths, joinPaths } from '../template/field-paths.ts';
import { OutsideRegister } from './outside-register.ts';
import type { ProblemRegister } from './problem-register.ts';
import type { SourceStatus } from './source-status.ts';

/** One object of one source: the unit of work. */
export interface Task {
  readonly source: Source;
  readonly key: ObjectKey;
}

/** Objects of a source whom changes concern. */
export interface Concerned {
  readonly source: Source;
  /** The same for all changes of one object, where few have changed at once. */
  readonly name: string | undefined;
  /** Finds them, one by one, in the store as it is when it is asked; some perhaps twice. */
  readonly keys: () => Iterable<ObjectKey>;
}

/** Up to so many changes are followed each by itself. */
const FEW = 128;
/** Of an object that asks for nothing there is nothing to keep that it has not said before. */
const ASKS_NOTHING: ReturnType<typeof readDeletionPolicy> = { retain: false };

/** What is needed to turn objects into names. */
export interface ClusterNamesOptions {
  /** The cluster's configured name. */
  readonly cluster: string;
  readonly sources: readonly Source[];
  readonly catalog: Pick<Catalog, 'put' | 'remove'>;
  readonly problems: ProblemRegister;
  readonly logger: Logger;
}

/** The objects of one cluster, and what they contribute to the catalog. */
export class ClusterNames {
  readonly store: ObjectStore;
  /** What they ask for outside all zones. */
  readonly outside: OutsideRegister;
  readonly #options: ClusterNamesOptions;
  /** Who contributes something at present. */
  readonly #contributing = new Map<Source, Map<ObjectKey, Origin>>();
  readonly #faults = new Map<Source, number>();
  /** Of sources that do not know all yet, the objects with problems that nobody has been told of. */
  readonly #unsettled = new Map<Source, Set<ObjectKey>>();

  constructor(options: ClusterNamesOptions) {
    this.#options = options;
    for (const source of options.sources) {
      this.#contributing.set(source, new Map());
      this.#unsettled.set(source, new Set());
    }
    this.store = new ObjectStore(resourcesOf(options.sources), indexesOf(options.sources));
    this.outside = new OutsideRegister({ cluster: options.cluster, store: this.store, logger: options.logger });
  }

  /** Whom changes of the store concern; and reports what is wrong with the changed objects as far as others look at them. */
  concernedBy(changes: readonly ObjectChange[]): Concerned[] {
    const concerned: Concerned[] = [];
    for (const source of this.#options.sources) {
      const own = changes.filter(({ resource }) => resource === source.resource);
      if (own.length > 0) concerned.push({ source, name: undefined, keys: () => own.map(({ key }) => key) });
      for (const dependency of source.reads) {
        const seen = changes.filter(
          (change) => change.resource === dependency.resource && this.#isSeen(source, dependency, change),
        );
        if (seen.length === 0) continue;
        const keysOf = (some: readonly ObjectChange[]) => () => this.#follow(dependency, some);
        if (seen.length > FEW) concerned.push({ source, name: undefined, keys: keysOf(seen) });
        else {
          for (const change of seen) {
            const name = [this.#options.cluster, source.kind, dependency.resource.id, change.key].join('\n');
            concerned.push({ source, name, keys: keysOf([change]) });
          }
        }
      }
    }
    return concerned;
  }

  /** Brings the catalog up to date with one object, whatever became of it. */
  perform({ source, key }: Task): readonly NameChange[] {
    const { cluster, catalog, problems, logger } = this.#options;
    const subject = { kind: 'object', resource: source.resource, key } as const;
    const contributing = this.#contributing.get(source);
    const object = this.store.get(source.resource, key);
    const standing = contributing?.get(key);
    if (object === undefined) {
      problems.replace(cluster, subject, source.kind, []);
      this.outside.replace(source, key, undefined);
      contributing?.delete(key);
      return standing === undefined ? [] : catalog.remove(standing);
    }
    try {
      const { desired, problems: found, outside } = source.desire(object, this.store);
      const { retain, problem } = desired.length === 0 ? ASKS_NOTHING : readDeletionPolicy(object);
      const all = problem === undefined ? found : [...found, problem];
      problems.replace(cluster, subject, source.kind, this.#tellable(source, key, all));
      this.outside.replace(source, key, outside);
      if (desired.length === 0 && standing === undefined) return [];
      const origin = originOf(cluster, source, object, retain, standing);
      if (desired.length > 0) contributing?.set(key, origin);
      else contributing?.delete(key);
      return catalog.put(origin, desired);
    } catch (error) {
      // No object may stop the others, not even one that a source was not made for.
      this.#faults.set(source, this.faults(source) + 1);
      const message = `source ${source.kind} failed on it: ${messageOf(error)}`;
      problems.replace(cluster, subject, source.kind, [{ code: 'SOURCE_FAULT', message }]);
      logger.error('a source failed on an object', { source: source.kind, object: nameObject(source.resource, key), error });
      return [];
    }
  }

  /** The names that an object would ask for if it were not going. */
  namesOf<T extends StoredObject>(resource: Resource<T>, object: T): ReadonlySet<OwnerName> {
    const names = new Set<OwnerName>();
    for (const source of this.#options.sources) {
      if (source.resource.id !== resource.id) continue;
      try {
        for (const { owner } of source.desire({ ...object, deleting: false }, this.store).desired) names.add(owner);
      } catch {
        // It was told when the object came.
      }
    }
    return names;
  }

  /** Whether all that a source reads is known, and so also what is missing. */
  isSettled(source: Source): boolean {
    return !this.#unsettled.has(source);
  }

  /** From now on all that a source reads is known. Returns the objects that it has to be asked about again. */
  settle(source: Source): readonly ObjectKey[] {
    const waiting = this.#unsettled.get(source) ?? [];
    this.#unsettled.delete(source);
    return [...waiting];
  }

  #tellable(source: Source, key: ObjectKey, found: readonly LocalProblem[]): readonly LocalProblem[] {
    const waiting = this.#unsettled.get(source);
    if (waiting === undefined) return found;
    const told = found.filter(({ code }) => !restsOnOthers(code));
    if (told.length < found.length) waiting.add(key);
    else waiting.delete(key);
    return told;
  }

  /** How often a source has failed on an object. */
  faults(source: Source): number {
    return this.#faults.get(source) ?? 0;
  }

  /** How many objects a source has looked at, how many of them ask for a name, and how many names it has found outside all zones. */
  counts(source: Source): Pick<SourceStatus, 'objects' | 'contributing' | 'outside'> {
    return {
      objects: this.store.count(source.resource),
      contributing: this.#contributing.get(source)?.size ?? 0,
      outside: this.outside.count(source),
    };
  }

  #isSeen(source: Source, dependency: Dependency, { resource, key, before, after }: ObjectChange): boolean {
    if (dependency.inspect !== undefined) {
      const found = after === undefined ? [] : dependency.inspect(after);
      this.#options.problems.replace(this.#options.cluster, { kind: 'object', resource, key }, source.kind, found);
    }
    return before === undefined || after === undefined || dependency.differs?.(before, after) !== false;
  }

  *#follow(dependency: Dependency, changes: readonly ObjectChange[]): Generator<ObjectKey> {
    for (const { before, after } of changes) {
      if (before !== undefined) yield* dependency.concerns(before, this.store);
      if (after !== undefined) yield* dependency.concerns(after, this.store);
    }
  }
}

/** Every resource that some source reads, each once. */
export function resourcesOf(sources: readonly Source[]): Resource[] {
  return [...new Set(sources.flatMap((source) => scopesRead(source)))];
}

/** The resources that a source reads, its own first. */
export function scopesRead(source: Source): Resource[] {
  return [source.resource, ...source.reads.map((dependency) => dependency.resource)];
}

/** Those of them without which it is not complete. */
export function scopesNeeded(source: Source): Resource[] {
  return [source.resource, ...source.reads.flatMap(({ resource, optional }) => (optional === true ? [] : resource))];
}

/** What of the objects' metadata is kept for the sources. */
export function retentionOf(sources: readonly Source[]): Retention {
  const labels = joinLabels(sources.map((source) => source.labels ?? []));
  return {
    annotations: new Set([...sources.flatMap((source) => source.annotations), DELETION_POLICY_ANNOTATION]),
    annotationPrefixes: [...new Set(sources.flatMap((source) => source.annotationPrefixes ?? []))],
    labels,
    labelsOf: labelsKept(sources, labels),
    fields: fieldsKept(sources),
  };
}

/** By the id of a resource that dependencies read, the labels that are kept of its objects, those of all objects among them. */
function labelsKept(sources: readonly Source[], common: Retention['labels']): ReadonlyMap<string, Retention['labels']> {
  const reading = sources.flatMap(({ reads }) => reads.filter(({ labels }) => labels !== undefined));
  const byResource = Map.groupBy(reading, ({ resource }) => resource.id);
  const joined = Array.from(
    byResource,
    ([id, some]) => [id, joinLabels([common, ...some.map(({ labels = [] }) => labels)])] as const,
  );
  return new Map(joined);
}

function joinLabels(some: readonly ('all' | Iterable<string>)[]): Retention['labels'] {
  const names = new Set<string>();
  for (const one of some) {
    if (one === 'all') return 'all';
    for (const name of one) names.add(name);
  }
  return names;
}

/** By the id of the resource, what the templates of all its sources read. */
function fieldsKept(sources: readonly Source[]): ReadonlyMap<string, FieldPaths> {
  const reading = sources.filter(({ fields }) => fields !== undefined);
  const byResource = Map.groupBy(reading, ({ resource }) => resource.id);
  return new Map(Array.from(byResource, ([id, some]) => [id, joinPaths(some.flatMap(({ fields }) => fields ?? []))]));
}

function indexesOf(sources: readonly Source[]): ObjectIndex[] {
  return [...new Set(sources.flatMap((source) => source.indexes))];
}

function originOf(
  cluster: string,
  { kind, resource }: Source,
  object: StoredObject,
  retain: boolean,
  standing: Origin | undefined,
): Origin {
  const { namespace, createdAt } = object;
  // One object in memory per origin, not one per event.
  if (standing?.createdAt === createdAt && (standing.retain ?? false) === retain) return standing;
  const origin = { source: kind, cluster, namespace, object: nameObject(resource, keyOf(object)), createdAt };
  return retain ? { ...origin, retain } : origin;
}
