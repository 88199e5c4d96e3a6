import { describe, expect, it } from '@jest/globals';
import { Catalog, type NameChange, nameOf, type Origin } from '@kubezone/core';

import { name, originOf, printState, stateOf } from '../testing/name-states.ts';
import { MAX_NAMES_OF_ADDRESS, PTR_SOURCE, ReverseNames } from './reverse-names.ts';

const SOURCES = ['node', 'service', 'ingress'];
const ABSENT = { exists: false, rrsets: [] };
const REVERSE = ['2.0.192.in-addr.arpa.', '8.b.d.0.1.0.0.2.ip6.arpa.', '64/26.2.0.192.in-addr.arpa.'].map(nameOf);

/** A catalog of what is asked for, as the resolver has it, with reverse names made of its changes. */
class World {
  readonly catalog = new Catalog({ order: ['zone-file', ...SOURCES, PTR_SOURCE], clock: { now: () => 0 } });
  readonly reverse = new ReverseNames({
    zones: new Set([nameOf('example.com'), ...REVERSE]),
    reverseZones: REVERSE,
    sources: ['zone-file', ...SOURCES],
  });
  /** How many contributions the last change made. */
  contributions = 0;

  /** An object asks for a name with some records; with none, it asks for it no more. */
  ask(origin: Origin, owner: string, ...records: readonly string[]): void {
    const desired = stateOf(name(owner), ...records).rrsets.map((rrset) => ({ kind: 'rrset' as const, ...rrset }));
    this.update(this.catalog.put({ ...origin, object: `${origin.object} ${owner}` }, desired));
  }

  update(changes: readonly NameChange[]): void {
    const contributions = this.reverse.update(changes);
    this.contributions = contributions.length;
    for (const { origin, desired } of contributions) this.catalog.put(origin, desired);
  }

  holds(owner: string): string[] {
    return printState(this.catalog.state(nameOf(owner)));
  }
}

const AT_1 = '1.2.0.192.in-addr.arpa.';

describe('the name of an address', () => {
  it('is the name that holds it, with the TTL of the address', () => {
    const world = new World();
    world.ask(originOf('service'), 'web', '60 A 192.0.2.1', '30 AAAA 2001:db8::1');
    expect(world.holds(AT_1)).toEqual(['60 PTR web.example.com.']);
    expect(world.holds(`1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa.`)).toEqual(['30 PTR web.example.com.']);
  });

  it('follows the addresses of its name, and goes with it', () => {
    const world = new World();
    world.ask(originOf('service'), 'web', 'A 192.0.2.1', 'A 192.0.2.2');
    world.ask(originOf('service'), 'web', 'A 192.0.2.2', 'A 192.0.2.3');
    expect(world.contributions).toBe(2);
    expect([1, 2, 3].map((octet) => world.holds(`${octet}.2.0.192.in-addr.arpa.`))).toEqual([
      ['NXDOMAIN'],
      ['300 PTR web.example.com.'],
      ['300 PTR web.example.com.'],
    ]);
    world.ask(originOf('service'), 'web');
    expect([2, 3].map((octet) => world.holds(`${octet}.2.0.192.in-addr.arpa.`))).toEqual([['NXDOMAIN'], ['NXDOMAIN']]);
    expect(world.reverse.size).toBe(0);
  });

  it('stands in the most specific zone, as RFC 2317 has it', () => {
    const world = new World();
    world.ask(originOf('service'), 'web', 'A 192.0.2.65');
    expect(world.holds('65.64/26.2.0.192.in-addr.arpa.')).toEqual(['300 PTR web.example.com.']);
    expect(world.holds('65.2.0.192.in-addr.arpa.')).toEqual(['NXDOMAIN']);
  });

  it.each<[string, string, ...string[]]>([
    ['a wildcard', '*.apps', 'A 192.0.2.1'],
    ['a name outside all zones', 'web.example.net.', 'A 192.0.2.1'],
    ['an address outside all reverse zones', 'web', 'A 198.51.100.1', 'AAAA 2001:db9::1'],
    ['data that is no address', 'web', 'TXT 192.0.2.1'],
  ])('is not made of %s', (_, owner, ...records) => {
    const world = new World();
    world.ask(originOf('service'), owner, ...records);
    expect([world.contributions, world.reverse.size]).toEqual([0, 0]);
  });

  it('is what a zone file says, where it says anything', () => {
    const world = new World();
    world.ask(originOf('service'), 'web', 'A 192.0.2.1');
    world.ask(originOf('zone-file'), AT_1, '5 PTR mail.example.com.');
    expect(world.holds(AT_1)).toEqual(['5 PTR mail.example.com.']);
    world.ask(originOf('zone-file'), AT_1);
    expect(world.holds(AT_1)).toEqual(['300 PTR web.example.com.']);
  });
});

