import { describe, expect, it } from '@jest/globals';

import { isFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { makeRRset } from '../rr/make-rrset.ts';
import { printRRset, scanRecord } from '../rr/record-text.ts';
import type { RRset } from '../rr/rrset.ts';
import { hashName } from './hamt.ts';
import { emptyZone, zoneOf } from './immutable-zone.ts';
import { rrsetAt, type Zone, type ZoneEdit } from './zone.ts';

const APEX = nameOf('example');
const SOA = rrsetOf('example. 60 SOA ns.example. h.example. 1 2 3 4 5');

function rrsetOf(line: string): RRset {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return makeRRset(record.owner, record.type, record.ttl, [record.rdata]);
}

/** That a name holds some records; none: that it merely exists. */
function holding(name: string, ...lines: readonly string[]): ZoneEdit {
  return { owner: nameOf(name), exists: true, rrsets: lines.map(rrsetOf) };
}

function gone(name: string): ZoneEdit {
  return { owner: nameOf(name), exists: false, rrsets: [] };
}

function zoneWith(...edits: readonly ZoneEdit[]): Zone {
  return emptyZone(APEX, SOA).patch(edits);
}

function namesOf(zone: Zone): string[] {
  return Array.from(zone.nodes(), ({ owner }) => owner).toSorted();
}

describe('a zone', () => {
  it('holds its SOA from the start', () => {
    const zone = emptyZone(APEX, SOA);
    expect(namesOf(zone)).toEqual(['example.']);
    expect(zone).toMatchObject({ apex: APEX, soa: SOA, nameCount: 1, rrsetCount: 1 });
    expect(zone.node(APEX)?.rrsets).toEqual([SOA]);
  });

  it('finds RRsets by name and type', () => {
    const node = zoneWith(holding('www.example', 'www.example. 60 A 192.0.2.1', 'www.example. 60 TXT "x"')).node(
      nameOf('www.example'),
    );
    const txt = node && rrsetAt(node, 16);
    expect(txt && printRRset(txt)).toBe('www.example. 60 IN TXT "x"');
    expect(node && rrsetAt(node, 28)).toBeUndefined();
  });

  it('has the ancestors of every name as empty non-terminals', () => {
    const zone = zoneWith(holding('a.b.c.example', 'a.b.c.example. 60 A 192.0.2.1'));
    expect(namesOf(zone)).toEqual(['a.b.c.example.', 'b.c.example.', 'c.example.', 'example.']);
    expect(zone.node(nameOf('b.c.example'))?.rrsets).toEqual([]);
    expect(zone).toMatchObject({ nameCount: 4, rrsetCount: 2 });
  });

  it('loses empty non-terminals with the last name below them', () => {
    const zone = zoneWith(holding('a.c.example'), holding('b.c.example'));
    expect(namesOf(zone.patch([gone('a.c.example')]))).toEqual(['b.c.example.', 'c.example.', 'example.']);
    expect(namesOf(zone.patch([gone('a.c.example'), gone('b.c.example')]))).toEqual(['example.']);
  });

  it('keeps a name that loses its records while names below it exist', () => {
    const zone = zoneWith(holding('c.example', 'c.example. 60 A 192.0.2.1'), holding('a.c.example')).patch([gone('c.example')]);
    expect(zone.node(nameOf('c.example'))?.rrsets).toEqual([]);
    expect(namesOf(zone.patch([gone('a.c.example')]))).toEqual(['example.']);
  });

  it('keeps a name that exists by itself when the names below it go', () => {
    const zone = zoneWith(holding('c.example'), holding('a.c.example')).patch([gone('a.c.example')]);
    expect(namesOf(zone)).toEqual(['c.example.', 'example.']);
  });

  it('stays as it is when a patch makes another', () => {
    const zone = zoneWith(holding('a.example', 'a.example. 60 A 192.0.2.1'));
    const patched = zone.patch([gone('a.example'), holding('example', 'example. 60 SOA ns.example. h.example. 2 2 3 4 5')]);
    expect(namesOf(zone)).toEqual(['a.example.', 'example.']);
    expect(zone.soa).toBe(SOA);
    expect(printRRset(patched.soa)).toContain(' 2 2 3 4 5');
    expect(namesOf(patched)).toEqual(['example.']);
  });

  it('is returned by a patch that changes nothing', () => {
    const zone = zoneWith(holding('a.example', 'a.example. 60 A 192.0.2.1'), holding('b.c.example'));
    expect(zone.patch([])).toBe(zone);
    expect(zone.patch([gone('absent.example'), gone('c.example'), gone('b.absent.example')])).toBe(zone);
    expect(zone.patch([holding('a.example', 'a.example. 60 A 192.0.2.1')])).toBe(zone);
    expect(zone.patch([holding('a.example', 'a.example. 61 A 192.0.2.1')])).not.toBe(zone);
    expect(zone.patch([holding('a.example', 'a.example. 60 A 192.0.2.2')])).not.toBe(zone);
    expect(zone.patch([holding('c.example')])).not.toBe(zone);
  });

  it('applies the edits of a patch in their order', () => {
    expect(namesOf(zoneWith(holding('a.example'), gone('a.example'), gone('b.example'), holding('b.example')))).toEqual([
      'b.example.',
      'example.',
    ]);
  });

  it.each<[string, ZoneEdit, string]>([
    ['a name outside the zone', holding('www.example.net'), 'www.example.net. is not in the zone example.'],
    ['a name whose text ends in the apex', holding('www.xexample'), 'www.xexample. is not in the zone example.'],
    [
      'the apex without its SOA',
      holding('example', 'example. 60 NS ns.example.'),
      'the edit leaves the zone example. without a SOA',
    ],
    ['the end of the apex', gone('example'), 'the edit leaves the zone example. without a SOA'],
    [
      'a SOA below the apex',
      holding('a.example', 'a.example. 60 SOA ns.example. h.example. 1 2 3 4 5'),
      'a SOA at a.example., not at the apex example.',
    ],
    ['an RRset of another owner', holding('a.example', 'b.example. 60 A 192.0.2.1'), 'an RRset of b.example. for a.example.'],
    [
      'two RRsets of a type',
      holding('a.example', 'a.example. 60 A 192.0.2.1', 'a.example. 60 A 192.0.2.2'),
      'two A RRsets for a.example.',
    ],
    [
      'RRsets without existence',
      { ...holding('a.example', 'a.example. 60 A 192.0.2.1'), exists: false },
      'RRsets for a.example., which shall not exist',
    ],
  ])('refuses %s as a mistake of the program, and stays as it was', (_, edit, message) => {
    const zone = zoneWith(holding('a.example'));
    expect(() => zone.patch([holding('b.example'), edit])).toThrow(new RangeError(message));
    expect(namesOf(zone)).toEqual(['a.example.', 'example.']);
  });

  it('cannot begin without a SOA of its apex', () => {
    expect(() => emptyZone(APEX, rrsetOf('example. 60 NS ns.example.'))).toThrow(RangeError);
    expect(() => emptyZone(nameOf('other'), SOA)).toThrow(RangeError);
    expect(() => zoneOf(APEX, [holding('a.example')])).toThrow(RangeError);
  });
});

describe('the cost of a patch', () => {
  it('is the same at 50,000 names as at 1,000, counted in names that are looked up', () => {
    const costAt = (size: number): { lookups: number } => {
      let lookups = 0;
      const counting = (name: string): number => {
        lookups++;
        return hashName(name);
      };
      const names = Array.from({ length: size }, (_, number) => holding(`n${number}.s${number % 100}.example`));
      const zone = zoneOf(APEX, [holding('example', printRRset(SOA)), ...names], counting);
      lookups = 0;
      zone.patch([holding('new.s5.example'), gone('n7.s7.example'), holding('a.b.c.example')]);
      return { lookups };
    };
    expect(costAt(50_000)).toEqual(costAt(1_000));
  });
});
