import type { Clock, Logger } from '@kubezone/core';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import { type ApiAnswer, type ApiWriter, isDone, refusalOf } from '../cluster/kubernetes/api-writer.ts';
import { Denials } from '../cluster/kubernetes/denials.ts';
import { DueKeys } from '../cluster/kubernetes/due-keys.ts';
import { type FoundObject, lookUpObject, type ObjectReference } from '../cluster/kubernetes/look-up-object.ts';
import { WriteFailures } from '../cluster/kubernetes/write-failures.ts';
import { type Nap, nap } from '../cluster/nap.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { isFields } from '../resources/fields.ts';
import { composeEvent, countEvent, type EventAuthor, type EventText } from './compose-event.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

/** Of how many objects something is told at a time; of more, when these are done with. */
export const MOST_TOPICS = 5_000;
/** How many Events may be written of one object, and of all. */
const RATE_OF_OBJECT: Rate = { burst: 5, refillMs: 300_000 };
const RATE_OF_ALL: Rate = { burst: 10, refillMs: 200 };
/** An Event is kept for an hour, unless the API server is told otherwise: what stays in force is told again before that. */
const REMIND_MS = 45 * 60_000;
/** How often objects are forgotten of which nothing is to be told any more, in milliseconds. */
const FORGET_MS = 60_000;
/** How long an object is taken for the same one, in milliseconds. */
const UID_MS = 60_000;
/** How soon a term that is late is looked at again, in milliseconds. */
const LATE_MS = 100;

export interface EventTellerOptions {
  readonly writer: Pick<ApiWriter, 'send'>;
  readonly author: EventAuthor;
  /** Whether it is also told, as type Normal, that something is over. */
  readonly tellsNormal: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded; scatters delays. @default Math.random */
  readonly random?: () => number;
}

/** Counts since the start, and what waits now. */
export interface WriterStatus {
  readonly written: number;
  readonly waiting: number;
  readonly failed: number;
}

/** One object of which something is to be told, or was a while ago. */
interface Topic {
  readonly reference: ObjectReference;
  readonly bucket: TokenBucket;
  /** What is in force; no two of one reason. */
  texts: readonly EventText[];
  /** What is still to be told. */
  waiting: EventText[];
  /** By reason: what was told, and when (monotonic). */
  readonly told: Map<string, { readonly text: EventText; readonly at: number }>;
  found: { readonly object: FoundObject; readonly at: number } | undefined;
}

/**
 * Tells of objects by Events, at a rate that no server minds, and what stays in force again and again.
 *
 * Level-based: what is told is what is in force when its turn comes.
 */
export class EventTeller {
  readonly #options: EventTellerOptions;
  readonly #topics = new Map<string, Topic>();
  /** Those of which something waits, in the order of their turns. */
  readonly #due = new DueKeys<string>();
  /** Those that go before all others, and for which there is always room. */
  readonly #urgent = new Set<string>();
  readonly #all = new TokenBucket(RATE_OF_ALL);
  readonly #failures: WriteFailures;
  readonly #denials: Denials;
  #nap: Nap | undefined;
  /** When objects are forgotten next, in monotonic milliseconds. */
  #forgetAt = 0;
  /** Before that no Event is to be told again, in monotonic milliseconds. */
  #remindAt = 0;
  #written = 0;
  #failed = 0;

  constructor(options: EventTellerOptions) {
    this.#options = options;
    const { logger, random = Math.random } = options;
    const message = 'Events cannot be written';
    this.#failures = new WriteFailures({ message, logger, random });
    this.#denials = new Denials({ message, logger });
  }

