import { isFailure, readZoneFile, scanName, type Zone, zoneBuilder } from '@kubezone/core';

import type { ZoneText } from './peers.ts';

/**
 * Makes a zone of a zone file's text, as the resolver does of the file.
 *
 * @throws {Error} with every error that the file has
 */
export function loadZone({ apex, text }: ZoneText): Zone {
  const origin = scanName(apex);
  if (isFailure(origin)) throw new Error(`${apex}: ${origin.message}`);
  const builder = zoneBuilder(origin);
  const diagnostics = readZoneFile(text, { file: apex, origin }, (record, location) => builder.add(record, location));
  const { zone, diagnostics: more } = builder.build();
  const errors = [...diagnostics, ...more].filter(({ severity }) => severity === 'error');
  if (zone === undefined || errors.length > 0) {
    const list = errors.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
    throw new Error(`the zone file of ${apex} has ${errors.length} errors:\n${list.join('\n')}\n${text}`);
  }
  return zone;
}
