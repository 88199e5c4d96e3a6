import { describe, expect, it, jest } from '@jest/globals';
import {
  type Clock,
  type NameChange,
  type NameState,
  nameOf,
  printZoneFile,
  readSoa,
  rrsetAt,
  type RRset,
  TYPE,
  type ZoneView,
} from '@kubezone/core';
import { ArenaFull, attachSharedMemory, flagsOf, PackedZones, ZoneReader } from '@kubezone/core/packed-zone';

import { type ServedZone, ServedZones } from './served-zones.ts';
import { zoneOf } from './testing/zone-text.ts';

const PARENT = `
  $ORIGIN example.
  @    60 SOA  ns1 admin 7 3600 900 86400 30
  @    60 NS   ns1
  ns1  60 A    192.0.2.53
  www  60 A    192.0.2.1
`;
const CHILD = `
  $ORIGIN sub.example.
  @    60 SOA  ns1.example. admin 9 3600 900 86400 90
  @    60 NS   ns1.example.
`;
const NOW = 1_750_000_000;
const STOPPED: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
const ABSENT: NameState = { exists: false, rrsets: [] };

function tableOf(...texts: string[]): ServedZones {
  const zones = new ServedZones({ clock: STOPPED, seed: 3, maxOctets: 2 ** 22 });
  for (const text of texts) zones.replace(zoneOf(text));
  return zones;
}

/** The RRsets of one name, from lines of a zone. */
function state(owner: string, ...lines: string[]): NameState {
  const zone = zoneOf(`example. 60 SOA ns1.example. admin.example. 7 3600 900 86400 30\n${lines.join('\n')}`);
  return { exists: true, rrsets: zone.node(nameOf(owner))?.rrsets ?? [] };
}

function change(owner: string, after: NameState, before: NameState = ABSENT): NameChange {
  return { owner: nameOf(owner), before, after, origins: [] };
}

/** All that a zone holds now, its serial included. */
function contentOf(zones: ServedZones, apex: string): string {
  return printZoneFile(served(zones, apex).zone);
}

function served(zones: ServedZones, apex: string): ServedZone {
  const found = zones.get(nameOf(apex));
  if (found === undefined) throw new Error(`${apex} is not served`);
  return found;
}

function serial(zones: ServedZones, apex: string): number {
  return readSoa(served(zones, apex).zone.soa.rdatas[0] as Uint8Array).serial;
}

function rrset(zones: ServedZones, owner: string, type: number): RRset | undefined {
  const node = zones.find(nameOf(owner))?.zone.node(nameOf(owner));
  return node && rrsetAt(node, type);
}

