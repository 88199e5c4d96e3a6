import {
  Catalog,
  type Clock,
  compareSerials,
  configuredRRsets,
  type Conflict,
  type DesiredRRset,
  emptyZone,
  type Logger,
  type NameChange,
  type Origin,
  type OwnerName,
  parentOf,
  type RRset,
  serialOf,
  TYPE,
  type Zone,
} from '@kubezone/core';
import type { ServedZones } from '@kubezone/dns-server';

import type { ConfiguredZone, FileZone } from './config/zone-schema.ts';
import { ConflictLog } from './conflict-log.ts';

/** What a zone keeper needs. */
export interface ZoneKeeperOptions {
  readonly zones: ServedZones;
  /** Every zone that is configured, served already or not. */
  readonly apexes: ReadonlySet<OwnerName>;
  /** Sources in order of priority. */
  readonly sources: readonly string[];
  /** Whether anything but zone files gives names. */
  readonly clusters: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Brings what is configured, what stands in zone files and what is found in clusters into the served zones.
 *
 *     configuration ──┐
 *     zone files ─────┼──► catalog ──► NameChange ──► served zones
 *     clusters ───────┘
 *
 * A zone file whose zone has nothing else in it passes the catalog by: it is served exactly as it stands, with its own serial.
 */
export class ZoneKeeper {
  readonly #options: ZoneKeeperOptions;
  readonly #catalog: Catalog;
  readonly #conflictLog: ConflictLog;
  /** For the pipeline: the catalog, with an ear at it. */
  readonly catalog: Pick<Catalog, 'put' | 'remove'>;

  constructor(options: ZoneKeeperOptions) {
    const { sources, clock, logger } = options;
    this.#options = options;
    const catalog = new Catalog({ order: sources });
    this.#catalog = catalog;
    const conflictLog = new ConflictLog({ conflicts: () => catalog.conflicts(), clock, logger });
    this.#conflictLog = conflictLog;
    this.catalog = {
      put: (origin, desired) => {
        conflictLog.touch();
        return catalog.put(origin, desired);
      },
      remove: (origin) => {
        conflictLog.touch();
        return catalog.remove(origin);
      },
    };
  }

  /** Begins to serve a zone whose SOA and NS are configured. */
  addConfigured({ config, rotate }: ConfiguredZone): void {
    const rrsets = configuredRRsets(config);
    const soa = rrsets.find(({ type }) => type === TYPE.SOA);
    if (soa === undefined) throw new RangeError(`the configuration of ${config.apex} makes no SOA`);
    this.#begin(emptyZone(config.apex, soa), rotate);
    this.apply(this.catalog.put(originOf('zone', `Zone/${config.apex}`), desireAll(rrsets)));
  }

  /** Takes over the content of a zone file, for the first time or after an edit. */
  takeFile({ apex, rotate }: FileZone, zone: Zone): void {
    const { zones, clusters, logger } = this.#options;
    if (!clusters) {
      const before = zones.get(apex);
      if (before !== undefined && compareSerials(soaSerial(zone), soaSerial(before.zone)) !== 1) {
        logger.warn('a zone file was edited without raising the serial: secondaries will not notice', {
          zone: apex,
          serial: soaSerial(zone),
        });
      }
      zones.replace(zone, { rotate, complete: true });
      return;
    }
    if (zones.get(apex) === undefined) this.#begin(emptyZone(apex, zone.soa), rotate);
    const desired: DesiredRRset[] = [];
    for (const { owner, rrsets } of zone.nodes()) {
      // A delegation to a zone that is served here as well: what stands there is the other zone's.
      if (this.#apexOf(owner) === apex) desired.push(...desireAll(rrsets));
    }
    this.apply(this.catalog.put(originOf('zone-file', `ZoneFile/${apex}`), desired));
  }

  /** Brings changes of names into the zones. */
  apply(changes: readonly NameChange[]): void {
    const { zones, clock, logger } = this.#options;
    const { outside } = zones.apply(changes, Math.floor(clock.now() / 1000));
    for (const { owner, origins } of outside)
      logger.warn('a name lies outside all zones', { name: owner, objects: origins.map(({ object }) => object) });
  }

  /** From now on, names that nothing gives do not exist. */
  complete(): void {
    this.#options.zones.setComplete(true);
  }

  /** Contributions that do not stand as they were asked for. */
  conflicts(): Iterable<Conflict> {
    return this.#catalog.conflicts();
  }

  stop(): void {
    this.#conflictLog.stop();
  }

  /** The configured zone that a name belongs to, by the longest match. */
  #apexOf(owner: OwnerName): OwnerName | undefined {
    let name: OwnerName | undefined = owner;
    while (name !== undefined && !this.#options.apexes.has(name)) name = parentOf(name);
    return name;
  }

  #begin(zone: Zone, rotate: boolean): void {
    this.#options.zones.replace(zone, { rotate, complete: !this.#options.clusters });
  }
}

/** There is one such object for each zone, and its age decides nothing. */
function originOf(source: string, object: string): Origin {
  return { source, cluster: '', object, createdAt: 0 };
}

function desireAll(rrsets: readonly RRset[]): DesiredRRset[] {
  return rrsets.map(({ owner, type, ttl, rdatas }) => ({ kind: 'rrset', owner, type, ttl, rdatas }));
}

function soaSerial({ apex, soa }: Zone): number {
  const [rdata] = soa.rdatas;
  if (rdata === undefined) throw new RangeError(`the SOA RRset of ${apex} is empty`);
  return serialOf(rdata);
}
