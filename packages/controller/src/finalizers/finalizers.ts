import type { Clock, Logger, OwnerName } from '@kubezone/core';

import { readDeletionPolicy } from '../annotations/deletion-policy.ts';
import { ApiError } from '../cluster/kubernetes/api-error.ts';
import { Denials } from '../cluster/kubernetes/denials.ts';
import { WriteFailures } from '../cluster/kubernetes/write-failures.ts';
import { type Nap, nap } from '../cluster/nap.ts';
import { type Rate, TokenBucket } from '../events/token-bucket.ts';
import type { Term } from '../leader-election/leader-election.ts';
import type { NameRemains } from '../publish/name-remains.ts';
import type { Complaint } from '../reporting/finding.ts';
import { RECORDS, type RecordObject } from '../resources/record.ts';
import { keyOf, nameObject, type ObjectKey } from '../resources/resource.ts';
import type { FinalizerCode } from './finalizer-code.ts';
import { finalizerOf } from './finalizer-name.ts';
import { judgeRecord, type LeftBehind, type RecordStep } from './judge-record.ts';
import { LeftTeller, type LeftTellerOptions } from './left-teller.ts';
import { writeFinalizers } from './write-finalizers.ts';

/** How long a Record waits at most for what it published to be gone, in milliseconds: `kubectl delete namespace` ends with a provider that does not answer. */
export const USUAL_PATIENCE_MS = 300_000;
/** How long after a change Records are looked at, in milliseconds: what comes in a burst is looked at once. */
const SETTLE_MS = 100;
/** How much longer than the search for Records that may have to be changed the rest after it is. */
const REST_FACTOR = 20;
/** How soon Records are looked at again, though nothing is touched: while some wait, or somebody else changes them all the time; and otherwise. In milliseconds. */
const WAITING_MS = 1_000;
const IDLE_MS = 60_000;
/** How soon a term that is late is looked at again, in milliseconds. */
const LATE_MS = 100;
/** How long finalizers are set in one go, in milliseconds: who is going meanwhile is not to wait for thousands that stay. */
const SETTING_MS = 1_000;
/** How many Records are looked at in one go. */
const IN_ONE_GO = 1_024;
/** How many Records may be changed. */
const RATE: Rate = { burst: 100, refillMs: 20 };
/** How soon is tried again what the server finds invalid, in milliseconds: somebody has to mend it first. */
const INVALID_MS = 300_000;

export interface FinalizersOptions extends LeftTellerOptions {
  /** Whether Records are to wait. Where not, finalizers that are found are taken off. */
  readonly waits: boolean;
  /** The owner id: each has its own finalizer. */
  readonly owner: string;
  /** Owner ids from which this one has taken over: their finalizers are taken off too. @default none */
  readonly formerOwners?: readonly string[];
  /** At most for how long, in milliseconds. @default 5 minutes */
  readonly patienceMs?: number;
  /** The Records of the cluster. */
  readonly objects: () => Iterable<RecordObject>;
  /** The names that a Record asks for, or would, if it were not going: `NamePipeline.namesOf`. */
  readonly namesOf: (record: RecordObject) => ReadonlySet<OwnerName>;
  /** Whether a Record, as `Origin.object` calls it, has a part in any name at present. */
  readonly asks: (object: string) => boolean;
  /** `Publisher.mayDelete`. */
  readonly mayDelete: (owner: OwnerName) => boolean;
  /** `Publisher.remains`. */
  readonly remains: (owner: OwnerName) => readonly NameRemains[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded; scatters delays. @default Math.random */
  readonly random?: () => number;
}

/**
 * Has the Records of one cluster wait, when they are deleted, until what they published is gone: by a finalizer on each, set when it is first seen.
 *
 * Level-based: it looks at the Records and at what is left of their names, a moment after something was touched. Only whoever publishes knows what is left, so this goes on as long as its term.
 */
export class Finalizers {
  readonly #options: FinalizersOptions;
  readonly #finalizer: string;
  /** It, and those of former owners. */
  readonly #ours: ReadonlySet<string>;
  readonly #teller: LeftTeller;
  readonly #rate = new TokenBucket(RATE);
  readonly #failures: WriteFailures;
  readonly #denials: Denials;
  /** Records that the server does not take as they are, and until when they are left alone (monotonic). */
  readonly #later = new WeakMap<RecordObject, number>();
  /** Whether something would be deleted for a Record: it depends on nothing but the Record. */
  readonly #worthIt = new WeakMap<RecordObject, boolean>();
  /** Since when Records have been known to be going (monotonic). */
  readonly #going = new Map<ObjectKey, number>();
  /** Records that could not be changed the last time, and when (monotonic): it may be their fault. */
  readonly #failed = new Map<ObjectKey, number>();
  /** Those that wait. */
  #waiting: ReadonlyMap<ObjectKey, Complaint> = new Map();
  /** Whether somebody else was faster than the last look, time and again. */
  #contested = false;
  #restMs = SETTLE_MS;
  #touched = true;
  #running = false;
  #waiters: (() => void)[] = [];
  #nap: Nap | undefined;

