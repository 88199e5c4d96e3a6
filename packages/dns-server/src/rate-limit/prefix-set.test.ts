import { describe, expect, it } from '@jest/globals';
import { isFailure, scanAddress } from '@kubezone/core';
import * as fc from 'fast-check';

import { type IpPrefix, printIpPrefix, scanIpPrefix } from './ip-prefix.ts';
import { PrefixSet } from './prefix-set.ts';

function prefix(text: string): IpPrefix {
  const scanned = scanIpPrefix(text);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned;
}

function isIn(prefixes: readonly string[], text: string): boolean {
  const set = new PrefixSet(prefixes.map(prefix));
  const address = scanAddress(text);
  if (isFailure(address)) throw new Error(address.message);
  return address.rdata.length === 4 ? set.hasIpv4(address.rdata, 0) : set.hasIpv6(address.rdata);
}

describe('prefixes', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7/32', '192.0.2.7'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:db8::1', '2001:db8::1'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.0/24', '192.0.2.0/24'],
  ])('%s is %s', (text, printed) => {
    expect(printIpPrefix(prefix(text))).toBe(printed);
  });

  it.each([
    ['192.0.2.1/24', 'has bits set beyond the prefix; write 192.0.2.0/24'],
    ['2001:db8::1/64', 'write 2001:db8::/64'],
    ['192.0.2.0/33', '0 to 32 bits, not 33'],
    ['2001:db8::/129', '0 to 128 bits, not 129'],
    ['192.0.2.0/024', 'no IP address or prefix'],
    ['192.0.2.0/', 'no IP address or prefix'],
    ['192.0.2.0/24/8', 'no IP address or prefix'],
    ['192.0.2/24', 'no IP address or prefix'],
    ['', 'no IP address or prefix'],
  ])('%j is none: %s', (text, message) => {
    expect(scanIpPrefix(text)).toMatchObject({ code: 'BAD_FIELD', message: expect.stringContaining(message) });
  });
});

describe('a set of prefixes', () => {
  it.each([
    ['192.0.2.0', true],
    ['192.0.2.255', true],
    ['192.0.3.0', false],
    ['192.0.1.255', false],
    ['10.255.1.2', true],
    ['11.0.0.0', false],
    ['203.0.113.7', true],
    ['203.0.113.6', false],
    ['2001:db8:ff::1', true],
    ['2001:db9::', false],
    ['fdff::1', true],
    ['fe00::1', false],
    ['::1', true],
    ['::2', false],
  ])('has %s: %s', (address, expected) => {
    const prefixes = ['192.0.2.0/24', '10.0.0.0/8', '203.0.113.7', '2001:db8::/32', 'fc00::/7', '::1'];
    expect(isIn(prefixes, address)).toBe(expected);
  });

  it('of nothing has nothing, of everything everything', () => {
    for (const address of ['0.0.0.0', '255.255.255.255', '::', 'ffff::']) {
      expect(isIn([], address)).toBe(false);
      expect(isIn(['0.0.0.0/0', '::/0'], address)).toBe(true);
    }
  });

  it('has the addresses whose first bits are those of one of its prefixes', () => {
    const octets = (length: number): fc.Arbitrary<Uint8Array> =>
      fc.array(fc.constantFrom(0, 0, 1, 128, 255), { minLength: length, maxLength: length }).map((list) => Uint8Array.from(list));
    const bitsOf = (address: Uint8Array, length: number): string =>
      [...address]
        .map((octet) => octet.toString(2).padStart(8, '0'))
        .join('')
        .slice(0, length);
    for (const size of [4, 16]) {
      const prefixes = fc.array(
        fc.tuple(octets(size), fc.nat(size * 8)).map(([address, length]): IpPrefix => {
          const bits = bitsOf(address, length).padEnd(size * 8, '0');
          return { address: address.map((_, at) => Number.parseInt(bits.slice(at * 8, at * 8 + 8), 2)), length };
        }),
        { maxLength: 4 },
      );
      fc.assert(
        fc.property(prefixes, octets(size), (list, address) => {
          const set = new PrefixSet(list);
          const expected = list.some((one) => bitsOf(one.address, one.length) === bitsOf(address, one.length));
          expect(size === 4 ? set.hasIpv4(address, 0) : set.hasIpv6(address)).toBe(expected);
        }),
      );
    }
  });
});