describe('the table', () => {
  it('finds the zone with the longest match', () => {
    const zones = tableOf(PARENT, CHILD);
    const apexOf = (name: string): string | undefined => zones.find(nameOf(name))?.zone.apex;
    expect(apexOf('example.')).toBe('example.');
    expect(apexOf('a.b.example.')).toBe('example.');
    expect(apexOf('sub.example.')).toBe('sub.example.');
    expect(apexOf('a.sub.example.')).toBe('sub.example.');
    expect(apexOf('asub.example.')).toBe('example.');
    expect(apexOf('example.net.')).toBeUndefined();
    expect(apexOf('.')).toBeUndefined();
  });

  it('finds the zone of a name of very many labels by the few that apexes have', () => {
    const zones = tableOf(PARENT, CHILD);
    const labels = 'a.'.repeat(120);
    expect(zones.find(nameOf(`${labels}sub.example.`))?.zone.apex).toBe('sub.example.');
    expect(zones.find(nameOf(`${labels}example.net.`))).toBeUndefined();
    expect(zones.find(nameOf(String.raw`${labels}x\.sub.example.`))?.zone.apex).toBe('example.');
    zones.replace(zoneOf(`$ORIGIN ${labels}sub.example.\n@ 60 SOA . . 1 2 3 4 5`));
    expect(zones.find(nameOf(`b.${labels}sub.example.`))?.zone.apex).toBe(`${labels}sub.example.`);
    zones.remove(nameOf(`${labels}sub.example.`));
    expect(zones.find(nameOf(`b.${labels}sub.example.`))?.zone.apex).toBe('sub.example.');
    zones.remove(nameOf('sub.example.'));
    expect(zones.find(nameOf('sub.example.'))?.zone.apex).toBe('example.');
    zones.remove(nameOf('example.'));
    expect(zones.find(nameOf('sub.example.'))).toBeUndefined();
  });

  it('serves everything from a zone of the root', () => {
    const zones = tableOf('. 60 SOA ns. admin. 1 2 3 4 5');
    expect(zones.find(nameOf('a.b.'))?.zone.apex).toBe('.');
  });

  it('replaces and removes zones, and keeps how they are served', () => {
    const zones = tableOf(PARENT);
    zones.replace(zoneOf(CHILD), { complete: false, rotate: false });
    zones.replace(zoneOf(CHILD));
    expect(served(zones, 'sub.example.')).toMatchObject({ complete: false, rotate: false });
    expect([...zones].map(({ zone }) => zone.apex)).toEqual(['example.', 'sub.example.']);
    expect(zones.remove(nameOf('sub.example.'))).toBe(true);
    expect(zones.remove(nameOf('sub.example.'))).toBe(false);
    expect(zones.size).toBe(1);
  });

  it('answers negatively with the lower of the SOA’s TTL and MINIMUM (RFC 2308, section 5)', () => {
    const zones = tableOf(PARENT, CHILD);
    expect(served(zones, 'example.').negativeSoa.ttl).toBe(30);
    expect(served(zones, 'sub.example.').negativeSoa.ttl).toBe(60);
  });
});

