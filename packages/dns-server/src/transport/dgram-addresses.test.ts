import { describe, expect, it } from '@jest/globals';

import { expandWildcards, isWildcard } from './dgram-addresses.ts';

const common = { netmask: '', mac: '', internal: false, cidr: null };
const interfaces = {
  lo: [
    { ...common, address: '127.0.0.1', family: 'IPv4' as const },
    { ...common, address: '::1', family: 'IPv6' as const, scopeid: 0 },
  ],
  eth0: [
    { ...common, address: '192.0.2.2', family: 'IPv4' as const },
    { ...common, address: 'fe80::1', family: 'IPv6' as const, scopeid: 2 },
    { ...common, address: '2001:db8::1', family: 'IPv6' as const, scopeid: 0 },
  ],
};
const expand = (...addresses: string[]): string[] =>
  expandWildcards(
    addresses.map((address) => ({ address, port: 53 })),
    interfaces,
  ).map(({ address, family }) => `${address}/${family}`);

describe('the addresses that the fallback binds', () => {
  it.each([
    [
      ['192.0.2.2', '::1'],
      ['192.0.2.2/4', '::1/6'],
    ],
    [['0.0.0.0'], ['0.0.0.0/4', '127.0.0.1/4', '192.0.2.2/4']],
    [['::'], ['::/6', '::1/6', 'fe80::1%eth0/6', '2001:db8::1/6']],
    [
      ['127.0.0.1', '0.0.0.0'],
      ['127.0.0.1/4', '0.0.0.0/4', '192.0.2.2/4'],
    ],
    [['fe80::1%eth0'], ['fe80::1%eth0/6']],
  ])('for %j are %j', (addresses, expected) => {
    expect(expand(...addresses)).toEqual(expected);
  });

  it('are bound on each port', () => {
    const twice = [
      { address: '127.0.0.1', port: 53 },
      { address: '127.0.0.1', port: 5353 },
    ];
    expect(expandWildcards(twice, interfaces)).toHaveLength(2);
  });
});

describe('a wildcard', () => {
  it.each([
    ['0.0.0.0', true],
    ['::', true],
    ['0:0::0', true],
    ['0000:0:0:0:0:0:0:0', true],
    ['::1', false],
    ['127.0.0.1', false],
    ['10.0.0.0', false],
  ])('%s: %s', (address, expected) => {
    expect(isWildcard(address)).toBe(expected);
  });
});
