import { randomBytes, randomInt } from 'node:crypto';
import { networkInterfaces } from 'node:os';

import type { Clock, Logger } from '@kubezone/core';
import { ZoneReader } from '@kubezone/core/packed-zone';

import type { PackedHandlerData } from './packed-answer/packet-handler-module.ts';
import { TcpAnswerer } from './packed-answer/tcp-answerer.ts';
import { LimitReporter } from './rate-limit/limit-reporter.ts';
import { attachRateLimitMemory, createRateLimitMemory, RATE_LIMIT_KEY_OCTETS } from './rate-limit/rate-limit-memory.ts';
import { hasRateLimits } from './rate-limit/rate-limits.ts';
import { fallsThrough } from './relay/fallthrough-options.ts';
import { findRelayLoop, RelayLoopError } from './relay/relay-loop.ts';
import { RelayService } from './relay/relay-service.ts';
import { ServedZones } from './served-zones.ts';
import { type DnsServerOptions, type ListenAddress, type ResolvedOptions, resolveOptions } from './server-options.ts';
import { Statistics, STATISTICS_OCTETS, type StatisticsSnapshot } from './statistics.ts';
import { throttledLogger } from './throttled-logger.ts';
import { ConnectionTable } from './transport/connection-table.ts';
import { bindSockets, type BoundSockets } from './transport/listen.ts';
import { Outbox } from './transport/outbox.ts';
import type { TcpConnection } from './transport/tcp-connection.ts';
import { adviseHugePages } from './transport/native-udp.ts';
import { startUdpWorkers, type UdpWorkers } from './transport/udp-workers.ts';

/** How long connections may take to end when the server stops, in milliseconds. */
const DEFAULT_STOP_TIMEOUT_MS = 5000;

/** At most one line about the same trouble in this time, in milliseconds. */
const LOG_INTERVAL_MS = 10_000;

/** Seeds are words of 32 bits; 0 is none. */
const SEED_RANGE = 2 ** 32;
/** The most that `randomInt` takes: the hash of names is only as hard to guess as its seed. */
const ZONE_SEED_RANGE = 2 ** 48 - 1;

