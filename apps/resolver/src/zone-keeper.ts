import {
  Catalog,
  type Clock,
  compareSerials,
  configuredRRsets,
  type Conflict,
  type DesiredRRset,
  emptyZone,
  firstSerial,
  type Logger,
  type NameChange,
  type Origin,
  type OwnerName,
  type RRset,
  serialOf,
  TYPE,
  withSerial,
  type ZoneView,
} from '@kubezone/core';
import type { EditRefusal } from '@kubezone/core/packed-zone';
import type { ServedZones } from '@kubezone/dns-server';

import type { ConfiguredZone, FileZone } from './config/zone-schema.ts';
import { ConflictLog } from './conflict-log.ts';
import { ZoneCuts } from './zone-cuts.ts';

/** How soon names are asked for again that the zones had no room for, in milliseconds. */
const RETRY_MS = 10_000;

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
 * A zone file whose zone has nothing else in it passes the catalog by: it is served exactly as it stands, with its own serial. In every other zone the serial
 * is the time of the last change, whatever serial its file has: the file knows nothing of the changes in clusters, and a serial that began with the
 * file's and counted on would fall back when the program starts again.
 */
export class ZoneKeeper {
  readonly #options: ZoneKeeperOptions;
  readonly #catalog: Catalog;
  readonly #conflictLog: ConflictLog;
  readonly #cuts: ZoneCuts;
  /** Zones that are served exactly as their files stand. */
  readonly #verbatim = new Set<OwnerName>();
  /** Names that stay as they were, because the zones had no room for what they should hold. */
  readonly #refused = new Set<OwnerName>();
  #cancelRetry: (() => void) | undefined;
  /** For the pipeline: the catalog, with an ear at it. */
  readonly catalog: Pick<Catalog, 'put' | 'remove'>;

  constructor(options: ZoneKeeperOptions) {
    const { sources, clock, logger } = options;
    this.#options = options;
    this.#cuts = new ZoneCuts(options);
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

  /**
   * Begins to serve the zones whose SOA and NS are configured: all of them, before any of their names is brought in, since a name server of one zone may lie
   * in another.
   */
  addConfigured(configured: readonly ConfiguredZone[]): void {
    const contents = configured.map(({ config, rotate }) => {
      const rrsets = configuredRRsets(config);
      const soa = rrsets.find(({ type }) => type === TYPE.SOA);
      if (soa === undefined) throw new RangeError(`the configuration of ${config.apex} makes no SOA`);
      this.#begin(config.apex, soa, rotate);
      return { apex: config.apex, rrsets };
    });
    for (const { apex, rrsets } of contents) {
      const desired = rrsets.filter(({ owner }) => !this.#verbatim.has(this.#cuts.apexOf(owner) ?? apex));
      this.apply(this.catalog.put(originOf('zone', `Zone/${apex}`), desireAll(desired)));
    }
    for (const { apex } of contents) this.#cuts.derive(apex);
  }

  /** Takes over the content of a zone file, for the first time or after an edit. */
  takeFile(settings: FileZone, zone: ZoneView): void {
    const { apex } = settings;
    if (this.#options.clusters) this.#mixIn(settings, zone);
    else this.#replace(settings, zone);
    for (const child of this.#cuts.undelegated(zone)) {
      this.#options.logger.warn('a zone file has no delegation to a zone that is served too: resolvers will not find that', {
        zone: apex,
        child,
      });
    }
    this.#cuts.update([apex]);
  }

  /** Serves a file as it stands. */
  #replace({ apex, rotate }: FileZone, zone: ZoneView): void {
    const { zones, logger } = this.#options;
    const before = zones.get(apex);
    const serial = soaSerial(apex, zone.soa);
    if (before !== undefined && compareSerials(serial, soaSerial(apex, before.zone.soa)) !== 1) {
      logger.warn('a zone file was edited without raising the serial: secondaries will not notice', { zone: apex, serial });
    }
    this.#verbatim.add(apex);
    zones.replace(zone, { rotate, complete: true });
  }

