import { Catalog, type CatalogOptions, type Clock, type NameChange, nameOf, printRRset } from '@kubezone/core';

import type { Cluster } from '../cluster/cluster.ts';
import { MemoryCluster } from '../cluster/memory-cluster.ts';
import { NamePipeline, type NamePipelineOptions } from '../pipeline/name-pipeline.ts';
import { nodeArea } from '../sources/node-area.ts';
import { nodeService } from '../sources/node-service.ts';
import type { Source } from '../sources/source.ts';
import { FakeClock } from './fake-clock.ts';
import { RecordingLogger } from './recording-logger.ts';

export interface NameWorldOptions {
  /** @default lb.test */
  readonly zones?: readonly string[];
  /** @default node-area, node-service */
  readonly sources?: readonly Source[];
  /** @default one in memory, called test */
  readonly clusters?: readonly Cluster[];
  readonly clock?: Clock;
  readonly pipeline?: Partial<NamePipelineOptions>;
  readonly catalog?: Partial<CatalogOptions>;
}

/** Everything from objects to names, for tests. */
export class NameWorld {
  readonly cluster = new MemoryCluster('test');
  readonly catalog: Catalog;
  readonly pipeline: NamePipeline;
  readonly logger = new RecordingLogger();
  /** All changes so far, call by call. */
  readonly changes: (readonly NameChange[])[] = [];

  constructor(options: NameWorldOptions = {}) {
    const { zones = ['lb.test'], clock = new FakeClock(), clusters = [this.cluster], pipeline = {} } = options;
    const relativeTo = zones.map((zone) => ({ apex: nameOf(zone), ttl: 30 }));
    const sources = options.sources ?? [nodeArea({ relativeTo }), nodeService({ relativeTo })];
    this.catalog = new Catalog({ order: sources.map(({ kind }) => kind), clock, ...options.catalog });
    this.pipeline = new NamePipeline({
      clusters,
      sources,
      catalog: this.catalog,
      clock,
      logger: this.logger,
      onChanges: (changes) => void this.changes.push(changes),
      ...pipeline,
    });
  }

  /** Starts with some objects, all of them there from the first listing on. */
  static async with(objects: readonly object[], options: NameWorldOptions = {}): Promise<NameWorld> {
    const world = new NameWorld(options);
    await world.pipeline.start();
    for (const object of objects) world.cluster.put(object);
    world.cluster.synced();
    await world.pipeline.settled();
    return world;
  }

  /** What a name holds, line by line in presentation format; `NODATA` where it exists and holds nothing, `NXDOMAIN` where it does not exist. */
  holds(name: string): string[] {
    const { exists, rrsets } = this.catalog.state(nameOf(name));
    if (!exists) return ['NXDOMAIN'];
    const lines = rrsets.flatMap((rrset) =>
      printRRset(rrset)
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll(/\s+/g, ' ')),
    );
    return lines.length === 0 ? ['NODATA'] : lines.toSorted();
  }

  /** The problems in force, printed. */
  problems(): string[] {
    return this.pipeline
      .problems()
      .map(({ code, object, file, line, message }) =>
        [file, line, object, `${message} [${code}]`].filter((part) => part !== undefined).join(': '),
      );
  }
}
