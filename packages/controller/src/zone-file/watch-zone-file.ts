import { dirname } from 'node:path';

import type { Clock, Diagnostic, Logger, ZoneView } from '@kubezone/core';

import { FolderAlarm } from '../cluster/folder-alarm.ts';
import { nap } from '../cluster/nap.ts';
import { fingerprintOf } from './file-fingerprint.ts';
import { type LoadedZoneFile, loadZoneFile, type ZoneFileSource } from './load-zone-file.ts';

/** What a zone file says now, and what to serve of it. */
export interface ZoneFileVersion<Z extends ZoneView> {
  /**
   * - `good`: nothing is wrong, but perhaps for warnings.
   * - `partial`: records are left out, and there was no good version before: what could be read is to be served, if there is a SOA.
   * - `kept`: this version has errors, and there was a good one, which is to be served on.
   */
  readonly state: 'good' | 'partial' | 'kept';
  /** What could be read of this version; undefined where it has no SOA. Belongs to whoever is told. */
  readonly zone: Z | undefined;
  /** Of this version. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How to watch a zone file. */
export interface ZoneFileWatchOptions<Z extends ZoneView> extends ZoneFileSource<Z> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called for the first version before `watchZoneFile` returns, and then for each that differs from the one before it. */
  readonly onVersion: (version: ZoneFileVersion<Z>) => void;
  /** Ends the watching. */
  readonly signal: AbortSignal;
}

/** How often the files are looked at where nothing announces a change: network file systems and overlays announce none. */
const POLL_MS = 500;
/** How long the files must have stayed as they are before they are read: an editor or a copy may write in several steps. */
const SETTLE_MS = 100;

/**
 * Reads a zone file, and watches it and all that it includes: written in place, replaced by renaming, or swapped by a link as in
 * a mounted ConfigMap, a change is seen within a second. A version with errors is reported, and the last good one stays.
 *
 * @returns resolves when the watching has ended; never rejects, unless `onVersion` throws
 */
export function watchZoneFile<Z extends ZoneView>(options: ZoneFileWatchOptions<Z>): Promise<void> {
  const { clock, logger, onVersion, signal } = options;
  const alarm = new FolderAlarm(clock, logger);
  let hadGood = false;
  const load = (): LoadedZoneFile<Z> => {
    const loaded = loadZoneFile(options);
    const { zone, diagnostics, fingerprints } = loaded;
    alarm.watchFolders(Array.from(fingerprints.keys(), (path) => dirname(path)));
    const good = zone !== undefined && diagnostics.every(({ severity }) => severity !== 'error');
    const state = good ? 'good' : hadGood ? 'kept' : 'partial';
    hadGood ||= good;
    onVersion({ state, zone, diagnostics });
    return loaded;
  };
  const watch = async (first: LoadedZoneFile<Z>): Promise<void> => {
    let loaded = first;
    while (!signal.aborted) {
      await alarm.wait(POLL_MS, signal);
      const seen = currentState(loaded);
      if (signal.aborted || seen === stateOf(loaded)) continue;
      await settle(loaded, seen, clock, signal);
      // What was changed and changed back needs no reading.
      if (!signal.aborted && currentState(loaded) !== stateOf(loaded)) loaded = load();
    }
  };
  return watch(load()).finally(() => alarm.close());
}

/**
 * Waits until the files have stayed as they are for a moment, but not for ever: one that is always written to is read as it is.
 */
async function settle(loaded: LoadedZoneFile<ZoneView>, seen: string, clock: Clock, signal: AbortSignal): Promise<void> {
  let before = seen;
  for (let waitedMs = 0; waitedMs < POLL_MS && !signal.aborted; waitedMs += SETTLE_MS) {
    await nap(clock, SETTLE_MS, signal).over;
    const now = currentState(loaded);
    if (now === before) return;
    before = now;
  }
}

/** What the files looked like when they were read. */
function stateOf({ fingerprints }: LoadedZoneFile<ZoneView>): string {
  return [...fingerprints.values()].join('\n');
}

/** What they look like now. */
function currentState({ fingerprints }: LoadedZoneFile<ZoneView>): string {
  return Array.from(fingerprints.keys(), fingerprintOf).join('\n');
}
