import { type FSWatcher, watch } from 'node:fs';

import type { Clock, Logger } from '@kubezone/core';

import { messageOf } from './message-of.ts';
import { type Nap, nap } from './nap.ts';

/**
 * Wakes whoever waits when something happens in one of some folders, or after a while. What the operating system reports is a hint only: it
 * makes edits seen at once, but some file systems report nothing, and watches can run out.
 */
export class FolderAlarm {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #watchers = new Map<string, FSWatcher>();
  #rung = false;
  #nap: Nap | undefined;
  #complained = false;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Watches these folders and no others. */
  watchFolders(folders: readonly string[]): void {
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  /** Resolves when something has happened since the last call, or after `limitMs`, or when the signal is aborted. */
  async wait(limitMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      this.#nap = nap(this.#clock, limitMs, signal);
      await this.#nap.over;
      this.#nap = undefined;
    }
    this.#rung = false;
  }

  close(): void {
    this.watchFolders([]);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#ring());
      watcher.on('error', () => {
        // The folder has gone, most likely; if it is there at the next look, it is watched again.
        watcher.close();
        this.#watchers.delete(folder);
        this.#ring();
      });
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if (this.#complained) return;
      this.#complained = true;
      this.#logger.warn('a folder cannot be watched; edits are found by looking again and again', {
        folder,
        error: messageOf(error),
      });
    }
  }

  #ring(): void {
    this.#rung = true;
    this.#nap?.wake();
  }
}
