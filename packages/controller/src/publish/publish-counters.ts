/** Upper bounds of the lag's histogram, in seconds. */
export const LAG_BOUNDS: readonly number[] = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300];

/** What a zone's publisher has done since it exists. Never falls. */
export interface PublishCounters {
  /** Changes of RRsets that are written, by what they are. */
  readonly applied: Readonly<Record<'create' | 'update' | 'delete', number>>;
  /** Names whose write failed: refused, in conflict, of unknown outcome. */
  readonly failed: Readonly<Record<'refused' | 'conflict' | 'unknown', number>>;
  readonly calls: Readonly<Record<'list' | 'read' | 'apply', number>>;
  readonly throttled: number;
  /** From a change to its acknowledged write, of names: by `LAG_BOUNDS`, and more. */
  readonly lag: { readonly counts: readonly number[]; readonly sumSeconds: number; readonly count: number };
}

/** Counts it. */
export class Counting {
  readonly applied = { create: 0, update: 0, delete: 0 };
  readonly failed = { refused: 0, conflict: 0, unknown: 0 };
  readonly calls = { list: 0, read: 0, apply: 0 };
  throttled = 0;
  readonly #lag = Array.from({ length: LAG_BOUNDS.length + 1 }, () => 0);
  #lagSum = 0;
  #lagCount = 0;

  addLag(ms: number): void {
    const seconds = ms / 1000;
    const at = LAG_BOUNDS.findIndex((bound) => seconds <= bound);
    const bucket = at < 0 ? LAG_BOUNDS.length : at;
    this.#lag[bucket] = (this.#lag[bucket] ?? 0) + 1;
    this.#lagSum += seconds;
    this.#lagCount++;
  }

  read(): PublishCounters {
    return {
      applied: { ...this.applied },
      failed: { ...this.failed },
      calls: { ...this.calls },
      throttled: this.throttled,
      lag: { counts: [...this.#lag], sumSeconds: this.#lagSum, count: this.#lagCount },
    };
  }
}
