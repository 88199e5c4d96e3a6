import type { Clock } from '../contracts/clock.ts';
import type { Logger } from '../contracts/logger.ts';
import type { OwnerName } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';

import { GatheredLog } from './gathered-log.ts';
import { type FamilyAnswer, type Keeping, learn } from './family-answer.ts';
import type { TargetAnswer } from './follow-targets.ts';
import type { FoundAddresses, LookUp } from './look-up.ts';

export interface WatchedTargetsOptions {
  readonly lookUp: LookUp;
  readonly keeping: Keeping;
  /** Whether our zones have the word on a name: CNAMEs that lead there are followed no further here. */
  readonly isOurs: (name: OwnerName) => boolean;
  /** Called where something else is known of a target than before. */
  readonly onAnswer: (target: OwnerName) => void;
  /** How many targets are asked for at a time. */
  readonly maxConcurrent: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** At least 0, and less than 1. */
  readonly random: () => number;
}

/** How targets stand, and what was asked since the start. */
export interface TargetStatistics {
  readonly targets: number;
  /** Not answered for the first time yet. */
  readonly unanswered: number;
  /** Nobody can say at present what addresses they have; those known before may stand. */
  readonly failing: number;
  /** Those of them whose last known addresses stand. */
  readonly stale: number;
  /** They do not exist, or have no addresses. */
  readonly missing: number;
  /** Asked for at this moment. */
  readonly inFlight: number;
  /** Due, and waiting for others to be answered. */
  readonly waiting: number;
  /** Questions for the addresses of one type since the start, by what became of them. */
  readonly questions: Readonly<Record<FoundAddresses['kind'], number>>;
}

/** In which state a target is that has been asked for. */
export type TargetHealth = 'good' | 'failing' | 'missing';

interface Watched {
  readonly name: OwnerName;
  answer: TargetAnswer | undefined;
  /** Since when it is not good, in milliseconds since the Unix epoch. */
  troubledSince: number;
  cancel: () => void;
}

/** How many CNAMEs one after another are looked at, in search of one that leads into our zones. */
const MAX_LINKS = 8;
/** Questions are put off by up to so much of their time, so that targets that were learned together are not asked for together for ever. */
const JITTER = 0.1;
/** What is logged of targets that have come into a state. */
const NEWS: Readonly<Record<TargetHealth, readonly ['info' | 'warn', string]>> = {
  good: ['info', 'host names are resolved again'],
  failing: ['warn', 'host names cannot be resolved'],
  missing: ['warn', 'host names have no addresses any more, or none yet'],
};
/** How long a target waits that was asked for in vain by a defect, in milliseconds. */
const REST_AFTER_DEFECT_MS = 60_000;

/**
 * Host names whose addresses somebody wants to know, asked for again whenever what is known of them is out of date: each once, however many want it, and
 * so many at a time.
 */
export class WatchedTargets {
  readonly #options: WatchedTargetsOptions;
  readonly #log: GatheredLog;
  readonly #watched = new Map<OwnerName, Watched>();
  /** In the order in which they became due. */
  readonly #due = new Set<Watched>();
  readonly #questions = { addresses: 0, none: 0, failure: 0 };
  #inFlight = 0;
  #unanswered = 0;
  #stopped = false;
  readonly #settling = new Set<() => void>();

  constructor(options: WatchedTargetsOptions) {
    this.#options = options;
    this.#log = new GatheredLog(options);
  }

  /** What is known of a target; undefined while nothing is. */
  answer(name: OwnerName): TargetAnswer | undefined {
    return this.#watched.get(name)?.answer;
  }

