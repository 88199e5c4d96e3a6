/**
 * Where the ownership marker of a name stands.
 *
 *     www.example.com.             _owner.www.example.com.
 *     *.example.com.               _owner._wildcard.example.com.          vendors refuse an asterisk that is not the first label
 *     sub.example.com. with NS     _owner-<26 characters>.example.com.    what stands below a cut or a DNAME is not the zone's to answer
 *     a name that is too long      _owner-<26 characters>.example.com.
 */
import { hash } from 'node:crypto';

import { isWildcard, labelsOf, MAX_NAME_OCTETS, type OwnerName, prependLabel, ROOT, wireLength } from '../name/owner-name.ts';
import { encodeOctets } from '../rr/base-encoding.ts';

const OWNER_LABEL = '_owner';
const HASHED_PREFIX = '_owner-';
const WILDCARD_LABEL = '_wildcard';
/** 130 bits: no two names of a zone meet. */
const HASH_CHARACTERS = 26;

/** The place directly below a name; undefined where it would be longer than 255 octets. */
export function placeBelow(name: OwnerName): OwnerName | undefined {
  if (name === ROOT) return `${OWNER_LABEL}.` as OwnerName;
  const spelled = isWildcard(name) ? WILDCARD_LABEL + name.slice(1) : name;
  const place = `${OWNER_LABEL}.${spelled}` as OwnerName;
  // The labels in front take 16 octets at most.
  return place.length < MAX_NAME_OCTETS || wireLength(place) <= MAX_NAME_OCTETS ? place : undefined;
}

/** The place directly below the apex, under a digest of zone and name; undefined where the apex alone is nearly 255 octets long. */
export function hashedPlace(name: OwnerName, apex: OwnerName): OwnerName | undefined {
  const digest = hash('sha256', `${apex}\n${name}`, 'buffer');
  return prependLabel(HASHED_PREFIX + encodeOctets('base32hex', digest).slice(0, HASH_CHARACTERS).toLowerCase(), apex);
}

/** Whether a place can hold the markers of one name below itself, which `nameOfPlace` tells, or those of any, which tell their names themselves. */
export function placeKind(place: OwnerName): 'below' | 'hashed' | undefined {
  if (!place.startsWith(OWNER_LABEL)) return undefined;
  if (place.startsWith('.', OWNER_LABEL.length)) return 'below';
  return place.startsWith(HASHED_PREFIX) ? 'hashed' : undefined;
}

/** The name whose marker stands at a place of kind `below`. */
export function nameOfPlace(place: OwnerName): OwnerName {
  const name = place.slice(OWNER_LABEL.length + 1);
  if (name === '') return ROOT;
  return (name.startsWith(`${WILDCARD_LABEL}.`) ? `*${name.slice(WILDCARD_LABEL.length)}` : name) as OwnerName;
}

/** Whether a name below an apex has a label that is kept for markers: `_owner`, one that begins with `_owner-`, or `_wildcard`. */
export function isReservedName(name: OwnerName, apex: OwnerName): boolean {
  // Nearly every name is done with here.
  if (!name.includes(OWNER_LABEL) && !name.includes(WILDCARD_LABEL)) return false;
  const labels = labelsOf(name);
  return labels
    .slice(0, labels.length - labelsOf(apex).length)
    .some((label) => label === OWNER_LABEL || label === WILDCARD_LABEL || label.startsWith(HASHED_PREFIX));
}
