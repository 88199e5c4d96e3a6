import { isFailure, labelsOf, type OwnerName } from '@kubezone/core';

import type { PageStart } from './next-page.ts';
import { scanVendorName } from './vendor-text.ts';

/**
 * Whether a part of a listing that begins with one name certainly shows all that another has, or that it has nothing: a name and its marker's stand close to
 * each other, and one request often serves both.
 *
 * @param next where the rest of the listing begins; undefined where there is none
 */
export function isCovered(owner: OwnerName, begin: OwnerName, next: PageStart | undefined): boolean {
  if (owner === begin) return next === undefined || nameOfStart(next) !== owner;
  const [at, from] = [orderKey(owner), orderKey(begin)];
  if (at === undefined || from === undefined || at < from) return false;
  if (next === undefined) return true;
  const end = nameOfStart(next);
  const to = end === undefined ? undefined : orderKey(end);
  return to !== undefined && at < to;
}

function nameOfStart({ StartRecordName }: PageStart): OwnerName | undefined {
  const name = scanVendorName(StartRecordName ?? '');
  return isFailure(name) ? undefined : name;
}

/**
 * Listings are in ASCII order of the names with their labels turned round, `com.example.www.` (API Reference, ListResourceRecordSets). How escaped octets are
 * ordered is not documented: undefined for names with any.
 */
function orderKey(owner: OwnerName): string | undefined {
  if (!/^[a-z0-9_.-]+$/.test(owner)) return undefined;
  return `${labelsOf(owner).toReversed().join('.')}.`;
}