describe('apply', () => {
  it('patches a name and sets the serial to the time', () => {
    const zones = tableOf(PARENT);
    const applied = zones.apply([change('new.example.', state('new.example.', 'new.example. 60 A 192.0.2.9'))], NOW + 0.7);
    expect(applied).toEqual({ zones: ['example.'], outside: [], refused: [] });
    expect(rrset(zones, 'new.example.', TYPE.A)?.rdatas).toEqual([Uint8Array.of(192, 0, 2, 9)]);
    expect(serial(zones, 'example.')).toBe(NOW);
  });

  it('adds one where the time would not increase the serial', () => {
    const zones = tableOf(PARENT);
    zones.apply([change('a.example.', state('a.example.', 'a.example. 60 A 192.0.2.9'))], NOW);
    zones.apply([change('b.example.', state('b.example.', 'b.example. 60 A 192.0.2.9'))], NOW);
    expect(serial(zones, 'example.')).toBe(NOW + 1);
    zones.apply([change('c.example.', state('c.example.', 'c.example. 60 A 192.0.2.9'))], NOW - 3600);
    expect(serial(zones, 'example.')).toBe(NOW + 2);
  });

  it('leaves the serial, and the zone, where nothing changes', () => {
    const zones = tableOf(PARENT);
    const before = contentOf(zones, 'example.');
    const applied = zones.apply(
      [change('www.example.', state('www.example.', 'www.example. 60 A 192.0.2.1')), change('none.example.', ABSENT)],
      NOW,
    );
    expect(applied.zones).toEqual([]);
    expect(contentOf(zones, 'example.')).toEqual(before);
  });

  it('sets the serial once for a batch, in each zone that changes', () => {
    const zones = tableOf(PARENT, CHILD);
    const applied = zones.apply(
      [
        change('a.example.', state('a.example.', 'a.example. 60 A 192.0.2.9')),
        change('b.example.', state('b.example.', 'b.example. 60 A 192.0.2.9')),
        change('c.sub.example.', state('c.sub.example.', 'c.sub.example. 60 A 192.0.2.9')),
      ],
      NOW,
    );
    expect(applied.zones).toEqual(['example.', 'sub.example.']);
    expect([serial(zones, 'example.'), serial(zones, 'sub.example.')]).toEqual([NOW, NOW]);
    expect(served(zones, 'example.').zone.node(nameOf('c.sub.example.'))).toBeUndefined();
  });

  it('gives back the changes that no zone takes, and applies the others', () => {
    const zones = tableOf(PARENT);
    const outside = change('www.example.net.', { exists: true, rrsets: [] });
    const applied = zones.apply([outside, change('a.example.', state('a.example.', 'a.example. 60 A 192.0.2.9'))], NOW);
    expect(applied).toEqual({ zones: ['example.'], outside: [outside], refused: [] });
  });

  it('makes a name exist without data, and go', () => {
    const zones = tableOf(PARENT);
    const existence: NameState = { exists: true, rrsets: [] };
    zones.apply([change('area.example.', existence)], NOW);
    expect(zones.find(nameOf('area.example.'))?.zone.node(nameOf('area.example.'))?.rrsets).toEqual([]);
    zones.apply([change('area.example.', ABSENT, existence)], NOW);
    expect(zones.find(nameOf('area.example.'))?.zone.node(nameOf('area.example.'))).toBeUndefined();
    expect(serial(zones, 'example.')).toBe(NOW + 1);
  });

  it('keeps SOA and NS at an apex whose changes do not speak of them', () => {
    const zones = tableOf(PARENT);
    const address = state('example.', 'example. 60 A 192.0.2.80');
    const withAddress: NameState = { exists: true, rrsets: address.rrsets.filter(({ type }) => type === TYPE.A) };
    zones.apply([change('example.', withAddress)], NOW);
    expect(rrset(zones, 'example.', TYPE.A)).toBeDefined();
    expect(rrset(zones, 'example.', TYPE.NS)).toBeDefined();
    zones.apply([change('example.', ABSENT, withAddress)], NOW);
    expect(rrset(zones, 'example.', TYPE.A)).toBeUndefined();
    expect(rrset(zones, 'example.', TYPE.NS)).toBeDefined();
    expect(serial(zones, 'example.')).toBe(NOW + 1);
  });

  it('takes a new SOA at an apex but for its serial', () => {
    const zones = tableOf(PARENT);
    const soa = zoneOf('example. 60 SOA ns2.example. admin.example. 0 3600 900 86400 10').soa;
    zones.apply([change('example.', { exists: true, rrsets: [soa] })], NOW);
    expect(readSoa(served(zones, 'example.').zone.soa.rdatas[0] as Uint8Array)).toMatchObject({
      primary: 'ns2.example.',
      serial: NOW,
      minimum: 10,
    });
    expect(served(zones, 'example.').negativeSoa.ttl).toBe(10);
    const before = contentOf(zones, 'example.');
    expect(zones.apply([change('example.', { exists: true, rrsets: [soa] })], NOW).zones).toEqual([]);
    expect(contentOf(zones, 'example.')).toEqual(before);
  });

  it('leaves whoever reads a snapshot with the zone it began with', () => {
    const zones = tableOf(PARENT);
    const snapshot = zones.snapshot(nameOf('example.'));
    zones.apply([change('www.example.', ABSENT)], NOW);
    expect(snapshot?.node(nameOf('www.example.'))).toBeDefined();
    snapshot?.close();
    expect(served(zones, 'example.').zone.node(nameOf('www.example.'))).toBeUndefined();
  });
});

describe('a patch of one zone', () => {
  it('reaches names that another zone has with authority, and raises the serial', () => {
    const zones = tableOf(PARENT, CHILD);
    const child = contentOf(zones, 'sub.example.');
    const { rrsets } = state('sub.example.', 'sub.example. 60 NS ns1.example.');
    const edits = [{ owner: nameOf('sub.example.'), exists: true, rrsets }];
    expect(zones.patch(nameOf('example.'), edits, NOW).zones).toEqual(['example.']);
    expect(served(zones, 'example.').zone.node(nameOf('sub.example.'))?.rrsets).toEqual(rrsets);
    expect(contentOf(zones, 'sub.example.')).toEqual(child);
    expect(serial(zones, 'example.')).toBe(NOW);
    expect(zones.patch(nameOf('example.'), edits, NOW + 1).zones).toEqual([]);
    expect(serial(zones, 'example.')).toBe(NOW);
    expect(zones.patch(nameOf('example.net.'), [], NOW).zones).toEqual([]);
  });
});

