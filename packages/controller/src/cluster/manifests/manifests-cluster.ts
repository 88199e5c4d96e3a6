import { setImmediate } from 'node:timers/promises';

import type { Clock, Logger } from '@kubezone/core';

import type { Resource } from '../../resources/resource.ts';
import {
  type Cluster,
  ClusterError,
  type ClusterSink,
  type ClusterWatch,
  type RunningCluster,
  type ScopeFailure,
} from '../cluster.ts';
import { FolderAlarm } from '../folder-alarm.ts';
import { messageOf } from '../message-of.ts';
import { joinChanges, type ManifestChanges, ManifestSet } from './manifest-set.ts';
import { type DocumentCache, readManifest } from './read-manifest.ts';
import { type FolderScan, scanFolder } from './scan-folder.ts';

export interface ManifestsClusterOptions {
  /** The configured name. @default manifests */
  readonly name?: string;
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A folder is looked at this often, in milliseconds, even where the operating system reports nothing. */
const LOOK_EVERY_MS = 500;
/** A look at a very large folder may take this part of the time at most. */
const LOOK_SHARE = 0.05;
/** A file must stay as it is for so long before it is read, in milliseconds: editors write in several steps, some by way of an empty or missing file. */
const SETTLE_MS = 75;
/** So many changed objects are passed on as one event; more in portions of as many, between which other events pass. */
const PORTION = 512;

/** A file, and how far it is known. */
interface Known {
  /** The version that was read last; empty where it has to be read again in any case. */
  stamp: string;
  cache: DocumentCache;
  /** Another version that was seen, and since when; an empty one means that the file was missing. */
  pending: { readonly stamp: string; readonly since: number } | undefined;
}

/** A folder of manifests in place of an API server. See `ManifestSet` for what counts where files disagree or are broken. */
export function manifestsCluster(options: ManifestsClusterOptions): Cluster {
  const { name = 'manifests' } = options;
  return {
    name,
    async start(watch: ClusterWatch, sink: ClusterSink, signal: AbortSignal): Promise<RunningCluster> {
      for (const resource of watch.resources) sink.state({ resource }, 'syncing');
      const follower = new FolderFollower(options, watch, sink);
      await follower.begin(signal);
      return { ended: follower.follow(signal) };
    },
  };
}

class FolderFollower {
  readonly #options: ManifestsClusterOptions;
  readonly #watch: ClusterWatch;
  readonly #sink: ClusterSink;
  readonly #set = new ManifestSet();
  readonly #files = new Map<string, Known>();
  readonly #alarm: FolderAlarm;
  #unreadable = new Set<string>();
  #failure: ScopeFailure | undefined;

  constructor(options: ManifestsClusterOptions, watch: ClusterWatch, sink: ClusterSink) {
    this.#options = options;
    this.#watch = watch;
    this.#sink = sink;
    this.#alarm = new FolderAlarm(options.clock, options.logger);
  }