/** TypeScript sources run as they are; what is built finds what is built. */
const HANDLER_MODULE = new URL(
  `./packed-answer/packet-handler-module.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/**
 * An authoritative DNS server: zones, sockets, counters.
 *
 *     const server = new DnsServer({ clock, logger });
 *     server.zones.replace(zone);
 *     await server.listen([{ address: '::', port: 53 }, { address: '0.0.0.0', port: 53 }]);
 *     server.zones.apply(changes, Date.now() / 1000);
 *     await server.stop();
 *
 * UDP is answered by worker threads, TCP in the thread of this object, both from the same memory by the same code.
 */
export class DnsServer {
  /** What is served. Changes take effect with the next query. */
  readonly zones: ServedZones;
  readonly #options: DnsServerOptions;
  readonly #settings: ResolvedOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** What this thread counts. */
  readonly #statistics = new Statistics();
  /** What each UDP worker counts, also after it was started again. */
  readonly #workerCounters: readonly SharedArrayBuffer[];
  /** What UDP workers limit by; undefined where nothing is limited. */
  readonly #rateLimit: PackedHandlerData['rateLimit'];
  #reporter: LimitReporter | undefined;
  /** Undefined where nothing is relayed. */
  readonly #relay: RelayService | undefined;
  readonly #answerer: TcpAnswerer;
  readonly #connections: ConnectionTable<TcpConnection>;
  #bound: BoundSockets | undefined;

  /** @throws {RangeError} where an option is outside its range */
  constructor(options: DnsServerOptions) {
    const settings = resolveOptions(options);
    const { clock } = options;
    this.#options = options;
    this.#settings = settings;
    this.#clock = clock;
    this.#logger = throttledLogger(options.logger, clock, LOG_INTERVAL_MS);
    const { fallthrough } = settings;
    this.zones = new ServedZones({
      clock,
      seed: randomInt(ZONE_SEED_RANGE),
      ...(fallthrough && { fallsThrough: (apex) => fallsThrough(fallthrough.zones, apex) }),
      ...(options.maxZoneOctets !== undefined && { maxOctets: options.maxZoneOctets }),
    });
    const { askedOctets, limitOctets } = this.zones.usage();
    if (limitOctets < askedOctets)
      this.#logger.warn('the system gives less memory for zones than wanted', { wanted: askedOctets, found: limitOctets });
    // Before anything is written there: what is written already stays in small pages.
    if (options.udpBackEnd !== 'dgram') adviseHugePages(this.zones.packed.memory.words);
    this.#workerCounters = Array.from({ length: settings.udpWorkers }, () => new SharedArrayBuffer(STATISTICS_OCTETS));
    const { tcp, udpPayloadSize, nsid, cookieSecrets, rateLimits: limits } = settings;
    if (hasRateLimits(limits)) this.#rateLimit = { memory: createRateLimitMemory(randomBytes(RATE_LIMIT_KEY_OCTETS)), limits };
    const shared = {
      clock,
      logger: this.#logger,
      statistics: this.#statistics,
      udpPayloadSize,
      ...(nsid !== undefined && { nsid }),
      cookieSecrets,
      tcpIdleTimeoutMs: tcp.idleTimeoutMs,
    };
    this.#relay = fallthrough && new RelayService(fallthrough, shared);
    this.#answerer = new TcpAnswerer({
      ...shared,
      reader: new ZoneReader(this.zones.packed.memory),
      randomSeed: randomInt(1, SEED_RANGE),
      ...(this.#relay && { relay: this.#relay }),
    });
    this.#connections = new ConnectionTable({ maxConnections: tcp.maxConnections, maxPerClient: tcp.maxConnectionsPerClient });
  }

  /** What was counted so far, by all threads together. */
  statistics(): StatisticsSnapshot {
    const total = Statistics.sum([this.#statistics, ...this.#workerCounters.map((buffer) => new Statistics(buffer))]);
    if (this.#bound !== undefined) addSockets(total, this.#bound.udp);
    return { ...total.snapshot(), ...(this.#relay && { relay: this.#relay.snapshot() }) };
  }

  /** What carries UDP: the native addon or `node:dgram`; undefined while the server does not listen. */
  get udpBackEnd(): 'native' | 'dgram' | undefined {
    return this.#bound?.udp.backEnd;
  }

  /**
   * Listens, over UDP and TCP, on all of the addresses or on none.
   *
   * @returns the addresses with the ports that are really used, in the same order
   * @throws {ListenError} for the first address that cannot be had; {RelayLoopError} for one to which unknown names are relayed; {RangeError} where the server listens already
   */
  async listen(addresses: readonly ListenAddress[]): Promise<ListenAddress[]> {
    if (this.#bound !== undefined) throw new RangeError('the server listens already');
    const bound = await bindSockets({
      addresses,
      tcp: {
        connections: this.#connections,
        host: {
          clock: this.#clock,
          timeouts: this.#settings.tcp,
          answerer: this.#answerer,
          outbox: new Outbox(),
          statistics: this.#statistics,
        },
      },
      startUdp: (found) => this.#startUdp(found),
      onTcpError: (error, { address, port }) => this.#logger.error('socket error', { transport: 'tcp', address, port, error }),
    });
    this.#bound = bound;
    this.#reporter = this.#reportLimits();
    return [...bound.addresses];
  }

  /**
   * Stops: takes no more queries, answers those that have been read, ends the connections. What has not ended by then is cut off.
   *
   * @param timeoutMs milliseconds
   */
  async stop(timeoutMs: number = DEFAULT_STOP_TIMEOUT_MS): Promise<void> {
    const bound = this.#bound;
    if (bound !== undefined) await this.#close(bound, timeoutMs);
    this.zones.stop();
  }

  async #close(bound: BoundSockets, timeoutMs: number): Promise<void> {
    this.#bound = undefined;
    this.#reporter?.stop();
    let cancel = (): void => undefined;
    const cutOff = new Promise<void>((resolve) => {
      cancel = this.#clock.after(timeoutMs, resolve);
    });
    await bound.close(cutOff, timeoutMs);
    this.#relay?.stop();
    cancel();
    addSockets(this.#statistics, bound.udp);
  }

  #startUdp(addresses: readonly ListenAddress[]): Promise<UdpWorkers> {
    const { udpWorkers, udpPayloadSize, nsid, cookieSecrets } = this.#settings;
    const { udpReceiveBufferOctets, udpBackEnd, favourUdp = false } = this.#options;
    const relay = this.#relay;
    // Here, where also those are known that were found for port 0.
    const loop = relay && findRelayLoop(relay.servers, addresses, networkInterfaces());
    if (loop !== undefined) return Promise.reject(new RelayLoopError(loop));
    const handlerData = (): PackedHandlerData => ({
      memory: this.zones.memory,
      udpPayloadSize,
      ...(nsid !== undefined && { nsid }),
      cookieSecrets,
      statistics: this.#workerCounters,
      randomSeed: randomInt(SEED_RANGE),
      ...(this.#rateLimit !== undefined && { rateLimit: this.#rateLimit }),
      ...(relay && { relay: relay.gateData }),
    });
    return startUdpWorkers({
      addresses,
      workers: udpWorkers,
      handlerModule: HANDLER_MODULE,
      handlerData,
      favour: favourUdp,
      epochs: this.zones.memory,
      clock: this.#clock,
      logger: this.#options.logger,
      ...(relay && { answerLater: relay.answerUdp }),
      ...(udpBackEnd !== undefined && { backEnd: udpBackEnd }),
      ...(udpReceiveBufferOctets !== undefined && { receiveBuffer: udpReceiveBufferOctets }),
    });
  }

  #reportLimits(): LimitReporter | undefined {
    if (this.#rateLimit === undefined) return undefined;
    const { memory, limits } = this.#rateLimit;
    // Not through the throttled logger: each client has lines of its own, and the reporter bounds their number.
    const { clock, logger } = this.#options;
    return new LimitReporter({ prefixes: attachRateLimitMemory(memory).prefixes, limits, clock, logger });
  }
}

/** Adds what UDP workers have counted of their sockets. */
function addSockets(total: Statistics, udp: UdpWorkers): void {
  const { forged, oversize, sendFailed, receiveFailed, restarts } = udp.statistics();
  total.count('dropped', forged + oversize);
  total.count('udpSendErrors', sendFailed);
  total.count('udpReceiveErrors', receiveFailed);
  total.count('udpWorkerRestarts', restarts);
}
