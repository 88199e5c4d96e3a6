import { type Unserved, zoneFileOrigin } from '@kubezone/app';
import {
  AliasLowering,
  type AliasLoweringOptions,
  type AliasStatistics,
  Catalog,
  type Clock,
  compareSerials,
  configuredNames,
  configuredRRsets,
  type Conflict,
  type DesiredRRset,
  emptyZone,
  firstSerial,
  type Logger,
  type NameChange,
  OccludedNames,
  type Origin,
  type OwnerName,
  type RRset,
  serialOf,
  TYPE,
  withSerial,
  type ZoneView,
} from '@kubezone/core';
import { PTR_SOURCE, ReverseNames, type ServedZones } from '@kubezone/dns-server';

import type { CatalogRules } from './config/resolver-config.ts';
import type { ConfiguredZone, FileZone } from './config/zone-schema.ts';
import { ConflictLog } from './conflict-log.ts';
import { NameServerWatch } from './name-server-watch.ts';
import { ZoneWriter } from './zone-writer.ts';

/** How long names whose targets are asked for the first time may keep all others from being denied, in milliseconds. */
const FIRST_TARGETS_MS = 5_000;

/** What a zone keeper needs. */
export interface ZoneKeeperOptions {
  readonly zones: ServedZones;
  /** Every zone that is configured, served already or not. */
  readonly apexes: ReadonlySet<OwnerName>;
  /** Those of them in which addresses have their names. @default none */
  readonly reverseZones?: Iterable<OwnerName>;
  /** Sources in order of priority. */
  readonly sources: readonly string[];
  /** @default every name is open to all, and what they ask for is merged */
  readonly rules?: CatalogRules;
  /** How names get the addresses of host names. */
  readonly aliases: Pick<AliasLoweringOptions, 'mode' | 'nameServers' | 'lookUp' | 'staleForMs' | 'random'>;
  /** Whether anything but zone files gives names. */
  readonly clusters: boolean;
  /** Called whenever contributions may have changed, as often as that may be. */
  readonly onTouch?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Brings what is configured, what stands in zone files and what is found in clusters into the served zones.
 *
 *     configuration ──┐                             ┌─ addresses of host names, as they come and go
 *     zone files ─────┼──► catalog ──► NameChange ──┴► without aliases ──► served zones ─┐
 *     clusters ───────┤                                                                   │
 *     PTR ◄───────────┴────────────────── what addresses are called ◄────────────────────┘
 *
 * A zone file whose zone has nothing else in it passes the catalog by: it is served exactly as it stands, with its own serial. In every other zone the serial
 * is the time of the last change, whatever serial its file has: the file knows nothing of the changes in clusters, and a serial that began with the
 * file's and counted on would fall back when the program starts again.
 */
export class ZoneKeeper {
  readonly #options: ZoneKeeperOptions;
  readonly #catalog: Catalog;
  readonly #conflictLog: ConflictLog;
  readonly #aliases: AliasLowering;
  readonly #writer: ZoneWriter;
  readonly #occluded: OccludedNames;
  #completing: Promise<void> | undefined;
  #stopped = false;
  /** Zones that are served exactly as their files stand. */
  readonly #verbatim = new Set<OwnerName>();
  /** Name servers of configured zones that have the addresses of Services. */
  readonly #nameServers: NameServerWatch;
  /** For the pipeline: the catalog, with an ear at it. */
  readonly catalog: Pick<Catalog, 'put' | 'remove'>;
  /** What has been decided. */
  readonly decisions: Pick<Catalog, 'conflicts' | 'origins' | 'owners' | 'state'>;

