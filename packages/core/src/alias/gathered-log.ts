import type { Clock } from '../contracts/clock.ts';
import type { LogFields, Logger } from '../contracts/logger.ts';

/** How long events are gathered before they are logged, in milliseconds: where nothing can be resolved any more, that is one line, not one for each name. */
const GATHER_MS = 5_000;
/** How many of them a line describes. */
const DESCRIBED = 5;

interface Gathered {
  readonly level: 'info' | 'warn';
  count: number;
  readonly first: LogFields[];
}

/** Logs events, those of one message together. */
export class GatheredLog {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #gathered = new Map<string, Gathered>();
  #cancel: (() => void) | undefined;

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Something has happened, and is to be logged soon. */
  add(level: Gathered['level'], message: string, fields: LogFields): void {
    const gathered = this.#gathered.get(message) ?? { level, count: 0, first: [] };
    gathered.count++;
    if (gathered.first.length < DESCRIBED) gathered.first.push(fields);
    this.#gathered.set(message, gathered);
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.#flush());
  }

  /** Logs no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#gathered.clear();
  }

  #flush(): void {
    this.#cancel = undefined;
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [message, { level, count, first }] of gathered) this.#logger[level](message, { count, first });
  }
}
