import { Catalog } from '@kubezone/core';

import { MemoryCluster } from '../../cluster/memory-cluster.ts';
import { NamePipeline } from '../../pipeline/name-pipeline.ts';
import { ModelProvider } from '../../publish/testing/model-provider.ts';
import { PublishWorld, type RouteText } from '../../publish/testing/publish-world.ts';
import type { PublisherOptions } from '../../publish/publisher.ts';
import { FakeTerm } from '../../reporting/testing/fake-term.ts';
import { MemoryApi } from '../../reporting/testing/memory-api.ts';
import { type Fields, isFields } from '../../resources/fields.ts';
import { RECORDS } from '../../resources/record.ts';
import { record } from '../../sources/record.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { EXAMPLE } from '../../testing/source-world.ts';
import { Finalizers, type FinalizersOptions } from '../finalizers.ts';

const RECORDS_OF_TEAM = '/apis/syntixi.io/v1alpha1/namespaces/team/records';
export const LEASE = '/apis/coordination.k8s.io/v1/namespaces/dns/leases/kubezone-operator';
export const OURS = 'kubezone.io/published-by-me';
export const THEIRS = 'example.org/backup';

const NO_LIMIT = { max: { count: 10_000 }, windowMs: 1, minRecords: 1 };

export interface FinalizerWorldOptions {
  readonly provider?: ModelProvider;
  readonly clock?: FakeClock;
  readonly api?: MemoryApi;
  readonly routes?: readonly RouteText[];
  readonly publisher?: Partial<PublisherOptions>;
  readonly finalizers?: Partial<FinalizersOptions>;
}

