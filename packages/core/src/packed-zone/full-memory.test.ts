/** What happens where the memory for all zones is used up. */
import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import type { PackedZone } from './packed-zone.ts';
import type { PackedZones } from './packed-zones.ts';
import { own, gone, read, soaOf, withoutMemory, zonesWith } from './testing/small-zone.ts';
import { ZoneReader } from './zone-reader.ts';

const FOUR = [1, 2, 3, 4];
const nameAt = (index: number) => nameOf(`n${index}.example`);

/** Puts names with four addresses in until one is refused. Returns how many there are. */
function fill(zones: PackedZones, zone: PackedZone): number {
  for (let count = 0; ; count++) {
    const { refused } = zone.apply([own(nameAt(count), ...FOUR)]);
    zones.publish();
    if (refused.length > 0) return count;
  }
}

function settle(zones: PackedZones): void {
  while (zones.maintain(100)) continue;
}

describe('zones in a memory that is full', () => {
  it('take smaller data for names that are there, and as many names as before once those are gone', () => {
    const { zones, zone } = zonesWith(2 ** 22);
    const count = fill(zones, zone);
    expect(count).toBeGreaterThan(15_000);
    let [refused, unpublished] = [0, 0];
    for (let index = 0; index < count; index++) {
      refused += zone.apply([own(nameAt(index), 9)]).refused.length;
      if (!zones.publish()) unpublished++;
    }
    for (let index = 0; index < count; index++) {
      refused += zone.apply([gone(nameAt(index))]).refused.length;
      if (!zones.publish()) unpublished++;
    }
    expect({ refused, unpublished }).toEqual({ refused: 0, unpublished: 0 });
    settle(zones);
    expect(zone.nameCount).toBe(1);
    // What is refused while the memory is put in order fits a little later.
    let waiting = Array.from({ length: count }, (_, index) => index);
    for (let round = 0; round < 10 && waiting.length > 0; round++) {
      waiting = waiting.filter((index) => {
        const { refused: again } = zone.apply([own(nameAt(index), ...FOUR)]);
        zones.publish();
        return again.length > 0;
      });
      settle(zones);
    }
    expect(waiting).toEqual([]);
    expect(zone.nameCount).toBe(count + 1);
  });

  it('fill their table to four fifths where there is no memory for a larger one, and change what is there even then', () => {
    const { zones, zone } = zonesWith();
    withoutMemory(
      (octets) => octets > 20_000,
      () => {
        const count = fill(zones, zone);
        expect(count / 4096).toBeGreaterThan(0.79);
        expect(count / 4096).toBeLessThan(0.81);
        expect(zone.apply([own(nameAt(1), 7), gone(nameAt(2))])).toEqual({ changed: true, refused: [] });
      },
    );
    expect(zone.apply([own(nameAt(4000), 1)]).refused).toEqual([]);
  });

  it('cut larger blocks that are free where none of the size is, and put small ones together to large ones', () => {
    const { zones, zone } = zonesWith(2 ** 22);
    const count = fill(zones, zone);
    // Every other name goes: half of the memory is free, in blocks of one size.
    for (let index = 0; index < count; index += 2) zone.apply([gone(nameAt(index))]);
    zones.publish();
    settle(zones);
    // Ten times as large, so that a few have to be refused before enough has been moved together.
    let done = 0;
    for (let round = 0; round < 3000 && done < 1000; round++) {
      const { refused } = zone.apply([own(nameOf(`large${done}.example`), ...Array.from({ length: 100 }, (_, host) => host))]);
      zones.publish();
      zones.maintain(4);
      if (refused.length === 0) done++;
    }
    expect(done).toBe(1000);
  });

  it('keep a publication for which there is no memory, say so, do not spin, and make it when there is some', () => {
    const { zones, zone } = zonesWith();
    zone.apply([own(nameOf('a.example'), 1)]);
    zones.publish();
    settle(zones);
    zone.apply([own(nameOf('a.example'), 2)]);
    const child = zones.create(nameOf('sub.example'), soaOf(nameOf('sub.example')));
    child.apply([own(nameOf('a.sub.example'), 5)]);
    zones.install(child);
    const reader = new ZoneReader(zones.memory);
    withoutMemory(
      () => true,
      () => {
        expect(zones.publish()).toBe(false);
        expect(zones.isBehind).toBe(true);
        expect([zones.maintain(), zones.maintain(), zones.publish()]).toEqual([false, false, false]);
        reader.begin();
        expect([read(reader, 'a.example'), read(reader, 'a.sub.example')]).toEqual([[1], undefined]);
      },
    );
    zones.maintain();
    expect(zones.isBehind).toBe(false);
    reader.begin();
    expect([read(reader, 'a.example'), read(reader, 'a.sub.example')]).toEqual([[2], [5]]);
  });

  it('publish with what was held back for that, and hold it back again', () => {
    const { zones, zone } = zonesWith();
    settle(zones);
    const { usedOctets } = zones.usage();
    // Full for everything but what is free already, as long as the head that is replaced is read.
    const snapshot = zones.snapshot(zone.apex);
    zone.flags = 1;
    let calls = 0;
    // The first two attempts find nothing; then the reserve is given up.
    withoutMemory(
      () => ++calls <= 2,
      () => expect(zones.publish()).toBe(true),
    );
    expect(calls).toBe(4);
    snapshot?.close();
    settle(zones);
    expect(zones.usage().usedOctets).toBe(usedOctets);
  });

  it('lose a zone without any memory for that', () => {
    const { zones } = zonesWith();
    const apexes = Array.from({ length: 3 }, (_, index) => nameOf(`z${index}.test`));
    for (const apex of apexes) zones.install(zones.create(apex, soaOf(apex)));
    zones.publish();
    const reader = new ZoneReader(zones.memory);
    withoutMemory(
      () => true,
      () => {
        zones.remove(apexes[1] as (typeof apexes)[0]);
        expect(zones.publish()).toBe(true);
      },
    );
    reader.begin();
    expect(apexes.map((apex) => read(reader, apex) !== undefined)).toEqual([true, false, true]);
  });

  it.each([1, 2, 3, 4])(
    'change nothing, and keep nothing, where allocation %i of those that an installation takes fails',
    (failing) => {
      const { zones } = zonesWith();
      settle(zones);
      const { usedOctets } = zones.usage();
      const apex = nameOf('sub.example');
      let calls = 0;
      const install = (): void => {
        const zone = zones.create(apex, soaOf(apex));
        try {
          zones.install(zone);
        } catch (error) {
          zones.discard(zone);
          throw error;
        }
      };
      expect(() => withoutMemory(() => ++calls === failing, install)).toThrow('MiB that they may have together');
      expect(zones.get(apex)).toBeUndefined();
      zones.publish();
      settle(zones);
      expect(zones.usage().usedOctets).toBe(usedOctets);
    },
  );

  it('say how much memory was asked for, and how much there is', () => {
    const { zones } = zonesWith(2 ** 22 + 5);
    expect(zones.usage()).toMatchObject({ askedOctets: 2 ** 22, limitOctets: 2 ** 22 });
  });
});

describe('a zone that is discarded', () => {
  it('is one that waits to be installed, and is so once', () => {
    const { zones, zone } = zonesWith();
    const message = 'is not one that waits to be installed';
    expect(() => zones.discard(zone)).toThrow(message);
    const other = zones.create(nameOf('other'), soaOf(nameOf('other')));
    zones.discard(other);
    const third = zones.create(nameOf('third'), soaOf(nameOf('third')));
    expect(() => zones.discard(other)).toThrow(message);
    zones.install(third);
    zones.remove(nameOf('third'));
    expect(() => zones.discard(third)).toThrow(message);
  });
});