  /** Makes a file one source of its zone among others. */
  #mixIn({ apex, rotate }: FileZone, zone: ZoneView): void {
    const { zones, logger } = this.#options;
    if (zones.get(apex) === undefined) {
      const given = soaSerial(apex, zone.soa);
      const serial = this.#begin(apex, zone.soa, rotate);
      if (serial !== given) {
        logger.warn(
          'a zone file has a serial after the time, which is the serial beside clusters: secondaries that have it must be told to transfer',
          {
            zone: apex,
            file: given,
            serial,
          },
        );
      }
    }
    const desired: DesiredRRset[] = [];
    const elsewhere = new Map<OwnerName, readonly RRset[]>();
    for (const { owner, rrsets } of zone.nodes()) {
      if (this.#cuts.apexOf(owner) === apex) desired.push(...desireAll(rrsets));
      // At and below the apex of a zone that is served as well: not for the catalog, which would take it for that zone's.
      else if (rrsets.length > 0) elsewhere.set(owner, rrsets);
    }
    this.apply(this.catalog.put(originOf('zone-file', `ZoneFile/${apex}`), desired));
    this.#cuts.takeFile({ apex, nodes: elsewhere });
  }

  /** Brings changes of names into the zones. */
  apply(changes: readonly NameChange[]): void {
    const { zones, clock, logger } = this.#options;
    const { zones: changed, outside, refused } = zones.apply(changes, Math.floor(clock.now() / 1000));
    this.#cuts.update(changed);
    this.#remember(refused);
    for (const { owner, origins } of outside)
      logger.warn('a name lies outside all zones', { name: owner, objects: origins.map(({ object }) => object) });
  }

  /** How many names stay as they were, for want of memory. */
  get refusedNames(): number {
    return this.#refused.size;
  }

  /** Names that the zones had no room for are asked for again later: other names may have gone. */
  #remember(refused: readonly EditRefusal[]): void {
    const { clock, logger } = this.#options;
    for (const { edit, code, message } of refused) {
      if (this.#refused.has(edit.owner)) continue;
      this.#refused.add(edit.owner);
      logger.error('a name stays as it was', { name: edit.owner, code, reason: message });
    }
    if (refused.length > 0) this.#cancelRetry ??= clock.after(RETRY_MS, () => this.#retry());
  }

  #retry(): void {
    const { zones, clock, logger } = this.#options;
    this.#cancelRetry = undefined;
    const owners = [...this.#refused];
    const changes = owners.map((owner) => {
      const state = this.#catalog.state(owner);
      return { owner, before: state, after: state, origins: [] };
    });
    const { zones: changed, refused } = zones.apply(changes, Math.floor(clock.now() / 1000));
    this.#cuts.update(changed);
    const still = new Set(refused.map(({ edit }) => edit.owner));
    for (const owner of owners) {
      if (still.has(owner)) continue;
      this.#refused.delete(owner);
      logger.info('a name is as it should be again', { name: owner });
    }
    this.#remember(refused);
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
    this.#cancelRetry?.();
    this.#conflictLog.stop();
  }

  /** Returns the serial that the zone begins with. */
  #begin(apex: OwnerName, soa: RRset, rotate: boolean): number {
    const { zones, clusters, clock } = this.#options;
    const serial = firstSerial(soaSerial(apex, soa), Math.floor(clock.now() / 1000));
    const rdatas = soa.rdatas.map((rdata) => withSerial(rdata, serial));
    zones.replace(emptyZone(apex, { ...soa, rdatas }), { rotate, complete: !clusters });
    return serial;
  }
}

/** There is one such object for each zone, and its age decides nothing. */
function originOf(source: string, object: string): Origin {
  return { source, cluster: '', object, createdAt: 0 };
}

function desireAll(rrsets: readonly RRset[]): DesiredRRset[] {
  return rrsets.map(({ owner, type, ttl, rdatas }) => ({ kind: 'rrset', owner, type, ttl, rdatas }));
}

function soaSerial(apex: OwnerName, soa: RRset): number {
  const [rdata] = soa.rdatas;
  if (rdata === undefined) throw new RangeError(`the SOA RRset of ${apex} is empty`);
  return serialOf(rdata);
}