/** One process that publishes Records of an API server, at a provider in memory, with a clock that stands still. */
export class FinalizerWorld {
  readonly clock: FakeClock;
  readonly api: MemoryApi;
  readonly provider: ModelProvider;
  readonly publishing: PublishWorld;
  readonly finalizers: Finalizers;
  readonly term = new FakeTerm();
  readonly #cluster = new MemoryCluster('prod');
  readonly #pipeline: NamePipeline;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: FinalizerWorldOptions = {}) {
    this.clock = options.clock ?? new FakeClock();
    this.api = options.api ?? new MemoryApi();
    this.provider = options.provider ?? new ModelProvider({ zones: ['example.com'] });
    const { clock, api } = this;
    const catalog = new Catalog({ order: ['record'], setIdentifiers: 'separate', reportOrigins: true, clock });
    const touch = (): void => this.finalizers.touch();
    this.publishing = new PublishWorld({
      catalog,
      clock,
      provider: this.provider,
      ...(options.routes !== undefined && { routes: options.routes }),
      publisher: { onProgress: touch, settings: { owner: 'me', deleteLimits: NO_LIMIT }, ...options.publisher },
    });
    this.publishing.states.set('record@prod', 'synced');
    const { publisher, logger } = this.publishing;
    this.#pipeline = new NamePipeline({
      clusters: [this.#cluster],
      sources: [record({ ...EXAMPLE, pods: false })],
      catalog,
      clock,
      logger,
      onChanges: (changes) => publisher.apply(changes),
      onObjects: touch,
    });
    this.finalizers = new Finalizers({
      waits: true,
      owner: 'me',
      cluster: 'prod',
      writer: api,
      lease: { writer: api, namespace: 'dns', name: 'kubezone-operator' },
      author: { controller: 'kubezone.io/operator', instance: 'pod-1', action: 'Publish' },
      events: 'warnings',
      objects: () => this.#pipeline.objects('prod', RECORDS),
      namesOf: (one) => this.#pipeline.namesOf('prod', RECORDS, one),
      asks: (object) => catalog.owners({ source: 'record', cluster: 'prod', object }).length > 0,
      mayDelete: (owner) => publisher.mayDelete(owner),
      remains: (owner) => publisher.remains(owner),
      clock,
      logger,
      random: () => 0.5,
      ...options.finalizers,
    });
    // As a watch would have it.
    api.afterwards = ({ method, path }) => {
      const [place = ''] = path.split('?');
      if (method === 'PATCH' && place.startsWith(`${RECORDS_OF_TEAM}/`)) this.#see(place.slice(RECORDS_OF_TEAM.length + 1));
    };
  }

  /** A process that has published what is asked for. */
  static async started(options: FinalizerWorldOptions = {}, ...records: readonly object[]): Promise<FinalizerWorld> {
    const world = new FinalizerWorld(options);
    world.api.put(LEASE, { metadata: { name: 'kubezone-operator', namespace: 'dns' } });
    await world.#pipeline.start();
    for (const one of world.api.list(RECORDS_OF_TEAM)) world.#cluster.put(one);
    for (const one of records) world.put(one);
    world.#cluster.synced();
    await world.#pipeline.settled();
    const { term } = world;
    const publishing = world.publishing.publisher.lead({ signal: term.signal, mayWrite: () => term.mayWrite() });
    world.#running = Promise.all([publishing, world.finalizers.run(term)]);
    await world.pass(2_000);
    return world;
  }

  /** The next process, which finds what this one leaves. */
  next(options: FinalizerWorldOptions = {}): Promise<FinalizerWorld> {
    const { api, clock } = this;
    return FinalizerWorld.started({ api, clock, provider: this.provider.reborn(), ...options });
  }

  /** Creates or changes a Record. */
  put(object: object): void {
    const metadata = metadataOf(object as Fields);
    const name = String(metadata['name']);
    const { finalizers } = metadataOf(this.api.get(`${RECORDS_OF_TEAM}/${name}`) ?? {});
    const kept = finalizers === undefined ? {} : { finalizers };
    this.api.put(`${RECORDS_OF_TEAM}/${name}`, { ...object, metadata: { namespace: 'team', ...kept, ...metadata } });
    this.#see(name);
  }

  /** Deletes Records, as the API server does: those with finalizers are going, and not yet gone. */
  remove(...names: readonly string[]): void {
    for (const name of names) {
      const path = `${RECORDS_OF_TEAM}/${name}`;
      const object = this.api.get(path) ?? {};
      const metadata = metadataOf(object);
      const deletionTimestamp = new Date(this.clock.now()).toISOString();
      if (metadata['finalizers'] === undefined) this.api.delete(path);
      else this.api.put(path, { ...object, metadata: { ...metadata, deletionTimestamp } });
      this.#see(name);
    }
  }

  /** The finalizers of a Record; undefined where there is no such Record. */
  finalizersOf(name: string): readonly string[] | undefined {
    const object = this.api.get(`${RECORDS_OF_TEAM}/${name}`);
    return object === undefined ? undefined : ((metadataOf(object)['finalizers'] ?? []) as readonly string[]);
  }

  /** `Kind/name reason: note` of all Events. */
  events(): string[] {
    return ['team', 'dns'].flatMap((namespace) =>
      this.api.list(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`).map(({ regarding, reason, note }) => {
        const { kind, name } = regarding as { readonly kind: string; readonly name: string };
        return `${kind}/${name} ${String(reason)}: ${String(note)}`;
      }),
    );
  }

  /** Messages of the log about Records. */
  said(): string[] {
    return this.publishing.logger.lines.flatMap(({ message }) => (message.includes('Record') ? message : []));
  }

  pass(ms: number, step: number = 1_000): Promise<void> {
    return this.publishing.pass(ms, Math.min(step, ms));
  }

  /** Ends the process. */
  async end(): Promise<void> {
    this.term.end();
    await this.#pipeline.stop();
    await this.#running;
    await this.publishing.stop();
  }

  #see(name: string): void {
    const object = this.api.get(`${RECORDS_OF_TEAM}/${name}`);
    if (object === undefined) this.#cluster.delete(aRecord(name));
    else this.#cluster.put(object);
  }
}

/** A Record with an address. */
export function aRecord(name: string, metadata: object = {}, spec: object = {}): object {
  return {
    apiVersion: 'syntixi.io/v1alpha1',
    kind: 'Record',
    metadata: { name, namespace: 'team', ...metadata },
    spec: { fqdn: `${name}.example.com`, type: 'A', value: ['192.0.2.1'], ...spec },
  };
}

function metadataOf(object: Fields): Fields {
  return isFields(object['metadata']) ? object['metadata'] : {};
}
