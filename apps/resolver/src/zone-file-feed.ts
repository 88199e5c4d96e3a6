import { type Unserved, zoneFileOrigin } from '@kubezone/app';
import { watchZoneFile, type ZoneFileVersion } from '@kubezone/controller';
import {
  type Clock,
  type Diagnostic,
  type Logger,
  type OwnerName,
  printDiagnostic,
  type ZoneBuilder,
  type ZoneView,
} from '@kubezone/core';
import { ArenaFull, packedZoneBuilder } from '@kubezone/core/packed-zone';
import type { ServedZones } from '@kubezone/dns-server';

import type { FileZone } from './config/zone-schema.ts';

/** How many diagnostics of one version are logged one by one. */
const LOGGED = 20;

/** What a feed needs. */
export interface ZoneFileFeedOptions {
  readonly settings: FileZone;
  /** In whose memory the zone is made. */
  readonly zones: ServedZones;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each new content, synchronously. What is not served then is given back. */
  readonly onZone: (zone: ZoneView) => void;
}

/** Where a zone file stands, for metrics. */
export interface ZoneFileStatus {
  readonly apex: OwnerName;
  /** Whether the file as it is now is what is served, without errors. */
  readonly current: boolean;
  /** When the content that is served was read, in milliseconds since the Unix epoch. */
  readonly loadedAt: number;
}

/** One zone file: hands its content on, and logs what is wrong with it. */
export class ZoneFileFeed {
  readonly #options: ZoneFileFeedOptions;
  #status: ZoneFileStatus;
  /** What is wrong with the file as it was read last, and when that was. */
  #wrong: { readonly diagnostics: readonly Diagnostic[]; readonly since: number } = { diagnostics: [], since: 0 };
  #isServed = false;
  readonly #stopping = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ZoneFileFeedOptions) {
    this.#options = options;
    this.#status = { apex: options.settings.apex, current: false, loadedAt: 0 };
  }

  /**
   * Reads the file, and follows it from then on.
   *
   * @returns what is wrong with it, where it cannot be served at all; else nothing: the log has it
   */
  start(): readonly Diagnostic[] {
    const { settings, zones, clock, logger } = this.#options;
    const { apex, path, ttl } = settings;
    const createBuilder = (): ZoneBuilder<ZoneView> => packedZoneBuilder(zones.packed, apex);
    const { signal } = this.#stopping;
    let first: ZoneFileVersion<ZoneView> | undefined;
    const onVersion = (version: ZoneFileVersion<ZoneView>): void => {
      first ??= version;
      this.#take(version);
    };
    this.#ended = watchZoneFile({ apex, path, createBuilder, defaultTtl: ttl, clock, logger, signal, onVersion });
    return !this.#isServed ? (first?.diagnostics ?? []) : [];
  }

  /** Follows the file no more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  status(): ZoneFileStatus {
    return this.#status;
  }

  /** What is wrong with the file as it is now, whether that is served or not. */
  *unserved(): Generator<Unserved, void, undefined> {
    const { apex } = this.#options.settings;
    const { diagnostics, since } = this.#wrong;
    for (const diagnostic of diagnostics)
      yield { code: diagnostic.code, owner: apex, origins: [zoneFileOrigin(apex)], message: printDiagnostic(diagnostic), since };
  }

  #take(version: ZoneFileVersion<ZoneView>): void {
    this.#takeOver(version);
    if (version.zone !== undefined) this.#options.zones.discard(version.zone);
  }

  #takeOver({ state, zone, diagnostics }: ZoneFileVersion<ZoneView>): void {
    const { settings, clock, logger, onZone } = this.#options;
    const fields = { zone: settings.apex, file: settings.path };
    const again = this.#isServed;
    // Whoever starts the program hears it on standard error.
    if (zone === undefined && !again) return;
    this.#log(diagnostics);
    this.#status = { ...this.#status, current: state === 'good' };
    this.#wrong = { diagnostics, since: clock.now() };
    if (state === 'kept' || zone === undefined) {
      logger.error('a zone file has errors: its last good content stays in force', fields);
      return;
    }
    try {
      onZone(zone);
    } catch (error) {
      this.#status = { ...this.#status, current: false };
      if (error instanceof ArenaFull) {
        logger.error('a zone file could not be taken over', { ...fields, code: error.code, reason: error.message });
      } else {
        logger.error('a zone file could not be taken over: a defect of this program', { ...fields, error });
      }
      return;
    }
    this.#isServed = true;
    this.#status = { ...this.#status, loadedAt: clock.now() };
    if (state === 'partial') logger.error('a zone file has errors: the rest of it is served', fields);
    else if (again) logger.info('a zone file was reloaded', fields);
  }

  #log(diagnostics: readonly Diagnostic[]): void {
    const { settings, logger } = this.#options;
    for (const diagnostic of diagnostics.slice(0, LOGGED)) {
      const { code, severity } = diagnostic;
      const fields = { zone: settings.apex, code, problem: printDiagnostic(diagnostic) };
      if (severity === 'error') logger.error('in a zone file', fields);
      else logger.warn('in a zone file', fields);
    }
    const more = diagnostics.length - LOGGED;
    if (more > 0) logger.warn('further problems of a zone file are not logged', { zone: settings.apex, more });
  }
}
