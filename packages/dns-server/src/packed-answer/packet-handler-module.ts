/** The module that each UDP worker imports: answers from the zones' shared memory. */
import { type Logger, MAX_MESSAGE_OCTETS, MessageWriter } from '@kubezone/core';
import { attachSharedMemory, ZoneReader } from '@kubezone/core/packed-zone';

import { RateLimiter } from '../rate-limit/rate-limiter.ts';
import type { RateLimits } from '../rate-limit/rate-limits.ts';
import { RelayGate, type RelayGateData } from '../relay/relay-gate.ts';
import { Statistics } from '../statistics.ts';
import {
  DEFERRED,
  MAX_DATAGRAM_OCTETS,
  NO_ANSWER,
  type PacketHandler,
  type PacketHandlerContext,
} from '../transport/packet-handler.ts';
import type { PacketPeer } from '../transport/packet-peer.ts';
import { CountedAnswerer } from './counted-answerer.ts';
import { type AnswererSettings, PacketAnswerer } from './packet-answerer.ts';

/** What the main thread gives every worker. */
export interface PackedHandlerData {
  /** `ServedZones.memory`; also what the transport takes as its epochs. */
  readonly memory: SharedArrayBuffer;
  /** As in `AnswerContext`; at most `MAX_DATAGRAM_OCTETS`. */
  readonly udpPayloadSize: number;
  readonly nsid?: Uint8Array;
  readonly cookieSecrets: readonly Uint8Array[];
  /** For each worker `STATISTICS_OCTETS` octets, which it alone writes, also after it was started again. */
  readonly statistics: readonly SharedArrayBuffer[];
  /** Any number: each worker makes its own of it. */
  readonly randomSeed: number;
  /** Without them nothing is limited. */
  readonly rateLimit?: { readonly memory: SharedArrayBuffer; readonly limits: RateLimits };
  /** Without it nothing is relayed. */
  readonly relay?: RelayGateData;
}

/** Makes the handler of one worker. */
export function createPacketHandler({ data, worker, logger }: PacketHandlerContext): PackedPacketHandler {
  return new PackedPacketHandler(data as PackedHandlerData, worker, logger);
}

/** Answers, counts, and never throws. */
export class PackedPacketHandler implements PacketHandler {
  readonly #answerer: PacketAnswerer;
  readonly #statistics: Statistics;
  readonly #counted: CountedAnswerer;
  readonly #limiter: RateLimiter | undefined;
  readonly #gate: RelayGate | undefined;
  /** Milliseconds, on a clock that only goes forward. */
  #batchBegan = 0;
  #nowSeconds = 0;
  #answered = 0;

  constructor(data: PackedHandlerData, worker: number, logger: Logger) {
    const { memory, udpPayloadSize, nsid, cookieSecrets, statistics, randomSeed, rateLimit, relay } = data;
    const counters = statistics[worker];
    if (counters === undefined)
      throw new RangeError(`there are counters for ${statistics.length} workers, none for number ${worker}`);
    if (udpPayloadSize > MAX_DATAGRAM_OCTETS)
      throw new RangeError(`answers of ${udpPayloadSize} octets do not fit into ${MAX_DATAGRAM_OCTETS}`);
    const settings: AnswererSettings = {
      udpPayloadSize,
      ...(nsid !== undefined && { nsid }),
      cookieSecrets,
      // Told over TCP only.
      tcpIdleTimeoutMs: 0,
      nowSeconds: () => this.#nowSeconds,
      writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
      randomSeed: Math.imul(randomSeed ^ (worker + 1), 0x9e37_79b1) | 1,
    };
    this.#answerer = new PacketAnswerer(new ZoneReader(attachSharedMemory(memory)), settings);
    this.#statistics = new Statistics(counters);
    this.#counted = new CountedAnswerer(this.#answerer, this.#statistics, logger);
    this.#limiter =
      rateLimit &&
      new RateLimiter(rateLimit.memory, statistics.length, rateLimit.limits, (event) => this.#statistics.count(event));
    this.#gate = relay && new RelayGate(relay);
  }

  beginBatch(): void {
    this.#batchBegan = performance.now();
    const now = Date.now();
    this.#nowSeconds = Math.floor(now / 1000);
    this.#answerer.begin();
    this.#limiter?.begin(now);
  }

  handle(query: Uint8Array, length: number, answer: Uint8Array, peer: PacketPeer): number {
    const limiter = this.#limiter;
    if (limiter !== undefined && !limiter.admit(peer.address, query, length)) return NO_ANSWER;
    let size = this.#counted.answer(query, length, answer, 'udp', peer);
    if (size === 0) {
      this.#statistics.count('dropped');
      return NO_ANSWER;
    }
    if (limiter !== undefined) {
      const { lastAccount, lastRcode, lastCookie } = this.#answerer;
      const verdict = limiter.judge(lastAccount, lastRcode, lastCookie === 'valid');
      if (verdict === 'drop') return NO_ANSWER;
      if (verdict === 'slip') {
        size = this.#answerer.slip(answer, size);
        return this.#send(size);
      }
    }
    // Only now: what is limited here is asked of nobody else. It has been judged as what it would be here, a denial.
    if (this.#gate !== undefined && this.#answerer.lastRelays) {
      const verdict = this.#gate.enter(query, length);
      if (verdict === 'relay') return DEFERRED;
      if (verdict === 'full') size = this.#counted.overload(query, length, answer, 'udp', peer);
    }
    return this.#send(size);
  }

  #send(size: number): number {
    this.#counted.count('udp');
    this.#answered++;
    return size;
  }

  /** After the last query of a batch: its answers leave together, and have taken the same time. */
  endBatch(): void {
    if (this.#answered === 0) return;
    this.#statistics.countLatency('udp', (performance.now() - this.#batchBegan) / 1000, this.#answered);
    this.#answered = 0;
  }
}
