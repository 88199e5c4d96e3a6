import { nameOf, printRRset } from '@kubezone/core';
import { parseAllDocuments } from 'yaml';

import type { ExternalDnsOptions } from '../annotations/external-dns.ts';
import type { Naming } from '../sources/naming.ts';
import { namingOfZones } from '../sources/naming-of-zones.ts';
import type { Source } from '../sources/source.ts';
import { NameWorld } from './name-world.ts';

/** Names in example.com, with TTL 60. */
export const EXAMPLE: { readonly naming: Naming; readonly externalDns: ExternalDnsOptions } = {
  naming: namingOfZones({ zones: [{ apex: nameOf('example.com'), ttl: 60 }] }),
  externalDns: { target: 'honour' },
};

/** The objects of a text of YAML documents. */
export function objectsOf(yaml: string): object[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0] as Error;
    const object: unknown = document.toJS();
    return typeof object === 'object' && object !== null ? [object] : [];
  });
}

/** What became of some manifests. */
export interface Outcome {
  /** All that all names hold, a record a line; host names whose addresses are wanted as ALIAS, and `NODATA` at names that only exist. Sorted. */
  readonly records: readonly string[];
  /** Code and object of each problem, sorted. */
  readonly problems: readonly string[];
  readonly world: NameWorld;
}

/** Puts manifests through sources and catalog. */
export async function outcomeOf(sources: readonly Source[], yaml: string): Promise<Outcome> {
  const world = await NameWorld.with(objectsOf(yaml), { sources, catalog: { setIdentifiers: 'separate' } });
  return { records: recordsOf(world), problems: problemsOf(world), world };
}

/** All that all names hold at present, as in `Outcome`. */
export function recordsOf(world: NameWorld): string[] {
  const owners = new Set(world.changes.flat().map(({ owner }) => owner));
  return [...owners].flatMap((owner) => linesOf(world, owner)).toSorted();
}

/** All problems at present, as in `Outcome`. */
export function problemsOf(world: NameWorld): string[] {
  return world.pipeline
    .problems()
    .map(({ code, object }) => `${code} ${object}`)
    .toSorted();
}

function linesOf(world: NameWorld, owner: string): string[] {
  const { exists, rrsets, aliases = [] } = world.catalog.state(nameOf(owner));
  if (!exists) return [];
  const lines = rrsets.flatMap(({ setIdentifier, properties, ...rrset }) =>
    printRRset(rrset)
      .trimEnd()
      .split('\n')
      .map((line) => line.replaceAll(/\s+/g, ' ') + printQualifiers({ setIdentifier, properties })),
  );
  for (const { ttl, targets, setIdentifier, properties } of aliases) {
    for (const target of targets)
      lines.push(`${owner} ${ttl} IN ALIAS ${target}${printQualifiers({ setIdentifier, properties })}`);
  }
  return lines.length === 0 ? [`${owner} NODATA`] : lines;
}

function printQualifiers({
  setIdentifier,
  properties,
}: {
  readonly setIdentifier: string | undefined;
  readonly properties: Readonly<Record<string, string>> | undefined;
}): string {
  const set = setIdentifier === undefined ? '' : ` #${setIdentifier}`;
  return (
    set +
    Object.entries(properties ?? {})
      .map(([name, value]) => ` ${name}=${value}`)
      .join('')
  );
}
