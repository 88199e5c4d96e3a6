import { describe, expect, it } from '@jest/globals';

import { nameOf, wireLength } from '../name/owner-name.ts';
import { hashedPlace, isReservedName, nameOfPlace, placeBelow, placeKind } from './marker-place.ts';

const LONG = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}`;

describe('the place of a marker', () => {
  it.each([
    ['www.example.com.', '_owner.www.example.com.'],
    ['example.com.', '_owner.example.com.'],
    ['*.example.com.', '_owner._wildcard.example.com.'],
    ['a.*.example.com.', '_owner.a.*.example.com.'],
    ['a\\.b.example.com.', '_owner.a\\.b.example.com.'],
    ['.', '_owner.'],
  ])('of %s is %s, which tells the name', (name, place) => {
    expect(placeBelow(nameOf(name))).toBe(place);
    expect(placeKind(nameOf(place))).toBe('below');
    expect(nameOfPlace(nameOf(place))).toBe(name);
  });

  it('is missing below a name that is so long that it would have more than 255 octets', () => {
    const fits = nameOf(`${LONG}.${'d'.repeat(54 - 7)}`);
    expect(wireLength(fits)).toBe(241);
    expect(placeBelow(fits)).toBeDefined();
    const octets = (count: number): string => `${LONG}.${'d'.repeat(count - 194)}`;
    expect(wireLength(placeBelow(nameOf(octets(248))) ?? nameOf('.'))).toBe(255);
    expect(placeBelow(nameOf(octets(249)))).toBeUndefined();
  });

  it('under a digest depends on zone and name, and is a name of 33 octets below the apex', () => {
    const [apex, other] = [nameOf('example.com'), nameOf('com')];
    const place = hashedPlace(nameOf('sub.example.com'), apex);
    // Python: base64.b32hexencode(hashlib.sha256(b'example.com.\nsub.example.com.').digest())[:26].lower()
    expect(place).toBe('_owner-vvok4m867kmshrkietlsbmsonr.example.com.');
    expect(place && placeKind(place)).toBe('hashed');
    expect(hashedPlace(nameOf('sub.example.com'), other)).not.toBe(`${place?.slice(0, 33)}.com.`);
    expect(hashedPlace(nameOf('sua.example.com'), apex)).not.toBe(place);
    expect(hashedPlace(nameOf(`x.${LONG}.${'d'.repeat(40)}`), nameOf(`${LONG}.${'d'.repeat(40)}`))).toBeUndefined();
  });

  it.each(['_ownership.example.com.', 'www.example.com.', '_own.example.'])('is not %s', (name) => {
    expect(placeKind(nameOf(name))).toBeUndefined();
  });
});

describe('labels that are kept for markers', () => {
  it.each([
    ['_owner.www.example.com', true],
    ['www._owner.example.com', true],
    ['_owner-x.example.com', true],
    ['_owner-.example.com', true],
    ['_wildcard.example.com', true],
    ['_OWNER.example.com', true],
    ['owner.example.com', false],
    ['_owners.example.com', false],
    ['x_owner.example.com', false],
    ['a\\._owner.example.com', false],
    ['_wildcard-x.example.com', false],
  ])('%s: %s', (name, reserved) => {
    expect(isReservedName(nameOf(name), nameOf('example.com'))).toBe(reserved);
  });

  it('of the zone itself do not count', () => {
    expect(isReservedName(nameOf('www._owner.example'), nameOf('_owner.example'))).toBe(false);
  });
});
