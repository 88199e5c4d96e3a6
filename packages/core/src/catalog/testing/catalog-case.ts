import { nameOf, type OwnerName } from '../../name/owner-name.ts';
import { Catalog, type CatalogOptions } from '../catalog.ts';
import type { Origin } from '../name-change.ts';
import { desiredText, printState } from './desired-text.ts';

/** The order of sources in tests; `zone` precedes them. */
export const ORDER = ['record', 'node-area', 'service', 'ingress', 'zone-file'];
/** Where most cases happen. */
export const WWW: OwnerName = nameOf('www.example');

/**
 * An origin from `[cluster:]source/object@age`; a greater age number is a younger object. An object of two parts is `namespace/name`, one of three
 * `Kind/namespace/name`, one of one part or of a zone's own stands outside namespaces.
 */
export function originOf(text: string): Origin {
  const [, cluster = 'prod', source = '', object = '', createdAt = '0'] =
    /^(?:(\w*):)?([^/]+)\/([^@]+)(?:@(\d+))?$/.exec(text) ?? [];
  const parts = object.split('/');
  return { source, cluster, namespace: parts.at(-2) ?? '', object, createdAt: Number(createdAt) };
}

/** What a test gives a catalog, and what it expects of it. */
export interface CatalogCase {
  readonly rule: string;
  readonly options?: Partial<CatalogOptions>;
  /** Lines of `desiredText` by the text of an origin. */
  readonly given: Readonly<Record<string, readonly string[]>>;
  /** Lines of `printState` of `at`; an empty list: it exists and holds nothing. */
  readonly holds: readonly string[];
  /** @default WWW */
  readonly at?: string;
  /** `CODE loser < winner`, sorted. @default none */
  readonly conflicts?: readonly string[];
  /** The objects that stand in the state, where the case is about that. */
  readonly origins?: readonly string[];
}

/** A catalog to which the given has been put, in that order. */
export function catalogOf(given: CatalogCase['given'], options: Partial<CatalogOptions> = {}): Catalog {
  const catalog = new Catalog({ order: ORDER, clock: { now: () => 0 }, ...options });
  for (const [origin, lines] of Object.entries(given)) catalog.put(originOf(origin), desiredText(...lines));
  return catalog;
}

/** What a case finds, in the shape of what it expects; once as given, and once in the opposite order. */
export function runCase({
  given,
  options,
  at = WWW,
}: CatalogCase): Required<Pick<CatalogCase, 'holds' | 'conflicts' | 'origins'>>[] {
  const entries = Object.entries(given);
  const owner = nameOf(at);
  return [entries, entries.toReversed()].map((order) => {
    const catalog = catalogOf(Object.fromEntries(order), options);
    return {
      holds: printState(catalog.state(owner), owner),
      conflicts: printConflicts(catalog),
      origins: catalog.origins(owner).map(({ object }) => object),
    };
  });
}

/** `CODE loser < winner` of every conflict, sorted. */
export function printConflicts(catalog: Catalog): string[] {
  return Array.from(
    catalog.conflicts(),
    ({ code, loser, winner }) => `${code} ${loser.object} < ${winner?.object ?? '-'}`,
  ).toSorted();
}
