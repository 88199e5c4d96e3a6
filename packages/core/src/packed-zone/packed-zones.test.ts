import { describe, expect, it } from '@jest/globals';

import { isFailure } from '../failure.ts';
import { nameOf, type OwnerName, parseName } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { ZoneEdit } from '../zone/zone.ts';
import { attachSharedMemory, readerWord, VERSION_WORD } from './shared-memory.ts';
import { collidingNames } from './testing/colliding-names.ts';
import { addressesAt, APEX, gone, own, read, SEED, soaOf, zonesWith } from './testing/small-zone.ts';
import { ZoneReader } from './zone-reader.ts';

describe('packed zones', () => {
  it('show a reader what was published when it began, all of it, until it begins again', () => {
    const { zones, zone } = zonesWith();
    zone.apply([own(nameOf('a.example'), 1), own(nameOf('c.b.example'), 1)]);
    zones.publish();
    const reader = new ZoneReader(attachSharedMemory(zones.memory.octets.buffer));
    Atomics.store(zones.memory.words, readerWord(0), reader.version);
    zone.apply([own(nameOf('a.example'), 2), gone(nameOf('c.b.example')), own(nameOf('d.example'), 2)]);
    const before = [[1], [1], [], undefined];
    const names = ['a.example', 'c.b.example', 'b.example', 'd.example'];
    expect(names.map((name) => read(reader, name))).toEqual(before);
    zones.publish();
    for (let round = 0; round < 50; round++) {
      zone.apply([own(nameOf('a.example'), 3, round), own(nameOf(`n${round}.example`), round)]);
      zones.publish();
      zones.maintain(10);
    }
    expect(names.map((name) => read(reader, name))).toEqual(before);
    reader.begin();
    expect(names.map((name) => read(reader, name))).toEqual([[3, 49], undefined, undefined, [2]]);
  });

  it('keep what a reader at work may see, and give it back when it is idle', () => {
    const { zones, zone } = zonesWith();
    zone.apply([own(nameOf('a.example'), 0)]);
    zones.publish();
    const { words } = zones.memory;
    Atomics.store(words, readerWord(7), Atomics.load(words, VERSION_WORD));
    for (let round = 1; round < 1000; round++) {
      zone.apply([own(nameOf('a.example'), round & 255)]);
      zones.publish();
    }
    const held = zones.usage().usedOctets;
    expect(zones.usage().waitingTasks).toBeGreaterThan(1000);
    // The worker has died; whoever sees to it says so.
    zones.releaseReader(7);
    while (zones.maintain(10)) continue;
    expect(zones.usage()).toMatchObject({ waitingTasks: 0 });
    expect(zones.usage().usedOctets).toBeLessThan(held / 50);
  });

  it('tell names apart whose hashes are the same in all 32 bits', () => {
    const pairs = collidingNames(SEED, 300_000).map(([first, second]): [OwnerName, OwnerName] => [
      ownerOf(first),
      ownerOf(second),
    ]);
    expect(pairs.length).toBeGreaterThan(2);
    const { zones, zone } = zonesWith();
    const flat = pairs.flat();
    zone.apply(flat.map((owner, index) => own(owner, index & 255)));
    zones.publish();
    const reader = new ZoneReader(zones.memory);
    expect(flat.map((owner) => read(reader, owner))).toEqual(flat.map((_, index) => [index & 255]));
    zone.apply(pairs.map(([first]) => gone(first)));
    zones.publish();
    while (zones.maintain(10)) continue;
    reader.begin();
    for (const [first, second] of pairs) {
      expect(read(reader, first)).toBeUndefined();
      expect(read(reader, second)).toBeDefined();
    }
  });

  it('refuse what does not fit, one edit at a time, and go on', () => {
    const { zones, zone } = zonesWith(2 ** 22);
    const big = (owner: OwnerName, count: number): ZoneEdit => ({
      owner,
      exists: true,
      rrsets: [
        {
          owner,
          type: TYPE.TXT,
          ttl: 60,
          rdatas: Array.from({ length: count }, (_, index) => new Uint8Array(200).fill(index & 255)),
        },
      ],
    });
    const edits = Array.from({ length: 100 }, (_, index) => big(nameOf(`n${index}.below.example`), 500));
    const { refused, changed } = zone.apply(edits);
    zones.publish();
    expect(changed).toBe(true);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.length).toBeLessThan(90);
    expect(refused[0]).toMatchObject({ code: 'PACKED_MEMORY_FULL', edit: { exists: true } });
    expect(zone.nameCount).toBe(2 + 100 - refused.length);
    // Names can be removed, which makes room for others.
    zone.apply(edits.slice(0, 60).map(({ owner }) => gone(owner)));
    zones.publish();
    while (zones.maintain(100)) continue;
    expect(zone.apply([big(nameOf('again.example'), 500)]).refused).toEqual([]);
    zones.publish();
    expect(zone.node(nameOf('again.example'))?.rrsets[0]?.rdatas).toHaveLength(500);
  });

  it('stay where they are in memory, however often names come and go with other sizes', () => {
    const { zones, zone } = zonesWith(2 ** 26);
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return Math.floor((state / 2 ** 31) * below);
    };
    const change = (most: number): ZoneEdit => {
      const owner = nameOf(`n${random(100)}.s${random(50)}.example`);
      return random(10) === 0 ? gone(owner) : own(owner, ...Array.from({ length: 1 + random(most) }, (_, host) => host));
    };
    const touched: number[] = [];
    for (let round = 0; round < 12; round++) {
      // Small sets in one round, large ones in the next: blocks of one are of no use to the other.
      for (let count = 0; count < 6000; count++) {
        zone.apply([change(round % 2 === 0 ? 6 : 40)]);
        zones.publish();
      }
      touched.push(zones.usage().touchedOctets);
    }
    while (zones.maintain(10)) continue;
    expect(touched.at(-1)).toBeLessThanOrEqual((touched[5] as number) * 1.25);
    const { usedOctets, touchedOctets } = zones.usage();
    expect(touchedOctets).toBeLessThan(usedOctets * 2 + 2 ** 22);
  });

  it('find the zone with the longest apex, and lose it when it is removed', () => {
    const { zones } = zonesWith();
    const child = zones.create(nameOf('sub.example'), soaOf(nameOf('sub.example')));
    child.apply([own(nameOf('a.sub.example'), 5)]);
    zones.install(child);
    const reader = new ZoneReader(zones.memory);
    expect(read(reader, 'a.sub.example')).toBeUndefined();
    zones.publish();
    reader.begin();
    expect(read(reader, 'a.sub.example')).toEqual([5]);
    expect(zones.find(nameOf('x.sub.example'))).toBe(child);
    expect(zones.remove(nameOf('sub.example'))).toBe(true);
    zones.publish();
    reader.begin();
    expect(read(reader, 'a.sub.example')).toBeUndefined();
    expect(zones.find(nameOf('x.sub.example'))?.apex).toBe(APEX);
    expect(zones.remove(nameOf('sub.example'))).toBe(false);
    expect(() => child.apply([own(nameOf('a.sub.example'), 6)])).toThrow('is gone');
  });

  it('hold thousands of zones, and give back all of each', () => {
    const { zones } = zonesWith();
    const { usedOctets } = zones.usage();
    const apexes = Array.from({ length: 2000 }, (_, index) => nameOf(`z${index}.test`));
    for (const [index, apex] of apexes.entries()) {
      const zone = zones.create(apex, soaOf(apex));
      zone.apply([own(nameOf(`a.b.${apex}`), 1)]);
      zones.install(zone);
      if (index % 7 === 0) zones.publish();
    }
    zones.publish();
    const reader = new ZoneReader(zones.memory);
    for (const apex of apexes) expect(read(reader, `a.b.${apex}`)).toEqual([1]);
    for (const apex of apexes) zones.remove(apex);
    zones.publish();
    while (zones.maintain(100)) continue;
    expect(zones.usage().usedOctets).toBe(usedOctets);
  });

  it('say so where a program goes on with nodes of a zone that has changed, or with a snapshot that is closed', () => {
    const { zones, zone } = zonesWith();
    zone.apply([own(nameOf('a.example'), 1)]);
    zones.publish();
    const nodes = zone.nodes();
    nodes.next();
    zone.apply([own(nameOf('b.example'), 1)]);
    expect(() => nodes.next()).toThrow('has changed while its nodes were read');
    zones.publish();
    const snapshot = zones.snapshot(APEX);
    snapshot?.close();
    snapshot?.close();
    expect(() => snapshot?.node(APEX)).toThrow('closed');
    expect(() => [...(snapshot?.nodes() ?? [])]).toThrow('closed');
    expect(zones.snapshot(nameOf('other'))).toBeUndefined();
  });

  it('do not read memory of another layout', () => {
    expect(() => attachSharedMemory(new SharedArrayBuffer(2 ** 16))).toThrow('has layout 0');
  });

  it.each<[string, ZoneEdit]>([
    ['a name outside', own(nameOf('other.test'), 1)],
    ['an apex without SOA', own(APEX, 1)],
    ['a SOA elsewhere', { owner: nameOf('a.example'), exists: true, rrsets: [soaOf(nameOf('a.example'))] }],
    ['RRsets of a name that shall not exist', { ...own(nameOf('a.example'), 1), exists: false }],
    [
      'two RRsets of a type',
      {
        owner: nameOf('a.example'),
        exists: true,
        rrsets: [addressesAt(nameOf('a.example'), 1), addressesAt(nameOf('a.example'), 2)],
      },
    ],
    ['an RRset of another name', { owner: nameOf('a.example'), exists: true, rrsets: [addressesAt(nameOf('b.example'), 1)] }],
    [
      'an address of 5 octets',
      {
        owner: nameOf('a.example'),
        exists: true,
        rrsets: [{ ...addressesAt(nameOf('a.example')), rdatas: [new Uint8Array(5)] }],
      },
    ],
    [
      'an RRset without rdata',
      { owner: nameOf('a.example'), exists: true, rrsets: [{ ...addressesAt(nameOf('a.example')), rdatas: [] }] },
    ],
  ])('refuse %s as a mistake of the program', (_, edit) => {
    const { zone } = zonesWith();
    expect(() => zone.apply([edit])).toThrow(RangeError);
    expect(zone.nameCount).toBe(1);
  });
});

function ownerOf(wire: Uint8Array): OwnerName {
  const parsed = parseName(wire, 0);
  if (isFailure(parsed)) throw new Error(parsed.message);
  return parsed.name;
}
