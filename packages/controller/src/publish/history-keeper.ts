import type { ChangeHistory, Clock } from '@kubezone/core';

import { historiesSince } from './change-history.ts';

export interface HistoryKeeperOptions {
  /** For how long changes count, in milliseconds. */
  readonly windowMs: number;
  /** What the limits of all zones know now, by zone and kind of change. */
  readonly histories: () => Iterable<readonly [string, ChangeHistory]>;
  /** Keeps it for the next process. */
  readonly save: ((histories: ReadonlyMap<string, ChangeHistory>) => Promise<void>) | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

/** Keeps what the limits of changes know, for zones that come back and for the next process: one call at a time, and none where it is kept already. */
export class HistoryKeeper {
  readonly #options: HistoryKeeperOptions;
  #known = new Map<string, ChangeHistory>();
  /** What is kept, as text; empty where nobody knows. */
  #saved = '';
  #saving: Promise<void> = Promise.resolve();

  constructor(options: HistoryKeeperOptions) {
    this.#options = options;
  }

  /** What was known of a zone when it was kept last. */
  of(key: string): ChangeHistory | undefined {
    return this.#known.get(key);
  }

  /** Keeps what is known now. Rejects where it cannot be kept. */
  keep(): Promise<void> {
    const { windowMs, histories, save, clock } = this.#options;
    this.#known = historiesSince(this.#known, clock.now() - windowMs);
    for (const [key, history] of histories()) this.#known.set(key, history);
    if (save === undefined) return Promise.resolve();
    const saving = this.#saving.then(() => this.#save(save));
    this.#saving = saving.catch(() => undefined);
    return saving;
  }

  /** Another process may have kept something since. */
  clear(): void {
    this.#known.clear();
    this.#saved = '';
  }

  async #save(save: NonNullable<HistoryKeeperOptions['save']>): Promise<void> {
    const histories = new Map(this.#known);
    const text = JSON.stringify([...histories]);
    if (text === this.#saved) return;
    // Until it is answered nobody knows what is kept: what was kept before may have to be kept again.
    this.#saved = '';
    await save(histories);
    this.#saved = text;
  }
}
