import { Publisher, type PublisherOptions, type PublishRoute, scanSelector } from '@kubezone/controller';
import { desiredOf, makeCatalog, originOf, SCENARIO_CLUSTER, SCENARIO_OWNER, withheldOf } from '@kubezone/controller/testing';
import { type Catalog, isFailure, type Provider } from '@kubezone/core';
import { silentLogger, systemClock } from '@kubezone/providers/testing';

/** How something is published. */
export interface PublishingOptions {
  readonly provider: Provider;
  /** @default a new one */
  readonly catalog?: Catalog;
  readonly route?: Partial<Omit<PublishRoute, 'excludeNames' | 'provider' | 'feed' | 'selectors'>>;
  readonly excludeNames?: readonly string[];
  readonly settings?: Partial<PublisherOptions['settings']>;
  readonly publisher?: Partial<PublisherOptions>;
}

/** What the operator does with a provider, without a cluster: objects ask, by text. Audits come when they are asked for, and time is real. */
export class Publishing {
  readonly catalog: Catalog;
  readonly publisher: Publisher;
  #acknowledged: (() => void) | undefined;

  private constructor({ provider, catalog = makeCatalog(), route, excludeNames = [], settings, publisher }: PublishingOptions) {
    this.catalog = catalog;
    this.publisher = new Publisher({
      routes: [
        {
          provider,
          feed: { name: '', catalog },
          selectors: ['.'].map(selectorOf),
          excludeNames: excludeNames.map(selectorOf),
          ...route,
        },
      ],
      settings: { owner: SCENARIO_OWNER, ...settings },
      sources: () => ({
        home: 'prod',
        clusters: ['prod'],
        clusterIds: new Map([['prod', SCENARIO_CLUSTER]]),
        statuses: ['service', 'ingress', 'node'].map((source) => ({ source, cluster: 'prod', state: 'synced' as const })),
      }),
      isReady: () => true,
      intervalMs: 3_600_000,
      zonesIntervalMs: 3_600_000,
      onApplied: () => this.#acknowledged?.(),
      clock: systemClock(),
      logger: silentLogger,
      random: Math.random,
      ...publisher,
    });
  }

  /** Publishes what is asked for, until nothing is left to do. */
  static async started(options: PublishingOptions, asked: Readonly<Record<string, readonly string[]>> = {}): Promise<Publishing> {
    const publishing = new Publishing(options);
    for (const [object, lines] of Object.entries(asked)) publishing.ask(object, ...lines);
    publishing.publisher.start();
    await publishing.publisher.settled();
    return publishing;
  }

  /** What an object asks for from now on. */
  ask(object: string, ...lines: readonly string[]): void {
    this.publisher.apply(this.catalog.put(originOf(object), desiredOf(lines)));
  }

  /** The same, until nothing is left to do. */
  async publish(asked: Readonly<Record<string, readonly string[]>>): Promise<void> {
    for (const [object, lines] of Object.entries(asked)) this.ask(object, ...lines);
    await this.publisher.settled();
  }

  /** The same, until the first write is acknowledged. @returns how long that took, in milliseconds */
  async acknowledged(object: string, ...lines: readonly string[]): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const from = performance.now();
    this.#acknowledged = resolve;
    this.ask(object, ...lines);
    await promise;
    return performance.now() - from;
  }

  /** Lists every zone again, until nothing is left to do. */
  async audit(): Promise<void> {
    this.publisher.audit();
    await new Promise((resolve) => setImmediate(resolve));
    await this.publisher.settled();
  }

  withheld(): string[] {
    return withheldOf(this.publisher.plans());
  }

  stop(): Promise<void> {
    return this.publisher.stop();
  }
}

function selectorOf(text: string): PublishRoute['selectors'][number] {
  const selector = scanSelector(text);
  if (isFailure(selector)) throw new RangeError(selector.message);
  return selector;
}
