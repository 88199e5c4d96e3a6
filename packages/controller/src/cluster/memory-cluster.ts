import { projectObject, readKey } from '../resources/project-object.ts';
import type { Resource } from '../resources/resource.ts';
import type { Cluster, ClusterSink, ClusterWatch, RunningCluster } from './cluster.ts';
import { problemOf } from './problem.ts';
import { recogniseObjects } from './recognise-object.ts';

/**
 * A cluster whose objects a program gives it, as they stand in manifests: for tests, for benchmarks, and for programs that know their objects
 * from elsewhere.
 */
export class MemoryCluster implements Cluster {
  readonly name: string;
  #watch: ClusterWatch = { resources: [], keep: { annotations: new Set(), annotationPrefixes: [], labels: new Set() } };
  #sink: ClusterSink | undefined;
  /** What was put before the start. */
  #early: unknown[] = [];

  constructor(name: string) {
    this.name = name;
  }

  start(watch: ClusterWatch, sink: ClusterSink, signal: AbortSignal): Promise<RunningCluster> {
    this.#watch = watch;
    this.#sink = sink;
    for (const resource of watch.resources) sink.state({ resource }, 'syncing');
    for (const manifest of this.#early) this.put(manifest);
    this.#early = [];
    const ended = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        this.#sink = undefined;
        resolve();
      });
    });
    return Promise.resolve({ ended });
  }

  /** Says that all objects there are have been put. */
  synced(): void {
    for (const resource of this.#watch.resources) this.#sink?.state({ resource }, 'synced');
  }

  /** Adds an object, or the objects of a list, in the place of those of the same name. Kinds that nobody asks for are passed over. */
  put(manifest: unknown): void {
    const sink = this.#sink;
    if (sink === undefined) {
      this.#early.push(manifest);
      return;
    }
    for (const { resource, raw } of recogniseObjects(manifest, this.#watch.resources).objects) this.#take(resource, raw, sink);
  }

  /** Removes an object, of which the kind and the name suffice. */
  delete(manifest: unknown): void {
    for (const { resource, raw } of recogniseObjects(manifest, this.#watch.resources).objects) {
      const key = readKey(resource, raw);
      if (key !== undefined) this.#sink?.deleted(resource, [key]);
    }
  }

  #take(resource: Resource, raw: unknown, sink: ClusterSink): void {
    const projected = projectObject(resource, raw, this.#watch.keep);
    if (projected.kind === 'malformed') {
      const { key } = projected.fault;
      sink.reported(key === undefined ? { kind: 'nameless', resource } : { kind: 'object', resource, key }, [
        problemOf(projected.fault),
      ]);
      return;
    }
    const key = readKey(resource, raw);
    if (key !== undefined) sink.reported({ kind: 'object', resource, key }, []);
    if (projected.kind === 'object') sink.upserted(resource, [projected.object]);
    else sink.deleted(resource, [projected.key]);
  }
}
