import {
  Catalog,
  type DesiredRRset,
  isFailure,
  type LookUp,
  type NameChange,
  nameOf,
  type NamePlan,
  type Origin,
  scanRecord,
} from '@kubezone/core';

import type { SyncState } from '../../cluster/cluster.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import { scanSelector } from '../name-selector.ts';
import { Publisher, type PublisherOptions, type SettledState } from '../publisher.ts';
import type { PublishRoute } from '../route.ts';
import { ModelProvider } from './model-provider.ts';

/** An entry, with selectors as text. */
export interface RouteText extends Partial<Omit<PublishRoute, 'selectors' | 'excludeNames'>> {
  readonly selectors?: readonly string[];
  readonly excludeNames?: readonly string[];
}

export interface PublishWorldOptions {
  readonly routes?: readonly RouteText[];
  readonly provider?: ModelProvider;
  readonly clock?: FakeClock;
  readonly catalog?: Catalog;
  readonly publisher?: Partial<PublisherOptions>;
  readonly lookUp?: LookUp;
}

/** How long a test lets things go on without letting time pass, in turns of the event loop. */
const TURNS = 400;

/** A catalog, providers and a publisher, with a clock that stands still. */
export class PublishWorld {
  readonly clock: FakeClock;
  readonly logger = new RecordingLogger();
  readonly catalog: Catalog;
  readonly provider: ModelProvider;
  readonly publisher: Publisher;
  readonly applied: NamePlan[] = [];
  /** `source@cluster`, synced unless it says otherwise. */
  readonly states = new Map<string, SyncState>([
    ['ingress@prod', 'synced'],
    ['service@prod', 'synced'],
    ['node@prod', 'synced'],
  ]);
  readonly clusterIds = new Map([['prod', 'c1']]);
  ready = true;

  constructor(options: PublishWorldOptions = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.provider = options.provider ?? new ModelProvider({ zones: ['example.com'] });
    this.catalog = options.catalog ?? makeCatalog();
    const { routes = [{}] } = options;
    this.publisher = new Publisher({
      routes: routes.map((route) => this.#route(route)),
      settings: { owner: 'me' },
      sources: () => ({
        home: 'prod',
        clusters: ['prod'],
        clusterIds: this.clusterIds,
        statuses: Array.from(this.states, ([key, state]) => {
          const [source = '', cluster = ''] = key.split('@');
          return { source, cluster, state };
        }),
      }),
      isReady: () => this.ready,
      onApplied: (_provider, _zone, plan) => void this.applied.push(plan),
      clock: this.clock,
      logger: this.logger,
      random: () => 0.5,
      ...(options.lookUp !== undefined && { lookUp: options.lookUp }),
      ...options.publisher,
    });
  }

  /** A publisher that has taken what is asked for, and has written it. */
  static async started(
    options: PublishWorldOptions = {},
    asked: Readonly<Record<string, readonly string[]>> = {},
  ): Promise<PublishWorld> {
    const world = new PublishWorld(options);
    for (const [object, lines] of Object.entries(asked)) world.ask(object, ...lines);
    world.publisher.start();
    await world.quiet();
    return world;
  }

  /** What an object asks for from now on: lines in presentation format, `NAME` alone for its existence, `NAME TTL ALIAS TARGET`. No lines: the object is gone. */
  ask(object: string, ...lines: readonly string[]): NameChange[] {
    const changes = this.catalog.put(originOf(object), desiredOf(lines));
    this.publisher.apply(changes);
    return changes;
  }

  /** Lets everything go on until nothing happens any more. Time stands still, unless it is told to pass. */
  async quiet(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets time pass in steps, and everything go on in between. */
  async pass(ms: number, step: number = ms): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.clock.advance(Math.min(step, left));
      await this.quiet();
    }
  }

  /** What `settled` says, while time passes. */
  async settled(): Promise<SettledState> {
    const states: SettledState[] = [];
    void this.publisher.settled().then((state) => states.push(state));
    for (let seconds = 0; states.length === 0 && seconds < 600; seconds++) await this.pass(1_000);
    const [state] = states;
    if (state === undefined) throw new Error('nothing is settled after ten minutes');
    return state;
  }

  /** `CODE owner` of what is withheld, sorted. */
  withheld(): string[] {
    return this.publisher
      .plans()
      .flatMap(({ names }) => names.flatMap(({ owner, withheld }) => withheld.map(({ code }) => `${code} ${owner}`)))
      .toSorted();
  }

  stop(): Promise<void> {
    return this.publisher.stop();
  }

  #route({ selectors = ['example.com'], excludeNames = [], ...route }: RouteText): PublishRoute {
    return {
      provider: this.provider,
      feed: { name: '', catalog: this.catalog },
      ...route,
      selectors: selectors.map(selectorOf),
      excludeNames: excludeNames.map(selectorOf),
    };
  }
}

export function makeCatalog(): Catalog {
  return new Catalog({
    order: ['service', 'ingress', 'node'],
    setIdentifiers: 'separate',
    reportOrigins: true,
    clock: { now: () => 0 },
  });
}

function selectorOf(text: string): PublishRoute['selectors'][number] {
  const selector = scanSelector(text);
  if (isFailure(selector)) throw new RangeError(selector.message);
  return selector;
}

/** An origin from `[cluster:]source/object`; with a final `!` it is to be retained. */
export function originOf(text: string): Origin {
  const [, cluster = 'prod', source = '', object = '', retain] = /^(?:(\w*):)?([^/]+)\/([^!]+)(!)?$/.exec(text) ?? [];
  return { source, cluster, namespace: '', object, createdAt: 0, ...(retain !== undefined && { retain: true }) };
}

/**
 * What an object asks for, from lines in presentation format; `NAME` alone for its existence, `NAME TTL ALIAS TARGET` for a target's addresses; set identifier and properties behind a
 * semicolon: `NAME TTL A ADDRESS ; blue aws/weight=10`.
 */
export function desiredOf(lines: readonly string[]): DesiredRRset[] {
  return lines.map((line) => {
    const [, text = '', more = ''] = /^(.*?)(?: ; ([^"]*))?$/.exec(line) ?? [];
    const words = more.split(' ').filter((word) => word !== '');
    const setIdentifier = words.find((word) => !word.includes('='));
    const properties = words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]);
    const qualifiers = {
      ...(setIdentifier !== undefined && { setIdentifier }),
      ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    };
    const [owner = '', ttl, type, ...targets] = text.split(' ');
    if (ttl === undefined) return { kind: 'existence', owner: nameOf(owner) };
    if (type === 'ALIAS')
      return { kind: 'alias', owner: nameOf(owner), ttl: Number(ttl), targets: targets.map(nameOf), ...qualifiers };
    const record = scanRecord(text);
    if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
    return { kind: 'rrset', owner: record.owner, type: record.type, ttl: record.ttl, rdatas: [record.rdata], ...qualifiers };
  });
}
