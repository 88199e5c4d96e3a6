import type { Clock, Logger } from '@kubezone/core';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import { type ApiWriter, isDone, refusalOf } from '../cluster/kubernetes/api-writer.ts';
import { DENIED_MS, Denials } from '../cluster/kubernetes/denials.ts';
import { DueKeys } from '../cluster/kubernetes/due-keys.ts';
import { WriteFailures } from '../cluster/kubernetes/write-failures.ts';
import { type Nap, nap } from '../cluster/nap.ts';
import { type Rate, TokenBucket } from '../events/token-bucket.ts';
import type { WriterStatus } from '../events/event-teller.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { type Fields, isFields } from '../resources/fields.ts';
import type { ObjectKey, Resource } from '../resources/resource.ts';

/** How often may be written. */
const RATE: Rate = { burst: 50, refillMs: 50 };
/** How soon a term that is late is looked at again, in milliseconds. */
const LATE_MS = 100;
/** How long nothing may be looked at while nothing is due, in milliseconds; it is woken when something is. */
const IDLE_MS = 3_600_000;
const PAGE = 500;
/** Stands for all namespaces; no namespace has this name. */
const ALL = '';

/**
 * A part of an object's status, as its owner has it: one condition of several, say.
 *
 * @typeParam W what is to be said
 * @typeParam H what an object holds
 */
export interface StatusPart<W, H> {
  /** For the log: `conditions`. */
  readonly name: string;
  /** What an object holds; undefined where it holds none, or one that is not what the API says. */
  readonly read: (object: Fields) => H | undefined;
  /** Whether an object already says what it is to say. */
  readonly holds: (held: H | undefined, wanted: W) => boolean;
  /** What it is to hold; `now` in milliseconds since the Unix epoch. */
  readonly next: (held: H | undefined, wanted: W, now: number) => H;
  /** `status` with nothing but this part. */
  readonly compose: (next: H) => Fields;
}

export interface StatusWriterOptions<W, H> {
  readonly writer: Pick<ApiWriter, 'send'>;
  readonly part: StatusPart<W, H>;
  /** Whose status is written. */
  readonly resource: Resource;
  /** The namespaces that may be read. @default all of them */
  readonly namespaces?: readonly string[];
  /** `kubezone-resolver`: who owns the part. What one manager applies is all that it owns: each part has its own. */
  readonly fieldManager: string;
  /** What an object is to say now; undefined where it is not known, or there is no such object. Asked when its turn comes. */
  readonly wanted: (key: ObjectKey) => W | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded; scatters delays. @default Math.random */
  readonly random?: () => number;
}

/**
 * Writes a part of the status of the objects of a resource, by server-side apply, where it differs from what they hold.
 *
 * What they hold is read once in a term, page by page; afterwards nobody else writes it, since the field manager owns it.
 */
export class StatusWriter<W, H> {
  readonly #options: StatusWriterOptions<W, H>;
  readonly #rate = new TokenBucket(RATE);
  readonly #failures: WriteFailures;
  readonly #denials: Denials;
  /** What objects hold. */
  #held = new Map<ObjectKey, H>();
  /** Objects of whose last write nobody knows what became: they may hold something else. */
  readonly #doubtful = new Set<ObjectKey>();
  /** Objects whose status the server did not take as it was to be, and until when they are left alone (monotonic). */
  readonly #refused = new Map<ObjectKey, number>();
  /** Of which namespaces that is known; of `ALL` where they are read together. */
  readonly #known = new Set<string>();
  /** Whose status may differ from what is to be said, in the order of their turns. */
  readonly #due = new DueKeys<ObjectKey>();
  /** Whether something has become due since the last look. */
  #touched = false;
  #nap: Nap | undefined;
  #written = 0;
  #failed = 0;

  constructor(options: StatusWriterOptions<W, H>) {
    this.#options = options;
    const { resource, part, logger, random = Math.random } = options;
    const fields = { resource: resource.id };
    const message = `${part.name} cannot be written`;
    this.#failures = new WriteFailures({ message, fields, logger, random });
    this.#denials = new Denials({ message, fields, logger });
  }

