import { type DesiredRRset, type OwnerName, TYPE } from '@kubezone/core';

import { abridge } from '../resources/fields.ts';
import type { Addresses } from './node-addresses.ts';
import type { ProblemList } from './problem-list.ts';
import { qualify, type RelativeZones } from './relative-name.ts';

/**
 * Asks for a relative name, in every zone, with the given addresses, and for the names that restrict it to one family:
 *
 *     home.<zone>      A and AAAA
 *     v4.home.<zone>   A            (AAAA: NODATA)
 *     v6.home.<zone>   AAAA         (A: NODATA)
 *
 * All three exist even where there is no address for them.
 */
export function desireFamilyNames(
  relative: string,
  zones: RelativeZones,
  addresses: Addresses,
  desired: DesiredRRset[],
  problems: ProblemList,
): void {
  const { ipv4, ipv6 } = addresses;
  const v4 = [...ipv4.values()];
  const v6 = [...ipv6.values()];
  const desire = (prefixed: string, a: readonly Uint8Array[], aaaa: readonly Uint8Array[]): void => {
    const { names, failures } = qualify(prefixed, zones);
    for (const message of failures) {
      problems.add({ code: 'OWNER_NAME_INVALID', message: `${abridge(prefixed)} is no name in a zone: ${message}` });
    }
    for (const { owner, ttl } of names) desireAddresses(owner, ttl, a, aaaa, desired);
  };
  desire(relative, v4, v6);
  desire(`v4.${relative}`, v4, []);
  desire(`v6.${relative}`, [], v6);
}

function desireAddresses(
  owner: OwnerName,
  ttl: number,
  a: readonly Uint8Array[],
  aaaa: readonly Uint8Array[],
  desired: DesiredRRset[],
): void {
  if (a.length > 0) desired.push({ kind: 'rrset', owner, type: TYPE.A, ttl, rdatas: a });
  if (aaaa.length > 0) desired.push({ kind: 'rrset', owner, type: TYPE.AAAA, ttl, rdatas: aaaa });
  if (a.length === 0 && aaaa.length === 0) desired.push({ kind: 'existence', owner });
}
