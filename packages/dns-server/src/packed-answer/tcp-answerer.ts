import { type Clock, type Logger, MAX_MESSAGE_OCTETS, MessageWriter, printAddress } from '@kubezone/core';
import type { ZoneReader } from '@kubezone/core/packed-zone';

import type { RelayAnswerer } from '../relay/relay-answerer.ts';
import type { RelayGate } from '../relay/relay-gate.ts';
import type { Statistics } from '../statistics.ts';
import { DEFERRED } from '../transport/packet-handler.ts';
import type { MessageAnswerer } from '../transport/tcp-connection.ts';
import { CountedAnswerer } from './counted-answerer.ts';
import { type AnswererSettings, PacketAnswerer, type Peer } from './packet-answerer.ts';

/** What answers over TCP depend on. */
export interface TcpAnswererOptions extends Omit<AnswererSettings, 'nowSeconds' | 'writer'> {
  readonly reader: ZoneReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly statistics: Statistics;
  /** What is known to nobody here; without it, that is said. */
  readonly relay?: { readonly gate: RelayGate; readonly answerer: RelayAnswerer };
}

/**
 * Answers messages that come by TCP, and counts. Nothing is limited: a client's address is not forged there, and it is where limited clients are sent to.
 */
export class TcpAnswerer implements MessageAnswerer {
  readonly response: Uint8Array = new Uint8Array(MAX_MESSAGE_OCTETS);
  readonly #counted: CountedAnswerer;
  readonly #statistics: Statistics;
  readonly #clock: Clock;
  readonly #relay: TcpAnswererOptions['relay'];
  #nowSeconds = 0;

  constructor({ reader, clock, logger, statistics, relay, ...settings }: TcpAnswererOptions) {
    const writer = new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS));
    const answerer = new PacketAnswerer(reader, { ...settings, writer, nowSeconds: () => this.#nowSeconds });
    this.#counted = new CountedAnswerer(answerer, statistics, logger);
    this.#statistics = statistics;
    this.#clock = clock;
    this.#relay = relay;
  }

  beginTurn(): void {
    this.#nowSeconds = Math.floor(this.#clock.now() / 1000);
    this.#counted.answerer.begin();
  }

  answer(request: Uint8Array, length: number, peer: Peer): number {
    let size = this.#counted.answer(request, length, this.response, 'tcp', peer);
    if (size === 0) {
      this.#statistics.count('dropped');
      return 0;
    }
    if (this.#relay !== undefined && this.#counted.answerer.lastRelays) {
      const verdict = this.#relay.gate.enter(request, length);
      if (verdict === 'relay') return DEFERRED;
      if (verdict === 'full') size = this.#counted.overload(request, length, this.response, 'tcp', peer);
    }
    this.#counted.count('tcp');
    return size;
  }

  async answerLater(request: Uint8Array, peer: Peer): Promise<Uint8Array | undefined> {
    return await this.#relay?.answerer.answer(request, { transport: 'tcp', address: printAddress(peer.address) });
  }

  endTurn(answered: number, seconds: number): void {
    this.#statistics.countLatency('tcp', seconds, answered);
  }
}
