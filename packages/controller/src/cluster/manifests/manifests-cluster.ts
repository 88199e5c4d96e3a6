import type { Clock, Logger } from '@kubezone/core';

import { type Cluster, ClusterError, type ClusterSink, type ClusterWatch, type RunningCluster } from '../cluster.ts';
import { messageOf } from '../message-of.ts';
import { FolderAlarm } from './folder-alarm.ts';
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
  #failing = false;

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
      throw new ClusterError('MANIFESTS_EMPTY', `the folder of manifests ${folder} holds no file *.yaml, *.yml or *.json`);
    }
    // Before reading: what is edited meanwhile must ring the alarm.
    this.#alarm.watchFolders(scan.folders);
    const reports: ManifestChanges['reports'][] = [];
    for (const [file, stamp] of scan.files) reports.push((await this.#read(file, stamp)).reports);
    if (signal.aborted) return;
    for (const resource of this.#watch.resources) this.#sink.upserted(resource, [...this.#set.objects(resource)]);
    for (const report of reports) this.#report(report);
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
      this.#setFailing(`cannot read the folder of manifests ${folder}: ${messageOf(error)}`);
      return false;
    }
    if (signal.aborted) return false;
    try {
      this.#alarm.watchFolders(scan.folders);
      this.#reportUnreadable(scan);
      const changes: ManifestChanges[] = [];
      for (const [file, stamp] of this.#settledFiles(scan)) {
        changes.push(stamp === '' ? this.#drop(file) : await this.#read(file, stamp));
      }
      if (signal.aborted) return false;
      this.#pass(joinChanges(changes));
      this.#setFailing(undefined);
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
    return result.kind === 'read' ? this.#set.update(file, result.content) : this.#set.reject(file, result.problem);
  }

  #drop(file: string): ManifestChanges {
    this.#files.delete(file);
    return this.#set.update(file, undefined);
  }

  #pass({ upserted, deleted, reports }: ManifestChanges): void {
    for (const { resource, object } of upserted) this.#sink.upserted(resource, [object]);
    for (const { resource, key } of deleted) this.#sink.deleted(resource, key);
    this.#report(reports);
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

  #setFailing(message: string | undefined): void {
    if (message === undefined && !this.#failing) return;
    this.#failing = message !== undefined;
    for (const resource of this.#watch.resources) {
      if (message === undefined) this.#sink.state({ resource }, 'synced');
      else this.#sink.state({ resource }, 'failing', { code: 'MANIFESTS_UNREADABLE', message });
    }
  }
}

/** Whether a file was written so shortly ago that another write may leave the same stamp: file systems tell time in steps of some milliseconds. */
function isFresh(stamp: string, now: number): boolean {
  const mtimeMs = Number(BigInt(stamp.split(':')[3] ?? '0') / 1_000_000n);
  return now - mtimeMs < SETTLE_MS;
}