  /** What is to be said of an object may have changed. */
  touch(key: ObjectKey): void {
    this.#refused.delete(key);
    this.#due.add(key);
    this.#touched = true;
    this.#nap?.wake();
  }

  /** An object is gone. */
  forget(key: ObjectKey): void {
    this.#held.delete(key);
    this.#doubtful.delete(key);
    this.#refused.delete(key);
    this.#due.delete(key);
    this.#due.recovered(key);
    this.#denials.forget(key);
  }

  /** Forgets what objects hold: another process may have written since. */
  clear(): void {
    this.#held = new Map();
    this.#doubtful.clear();
    this.#refused.clear();
    this.#known.clear();
    this.#due.clear();
    this.#denials.clear();
  }

  /** Of how many objects something is known that the objects do not say. */
  get remembered(): number {
    return new Set([...this.#doubtful, ...this.#refused.keys()]).size;
  }

  status(): WriterStatus {
    return { written: this.#written, waiting: this.#due.size, failed: this.#failed };
  }

  /** Works until the term is over. Never rejects. */
  async run(term: Term): Promise<void> {
    const { clock } = this.#options;
    while (!term.signal.aborted) {
      if (!term.mayWrite()) {
        // About to end, or to be prolonged: a timer will tell.
        await nap(clock, LATE_MS, term.signal).over;
        continue;
      }
      this.#touched = false;
      let idleMs: number;
      try {
        idleMs = await this.#work(term);
      } catch (error) {
        if (term.signal.aborted) return;
        this.#failed++;
        await nap(clock, this.#failures.note(error), term.signal).over;
        continue;
      }
      this.#nap = nap(clock, idleMs, term.signal);
      if (this.#touched) this.#nap.wake();
      await this.#nap.over;
      this.#nap = undefined;
    }
  }

  /** Reads what all objects of a namespace hold, or of all namespaces. */
  async #read(scope: string, signal: AbortSignal): Promise<void> {
    const held = new Map<ObjectKey, H>();
    await this.#readNamespace(scope === ALL ? undefined : scope, held, signal);
    for (const [key, part] of held) this.#held.set(key, part);
    this.#known.add(scope);
  }

  async #readNamespace(namespace: string | undefined, held: Map<ObjectKey, H>, signal: AbortSignal): Promise<void> {
    const { writer } = this.#options;
    let continued: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(PAGE), ...(continued !== undefined && { continue: continued }) });
      const answer = await writer.send({ method: 'GET', path: `${this.#collection(namespace)}?${query.toString()}` }, signal);
      // No CRD, no objects.
      if (answer.status === 404) return;
      if (!isDone(answer)) throw refusalOf(answer);
      const { items, metadata } = answer.body;
      for (const item of Array.isArray(items) ? (items as readonly unknown[]) : []) this.#note(item, held);
      continued =
        isFields(metadata) && typeof metadata['continue'] === 'string' && metadata['continue'] !== ''
          ? metadata['continue']
          : undefined;
    } while (continued !== undefined);
  }

