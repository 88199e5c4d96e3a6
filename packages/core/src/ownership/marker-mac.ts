/**
 * The MAC of a marker: whoever may write TXT records in a zone can copy or invent a marker, but not sign it.
 *
 * 128 bits of HMAC-SHA-256 (RFC 2104, section 5, allows half of the digest) in hexadecimal, over zone, name, owner, cluster and what is owned. So a
 * marker is worth nothing at another name or in another zone.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

import type { OwnerName } from '../name/owner-name.ts';
import { type Marker, printOwn } from './marker.ts';

/** A key that signs and verifies markers. Printed, it shows nothing of the secret. */
export type MarkerKey = KeyObject;

const MAC_OCTETS = 16;

/** @throws {RangeError} where the secret is empty */
export function markerKey(secret: string): MarkerKey {
  if (secret === '') throw new RangeError('a secret for ownership markers must not be empty');
  return createSecretKey(secret, 'utf8');
}

/** The MAC of a marker of a name. */
export function signMarker(marker: Omit<Marker, 'mac'>, name: OwnerName, zone: OwnerName, key: MarkerKey): string {
  const { owner, cluster, own } = marker;
  // Length before each value: no two lists of values give one input.
  const input = [zone, name, owner, cluster, printOwn(own, cluster)].map((value) => `${value.length}:${value}`).join('\n');
  return createHmac('sha256', key).update(`kubezone marker 1\n${input}`).digest().toString('hex', 0, MAC_OCTETS);
}

/** Which key a marker's MAC is of, by its place in the list; -1 where it has none, or one of no key. */
export function verifyMarker(marker: Marker, name: OwnerName, zone: OwnerName, keys: readonly MarkerKey[]): number {
  const { mac } = marker;
  if (mac?.length !== 2 * MAC_OCTETS) return -1;
  const found = Buffer.from(mac, 'latin1');
  return keys.findIndex((key) => timingSafeEqual(found, Buffer.from(signMarker(marker, name, zone, key), 'latin1')));
}
