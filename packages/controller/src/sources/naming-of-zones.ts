import { isFailure, type OwnerName, ParseFailure, scanUnicodeName } from '@kubezone/core';

import type { Naming } from './naming.ts';
import { type RelativeZone, zoneOf } from './relative-name.ts';

export interface NamingOfZonesOptions {
  /** The zones in which names may lie, each with the TTL of what says nothing about it. */
  readonly zones: readonly RelativeZone[];
  /** Those of them in which relative names stand. @default all */
  readonly relativeTo?: readonly OwnerName[];
  /** Takes absolute names outside all zones as well, for those to whom zones become known later; with their TTL in seconds. @default they are nobody's */
  readonly elsewhere?: { readonly ttl: number };
}

/** Labels of letters, digits, underscores, and hyphens inside; perhaps with an asterisk label before them (RFC 1123, section 2.1; RFC 8552; RFC 4592). */
const HOST_NAME = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+$/;
/** Labels under which ownership markers stand. */
const RESERVED_LABEL = /(?:^|\.)(?:_owner(?:-[^.]*)?|_wildcard)\./;
/** What UTS #46 takes for a dot. */
const FINAL_DOT = /[.\u3002\uFF0E\uFF61]$/;

/**
 * Names in configured zones.
 *
 *     zone example.com       ownersOf('web', 'relative')              web.example.com.
 *                            ownersOf('web.example.com', …)           web.example.com.
 *                            ownersOf('web.other.test', 'absolute')   none
 *                            ownersOf('web.other.test', 'relative')   web.other.test.example.com.
 *                            ownersOf('web.other.test.', …)           none
 *
 * A relative name stands in every zone of `relativeTo` but those where it would be too long, or lie in another zone that is cut out of it; it is a failure where it stands in none.
 */
export function namingOfZones({ zones, relativeTo, elsewhere }: NamingOfZonesOptions): Naming {
  const ttls = new Map(zones.map(({ apex, ttl }) => [apex, ttl]));
  const apexes: ReadonlySet<OwnerName> = new Set(ttls.keys());
  const origins = relativeTo ?? [...apexes];
  const stray = origins.find((apex) => !apexes.has(apex));
  if (stray !== undefined) throw new RangeError(`relative names stand in ${stray}, which is no configured zone`);

  return {
    ownersOf(text, scope) {
      // `@` is a zone file's word for its origin, and `*` some people's for every host: as relative names they would be whole zones.
      if (text === '@' || text === '*') return notAHost(text);
      const absolute = scanUnicodeName(text);
      if (isFailure(absolute)) return absolute;
      const inZone = zoneOf(absolute, apexes) !== undefined;
      if (inZone || scope === 'absolute' || FINAL_DOT.test(text) || origins.length === 0) {
        return checkHost(text, absolute) ?? (inZone || elsewhere !== undefined ? [absolute] : []);
      }
      return qualifyHost(text, origins, apexes);
    },
    ttlOf(owner) {
      const apex = zoneOf(owner, apexes);
      const ttl = apex === undefined ? elsewhere?.ttl : ttls.get(apex);
      if (ttl === undefined) throw new RangeError(`${owner} lies outside all zones`);
      return ttl;
    },
    isApex: (owner) => apexes.has(owner),
  };
}

function qualifyHost(
  text: string,
  origins: readonly OwnerName[],
  apexes: ReadonlySet<OwnerName>,
): readonly OwnerName[] | ParseFailure {
  const owners: OwnerName[] = [];
  let failure: ParseFailure | undefined;
  for (const apex of origins) {
    const owner = scanUnicodeName(text, apex);
    const fault = isFailure(owner) ? owner : checkHost(text, owner);
    if (fault !== undefined || isFailure(owner)) {
      failure ??= fault;
      continue;
    }
    const zone = zoneOf(owner, apexes);
    if (zone === apex) owners.push(owner);
    else {
      const message = `${owner} would be in ${apex}, but lies in ${zone ?? 'none'}, which is a zone of its own`;
      failure ??= new ParseFailure('NAME_RELATIVE', message);
    }
  }
  return owners.length === 0 && failure !== undefined ? failure : owners;
}

function checkHost(text: string, owner: OwnerName): ParseFailure | undefined {
  if (!HOST_NAME.test(owner)) return notAHost(text);
  if (!RESERVED_LABEL.test(owner)) return undefined;
  const message = `name ${JSON.stringify(text)} has a label that is kept for ownership markers: _owner, _owner-… or _wildcard`;
  return new ParseFailure('NAME_RESERVED', message);
}

function notAHost(text: string): ParseFailure {
  return new ParseFailure(
    'NAME_NOT_A_HOST',
    `${JSON.stringify(text)} is no host name: labels of letters, digits, "-" inside and "_" are expected, and an asterisk as the first label at most`,
  );
}