  /** Reads the folder for the first time. */
  async begin(signal: AbortSignal): Promise<void> {
    const { folder } = this.#options;
    let scan: FolderScan;
    try {
      scan = await scanFolder(folder);
    } catch (error) {
      const message = `cannot read the folder of manifests ${folder}: ${messageOf(error)}`;
      throw new ClusterError('MANIFESTS_UNREADABLE', message, { cause: error });
    }
    if (scan.files.size === 0) {
      throw new ClusterError('MANIFESTS_EMPTY', emptyMessage(folder));
    }
    // Before reading: what is edited meanwhile must ring the alarm.
    this.#alarm.watchFolders(scan.folders);
    const reports: ManifestChanges['reports'][] = [];
    for (const [file, stamp] of scan.files) reports.push((await this.#read(file, stamp)).reports);
    const upserted = this.#watch.resources.flatMap((resource) =>
      Array.from(this.#set.objects(resource), (object) => ({ resource, object })),
    );
    await this.#pass({ upserted, deleted: [], reports: new Map(reports.flatMap((report) => [...report])) }, signal);
    if (signal.aborted) return;
    this.#reportUnreadable(scan);
    for (const resource of this.#watch.resources) this.#sink.state({ resource }, 'synced');
  }

  /** Goes on until the signal is aborted. Never rejects. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let waitMs = SETTLE_MS;
    while (!signal.aborted) {
      await this.#alarm.wait(waitMs, signal);
      const started = clock.monotonic();
      const unsettled = await this.#look(signal);
      waitMs = unsettled ? SETTLE_MS : Math.max(LOOK_EVERY_MS, (clock.monotonic() - started) / LOOK_SHARE);
    }
    this.#alarm.close();
  }

  /** Brings everything up to date. Tells whether some file has to be looked at again soon. */
  async #look(signal: AbortSignal): Promise<boolean> {
    const { folder, logger } = this.#options;
    let scan: FolderScan;
    try {
      scan = await scanFolder(folder);
    } catch (error) {
      this.#fail({ code: 'MANIFESTS_UNREADABLE', message: `cannot read the folder of manifests ${folder}: ${messageOf(error)}` });
      return false;
    }
    if (signal.aborted) return false;
    try {
      this.#alarm.watchFolders(scan.folders);
      this.#reportUnreadable(scan);
      if (scan.files.size === 0) {
        // A file system that is not mounted, far more often than somebody who wants no names at all.
        this.#fail({ code: 'MANIFESTS_EMPTY', message: `${emptyMessage(folder)} any more; what was known stays` });
        return false;
      }
      const changes: ManifestChanges[] = [];
      for (const [file, stamp] of this.#settledFiles(scan)) {
        changes.push(stamp === '' ? this.#drop(file) : await this.#read(file, stamp));
      }
      if (signal.aborted) return false;
      await this.#pass(joinChanges(changes), signal);
      if (signal.aborted) return false;
      this.#recover();
    } catch (error) {
      logger.error('reading manifests failed by a defect of this program', { folder, error });
    }
    return [...this.#files.values()].some(({ pending, stamp }) => pending !== undefined || stamp === '');
  }

  /** The files that have changed and are no longer being written; with an empty stamp those that are gone. */
  #settledFiles({ files, unreadable }: FolderScan): [file: string, stamp: string][] {
    const now = this.#options.clock.monotonic();
    const hidden = (file: string): boolean => [...unreadable.keys()].some((path) => file === path || file.startsWith(`${path}/`));
    for (const file of files.keys()) {
      if (!this.#files.has(file)) this.#files.set(file, { stamp: 'unread', cache: new Map(), pending: undefined });
    }
    const settled: [string, string][] = [];
    for (const [file, known] of this.#files) {
      const stamp = files.get(file) ?? '';
      if (stamp === known.stamp && stamp !== '') {
        known.pending = undefined;
      } else if (stamp !== '' || !hidden(file)) {
        if (known.pending?.stamp !== stamp) known.pending = { stamp, since: now };
        else if (now - known.pending.since >= SETTLE_MS) settled.push([file, stamp]);
      }
    }
    return settled;
  }

  async #read(file: string, stamp: string): Promise<ManifestChanges> {
    const known = this.#files.get(file);
    const result = await readManifest(file, this.#watch, known?.cache ?? new Map());
    if (result.kind === 'gone') return { upserted: [], deleted: [], reports: new Map() };
    const cache = result.kind === 'read' ? result.cache : (known?.cache ?? new Map<never, never>());
    this.#files.set(file, { stamp: isFresh(stamp, this.#options.clock.now()) ? '' : stamp, cache, pending: undefined });
    if (result.kind === 'refused') return this.#set.reject(file, result.problem);
    if (result.blank && this.#set.holds(file)) {
      // The shell empties a file before it runs the program that is to fill it.
      const message = 'found an empty file, expected the objects that it held: remove the file if they are to go';
      return this.#set.reject(file, { code: 'MANIFEST_BLANK', file, message });
    }
    return this.#set.update(file, result.content);
  }

  #drop(file: string): ManifestChanges {
    this.#files.delete(file);
    return this.#set.update(file, undefined);
  }

  /** Passes changes on, additions first. */
  async #pass({ upserted, deleted, reports }: ManifestChanges, signal: AbortSignal): Promise<void> {
    const calls = [
      ...portions(upserted).map(([resource, some]) => () => {
        this.#sink.upserted(
          resource,
          some.map(({ object }) => object),
        );
      }),
      ...portions(deleted).map(([resource, some]) => () => {
        this.#sink.deleted(
          resource,
          some.map(({ key }) => key),
        );
      }),
    ];
    if (upserted.length + deleted.length <= PORTION) {
      if (!signal.aborted) this.#sink.together(() => calls.forEach((call) => call()));
    } else {
      for (const call of calls) {
        if (signal.aborted) return;
        call();
        await setImmediate();
      }
    }
    if (!signal.aborted) this.#report(reports);
  }

  #report(reports: ManifestChanges['reports']): void {
    for (const [file, problems] of reports) this.#sink.reported({ kind: 'file', file }, problems);
  }

  #reportUnreadable({ unreadable }: FolderScan): void {
    for (const [file, message] of unreadable)
      this.#sink.reported({ kind: 'file', file }, [{ code: 'MANIFEST_UNREADABLE', file, message }]);
    for (const file of this.#unreadable)
      if (!unreadable.has(file) && !this.#files.has(file)) this.#sink.reported({ kind: 'file', file }, []);
    this.#unreadable = new Set(unreadable.keys());
  }

  #fail(failure: ScopeFailure): void {
    // Nothing is known of what happens meanwhile: a file that is missing when the folder is back may be the next to be put there.
    for (const known of this.#files.values()) known.pending = undefined;
    const news = failure.message !== this.#failure?.message;
    this.#failure = failure;
    for (const resource of this.#watch.resources) {
      this.#sink.failed({ resource });
      if (news) this.#sink.state({ resource }, 'failing', failure);
    }
  }

  #recover(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    for (const resource of this.#watch.resources) this.#sink.state({ resource }, 'synced');
  }
}

function emptyMessage(folder: string): string {
  return `the folder of manifests ${folder} holds no file *.yaml, *.yml or *.json`;
}

/** Cuts changes into portions of one resource each, in order. */
function portions<T extends { readonly resource: Resource }>(changes: readonly T[]): [Resource, T[]][] {
  const open = new Map<Resource, T[]>();
  const all: [Resource, T[]][] = [];
  for (const change of changes) {
    let portion = open.get(change.resource);
    if (portion === undefined || portion.length === PORTION) {
      portion = [];
      open.set(change.resource, portion);
      all.push([change.resource, portion]);
    }
    portion.push(change);
  }
  return all;
}

/**
 * Whether a file was written so shortly ago that another write may leave the same stamp: file systems tell time in steps of some milliseconds. By
 * the time of change, which unlike that of modification nobody can set, to the future for instance.
 */
function isFresh(stamp: string, now: number): boolean {
  const changedMs = Number(BigInt(stamp.split(':')[4] ?? '0') / 1_000_000n);
  return now >= changedMs && now - changedMs < SETTLE_MS;
}
