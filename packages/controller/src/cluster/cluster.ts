import type { ObjectKey, Resource, Retention, StoredObject } from '../resources/resource.ts';
import type { ApiWriter } from './kubernetes/api-writer.ts';
import type { LocalProblem, Subject } from './problem.ts';

/**
 * A place where objects come from: a Kubernetes API server, or a folder of manifests.
 *
 * Level-based: what counts is the state that the sink has been brought to, never how. An implementation goes on for ever, whatever fails.
 */
export interface Cluster {
  /** The configured name; unique in a process. */
  readonly name: string;
  /** Requests other than watching, with the same credentials. Absent where there is no API to write to: manifests. */
  readonly writer?: ApiWriter;
  /**
   * Begins to watch, and resolves when that is under way: for a folder of manifests, when it has been read; for an API server, when the
   * credentials have been read, whether or not the server can be reached.
   *
   * Calls `sink.state` with `syncing` for every scope before it first waits for anything, so that nobody takes a cluster that has not
   * been looked at for an empty one. Calls the sink no more once the signal is aborted.
   *
   * @throws {ClusterError} where the configuration is wrong, so that waiting would not help
   */
  start(watch: ClusterWatch, sink: ClusterSink, signal: AbortSignal): Promise<RunningCluster>;
}

/** What is asked of a cluster. */
export interface ClusterWatch {
  readonly resources: readonly Resource[];
  readonly keep: Retention;
}

/** A cluster that has been started. */
export interface RunningCluster {
  /** Resolves once the signal is aborted and everything is closed. Never rejects. */
  readonly ended: Promise<void>;
}

/** What one listing covers: a resource everywhere, or in one namespace. */
export interface Scope {
  readonly resource: Resource;
  /** Undefined: everywhere. */
  readonly namespace?: string;
}

/**
 * Where a scope stands.
 *
 * `syncing`: nothing is known yet. `synced`: all is known, and changes are followed. `absent`: the API says that it has no such resource, or
 * that we may not read it. `failing`: the API cannot be reached or does not answer as it should. What was known stays known throughout, but for a resource
 * that is gone for good, which is told by an empty listing.
 */
export type SyncState = 'syncing' | 'synced' | 'absent' | 'failing';

/** Where a cluster reports what it finds. All calls are synchronous; the order of calls is the order of events. */
export interface ClusterSink {
  /** Some objects are new or have changed, or are as they were: whoever lists again passes on all there is. */
  upserted(resource: Resource, objects: readonly StoredObject[]): void;
  /** Some objects are gone. Takes effect after whatever was upserted before: see `listed`. */
  deleted(resource: Resource, keys: readonly ObjectKey[]): void;
  /**
   * A listing of a scope is complete: what the scope holds and the listing did not is gone.
   *
   * Removals come last, and all at once, so that a name that passes from one object to another has somebody who asks for it at every moment; and what is
   * found is known (and served) as soon as it is read.
   *
   * @param keys all that was listed, objects whose content cannot be used included: what is known of those stays
   */
  listed(scope: Scope, keys: ReadonlySet<ObjectKey>): void;
  /** What is wrong with an object or file, in place of what was said of it before; nothing, if it is in order. */
  reported(subject: Subject, problems: readonly LocalProblem[]): void;
  /** A scope's state has changed. `failure` says why, for `absent` and `failing`. */
  state(scope: Scope, state: SyncState, failure?: ScopeFailure): void;
  /** One more attempt to read a scope has failed; counted. Whether that changes the scope's state is told by `state`. */
  failed(scope: Scope): void;
  /** Makes one event of all that is reported within the call: each name changes once, and all names at the same moment. */
  together(report: () => void): void;
}

/** Why a scope is not synced. */
export interface ScopeFailure {
  /** Stable. */
  readonly code: string;
  /** For a person; without secrets. */
  readonly message: string;
}

/** A scope in one string: `services`, `services in team-a`. */
export function nameScope(scope: Scope): string {
  return scope.namespace === undefined ? scope.resource.id : `${scope.resource.id} in ${scope.namespace}`;
}

/** Why a cluster cannot be watched as it is configured. */
export type ClusterErrorCode =
  /** No kubeconfig was found where one is said or usually to be. */
  | 'KUBECONFIG_NOT_FOUND'
  /** The kubeconfig is malformed, or has no such context, cluster or user. */
  | 'KUBECONFIG_INVALID'
  /** The folder of manifests does not exist, is no folder, or cannot be read. */
  | 'MANIFESTS_UNREADABLE'
  /** The folder holds no file of manifests. At the start an error; later what was known stays in force, and the cluster is `failing`. */
  | 'MANIFESTS_EMPTY';

/** The configuration of a cluster is wrong: for the person who wrote it. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