describe('of several names of an address', () => {
  it.each<{ rule: string; asks: [Origin, string, string][]; expected: string[] }>([
    {
      rule: 'all count that are of one source, with the lowest TTL',
      asks: [
        [originOf('service'), 'b', '60 A 192.0.2.1'],
        [originOf('service'), 'a', '30 A 192.0.2.1'],
      ],
      expected: ['30 PTR a.example.com.', '30 PTR b.example.com.'],
    },
    {
      rule: 'those of the most important source count alone',
      asks: [
        [originOf('ingress', 'Ingress/ns/old', -1), 'www', '5 A 192.0.2.1'],
        [originOf('node'), 'n1', '60 A 192.0.2.1'],
        [originOf('service'), 'web', '5 A 192.0.2.1'],
      ],
      expected: ['60 PTR n1.example.com.'],
    },
    {
      rule: "a zone's own name servers come before all others",
      asks: [
        [originOf('node'), 'n1', '60 A 192.0.2.1'],
        [originOf('zone'), 'ns1', '60 A 192.0.2.1'],
      ],
      expected: ['60 PTR ns1.example.com.'],
    },
    {
      rule: 'an apex is of the source that gives it the address, not of the zone that gives it a SOA',
      asks: [
        [originOf('zone'), 'example.com.', '60 NS ns1.example.com.'],
        [originOf('ingress', 'Ingress/ns/apex'), 'example.com.', '60 A 192.0.2.1'],
        [originOf('ingress', 'Ingress/ns/web'), 'web', '60 A 192.0.2.1'],
      ],
      expected: ['60 PTR web.example.com.', '60 PTR example.com.'],
    },
    {
      rule: "an apex with an address of the zone's own is the zone's",
      asks: [
        [originOf('zone-file'), 'example.com.', '60 A 192.0.2.1'],
        [originOf('ingress'), 'web', '60 A 192.0.2.1'],
      ],
      expected: ['60 PTR example.com.'],
    },
  ])('$rule', ({ asks, expected }) => {
    for (const ordered of [asks, asks.toReversed()]) {
      const world = new World();
      for (const ask of ordered) world.ask(...ask);
      expect(world.holds(AT_1)).toEqual(expected);
    }
  });

  it('the oldest eight are taken, and of one age the first by their names, whatever the order in which they came', () => {
    const asks = Array.from({ length: 500 }, (_, index): [Origin, string] => [
      originOf('ingress', `Ingress/ns/i${index}`, index < 3 ? 1 : 2),
      `h${499 - index}`,
    ]);
    for (const ordered of [asks, asks.toReversed()]) {
      const world = new World();
      for (const [origin, owner] of ordered) world.ask(origin, owner, 'A 192.0.2.1');
      expect(world.holds(AT_1)).toEqual(
        ['0', '1', '10', '100', '101', '497', '498', '499'].map((n) => `300 PTR h${n}.example.com.`),
      );
      expect(world.holds(AT_1)).toHaveLength(MAX_NAMES_OF_ADDRESS);
      world.ask(originOf('ingress', 'Ingress/ns/late', 3), 'late', 'A 192.0.2.1');
      expect(world.contributions).toBe(0);
    }
  });
});

it('a server without reverse zones makes no names of addresses, and keeps nothing', () => {
  const reverse = new ReverseNames({
    zones: new Set([nameOf('example.com')]),
    reverseZones: [nameOf('example.com')],
    sources: SOURCES,
  });
  const owner = name('web');
  expect(reverse.update([{ owner, before: ABSENT, after: stateOf(owner, 'A 192.0.2.1'), origins: [] }])).toEqual([]);
  expect(reverse.size).toBe(0);
});
