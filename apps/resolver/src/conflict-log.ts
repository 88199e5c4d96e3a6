import type { Clock, Conflict, Logger, Origin } from '@kubezone/core';

/** How long after a change conflicts are looked at, in milliseconds: what arrives in a burst is compared once, when it is over. */
const SETTLE_MS = 1000;
/** How many conflicts in force are logged one by one; further ones are only counted. */
const DESCRIBED = 100;

/** What a conflict log needs. */
export interface ConflictLogOptions {
  readonly conflicts: () => Iterable<Conflict>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Logs each conflict once when it appears and once when it is gone. */
export class ConflictLog {
  readonly #options: ConflictLogOptions;
  /** By key. */
  #described = new Map<string, readonly Conflict[]>();
  #cancel: (() => void) | undefined;
  #overflowing = false;

  constructor(options: ConflictLogOptions) {
    this.#options = options;
  }

  /** Something has changed: conflicts are compared soon. Costs nothing while that is already planned. */
  touch(): void {
    this.#cancel ??= this.#options.clock.after(SETTLE_MS, () => {
      this.#cancel = undefined;
      this.#compare();
    });
  }

  /** Logs no more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = () => undefined;
  }

  #compare(): void {
    const { conflicts, logger } = this.#options;
    const inForce = new Map<string, Conflict[]>();
    let total = 0;
    // Those that are described already come first, so that they are not reported as gone because others crowd them out.
    const fresh: [string, Conflict][] = [];
    for (const conflict of conflicts()) {
      total++;
      const key = keyOf(conflict);
      if (this.#described.has(key)) addTo(inForce, key, conflict);
      else if (fresh.length < DESCRIBED) fresh.push([key, conflict]);
    }
    const present = new Map<string, Conflict[]>();
    let count = 0;
    for (const [key, before] of this.#described) {
      const now = inForce.get(key) ?? [];
      for (const conflict of without(before, now).slice(0, Math.max(0, before.length - now.length)))
        logger.info('a conflict is over', fieldsOf(conflict));
      const added = without(now, before).slice(0, Math.max(0, now.length - before.length));
      const kept = now.filter((conflict) => !added.includes(conflict));
      if (kept.length > 0) present.set(key, kept);
      count += kept.length;
      fresh.push(...added.map((conflict): [string, Conflict] => [key, conflict]));
    }
    for (const [key, conflict] of fresh) {
      if (count >= DESCRIBED) break;
      addTo(present, key, conflict);
      count++;
      logger.warn('not served as asked for', fieldsOf(conflict));
    }
    const overflowing = total > count;
    if (overflowing && !this.#overflowing) logger.warn('further conflicts are only counted', { described: DESCRIBED, total });
    this.#overflowing = overflowing;
    this.#described = present;
  }
}

/** The conflicts that differ in nothing but what is asked for: a type each. Their values may change without them being others. */
function keyOf({ code, owner, loser, winner }: Conflict): string {
  return [code, owner, printOrigin(loser), winner === undefined ? '' : printOrigin(winner)].join('\n');
}

function addTo(conflicts: Map<string, Conflict[]>, key: string, conflict: Conflict): void {
  const alike = conflicts.get(key);
  if (alike === undefined) conflicts.set(key, [conflict]);
  else alike.push(conflict);
}

/** Those of some conflicts of one key that are not, word for word, among others. */
function without(conflicts: readonly Conflict[], others: readonly Conflict[]): readonly Conflict[] {
  return conflicts.filter(({ message }) => !others.some((other) => other.message === message));
}

function fieldsOf({ code, owner, loser, winner, message }: Conflict): Record<string, unknown> {
  return {
    code,
    name: owner,
    object: printOrigin(loser),
    ...(winner === undefined ? {} : { instead: printOrigin(winner) }),
    reason: message,
  };
}

function printOrigin({ source, cluster, object }: Origin): string {
  return [source, cluster, object].filter((part) => part !== '').join(' ');
}