  /**
   * Replaces what is to be told of an object; nothing, if it is in order.
   *
   * @param object tells objects apart
   * @param texts no two of one reason
   * @param urgent whether it goes before all others, however many these are
   * @returns false where there is no room for one more object: to be put again later
   */
  put(object: string, reference: ObjectReference, texts: readonly EventText[], urgent = false): boolean {
    let topic = this.#topics.get(object);
    if (topic === undefined) {
      if (texts.length === 0) return true;
      if (!urgent && this.#topics.size >= MOST_TOPICS && !this.#prune()) return false;
      if (urgent) this.#urgent.add(object);
      topic = { reference, bucket: new TokenBucket(RATE_OF_OBJECT), texts: [], waiting: [], told: new Map(), found: undefined };
      this.#topics.set(object, topic);
    }
    const over = [...topic.told.values()].filter(({ text }) => !texts.some(({ reason }) => reason === text.reason));
    for (const { text } of over) topic.told.delete(text.reason);
    topic.texts = texts;
    topic.waiting = texts.filter(({ reason, note }) => topic.told.get(reason)?.text.note !== note);
    if (this.#options.tellsNormal) topic.waiting.push(...over.map(({ text }) => isOver(text)));
    if (topic.waiting.length === 0) this.#due.delete(object);
    else {
      this.#due.add(object);
      this.#nap?.wake();
    }
    return true;
  }

  /** Forgets everything: another process may have written since. */
  clear(): void {
    this.#topics.clear();
    this.#urgent.clear();
    this.#due.clear();
    this.#denials.clear();
  }

  /** Of how many objects something is told, or was so lately that it counts against their rate. */
  get remembered(): number {
    return this.#topics.size;
  }

  status(): WriterStatus {
    let waiting = 0;
    for (const object of this.#due) waiting += this.#topics.get(object)?.waiting.length ?? 0;
    return { written: this.#written, waiting, failed: this.#failed };
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
      const turn = this.#next(clock.monotonic());
      if (typeof turn === 'number') {
        this.#nap = nap(clock, turn, term.signal);
        await this.#nap.over;
        this.#nap = undefined;
        continue;
      }
      await this.#take(turn, term);
    }
  }

  /** Whose turn it is, or how long until it is somebody's. */
  #next(now: number): string | number {
    // Here, where nothing is under way.
    if (now >= this.#forgetAt) this.#forgetIdle(now);
    // Also while others wait: somebody may be denied for ever.
    if (now >= this.#remindAt) this.#remindAt = this.#remind(now);
    const all = this.#due.size === 0 ? 0 : this.#all.waitMs(now);
    if (all > 0) return all;
    let soonest = Math.max(1, this.#remindAt - now);
    for (const object of this.#due.turns(this.#urgent)) {
      const topic = this.#topics.get(object);
      if (topic === undefined) return object;
      const wait = Math.max(topic.bucket.waitMs(now), this.#denials.waitMs(topic.reference.namespace, object, now));
      if (wait === 0) return object;
      soonest = Math.min(soonest, wait);
    }
    return soonest;
  }

  /** Lets those have their turn whose Events are about to expire, and says when the next ones are. */
  #remind(now: number): number {
    let next = now + REMIND_MS;
    for (const [object, topic] of this.#topics) {
      for (const { text, at } of topic.told.values()) {
        if (at + REMIND_MS > now) next = Math.min(next, at + REMIND_MS);
        else if (isAmong(text, topic.texts) && !isAmong(text, topic.waiting)) topic.waiting.push(text);
      }
      if (topic.waiting.length > 0) this.#due.add(object);
    }
    return next;
  }

  async #take(object: string, term: Term): Promise<void> {
    const { clock } = this.#options;
    const topic = this.#topics.get(object);
    const text = topic?.waiting[0];
    if (topic === undefined || text === undefined) {
      this.#due.delete(object);
      return;
    }
    this.#all.take(clock.monotonic());
    try {
      const outcome = await this.#tell(topic, text, term);
      this.#due.recovered(object);
      // In turn with the others.
      for (const one of this.#urgent) this.#due.recovered(one);
      if (outcome === 'gone') this.#drop(object, topic);
      else if (outcome === 'told') this.#done(object, topic, text);
    } catch (error) {
      if (term.signal.aborted) return;
      this.#failed++;
      this.#due.failed(object);
      if (error instanceof ApiError && error.code === 'API_FORBIDDEN') {
        this.#denials.note(topic.reference.namespace, object, error, clock.monotonic());
      } else await nap(clock, this.#failures.note(error), term.signal).over;
    }
  }

  /** @throws {ApiError} where it is worth another try */
  async #tell(topic: Topic, text: EventText, term: Term): Promise<'told' | 'gone' | 'late'> {
    const { writer, author, clock, logger } = this.#options;
    const { signal } = term;
    const now = clock.monotonic();
    if (topic.found === undefined || topic.found.at + UID_MS <= now) {
      const object = await lookUpObject(writer, topic.reference, signal);
      topic.found = object === undefined ? undefined : { object, at: now };
    }
    if (topic.found === undefined) return 'gone';
    const { resource, namespace, name: objectName } = topic.reference;
    const about = { ...topic.found.object, kind: resource.kind, namespace, name: objectName };
    const { collection, name, event } = composeEvent(about, text, author, clock.now());
    if (!term.mayWrite()) return 'late';
    const post = { method: 'POST', path: collection, body: event } as const;
    let answer = await writer.send(post, signal);
    if (answer.status === 409) {
      const path = `${collection}/${encodeURIComponent(name)}`;
      const held = await writer.send({ method: 'GET', path }, signal);
      if (held.status === 403) throw refusalOf(held);
      if (!term.mayWrite()) return 'late';
      const body = countEvent(held.body, clock.now());
      answer = await writer.send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' }, signal);
      // It has expired just now.
      if (answer.status === 404 && term.mayWrite()) answer = await writer.send(post, signal);
    }
    if (isDone(answer)) {
      this.#written++;
      this.#failures.clear();
      this.#denials.granted(namespace);
      return 'told';
    }
    if (answer.status === 404 || isTerminating(answer)) return 'gone';
    if (answer.status === 403) throw refusalOf(answer);
    this.#failed++;
    const { code, message } = refusalOf(answer);
    logger.warn('an Event is not taken', { object: `${resource.kind}/${objectName}`, code, reason: message });
    return 'told';
  }

  #done(object: string, topic: Topic, text: EventText): void {
    // Not before: attempts that fail are held to the rate of all, and are not the object's fault.
    topic.bucket.take(this.#options.clock.monotonic());
    // What is to be told may have changed meanwhile.
    topic.waiting = topic.waiting.filter((one) => one.reason !== text.reason || one.note !== text.note);
    if (isAmong(text, topic.texts)) {
      topic.told.set(text.reason, { text, at: this.#options.clock.monotonic() });
    }
    // The others have their turn before what is left of this one.
    this.#due.delete(object);
    if (topic.waiting.length > 0) this.#due.add(object);
  }

  /** Of an object that is gone nothing is told; the sources will hear of it too. Where they do not, because it is there after all, it is told of when Events are told again. */
  #drop(object: string, topic: Topic): void {
    const at = this.#options.clock.monotonic();
    topic.waiting = [];
    for (const text of topic.texts) topic.told.set(text.reason, { text, at });
    this.#due.delete(object);
    this.#denials.forget(object);
  }

  /** Makes room. */
  #prune(): boolean {
    this.#forgetIdle(this.#options.clock.monotonic());
    return this.#topics.size < MOST_TOPICS;
  }

  /** Objects of which nothing is in force are kept only as long as their rate must be remembered. */
  #forgetIdle(now: number): void {
    this.#forgetAt = now + FORGET_MS;
    for (const [object, { texts, waiting, bucket }] of this.#topics) {
      if (texts.length > 0 || waiting.length > 0 || !bucket.isFull(now)) continue;
      this.#topics.delete(object);
      this.#urgent.delete(object);
    }
  }
}

function isAmong({ reason, note }: EventText, texts: readonly EventText[]): boolean {
  return texts.some((one) => one.reason === reason && one.note === note);
}

function isOver({ reason, note }: EventText): EventText {
  return { type: 'Normal', reason, note: `over: ${note}` };
}

/** In a namespace that is being deleted nothing can be made, not even Events. */
function isTerminating({ status, body }: ApiAnswer): boolean {
  const causes = isFields(body['details']) ? body['details']['causes'] : undefined;
  return (
    status === 403 &&
    Array.isArray(causes) &&
    causes.some((cause) => isFields(cause) && cause['reason'] === 'NamespaceTerminating')
  );
}
