import { describe, expect, it } from '@jest/globals';
import { isFailure, nameOf, scanAddress } from '@kubezone/core';

import { isReverseZone, reverseZone } from './reverse-zone.ts';

/** The octets of an address. */
function octets(text: string): Uint8Array {
  const address = scanAddress(text);
  if (isFailure(address)) throw new RangeError(address.message);
  return address.rdata;
}

describe('a zone of addresses', () => {
  it.each([
    ['2.0.192.in-addr.arpa', '192.0.2.1', '1.2.0.192.in-addr.arpa.'],
    ['2.0.192.in-addr.arpa', '192.0.3.1', undefined],
    ['2.0.192.in-addr.arpa', '2001:db8::1', undefined],
    ['10.in-addr.arpa', '10.255.0.7', '7.0.255.10.in-addr.arpa.'],
    ['1.2.0.192.in-addr.arpa', '192.0.2.1', '1.2.0.192.in-addr.arpa.'],
    ['1.2.0.192.in-addr.arpa', '192.0.2.11', undefined],
    ['in-addr.arpa', '192.0.2.1', '1.2.0.192.in-addr.arpa.'],
    [
      '8.b.d.0.1.0.0.2.ip6.arpa',
      '2001:db8::567:89ab',
      'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.',
    ],
    ['d.f.ip6.arpa', 'fd00::1', `1.${'0.'.repeat(29)}d.f.ip6.arpa.`],
    ['d.f.ip6.arpa', 'fe80::1', undefined],
    ['d.f.ip6.arpa', '253.0.0.1', undefined],
    ['64/26.2.0.192.in-addr.arpa', '192.0.2.65', '65.64/26.2.0.192.in-addr.arpa.'],
    ['64/26.2.0.192.in-addr.arpa', '192.0.2.63', undefined],
    ['64/26.2.0.192.in-addr.arpa', '192.0.2.127', '127.64/26.2.0.192.in-addr.arpa.'],
    ['64/26.2.0.192.in-addr.arpa', '192.0.2.128', undefined],
    ['64-127.2.0.192.in-addr.arpa', '192.0.2.127', '127.64-127.2.0.192.in-addr.arpa.'],
    ['10-19.2.0.192.in-addr.arpa', '192.0.2.20', undefined],
    ['10-19.2.0.192.in-addr.arpa', '192.0.3.10', undefined],
  ])('%s has %s as %s', (apex, address, expected) => {
    expect(reverseZone(nameOf(apex))?.nameOf(octets(address))).toBe(expected);
  });

  it.each([
    'example.com',
    'in-addr.example',
    'arpa',
    'ip6.arpa.example',
    '256.in-addr.arpa',
    '02.192.in-addr.arpa',
    'lan.10.in-addr.arpa',
    '1.1.2.0.192.in-addr.arpa',
    '65/26.2.0.192.in-addr.arpa',
    '0/23.2.0.192.in-addr.arpa',
    '0/33.2.0.192.in-addr.arpa',
    '127-64.2.0.192.in-addr.arpa',
    '0-256.2.0.192.in-addr.arpa',
    '64/26.0.192.in-addr.arpa',
    '10.ip6.arpa',
    'g.ip6.arpa',
    `${'0.'.repeat(33)}ip6.arpa`,
  ])('is not what %s names', (apex) => {
    expect(isReverseZone(nameOf(apex))).toBe(false);
  });

  it('is more specific, the fewer addresses it has', () => {
    const bits = (apex: string): number | undefined => reverseZone(nameOf(apex))?.prefixBits;
    expect(bits('in-addr.arpa')).toBe(0);
    expect(bits('2.0.192.in-addr.arpa')).toBe(24);
    expect(bits('0-63.2.0.192.in-addr.arpa')).toBe(26);
    expect(bits('64/26.2.0.192.in-addr.arpa')).toBe(26);
    expect(bits('8.b.d.0.1.0.0.2.ip6.arpa')).toBe(32);
  });
});
