import { type ApplyResult, type ObservedRRset, type OwnerName, ProviderError } from '@kubezone/core';

import { type DnsSession, updateRequest } from './dns-session.ts';
import { ExchangeError } from './exchange-error.ts';
import { type MessageLimits, octetsOf, packUpdates, roomFor } from './pack-updates.ts';
import { printServerAddress } from './server-address.ts';
import { outcomeOf, type UpdateOutcome } from './update-outcome.ts';
import type { NameUpdate } from './update-records.ts';

/** When what was not even tried may be tried again, in milliseconds. */
const AGAIN_MS = 1000;
/** So many names fail one after the other, and none is written, before the server is taken to be failing. */
const MAX_FAILURES = 3;

/**
 * Sends updates of one zone, one message after the other. A message is done whole or not at all, and its reply does not say which name it fails by: so one that
 * fails is cut in halves, until every name has a result of its own.
 *
 * @param signal checked before each message; what was not sent by then is `throttled`
 * @throws {ProviderError} where nothing can be written and nothing was
 */
export async function applyUpdates(
  session: DnsSession,
  apex: OwnerName,
  updates: readonly NameUpdate[],
  limits: Omit<MessageLimits, 'maxOctets'>,
  signal: AbortSignal,
): Promise<ApplyResult[]> {
  const run = new UpdateRun(session, apex, { ...limits, maxOctets: session.maxRequestOctets }, signal);
  return await run.run(updates);
}

class UpdateRun {
  readonly #session: DnsSession;
  readonly #apex: OwnerName;
  readonly #limits: MessageLimits;
  readonly #signal: AbortSignal;
  readonly #server: string;
  readonly #results: ApplyResult[] = [];
  /** Groups that are still to be sent, the next one last. */
  #waiting: (readonly NameUpdate[])[] = [];
  /** Whether the server takes updates of this zone from us at all; undefined until it is asked. */
  #mayUpdate: boolean | undefined;
  #written = 0;
  #failures = 0;

  constructor(session: DnsSession, apex: OwnerName, limits: MessageLimits, signal: AbortSignal) {
    this.#session = session;
    this.#apex = apex;
    this.#limits = limits;
    this.#signal = signal;
    this.#server = printServerAddress(session.server.address);
  }

  async run(updates: readonly NameUpdate[]): Promise<ApplyResult[]> {
    const room = roomFor(this.#apex, this.#limits);
    const [fit, tooLong] = partition(updates, (update) => octetsOf(update) <= room);
    this.#each(tooLong, (owner) => ({ kind: 'refused', owner, reason: `it does not fit into one message of ${room} octets` }));
    this.#waiting = packUpdates(this.#apex, fit, this.#limits).toReversed();
    for (let group = this.#waiting.pop(); group !== undefined; group = this.#waiting.pop()) {
      await this.#session.turn();
      if (this.#signal.aborted) {
        this.#stop(group);
        break;
      }
      const error = await this.#apply(group);
      if (error === undefined) continue;
      if (this.#results.length === tooLong.length) throw error;
      this.#stop(group, error.retryAfterMs);
      break;
    }
    return this.#results;
  }

  /** Sends a group. Returns the reason where no group can be written, this one neither. */
  async #apply(group: readonly NameUpdate[]): Promise<ProviderError | undefined> {
    const outcome = await this.#send(group);
    switch (outcome.kind) {
      case 'done':
        this.#written += group.length;
        for (const { write } of group)
          this.#results.push({ kind: 'applied', owner: write.owner, observed: observedAfter(write) });
        return undefined;
      case 'conflict':
      case 'refused':
        if (!this.#halve(group)) this.#each(group, (owner) => ({ kind: outcome.kind, owner, reason: outcome.reason }));
        return undefined;
      case 'denied':
        return await this.#denied(group, outcome.reason);
      case 'failed':
        this.#failed(group, outcome.reason);
        return undefined;
      case 'unknown':
        this.#each(group, (owner) => ({ kind: 'unknown', owner, reason: outcome.reason }));
        return undefined;
      case 'error':
        return outcome.error;
      default:
        return outcome satisfies never;
    }
  }

  async #send(group: readonly NameUpdate[]): Promise<UpdateOutcome> {
    const request = updateRequest(
      this.#apex,
      group.flatMap(({ prerequisites }) => prerequisites),
      group.flatMap(({ updates }) => updates),
    );
    try {
      return outcomeOf(await this.#session.request(request), this.#server);
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const { message, failure } = error;
      if (failure === 'key-refused') return { kind: 'denied', reason: message };
      if (failure === 'not-sent')
        return { kind: 'error', error: new ProviderError('PROVIDER_UNAVAILABLE', message, { cause: error }) };
      return { kind: 'unknown', reason: message };
    }
  }

  /**
   * The same is said of the zone as a whole and of a single record that a policy excludes: REFUSED by BIND (`update-policy`), NOTAUTH with BADKEY by Knot
   * (`update-type`, `update-owner`). An UPDATE without anything in it tells which.
   */
  async #denied(group: readonly NameUpdate[], reason: string): Promise<ProviderError | undefined> {
    if (this.#mayUpdate === undefined && this.#written === 0) {
      const outcome = await this.#send([]);
      if (outcome.kind === 'error') return outcome.error;
      this.#mayUpdate = outcome.kind !== 'denied';
    }
    if (this.#mayUpdate === false)
      return new ProviderError('PROVIDER_FORBIDDEN', `${reason} (and so to an update of ${this.#apex} that changes nothing)`);
    if (!this.#halve(group)) this.#each(group, (owner) => ({ kind: 'refused', owner, reason }));
    return undefined;
  }

  /** SERVFAIL may be one name's data, which the server chokes on, or the server itself. */
  #failed(group: readonly NameUpdate[], reason: string): void {
    if (this.#failures < MAX_FAILURES && this.#halve(group)) return;
    if (group.length === 1 && this.#written > 0) {
      this.#each(group, (owner) => ({ kind: 'refused', owner, reason: `${reason} to this name, and not to others` }));
      return;
    }
    this.#failures++;
    this.#each(group, (owner) => ({ kind: 'unknown', owner, reason }));
  }

  #halve(group: readonly NameUpdate[]): boolean {
    if (group.length < 2) return false;
    const middle = group.length >> 1;
    this.#waiting.push(group.slice(middle), group.slice(0, middle));
    return true;
  }

  /** Leaves this group and all that wait unwritten. */
  #stop(group: readonly NameUpdate[], afterMs = AGAIN_MS): void {
    for (const left of [group, ...this.#waiting]) this.#each(left, (owner) => ({ kind: 'throttled', owner, afterMs }));
    this.#waiting = [];
  }

  #each(group: readonly NameUpdate[], resultOf: (owner: OwnerName) => ApplyResult): void {
    for (const { write } of group) this.#results.push(resultOf(write.owner));
  }
}

/** The RRsets of a write as the server holds them after it: it says nothing of them but that it has done what was asked. */
function observedAfter({ writes }: NameUpdate['write']): readonly ObservedRRset[] {
  return writes.flatMap(({ after }) => (after === undefined ? [] : { ...after, vendor: undefined }));
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