  constructor(options: ZoneKeeperOptions) {
    const { zones, apexes, reverseZones = [], sources, rules, aliases, clock, logger } = options;
    this.#options = options;
    const order = [...sources, PTR_SOURCE];
    const catalog = new Catalog({ order, ...rules, setIdentifiers: 'merge', clock });
    this.#catalog = catalog;
    this.decisions = {
      conflicts: () => this.conflicts(),
      origins: (owner) => catalog.origins(owner),
      owners: (origin) => catalog.owners(origin),
      state: (owner) => catalog.state(owner),
    };
    const conflictLog = new ConflictLog({ conflicts: () => this.conflicts(), clock, logger });
    this.#conflictLog = conflictLog;
    this.#nameServers = new NameServerWatch({ catalog, clock, logger });
    const lowering = new AliasLowering({
      ...aliases,
      apexes,
      names: {
        state: (owner) => catalog.state(owner),
        exists: (owner) => zones.find(owner)?.zone.node(owner) !== undefined,
      },
      clock,
      logger,
      onChanges: (changes) => this.#writer.write(changes),
    });
    this.#aliases = lowering;
    this.#writer = new ZoneWriter({
      zones,
      apexes,
      reverse: new ReverseNames({ zones: apexes, reverseZones, sources: order }),
      repeat: (owner) => {
        const state = lowering.lowered(owner);
        return { owner, before: state, after: state, origins: catalog.origins(owner) };
      },
      onReverse: (contributions) => this.apply(contributions.flatMap(({ origin, desired }) => this.catalog.put(origin, desired))),
      clock,
      logger,
    });
    this.#occluded = new OccludedNames({
      catalog,
      apexOf: (owner) => this.#writer.cuts.apexOf(owner),
      zone: (apex) => zones.get(apex)?.zone,
      clock,
    });
    const touch = (): void => {
      conflictLog.touch();
      options.onTouch?.();
    };
    this.catalog = {
      put: (origin, desired) => {
        touch();
        return catalog.put(origin, desired);
      },
      remove: (origin) => {
        touch();
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
      const names = configuredNames(config);
      this.#nameServers.add(config.nameservers.filter(({ name }) => names.includes(name)));
      const soa = rrsets.find(({ type }) => type === TYPE.SOA);
      if (soa === undefined) throw new RangeError(`the configuration of ${config.apex} makes no SOA`);
      this.#begin(config.apex, soa, rotate);
      return {
        apex: config.apex,
        desired: [...desireAll(rrsets), ...names.map((owner): DesiredRRset => ({ kind: 'existence', owner }))],
      };
    });
    for (const { apex, desired } of contents) {
      const own = desired.filter(({ owner }) => !this.#verbatim.has(this.#writer.cuts.apexOf(owner) ?? apex));
      this.apply(this.catalog.put(zoneOrigin(apex), own));
    }
    for (const { apex } of contents) this.#writer.cuts.derive(apex);
    this.#writer.begun();
  }

  /** Takes over the content of a zone file, for the first time or after an edit. */
  takeFile(settings: FileZone, zone: ZoneView): void {
    const { apex } = settings;
    if (this.#options.clusters) this.#mixIn(settings, zone);
    else this.#replace(settings, zone);
    for (const child of this.#writer.cuts.undelegated(zone)) {
      this.#options.logger.warn('a zone file has no delegation to a zone that is served too: resolvers will not find that', {
        zone: apex,
        child,
      });
    }
    this.#writer.cuts.update([apex]);
    this.#writer.begun();
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
      if (this.#writer.cuts.apexOf(owner) === apex) desired.push(...desireAll(rrsets));
      // At and below the apex of a zone that is served as well: not for the catalog, which would take it for that zone's.
      else if (rrsets.length > 0) elsewhere.set(owner, rrsets);
    }
    this.apply(this.catalog.put(zoneFileOrigin(apex), desired));
    this.#writer.cuts.takeFile({ apex, nodes: elsewhere });
  }

  /** Brings changes of names into the zones. */
  apply(changes: readonly NameChange[]): void {
    if (changes.length === 0) return;
    this.#writer.write(this.#aliases.lower(changes));
    this.#occluded.take(changes);
    this.#nameServers.take(changes);
  }

  /** How many names stay as they were, for want of memory. */
  get refusedNames(): number {
    return this.#writer.refusedNames;
  }

  /** How host names stand whose addresses are served. */
  aliasStatistics(): AliasStatistics {
    return this.#aliases.statistics();
  }

  /** Names that are not served as objects ask for them, for other reasons than the catalog's. */
  *unserved(): Generator<Unserved, void, undefined> {
    yield* this.#writer.unserved();
    yield* this.#aliases.problems();
    yield* this.#nameServers;
  }

  /**
   * From now on names that nothing gives do not exist: once host names that are wanted have been asked for their addresses, or have had their time.
   * Resolves when that is so.
   */
  complete(): Promise<void> {
    this.#completing ??= this.#settle();
    return this.#completing;
  }

  /** Contributions that do not stand as they were asked for, or stand where nobody sees them. */
  *conflicts(): Generator<Conflict, void, undefined> {
    for (const conflict of this.#catalog.conflicts()) if (!isNobodysMistake(conflict)) yield conflict;
    yield* this.#occluded;
  }

  /** How many there are. */
  get conflictCount(): number {
    let count = 0;
    for (const _ of this.conflicts()) count++;
    return count;
  }

  stop(): void {
    this.#stopped = true;
    this.#writer.stop();
    this.#aliases.stop();
    this.#conflictLog.stop();
  }

  async #settle(): Promise<void> {
    await this.#aliases.settled(FIRST_TARGETS_MS);
    if (this.#stopped) return;
    this.#options.zones.setComplete(true);
    this.#nameServers.begin();
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

/**
 * That somebody calls an address otherwise than we would is none. Nor is it one that a Service asks for the name that a zone's configuration gives it as a name
 * server: it has that name.
 */
function isNobodysMistake({ loser, winner }: Conflict): boolean {
  if (loser.source === PTR_SOURCE) return true;
  return winner?.source === 'zone' && winner.cluster === loser.cluster && winner.object === loser.object;
}

/** Who asks for what is configured of a zone. */
function zoneOrigin(apex: OwnerName): Origin {
  return { ...zoneFileOrigin(apex), source: 'zone', object: `Zone/${apex}` };
}

function desireAll(rrsets: readonly RRset[]): DesiredRRset[] {
  return rrsets.map(({ owner, type, ttl, rdatas }) => ({ kind: 'rrset', owner, type, ttl, rdatas }));
}

function soaSerial(apex: OwnerName, soa: RRset): number {
  const [rdata] = soa.rdatas;
  if (rdata === undefined) throw new RangeError(`the SOA RRset of ${apex} is empty`);
  return serialOf(rdata);
}