describe('a memory that is full', () => {
  /** As `STOPPED`, with timers that the test lets go off: how long each waits, and what it does. */
  function clockOf(timers: { delayMs: number; run: () => void }[]): Clock {
    return { ...STOPPED, after: (delayMs, run) => (timers.push({ delayMs, run }), () => undefined) };
  }

  function settle(timers: { run: () => void }[]): void {
    for (let turn = 0; turn < 5000 && timers.length > 0; turn++) timers.shift()?.run();
    expect(timers).toEqual([]);
  }

  it('keeps nothing of a zone that does not fit, and serves the one before', () => {
    const timers: { delayMs: number; run: () => void }[] = [];
    const zones = new ServedZones({ clock: clockOf(timers), seed: 3, maxOctets: 2 ** 22 });
    zones.replace(zoneOf(PARENT));
    settle(timers);
    const { usedOctets } = zones.usage();
    const before = contentOf(zones, 'example.');
    const endless: ZoneView = {
      ...zoneOf(PARENT),
      apex: nameOf('example.'),
      soa: zoneOf(PARENT).soa,
      *nodes() {
        for (let number = 0; number < 1_000_000; number++) {
          const owner = nameOf(`n${number}.example.`);
          yield { owner, rrsets: [{ owner, type: TYPE.TXT, ttl: 60, rdatas: [new Uint8Array(200)] }] };
        }
      },
    };
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => zones.replace(endless)).toThrow(expect.objectContaining({ code: 'PACKED_MEMORY_FULL' }));
      expect(contentOf(zones, 'example.')).toEqual(before);
      zones.setComplete(attempt % 2 === 0);
      settle(timers);
    }
    expect(zones.usage().usedOctets).toBe(usedOctets);
  });

  it('keeps nothing of a zone that was copied and could not be installed, and leaves one that was made for it to its maker', () => {
    const timers: { delayMs: number; run: () => void }[] = [];
    const zones = new ServedZones({ clock: clockOf(timers), seed: 3, maxOctets: 2 ** 22 });
    zones.replace(zoneOf(PARENT));
    settle(timers);
    const { usedOctets } = zones.usage();
    const install = jest.spyOn(PackedZones.prototype, 'install').mockImplementation(() => {
      throw new ArenaFull(2 ** 22);
    });
    expect(() => zones.replace(zoneOf(CHILD))).toThrow(ArenaFull);
    const { soa } = zoneOf(CHILD);
    const made = zones.packed.create(soa.owner, soa);
    expect(() => zones.replace(made)).toThrow(ArenaFull);
    install.mockRestore();
    zones.discard(made);
    zones.setComplete(false);
    settle(timers);
    expect(zones.usage().usedOctets).toBe(usedOctets);
    expect(zones.size).toBe(1);
  });

  it('keeps what cannot be published, tries again now and then, and shows it when a transfer has let go of the memory', () => {
    const timers: { delayMs: number; run: () => void }[] = [];
    const zones = new ServedZones({ clock: clockOf(timers), seed: 3, maxOctets: 2 ** 22 });
    zones.replace(zoneOf(PARENT));
    const snapshot = zones.snapshot(nameOf('example.'));
    let complete = true;
    for (let count = 0; count < 100_000 && !zones.isBehind; count++) zones.setComplete((complete = !complete));
    expect(zones.isBehind).toBe(true);
    expect(zones.apply([change('www.example.', ABSENT)], NOW)).toMatchObject({ zones: ['example.'], refused: [] });
    const reader = new ZoneReader(attachSharedMemory(zones.memory));
    const isVisible = (): boolean => {
      reader.begin();
      const name = reader.createName();
      name.load(Uint8Array.of(7, ...Buffer.from('example'), 0), 0, 9);
      return (flagsOf(reader.memory.words, reader.findZone(name, 1)) & 1) === (complete ? 1 : 0);
    };
    expect(isVisible()).toBe(false);
    for (let turn = 0; turn < 5; turn++) timers.shift()?.run();
    expect(timers).toMatchObject([{ delayMs: 100 }]);
    snapshot?.close();
    settle(timers);
    expect([zones.isBehind, isVisible()]).toEqual([false, true]);
  });
});