  #note(item: unknown, held: Map<ObjectKey, H>): void {
    if (!isFields(item) || !isFields(item['metadata'])) return;
    const { part, wanted: wantedOf, clock } = this.#options;
    const { name, namespace } = item['metadata'];
    const found = part.read(item);
    if (typeof name !== 'string' || found === undefined) return;
    const key = typeof namespace === 'string' ? `${namespace}/${name}` : name;
    const wanted = wantedOf(key);
    // Most say the same: one text in memory for all of them, not one for each.
    held.set(key, wanted !== undefined && part.holds(found, wanted) ? part.next(found, wanted, clock.now()) : found);
  }

  /** Writes what is due; says for how long nothing else will be, in milliseconds. */
  async #work(term: Term): Promise<number> {
    const { clock, namespaces } = this.#options;
    let idleMs = IDLE_MS;
    for (const key of this.#due.turns()) {
      if (term.signal.aborted) return idleMs;
      const namespace = namespaceOf(key) ?? '';
      const now = clock.monotonic();
      const waitMs = Math.max(this.#denials.waitMs(namespace, key, now), (this.#refused.get(key) ?? -Infinity) - now);
      if (waitMs > 0) {
        idleMs = Math.min(idleMs, waitMs);
        continue;
      }
      try {
        if (!(await this.#bring(key, namespaces === undefined ? ALL : namespace, term))) return LATE_MS;
        if (this.#due.recovered(key) && this.#due.has(key)) this.#due.failed(key);
      } catch (error) {
        this.#due.failed(key);
        if (!(error instanceof ApiError && error.code === 'API_FORBIDDEN')) throw error;
        this.#failed++;
        this.#denials.note(namespace, key, error, clock.monotonic());
      }
    }
    return idleMs;
  }

  /**
   * Brings an object's status up to date.
   *
   * @returns false where the term may be over
   * @throws {ApiError} where it is worth another try
   */
  async #bring(key: ObjectKey, scope: string, term: Term): Promise<boolean> {
    const { clock, part } = this.#options;
    if (!this.#known.has(scope)) await this.#read(scope, term.signal);
    const wanted = this.#options.wanted(key);
    const held = this.#held.get(key);
    if (wanted === undefined && (this.#doubtful.has(key) || this.#refused.has(key))) {
      // It went while it was written: nobody says so once more.
      this.forget(key);
      return true;
    }
    if (wanted === undefined || (part.holds(held, wanted) && !this.#doubtful.has(key))) {
      this.#due.delete(key);
      return true;
    }
    const pause = this.#rate.waitMs(clock.monotonic());
    if (pause > 0) await nap(clock, pause, term.signal).over;
    if (!term.mayWrite()) return false;
    this.#rate.take(clock.monotonic());
    // It may change again while it is written.
    this.#due.delete(key);
    try {
      await this.#write(key, part.next(held, wanted, clock.now()), term.signal);
    } catch (error) {
      // It may have been done, and what is to be said may be by the next try what was held before.
      this.#doubtful.add(key);
      this.#due.add(key);
      throw error;
    }
    return true;
  }

  /** @throws {ApiError} where it is worth another try */
  async #write(key: ObjectKey, next: H, signal: AbortSignal): Promise<void> {
    const { writer, part, resource, fieldManager, clock, logger } = this.#options;
    const namespace = namespaceOf(key);
    const name = namespace === undefined ? key : key.slice(namespace.length + 1);
    const query = new URLSearchParams({ fieldManager, force: 'true' });
    const path = `${this.#collection(namespace)}/${encodeURIComponent(name)}/status?${query.toString()}`;
    const { apiVersion, kind } = resource;
    const body: Fields = {
      apiVersion,
      kind,
      metadata: { name, ...(namespace !== undefined && { namespace }) },
      status: part.compose(next),
    };
    const answer = await writer.send({ method: 'PATCH', path, body, contentType: 'application/apply-patch+yaml' }, signal);
    if (isDone(answer)) {
      // It may be gone since: nobody would say so once more.
      if (this.#options.wanted(key) !== undefined) this.#held.set(key, next);
      this.#doubtful.delete(key);
      this.#refused.delete(key);
      this.#written++;
      this.#failures.clear();
      this.#denials.granted(namespace ?? '');
      return;
    }
    // Deleted meanwhile, as it should be; or the kind has no status to write, which no other try would change.
    if (answer.status === 404) {
      this.#held.delete(key);
      this.#doubtful.delete(key);
      return;
    }
    if (answer.status === 403 || answer.status === 409) throw refusalOf(answer);
    this.#failed++;
    // It has changed meanwhile.
    if (this.#due.has(key)) return;
    const isKnown = this.#refused.has(key);
    // The server would say the same, until somebody changes what it finds invalid: a definition, or a policy.
    this.#refused.set(key, clock.monotonic() + DENIED_MS);
    this.#due.add(key);
    if (isKnown) return;
    const { code, message } = refusalOf(answer);
    logger.warn(`${part.name} are not taken`, { object: `${kind}/${key}`, code, reason: message });
  }

  #collection(namespace: string | undefined): string {
    const { apiVersion, plural } = this.#options.resource;
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  }
}

function namespaceOf(key: ObjectKey): string | undefined {
  const slash = key.indexOf('/');
  return slash < 0 ? undefined : key.slice(0, slash);
}
