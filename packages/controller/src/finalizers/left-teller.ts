import type { Clock, Logger } from '@kubezone/core';

import { type ApiWriter, isDone } from '../cluster/kubernetes/api-writer.ts';
import { lookUpObject } from '../cluster/kubernetes/look-up-object.ts';
import {
  composeEvent,
  type EventAuthor,
  type EventText,
  joinMessages,
  reasonOf,
  type Regarded,
} from '../events/compose-event.ts';
import { type Rate, TokenBucket } from '../events/token-bucket.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { LEASES } from '../resources/lease.ts';
import { keyOf, nameObject } from '../resources/resource.ts';
import { RECORDS, type RecordObject } from '../resources/record.ts';
import type { LeftBehind } from './judge-record.ts';

/** How many Events may be written of Records, each by itself. */
const RATE: Rate = { burst: 20, refillMs: 200 };
/** How many Records a line of the log names. */
const NAMED = 5;
/** Leaves room for how many there are, in octets. */
const NOTE_OCTETS = 950;

/** Where the Lease of those who publish lies. */
export interface LeasePlace {
  readonly writer: Pick<ApiWriter, 'send'>;
  readonly namespace: string;
  readonly name: string;
}

export interface LeftTellerOptions {
  /** The cluster's configured name. */
  readonly cluster: string;
  readonly writer: Pick<ApiWriter, 'send'>;
  /** Told of where a Record can be told nothing. @default nobody */
  readonly lease?: LeasePlace;
  readonly author: EventAuthor;
  readonly events: 'none' | 'warnings' | 'all';
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Told {
  readonly object: string;
  readonly left: LeftBehind;
}

/**
 * Tells that Records were let go though something of theirs is left: by an Event of each, and one line in the log for all.
 *
 * In a namespace that is being deleted no Event can be made, and afterwards there is nobody to read it: those Records are told of at the Lease of the one who publishes. Nothing
 * waits for an Event that is not taken.
 */
export class LeftTeller {
  readonly #options: LeftTellerOptions;
  readonly #rate = new TokenBucket(RATE);
  #told: Told[] = [];
  /** Of them, those of which no Event tells. */
  #untold: Told[] = [];

  constructor(options: LeftTellerOptions) {
    this.#options = options;
  }

  /** Tells of one Record, right before it is let go. Never rejects. */
  async tell(record: Pick<RecordObject, 'namespace' | 'name'>, uid: string, left: LeftBehind, term: Term): Promise<void> {
    const told = { object: nameObject(RECORDS, keyOf(record)), left };
    this.#told.push(told);
    const { writer, clock } = this.#options;
    const { apiVersion, kind } = RECORDS;
    if (!this.#isWanted(left)) return;
    const now = clock.monotonic();
    if (this.#rate.waitMs(now) === 0) {
      this.#rate.take(now);
      const text = { type: left.type, reason: reasonOf(left.code), note: left.message };
      if (await this.#post(writer, { apiVersion, kind, namespace: record.namespace, name: record.name, uid }, text, term)) return;
    }
    this.#untold.push(told);
  }

  /** Tells of all at once what could not be told of each. Never rejects. */
  async flush(term: Term): Promise<void> {
    const [told, untold] = [this.#told, this.#untold];
    this.#told = [];
    this.#untold = [];
    if (told.length === 0) return;
    const { cluster, logger, lease } = this.#options;
    const level = told.some(({ left }) => left.type === 'Warning') ? 'warn' : 'info';
    logger[level]('Records are let go, and something of what they published is left', {
      cluster,
      records: told.length,
      codes: [...new Set(told.map(({ left }) => left.code))],
      first: told.slice(0, NAMED).map(({ object, left }) => `${object}: ${left.message}`),
    });
    if (untold.length === 0 || lease === undefined) return;
    const about = await this.#lease(lease, term);
    if (about === undefined) return;
    for (const [code, some] of Map.groupBy(untold, ({ left }) => left.code)) {
      const type = some.some(({ left }) => left.type === 'Warning') ? 'Warning' : 'Normal';
      const messages = some.map(({ object, left }) => `${object} in cluster ${cluster}: ${left.message}`);
      await this.#post(lease.writer, about, { type, reason: reasonOf(code), note: joinMessages(messages, NOTE_OCTETS) }, term);
    }
  }

  #isWanted({ type }: LeftBehind): boolean {
    const { events } = this.#options;
    return events === 'all' || (events === 'warnings' && type === 'Warning');
  }

  /** Whether an Event says it, now or since before. */
  async #post(writer: Pick<ApiWriter, 'send'>, about: Regarded, text: EventText, term: Term): Promise<boolean> {
    const { author, clock } = this.#options;
    const { collection, event } = composeEvent(about, text, author, clock.now());
    if (!term.mayWrite()) return false;
    try {
      const answer = await writer.send({ method: 'POST', path: collection, body: event }, term.signal);
      return isDone(answer) || answer.status === 409;
    } catch {
      // The log has it.
      return false;
    }
  }

  async #lease({ writer, namespace, name }: LeasePlace, { signal }: Term): Promise<Regarded | undefined> {
    try {
      const found = await lookUpObject(writer, { resource: LEASES, namespace, name, byGet: true }, signal);
      return found && { ...found, kind: LEASES.kind, namespace, name };
    } catch {
      return undefined;
    }
  }
}
