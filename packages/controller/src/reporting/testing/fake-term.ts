import type { Term } from '../../leader-election/leader-election.ts';

/** A term that lasts until a test ends it. */
export class FakeTerm implements Term {
  readonly #controller = new AbortController();
  /** Whether it is over without anybody having been told. */
  isLate = false;
  readonly signal: AbortSignal = this.#controller.signal;

  mayWrite(): boolean {
    return !this.isLate && !this.signal.aborted;
  }

  deadline(): number {
    return this.mayWrite() ? Infinity : -Infinity;
  }

  end(): void {
    this.#controller.abort();
  }
}
