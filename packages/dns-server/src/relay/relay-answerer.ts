import { type Logger, RCODE } from '@kubezone/core';

import { respondWith } from '../answer/answer.ts';
import type { Client, ReplyContext } from '../answer/context.ts';
import { refusal } from '../answer/solve.ts';
import type { Statistics } from '../statistics.ts';
import type { Relay } from './relay.ts';
import type { RelayGate } from './relay-gate.ts';
import { relayQuestionOf } from './relay-question.ts';

/** What answers depend on. */
export interface RelayAnswererOptions {
  readonly relay: Pick<Relay, 'resolve'>;
  readonly gate: Pick<RelayGate, 'leave'>;
  readonly context: ReplyContext;
  readonly statistics: Statistics;
  readonly logger: Logger;
}

/** From a client's query to its response, by way of another server: what the gate has let through. */
export class RelayAnswerer {
  readonly #options: RelayAnswererOptions;

  constructor(options: RelayAnswererOptions) {
    this.#options = options;
  }

  /**
   * Answers a query, and counts the response. Never rejects.
   *
   * @returns undefined where no answer is due
   */
  async answer(request: Uint8Array, client: Client): Promise<Uint8Array | undefined> {
    const { gate, logger, statistics } = this.#options;
    try {
      return await this.#relay(request, client);
    } catch (error) {
      // A defect of this program.
      statistics.count('failures');
      logger.error('relaying failed', { error, transport: client.transport });
      return undefined;
    } finally {
      gate.leave();
    }
  }

  async #relay(request: Uint8Array, client: Client): Promise<Uint8Array | undefined> {
    const { relay, context, statistics } = this.#options;
    const question = relayQuestionOf(request);
    const solution = question === undefined ? refusal(RCODE.FORMERR) : await relay.resolve(question);
    const response = respondWith(request, solution, client, context);
    if (response === undefined) return undefined;
    const { type, rcode, truncated, cookie, octets } = response;
    statistics.countAnswer(client.transport, type, rcode);
    if (truncated) statistics.count('truncated');
    if (cookie !== undefined) statistics.count(cookie === 'valid' ? 'cookiesValid' : 'cookiesInvalid');
    return octets.slice();
  }
}
