import { type Clock, isFailure, type Logger, MAX_MESSAGE_OCTETS, MessageWriter, parseHeader, RCODE } from '@kubezone/core';

import { respond, type Response } from './answer/answer.ts';
import { composeHeaderOnly } from './answer/compose-response.ts';
import type { AnswerContext, Client } from './answer/context.ts';
import { throttledLogger } from './throttled-logger.ts';
import { ServedZones } from './served-zones.ts';
import { type DnsServerOptions, type ListenAddress, resolveOptions, type TcpLimits } from './server-options.ts';
import { Statistics, type Transport } from './statistics.ts';
import { ConnectionTable } from './transport/connection-table.ts';
import { type BoundPair, listenOnPair } from './transport/listen.ts';
import type { TcpConnection } from './transport/tcp-connection.ts';

/** How long connections may take to end when the server stops, in milliseconds. */
const DEFAULT_STOP_TIMEOUT_MS = 5000;

/** How much of a message that could not be answered is logged. */
const LOGGED_OCTETS = 512;

/** At most one line about the same trouble in this time, in milliseconds. */
const LOG_INTERVAL_MS = 10_000;

/**
 * An authoritative DNS server: zones, sockets, counters.
 *
 *     const server = new DnsServer({ clock, logger });
 *     server.zones.replace(zone);
 *     await server.listen([{ address: '::', port: 53 }, { address: '0.0.0.0', port: 53 }]);
 *     server.zones.apply(changes, Date.now() / 1000);
 *     await server.stop();
 */
export class DnsServer {
  /** What is served. Changes take effect with the next query. */
  readonly zones: ServedZones = new ServedZones();
  readonly statistics: Statistics = new Statistics();
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #context: AnswerContext;
  readonly #tcp: TcpLimits;
  readonly #udpReceiveBufferOctets: number | undefined;
  readonly #connections: ConnectionTable<TcpConnection>;
  #bound: readonly BoundPair[] = [];

  /** @throws {RangeError} where an option is outside its range */
  constructor(options: DnsServerOptions) {
    const { tcp, ...answering } = resolveOptions(options);
    this.#clock = options.clock;
    this.#logger = throttledLogger(options.logger, options.clock, LOG_INTERVAL_MS);
    this.#tcp = tcp;
    this.#udpReceiveBufferOctets = options.udpReceiveBufferOctets;
    this.#connections = new ConnectionTable({ maxConnections: tcp.maxConnections, maxPerClient: tcp.maxConnectionsPerClient });
    this.#context = {
      ...answering,
      zones: this.zones,
      tcpIdleTimeoutMs: tcp.idleTimeoutMs,
      nowSeconds: () => Math.floor(options.clock.now() / 1000),
      writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
    };
  }

  /**
   * Listens, over UDP and TCP, on all of the addresses or on none.
   *
   * @returns the addresses with the ports that are really used, in the same order
   * @throws {ListenError} for the first address that cannot be had
   */
  async listen(addresses: readonly ListenAddress[]): Promise<ListenAddress[]> {
    const bound: BoundPair[] = [];
    try {
      for (const address of addresses) bound.push(await this.#listenOn(address));
    } catch (error) {
      await Promise.all(bound.map((pair) => pair.close(Promise.resolve())));
      throw error;
    }
    this.#bound = [...this.#bound, ...bound];
    return bound.map(({ address, port }) => ({ address, port }));
  }

  /**
   * Stops: takes no more queries, answers those that have been read, ends the connections. What has not ended by then is cut off.
   *
   * @param timeoutMs milliseconds
   */
  async stop(timeoutMs: number = DEFAULT_STOP_TIMEOUT_MS): Promise<void> {
    const bound = this.#bound;
    this.#bound = [];
    let cancel = (): void => undefined;
    const cutOff = new Promise<void>((resolve) => {
      cancel = this.#clock.after(timeoutMs, resolve);
    });
    await Promise.all(bound.map((pair) => pair.close(cutOff)));
    cancel();
  }

  #listenOn({ address, port }: ListenAddress): Promise<BoundPair> {
    const { statistics } = this;
    return listenOnPair({
      address,
      port,
      receiveBufferOctets: this.#udpReceiveBufferOctets,
      answerDatagram: (request, clientAddress) => this.#answer(request, 'udp', clientAddress),
      connections: this.#connections,
      host: {
        clock: this.#clock,
        timeouts: this.#tcp,
        answer: (request, clientAddress) => this.#answer(request, 'tcp', clientAddress),
        statistics,
      },
      onError: (transport, error) => this.#logger.error('socket error', { transport, address, port, error }),
    });
  }

  /** Answers, counts, and never throws. */
  #answer(request: Uint8Array, transport: Transport, address: string): Uint8Array | undefined {
    const started = this.#clock.monotonic();
    const response = this.#respond(request, { transport, address });
    if (response === undefined) {
      this.statistics.count('dropped');
      return undefined;
    }
    if (response.truncated) this.statistics.count('truncated');
    if (response.cookie !== undefined) this.statistics.count(response.cookie === 'valid' ? 'cookiesValid' : 'cookiesInvalid');
    this.statistics.countResponse(transport, response.type, response.rcode, (this.#clock.monotonic() - started) / 1000);
    return response.octets;
  }

  #respond(request: Uint8Array, client: Client): Response | undefined {
    try {
      return respond(request, client, this.#context);
    } catch (error) {
      this.statistics.count('failures');
      // The octets are what a report of this defect needs most.
      this.#logger.error('answering failed', {
        error,
        request: Buffer.from(request.subarray(0, LOGGED_OCTETS)).toString('hex'),
        transport: client.transport,
      });
      return serverFailure(request, this.#context.writer);
    }
  }
}

/** SERVFAIL, by the header alone. */
function serverFailure(request: Uint8Array, writer: MessageWriter): Response | undefined {
  const parsed = parseHeader(request);
  if (isFailure(parsed)) return undefined;
  const octets = composeHeaderOnly(parsed.header, RCODE.SERVFAIL, writer);
  return { octets, type: 0, rcode: RCODE.SERVFAIL, truncated: false };
}
