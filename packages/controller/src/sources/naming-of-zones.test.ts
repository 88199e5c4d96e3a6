import { describe, expect, it } from '@jest/globals';

import { isFailure, nameOf } from '@kubezone/core';

import { type NamingOfZonesOptions, namingOfZones } from './naming-of-zones.ts';

const ZONES = ['example.com', 'lan', 'sub.lan'];

/** `names or code` of a text, by the scope in which it is found. */
function ask(
  text: string,
  scope: 'relative' | 'absolute',
  options: Partial<NamingOfZonesOptions> = {},
): readonly string[] | string {
  const zones = ZONES.map((apex, index) => ({ apex: nameOf(apex), ttl: 60 * (index + 1) }));
  const found = namingOfZones({ zones, ...options }).ownersOf(text, scope);
  return isFailure(found) ? found.code : found;
}

const HERE = ['www.example.com.'];
const EVERYWHERE = ['web.example.com.', 'web.lan.', 'web.sub.lan.'];
const LONG_LABEL = 'a'.repeat(64);
/** 250 octets: fits alone and below `lan.`, but not below `example.com.` */
const LONG_NAME = `${`${'a'.repeat(59)}.`.repeat(4)}bcdefgh`;

describe('a host name', () => {
  it.each([
    { rule: 'that lies in a zone is itself', text: 'www.example.com', relative: HERE, absolute: HERE },
    { rule: 'that lies in a zone is itself with a final dot too', text: 'www.example.com.', relative: HERE, absolute: HERE },
    { rule: 'is folded to lower case', text: 'WWW.Example.COM', relative: HERE, absolute: HERE },
    { rule: 'may be an apex', text: 'sub.lan', relative: ['sub.lan.'], absolute: ['sub.lan.'] },
    { rule: 'of one label is relative to every zone, where that is allowed', text: 'web', relative: EVERYWHERE, absolute: [] },
    { rule: 'with a final dot is absolute, and nobody’s outside all zones', text: 'web.', relative: [], absolute: [] },
    {
      rule: 'with dots is relative too, where it lies outside all zones',
      text: 'web.prod',
      relative: ['web.prod.example.com.', 'web.prod.lan.', 'web.prod.sub.lan.'],
      absolute: [],
    },
    {
      rule: 'of another domain is relative like any other, unless it ends in a dot',
      text: 'www.other.test',
      relative: ['www.other.test.example.com.', 'www.other.test.lan.', 'www.other.test.sub.lan.'],
      absolute: [],
    },
    { rule: 'of another domain with a final dot is nobody’s', text: 'www.other.test.', relative: [], absolute: [] },
    {
      rule: 'does not stand in a zone out of which another is cut where it would lie',
      text: 'www.sub',
      relative: ['www.sub.example.com.', 'www.sub.sub.lan.'],
      absolute: [],
    },
    {
      rule: 'is not taken for lying in a zone whose name merely ends alike',
      text: 'myexample.com',
      relative: expect.any(Array),
      absolute: [],
    },
    { rule: 'may be a wildcard', text: '*.example.com', relative: ['*.example.com.'], absolute: ['*.example.com.'] },
    {
      rule: 'is not an asterisk alone, which would be every name of all zones',
      text: '*',
      relative: 'NAME_NOT_A_HOST',
      absolute: 'NAME_NOT_A_HOST',
    },
    {
      rule: 'may have letters outside ASCII',
      text: 'bücher.example.com',
      relative: ['xn--bcher-kva.example.com.'],
      absolute: ['xn--bcher-kva.example.com.'],
    },
    { rule: 'may end in an ideographic full stop, which is a final dot', text: 'web。', relative: [], absolute: [] },
    { rule: 'may have underscores', text: '_sip._tcp.lan', relative: ['_sip._tcp.lan.'], absolute: ['_sip._tcp.lan.'] },
    { rule: 'is left out of zones where it would be too long', text: LONG_NAME, relative: [`${LONG_NAME}.lan.`], absolute: [] },
    { rule: 'has no wildcard in the middle', text: 'a.*.lan', relative: 'NAME_NOT_A_HOST', absolute: 'NAME_NOT_A_HOST' },
    { rule: 'has no wildcard within a label', text: 'a*.lan', relative: 'NAME_NOT_A_HOST', absolute: 'NAME_NOT_A_HOST' },
    { rule: 'has no spaces', text: 'a b.lan', relative: 'NAME_NOT_A_HOST', absolute: 'NAME_NOT_A_HOST' },
    { rule: 'has no escapes', text: '\\119ww\\.lan', relative: 'NAME_NOT_A_HOST', absolute: 'NAME_NOT_A_HOST' },
    { rule: 'has no label that ends in a hyphen', text: 'a-.lan', relative: 'NAME_NOT_A_HOST', absolute: 'NAME_NOT_A_HOST' },
    { rule: 'is not the origin’s sign', text: '@', relative: 'NAME_NOT_A_HOST', absolute: 'NAME_NOT_A_HOST' },
    { rule: 'is not the root', text: '.', relative: 'NAME_NOT_A_HOST', absolute: 'NAME_NOT_A_HOST' },
    { rule: 'is not empty', text: '', relative: 'NAME_EMPTY_LABEL', absolute: 'NAME_EMPTY_LABEL' },
    { rule: 'has no empty label', text: 'a..lan', relative: 'NAME_EMPTY_LABEL', absolute: 'NAME_EMPTY_LABEL' },
    {
      rule: 'has labels of 63 octets at most',
      text: `${LONG_LABEL}.lan`,
      relative: 'NAME_LABEL_TOO_LONG',
      absolute: 'NAME_LABEL_TOO_LONG',
    },
    { rule: 'is no ownership marker’s', text: '_owner.www.lan', relative: 'NAME_RESERVED', absolute: 'NAME_RESERVED' },
    {
      rule: 'does not lie below an ownership marker',
      text: 'a._owner-x.lan',
      relative: 'NAME_RESERVED',
      absolute: 'NAME_RESERVED',
    },
    { rule: 'is no wildcard’s ownership marker', text: '_wildcard', relative: 'NAME_RESERVED', absolute: 'NAME_RESERVED' },
    {
      rule: 'may have a label that only begins like a marker’s',
      text: '_owners.lan',
      relative: ['_owners.lan.'],
      absolute: ['_owners.lan.'],
    },
  ])('$rule', ({ text, relative, absolute }) => {
    expect(ask(text, 'relative')).toEqual(relative);
    expect(ask(text, 'absolute')).toEqual(absolute);
  });

  it('is relative to the chosen zones only', () => {
    expect(ask('web', 'relative', { relativeTo: [nameOf('lan')] })).toEqual(['web.lan.']);
    expect(ask('web', 'relative', { relativeTo: [] })).toEqual([]);
  });

  it('that lies in no zone is kept where names outside all zones are', () => {
    const elsewhere = { ttl: 300 };
    expect(ask('www.other.test', 'absolute', { elsewhere })).toEqual(['www.other.test.']);
    expect(ask('www.other.test', 'relative', { elsewhere, relativeTo: [] })).toEqual(['www.other.test.']);
    expect(ask('web', 'relative', { elsewhere, relativeTo: [nameOf('lan')] })).toEqual(['web.lan.']);
    expect(ask('web', 'relative', { zones: [], elsewhere })).toEqual(['web.']);
  });

  it('that stands in none of the zones to which it is relative is a failure that says why', () => {
    expect(ask('sub', 'relative', { relativeTo: [nameOf('lan')] })).toBe('NAME_RELATIVE');
    expect(ask(`${LONG_NAME}abcdef`, 'relative')).toBe('NAME_TOO_LONG');
  });

  it('is answered for in time that does not explode, however long it is', () => {
    expect(ask('a-'.repeat(500_000), 'relative')).toBe('NAME_LABEL_TOO_LONG');
    expect(ask('ü'.repeat(500_000), 'relative')).toBe('NAME_TOO_LONG');
  });
});

describe('the TTL of a name', () => {
  const zones = ZONES.map((apex, index) => ({ apex: nameOf(apex), ttl: 60 * (index + 1) }));

  it('is that of the longest zone in which it lies', () => {
    const naming = namingOfZones({ zones });
    expect(['www.example.com', 'a.lan', 'a.sub.lan', 'sub.lan'].map((name) => naming.ttlOf(nameOf(name)))).toEqual([
      60, 120, 180, 180,
    ]);
  });

  it('outside all zones is given where names outside are taken, and a mistake of the caller otherwise', () => {
    expect(namingOfZones({ zones, elsewhere: { ttl: 5 } }).ttlOf(nameOf('a.test'))).toBe(5);
    expect(() => namingOfZones({ zones }).ttlOf(nameOf('a.test'))).toThrow('a.test. lies outside all zones');
  });
});

it('a zone to which names are relative must be one of the zones', () => {
  expect(() => namingOfZones({ zones: [], relativeTo: [nameOf('lan')] })).toThrow(RangeError);
});
