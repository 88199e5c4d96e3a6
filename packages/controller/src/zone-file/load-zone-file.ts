import {
  type Diagnostic,
  type IncludeReader,
  type OwnerName,
  readZoneFile,
  type ZoneBuilder,
  type ZoneView,
} from '@kubezone/core';

import { zoneFileFolder } from './zone-file-folder.ts';

/** Which zone file to read, and how. */
export interface ZoneFileSource<Z extends ZoneView> {
  readonly path: string;
  readonly apex: OwnerName;
  /** What makes a zone of the records. */
  readonly createBuilder: (apex: OwnerName) => ZoneBuilder<Z>;
  /** Seconds; for records that state no TTL where nothing in the file gives one. @default such records are errors */
  readonly defaultTtl?: number;
  /** How many octets the file and all that it includes may have. @default 256 MiB */
  readonly maxOctets?: number;
}

/** One version of a zone file. */
export interface LoadedZoneFile<Z extends ZoneView> {
  /** What can be served; absent where the file cannot be read or has no SOA. */
  readonly zone?: Z;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read, or should have been, and its `fingerprintOf` just before. */
  readonly fingerprints: ReadonlyMap<string, string>;
}

const DEFAULT_MAX_OCTETS = 256 * 2 ** 20;

/**
 * Reads a zone file from disk, with all that it includes, and makes a zone of it. Never throws: what is wrong is in the
 * diagnostics, and what is not, in the zone.
 *
 * `$INCLUDE` takes paths relative to the folder of the file in which it stands, or absolute ones, but only at or below the zone
 * file's own folder, with links followed. Synchronous: a million records keep the process busy for some seconds.
 */
export function loadZoneFile<Z extends ZoneView>(source: ZoneFileSource<Z>): LoadedZoneFile<Z> {
  const { path, apex, createBuilder, defaultTtl, maxOctets = DEFAULT_MAX_OCTETS } = source;
  const folder = zoneFileFolder(path, maxOctets);
  const { fingerprints } = folder;
  const main = folder.readMain();
  if (main.kind === 'refusal') {
    return { diagnostics: [{ code: main.code, severity: 'error', message: main.message, file: path }], fingerprints };
  }
  const builder = createBuilder(apex);
  const include: IncludeReader = (included, from) => folder.readInclude(included, from);
  const options = { file: path, origin: apex, include, ...(defaultTtl === undefined ? {} : { defaultTtl }) };
  const faults = readZoneFile(main.text, options, (record, location) => builder.add(record, location));
  const { zone, diagnostics } = builder.build();
  return { ...(zone === undefined ? {} : { zone }), diagnostics: [...faults, ...diagnostics], fingerprints };
}
