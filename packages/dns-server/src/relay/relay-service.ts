import { type Clock, type Logger, MAX_MESSAGE_OCTETS, MessageWriter, printAddress } from '@kubezone/core';

import type { ReplyContext } from '../answer/context.ts';
import type { Statistics } from '../statistics.ts';
import { askServer } from './ask-server.ts';
import type { RelayServer, ResolvedFallthrough } from './fallthrough-options.ts';
import { Relay } from './relay.ts';
import { RelayAnswerer } from './relay-answerer.ts';
import { RelayCounters } from './relay-counters.ts';
import { createRelayGate, RelayGate, type RelayGateData } from './relay-gate.ts';
import { relayMark } from './relay-mark.ts';
import type { RelaySnapshot } from './relay-statistics.ts';

/** What relaying takes of the server. */
export interface RelayServiceOptions extends Omit<ReplyContext, 'nowSeconds' | 'random' | 'writer'> {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly statistics: Statistics;
}

/**
 * All of relaying, for one server.
 *
 *     UDP worker ─┐                 ┌─ another question like it under way? wait with it
 *                 ├─► gate ─► relay ┤
 *     TCP ────────┘    │            └─ ask server after server ─► response: their data, our form
 *                      └─ full: SERVFAIL; our own query that came back: what is known here
 */
export class RelayService {
  readonly servers: readonly RelayServer[];
  /** What other threads make their gates of. */
  readonly gateData: RelayGateData;
  readonly gate: RelayGate;
  readonly answerer: RelayAnswerer;
  readonly #relay: Relay;
  readonly #counters: RelayCounters;

  constructor({ servers, timeoutMs, maxWaiting }: ResolvedFallthrough, options: RelayServiceOptions) {
    const { clock, logger, statistics, ...form } = options;
    const mark = relayMark(servers);
    this.servers = servers;
    this.gateData = createRelayGate(maxWaiting, mark);
    this.gate = new RelayGate(this.gateData);
    this.#counters = new RelayCounters(servers);
    this.#relay = new Relay({
      servers,
      timeoutMs,
      mark,
      ask: askServer,
      clock,
      logger,
      counters: this.#counters,
      nextTurn: setImmediate,
    });
    const context: ReplyContext = {
      ...form,
      nowSeconds: () => Math.floor(clock.now() / 1000),
      // What is passed on keeps its order.
      random: () => 0,
      writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
    };
    this.answerer = new RelayAnswerer({ relay: this.#relay, gate: this.gate, context, statistics, logger });
  }

  /** Answers what a UDP worker has deferred. */
  readonly answerUdp = (query: Uint8Array, client: Uint8Array): Promise<Uint8Array | undefined> =>
    this.answerer.answer(query, { transport: 'udp', address: printAddress(client) });

  snapshot(): RelaySnapshot {
    return this.#counters.snapshot(this.gate);
  }

  /** Gives up what is under way. */
  stop(): void {
    this.#relay.stop();
  }
}