  /** Begins to ask for a target, unless that is done already. */
  watch(name: OwnerName): void {
    if (this.#stopped || this.#watched.has(name)) return;
    const watched: Watched = { name, answer: undefined, troubledSince: 0, cancel: () => undefined };
    this.#watched.set(name, watched);
    this.#unanswered++;
    this.#enqueue(watched);
  }

  /** Asks for a target no more, and forgets it. */
  unwatch(name: OwnerName): void {
    const watched = this.#watched.get(name);
    if (watched === undefined) return;
    this.#watched.delete(name);
    this.#due.delete(watched);
    watched.cancel();
    if (watched.answer === undefined) this.#answered();
  }

  /** How a target stands, and since when, in milliseconds since the Unix epoch; undefined where that is not known yet. */
  health(name: OwnerName): { readonly health: TargetHealth; readonly code: string; readonly since: number } | undefined {
    const { answer, troubledSince: since } = this.#watched.get(name) ?? {};
    if (answer === undefined || since === undefined) return undefined;
    return { health: healthOf(answer), code: codeOf(answer), since };
  }

  statistics(): TargetStatistics {
    let failing = 0;
    let stale = 0;
    let missing = 0;
    for (const { answer } of this.#watched.values()) {
      if (answer === undefined) continue;
      const health = healthOf(answer);
      if (health === 'missing') missing++;
      if (health !== 'failing') continue;
      failing++;
      if (answer.ipv4.rdatas.length + answer.ipv6.rdatas.length > 0) stale++;
    }
    const { size: targets } = this.#watched;
    const counts = { targets, unanswered: this.#unanswered, failing, stale, missing };
    return { ...counts, inFlight: this.#inFlight, waiting: this.#due.size, questions: { ...this.#questions } };
  }

  /** Resolves when every target has been answered once, and at the latest after some time, in milliseconds. */
  async settled(withinMs: number): Promise<void> {
    if (this.#unanswered === 0 || this.#stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(withinMs, resolve);
    this.#settling.add(resolve);
    await promise;
    this.#settling.delete(resolve);
    cancel();
  }

  /** Asks no more. */
  stop(): void {
    this.#stopped = true;
    for (const name of this.#watched.keys()) this.unwatch(name);
    this.#log.stop();
    this.#options.lookUp.stop();
  }

  #enqueue(watched: Watched): void {
    this.#due.add(watched);
    this.#next();
  }

  #next(): void {
    for (const watched of this.#due) {
      if (this.#inFlight >= this.#options.maxConcurrent) return;
      this.#due.delete(watched);
      this.#inFlight++;
      void this.#ask(watched);
    }
  }

  async #ask(watched: Watched): Promise<void> {
    const { lookUp, logger } = this.#options;
    const { name } = watched;
    try {
      const [ipv4, ipv6, into] = await Promise.all([
        lookUp.addresses(name, TYPE.A),
        lookUp.addresses(name, TYPE.AAAA),
        this.#findOwn(watched),
      ]);
      for (const { kind } of [ipv4, ipv6]) this.#questions[kind]++;
      if (this.#watched.get(name) === watched) this.#learn(watched, ipv4, ipv6, into);
    } catch (error) {
      // A defect of this program; the target must not be forgotten for it.
      logger.error('a host name was asked for, and the answer could not be taken over', { target: name, error });
      if (this.#watched.get(name) === watched) this.#rest(watched, REST_AFTER_DEFECT_MS);
    } finally {
      this.#inFlight--;
      this.#next();
    }
  }

  /** The first name of ours to which a target's CNAMEs lead; what was known before, where that cannot be found out. */
  async #findOwn({ name, answer }: Watched): Promise<OwnerName | undefined> {
    const { lookUp, isOurs } = this.#options;
    const seen = new Set([name]);
    for (let at = name; seen.size <= MAX_LINKS;) {
      const found = await lookUp.alias(at);
      if (found.kind === 'failure') return answer?.into;
      if (found.kind === 'none' || seen.has(found.target)) return undefined;
      if (isOurs(found.target)) return found.target;
      at = found.target;
      seen.add(at);
    }
    return undefined;
  }

  #learn(watched: Watched, ipv4: FoundAddresses, ipv6: FoundAddresses, into: OwnerName | undefined): void {
    const { clock, keeping, onAnswer } = this.#options;
    const { name, answer: before } = watched;
    const now = clock.monotonic();
    const after: TargetAnswer = {
      ipv4: learn(before?.ipv4, ipv4, now, keeping),
      ipv6: learn(before?.ipv6, ipv6, now, keeping),
      ...(into !== undefined && { into }),
    };
    watched.answer = after;
    this.#compare(watched, before, after);
    this.#rest(watched, restOf(after));
    if (before === undefined) this.#answered();
    if (before === undefined || !sameAnswer(before, after)) onAnswer(name);
  }

  #rest(watched: Watched, ms: number): void {
    const { clock, random } = this.#options;
    watched.cancel();
    watched.cancel = clock.after(Math.ceil(ms * (1 + JITTER * random())), () => this.#enqueue(watched));
  }

  #answered(): void {
    this.#unanswered--;
    if (this.#unanswered === 0) for (const resolve of this.#settling) resolve();
  }

  #compare(watched: Watched, before: TargetAnswer | undefined, after: TargetAnswer): void {
    const was = before === undefined ? 'good' : healthOf(before);
    const is = healthOf(after);
    if (was === is) return;
    watched.troubledSince = this.#options.clock.now();
    const kept = after.ipv4.rdatas.length + after.ipv6.rdatas.length;
    const code = codeOf(after);
    this.#log.add(...NEWS[is], { target: watched.name, ...(code !== '' && { code }), addresses: kept });
  }
}

function healthOf({ ipv4, ipv6, into }: TargetAnswer): TargetHealth {
  if (into !== undefined || ipv4.last === 'addresses' || ipv6.last === 'addresses') return 'good';
  return ipv4.last === 'failure' || ipv6.last === 'failure' ? 'failing' : 'missing';
}

function codeOf({ ipv4, ipv6 }: TargetAnswer): string {
  return ipv4.code === '' ? ipv6.code : ipv4.code;
}

function restOf({ ipv4, ipv6 }: TargetAnswer): number {
  // Most names have addresses of one family: that there are none of the other is no reason to ask more often, unless there were some until now.
  const rests = [ipv4, ipv6].filter(({ last, rdatas }) => last !== 'none' || rdatas.length > 0).map(({ restMs }) => restMs);
  return rests.length === 0 ? Math.min(ipv4.restMs, ipv6.restMs) : Math.min(...rests);
}

function sameAnswer(one: TargetAnswer, other: TargetAnswer): boolean {
  return one.into === other.into && sameFamily(one.ipv4, other.ipv4) && sameFamily(one.ipv6, other.ipv6);
}

/** The same addresses are the same list. */
function sameFamily(one: FamilyAnswer, other: FamilyAnswer): boolean {
  return one.ttl === other.ttl && one.rdatas === other.rdatas;
}
