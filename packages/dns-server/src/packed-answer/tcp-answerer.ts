import { type Clock, type Logger, MAX_MESSAGE_OCTETS, MessageWriter } from '@kubezone/core';
import type { ZoneReader } from '@kubezone/core/packed-zone';

import type { Statistics } from '../statistics.ts';
import type { MessageAnswerer } from '../transport/tcp-connection.ts';
import { CountedAnswerer } from './counted-answerer.ts';
import { type AnswererSettings, PacketAnswerer, type Peer } from './packet-answerer.ts';

/** What answers over TCP depend on. */
export interface TcpAnswererOptions extends Omit<AnswererSettings, 'nowSeconds' | 'writer'> {
  readonly reader: ZoneReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly statistics: Statistics;
}

/**
 * Answers messages that come by TCP, and counts. Nothing is limited: a client's address is not forged there, and it is where limited clients are sent to.
 */
export class TcpAnswerer implements MessageAnswerer {
  readonly response: Uint8Array = new Uint8Array(MAX_MESSAGE_OCTETS);
  readonly #counted: CountedAnswerer;
  readonly #statistics: Statistics;
  readonly #clock: Clock;
  #nowSeconds = 0;

  constructor({ reader, clock, logger, statistics, ...settings }: TcpAnswererOptions) {
    const writer = new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS));
    const answerer = new PacketAnswerer(reader, { ...settings, writer, nowSeconds: () => this.#nowSeconds });
    this.#counted = new CountedAnswerer(answerer, statistics, logger);
    this.#statistics = statistics;
    this.#clock = clock;
  }

  beginTurn(): void {
    this.#nowSeconds = Math.floor(this.#clock.now() / 1000);
    this.#counted.answerer.begin();
  }

  answer(request: Uint8Array, length: number, peer: Peer): number {
    const size = this.#counted.answer(request, length, this.response, 'tcp', peer);
    if (size === 0) this.#statistics.count('dropped');
    else this.#counted.count('tcp');
    return size;
  }

  endTurn(answered: number, seconds: number): void {
    this.#statistics.countLatency('tcp', seconds, answered);
  }
}