  constructor(options: FinalizersOptions) {
    this.#options = options;
    const { owner, formerOwners = [], cluster, logger, random = Math.random } = options;
    this.#finalizer = finalizerOf(owner);
    this.#ours = new Set([this.#finalizer, ...formerOwners.map(finalizerOf)]);
    this.#teller = new LeftTeller(options);
    const message = 'finalizers of Records cannot be written';
    this.#failures = new WriteFailures({ message, fields: { cluster }, logger, random });
    this.#denials = new Denials({ message, fields: { cluster }, logger });
  }

  /** Records, names or what is left of them may have changed. Costs nothing. */
  touch(): void {
    if (this.#touched) return;
    this.#touched = true;
    this.#nap?.wake();
  }

  /** What those that wait wait for: for `ReportInputs.others`. */
  complaints(): Iterable<Complaint> {
    return this.#waiting.values();
  }

  /** Resolves when all Records were looked at once more, or no term lasts. */
  settled(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push(resolve);
    this.touch();
    return promise;
  }

  /** Works until the term is over. Never rejects. */
  async run(term: Term): Promise<void> {
    const { clock } = this.#options;
    this.#denials.clear();
    this.#touched = true;
    this.#running = true;
    while (!term.signal.aborted) {
      if (!this.#touched) {
        this.#nap = nap(clock, this.#waiting.size > 0 || this.#contested ? WAITING_MS : IDLE_MS, term.signal);
        await this.#nap.over;
        this.#nap = undefined;
      }
      await nap(clock, term.mayWrite() ? this.#restMs : LATE_MS, term.signal).over;
      if (!term.mayWrite()) continue;
      this.#touched = false;
      const waiters = this.#waiters.splice(0);
      try {
        if (!(await this.#look(term))) {
          this.#waiters.push(...waiters);
          continue;
        }
      } catch (error) {
        this.#touched = true;
        if (term.signal.aborted) continue;
        await nap(clock, this.#failures.note(error), term.signal).over;
      }
      for (const resolve of waiters) resolve();
    }
    this.#running = false;
    this.#waiting = new Map();
    this.#going.clear();
    this.#failed.clear();
    for (const resolve of this.#waiters.splice(0)) resolve();
  }

  /** @returns false where it has not come to the end, and is to go on soon */
  async #look(term: Term): Promise<boolean> {
    const startedAt = this.#options.clock.monotonic();
    const due = await this.#due();
    this.#restMs = Math.max(SETTLE_MS, (this.#options.clock.monotonic() - startedAt) * REST_FACTOR);
    const waiting = new Map<ObjectKey, Complaint>();
    this.#contested = false;
    try {
      for (const record of due) {
        if (term.signal.aborted) return false;
        if (!record.deleting && this.#options.clock.monotonic() - startedAt > SETTING_MS) {
          this.#touched = true;
          return false;
        }
        const step = this.#judge(record);
        if (step.kind === 'wait') waiting.set(keyOf(record), this.#complaintOf(record, step.why));
        else if (step.kind === 'set' && !(await this.#set(record, step, term))) this.#touched = true;
      }
      return true;
    } finally {
      this.#waiting = waiting;
      await this.#teller.flush(term);
    }
  }

  /** The Records that may have to be changed, few as a rule: those that are going before those that stay. */
  async #due(): Promise<readonly RecordObject[]> {
    const [leaving, due]: [RecordObject[], RecordObject[]] = [[], []];
    const going = new Set<ObjectKey>();
    let looked = 0;
    for (const record of this.#options.objects()) {
      if (++looked % IN_ONE_GO === 0) await turn();
      const isOurs = record.finalizers?.some((name) => this.#ours.has(name)) === true;
      if (record.deleting) {
        if (!isOurs) continue;
        going.add(keyOf(record));
        leaving.push(record);
      } else if (this.#mayDiffer(record, isOurs)) due.push(record);
    }
    for (const key of this.#going.keys()) if (!going.has(key)) this.#going.delete(key);
    return this.#lastFailedLast([...leaving, ...due]);
  }

  /** After a failure nothing more is tried for a while: whoever fails each time is not to keep the others waiting. */
  #lastFailedLast(due: readonly RecordObject[]): readonly RecordObject[] {
    if (this.#failed.size === 0) return due;
    const failed = new Map(this.#failed);
    this.#failed.clear();
    for (const record of due) {
      const at = failed.get(keyOf(record));
      if (at !== undefined) this.#failed.set(keyOf(record), at);
    }
    return due.toSorted((one, other) => (this.#failed.get(keyOf(one)) ?? 0) - (this.#failed.get(keyOf(other)) ?? 0));
  }

  /** Of nearly all Records this says that they are as they should be. */
  #mayDiffer(record: RecordObject, isOurs: boolean): boolean {
    const wanted = this.#options.waits && this.#isWorthIt(record);
    return wanted !== isOurs || (isOurs && (record.finalizers?.length !== 1 || record.finalizers[0] !== this.#finalizer));
  }

  #judge(record: RecordObject): RecordStep {
    const { waits, namesOf, remains, asks, patienceMs = USUAL_PATIENCE_MS } = this.#options;
    const { finalizers = [] } = record;
    return judgeRecord(
      {
        waits,
        marked: finalizers.includes(this.#finalizer),
        outdated: finalizers.some((name) => name !== this.#finalizer && this.#ours.has(name)),
        goingMs: record.deleting ? this.#goingMs(record) : undefined,
        worthIt: () => this.#isWorthIt(record),
        asks: () => asks(nameObject(RECORDS, keyOf(record))),
        remains: () => [...namesOf(record)].flatMap((owner) => remains(owner).map((one) => ({ ...one, owner }))),
      },
      patienceMs,
    );
  }

  /** By the server's clock, so that it outlasts this process; and by ours, in case the two do not agree. */
  #goingMs(record: RecordObject): number {
    const { clock } = this.#options;
    const key = keyOf(record);
    const now = clock.monotonic();
    const since = this.#going.get(key) ?? now;
    this.#going.set(key, since);
    return Math.max(now - since, clock.now() - (record.deletedAt ?? Infinity));
  }

  #isWorthIt(record: RecordObject): boolean {
    const known = this.#worthIt.get(record);
    if (known !== undefined) return known;
    const { namesOf, mayDelete } = this.#options;
    const found = !readDeletionPolicy(record).retain && [...namesOf(record)].some(mayDelete);
    this.#worthIt.set(record, found);
    return found;
  }

  #complaintOf(record: RecordObject, why: string): Complaint {
    const { cluster, clock } = this.#options;
    const object = nameObject(RECORDS, keyOf(record));
    const since = clock.now() - this.#goingMs(record);
    const known = this.#waiting.get(keyOf(record));
    const message = `it is kept until what it published is gone: ${why}`;
    return known?.message === message
      ? known
      : { code: 'DELETE_PENDING' satisfies FinalizerCode, cluster, object, message, since: known?.since ?? since };
  }

  /** @returns false where it is to be looked at again soon. @throws {ApiError} where nothing can be written at present */
  async #set(record: RecordObject, { marked, left }: { marked: boolean; left?: LeftBehind }, term: Term): Promise<boolean> {
    const { writer, clock } = this.#options;
    const now = clock.monotonic();
    const key = keyOf(record);
    if (this.#denials.waitMs(record.namespace, key, now) > 0 || (this.#later.get(record) ?? 0) > now) return true;
    const pause = this.#rate.waitMs(now);
    if (pause > 0) await nap(clock, pause, term.signal).over;
    if (!term.mayWrite()) return false;
    this.#rate.take(clock.monotonic());
    const wanted = marked ? this.#finalizer : undefined;
    const before = left && ((uid: string) => this.#teller.tell(record, uid, left, term));
    const change = { record, ours: this.#ours, wanted, ...(before !== undefined && { before }) };
    this.#failed.set(key, clock.monotonic());
    const outcome = await writeFinalizers(writer, change, term);
    this.#failed.delete(key);
    this.#failures.clear();
    if (outcome instanceof ApiError) {
      if (outcome.code === 'API_FORBIDDEN') this.#denials.note(record.namespace, key, outcome, clock.monotonic());
      else this.#noteInvalid(record, outcome);
      return true;
    }
    this.#denials.granted(record.namespace);
    if (outcome === 'contested') this.#contested = true;
    return outcome !== 'late';
  }

  #noteInvalid(record: RecordObject, { code, message }: ApiError): void {
    const { logger, clock, cluster } = this.#options;
    this.#later.set(record, clock.monotonic() + INVALID_MS);
    const object = nameObject(RECORDS, keyOf(record));
    logger.warn('the finalizers of a Record are not taken', { cluster, object, code, reason: message });
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
