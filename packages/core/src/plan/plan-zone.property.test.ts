import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { nameOf, type OwnerName } from '../name/owner-name.ts';
import { markerKey } from '../ownership/marker-mac.ts';
import { placeKind } from '../ownership/marker-place.ts';
import type { ObservedRRset } from '../contracts/provider.ts';
import type { ObservedZone } from './observed-zone.ts';
import { isSettled } from './is-settled.ts';
import type { PlanRequest } from './name-case.ts';
import { planName, planUnsettledName } from './plan-name.ts';
import { planZone } from './plan-zone.ts';
import type { PlanSettings } from './plan-settings.ts';
import { readOwnership } from './read-ownership.ts';
import { canCoexist, unitKey } from './rrset-unit.ts';
import { contentOf, SETTINGS } from './testing/plan-case.ts';
import { applyTo, desiredOf, printWrites, zoneOf } from './testing/plan-text.ts';

const NAMES = [
  'example.',
  'a.example.',
  'b.a.example.',
  '*.example.',
  `${'x'.repeat(63)}.${'y'.repeat(63)}.${'z'.repeat(63)}.${'w'.repeat(50)}.example.`,
];
const DATA = [
  'A 192.0.2.1',
  'A 192.0.2.2',
  'AAAA 2001:db8::1',
  'CNAME x.example.net.',
  'CNAME y.example.net.',
  'TXT "x"',
  'MX 1 mx.example.',
  'NS ns.example.net.',
  'DNAME d.example.net.',
];
const SOURCES = ['ingress', 'service', 'record'];

const line = fc
  .record({
    name: fc.constantFrom(...NAMES),
    ttl: fc.constantFrom(60, 300),
    data: fc.constantFrom(...DATA),
    set: fc.constantFrom('', '', '', ' ; s', ' ; t'),
  })
  .map(({ name, ttl, data, set }) => ({ name, text: `${name} ${ttl} ${data}${set}` }));

/** What one after the other wants of a zone; names that nobody could want together are left to the catalog. */
const wishes = fc
  .array(fc.record({ one: line, source: fc.constantFrom(...SOURCES), cluster: fc.constantFrom('prod', 'other') }), {
    maxLength: 10,
  })
  .map((all) => {
    const taken: { name: string; text: string }[] = [];
    return all.flatMap(({ one, source, cluster }) => {
      if (!taken.every((other) => other.name !== one.name || standTogether(one.text, other.text))) return [];
      taken.push(one);
      return [`${one.text} < ${cluster}:${source}/n/o`];
    });
  });

const foreignLines = fc.array(
  fc.oneof(
    line.map(({ text }) => text),
    fc.constantFrom(
      '_owner.a.example. @you A/service',
      '_owner.a.example. 300 TXT "ares"',
      'a-a.example. 300 TXT "heritage=external-dns,external-dns/owner=o"',
      'example. 300 SOA a. b. 1 1 1 1 1',
      '_owner.b.a.example. @me/c9 A/record',
    ),
  ),
  { maxLength: 6 },
);

const settings: fc.Arbitrary<PlanSettings> = fc
  .record({
    policy: fc.constantFrom('sync' as const, 'sync' as const, 'upsert-only' as const, 'create-only' as const),
    keys: fc.constantFrom([], [markerKey('k')]),
    failing: fc.constantFrom(undefined, ...SOURCES),
    adopt: fc.constantFrom(
      [],
      [
        { format: 'ares' as const },
        { format: 'external-dns' as const, owner: 'o', txtPrefix: '', txtSuffix: '', wildcardReplacement: '' },
      ],
      [{ format: 'kubezone' as const, owner: 'you' }],
      [{ format: 'unmarked' as const, names: [nameOf('*.example')] }],
    ),
  })
  .map(({ failing, ...rest }) => ({
    ...SETTINGS,
    ...rest,
    sourceState: ({ source }) => (source === failing ? 'failing' : 'synced'),
    everySourceSynced: failing === undefined,
  }));

function standTogether(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => zoneOf(text));
  const [a, b] = [left, right].map((zone) => [...(zone?.names() ?? [])].flatMap((name) => zone?.at(name) ?? [])[0]);
  return (
    a !== undefined &&
    b !== undefined &&
    (unitKey(a) === unitKey(b) ? a.ttl === b.ttl && a.type !== 5 && a.type !== 39 : canCoexist(a, b))
  );
}

function plan(
  zone: ObservedZone,
  desired: ReturnType<typeof desiredOf>,
  by: PlanSettings,
  deletes: 'allowed' | 'held' = 'allowed',
  updates: 'allowed' | 'held' = 'allowed',
): string[] {
  const writes = planZone({ desired, held: zone, settings: by, now: 0, deletes, updates }).names.flatMap(
    ({ write }) => write ?? [],
  );
  const printed = printWrites(writes);
  for (const write of writes) applyTo(zone, write);
  return printed;
}

/** The data of a zone that no marker of ours owns, by what the provider itself shows. */
function foreignOf(zone: ObservedZone, by: PlanSettings): Map<OwnerName, ObservedRRset[]> {
  const found = new Map<OwnerName, ObservedRRset[]>();
  for (const name of zone.names()) {
    if (placeKind(name) !== undefined) continue;
    const { own } = readOwnership(name, zone, by);
    found.set(
      name,
      zone.at(name).filter((rrset) => !own.has(unitKey(rrset))),
    );
  }
  return found;
}

describe('planZone', () => {
  it('converges in three steps from any state, and then writes nothing', () => {
    fc.assert(
      fc.property(
        foreignLines,
        fc.array(wishes, { minLength: 1, maxLength: 4 }),
        settings,
        fc.constantFrom('allowed' as const, 'held' as const),
        fc.constantFrom('allowed' as const, 'held' as const),
        (foreign, rounds, by, deletes, updates) => {
          const zone = zoneOf(...new Set(foreign));
          for (const lines of rounds) {
            const desired = desiredOf(...lines);
            // More than one is what names above and below one another may need: the names below are taken over, a cut can be made above them, and their
            // markers move out of what it hides.
            plan(zone, desired, by, deletes, updates);
            plan(zone, desired, by, deletes, updates);
            plan(zone, desired, by, deletes, updates);
            expect(plan(zone, desired, by, deletes, updates)).toEqual([]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('converges in one step where no name hides another', () => {
    const plain = wishes.map((lines) => lines.filter((text) => !/ (NS|DNAME) /.test(text)));
    const plainForeign = foreignLines.map((lines) => lines.filter((text) => !/ (NS|DNAME) /.test(text)));
    fc.assert(
      fc.property(plainForeign, fc.array(plain, { minLength: 1, maxLength: 4 }), settings, (foreign, rounds, by) => {
        const zone = zoneOf(...new Set(foreign));
        for (const lines of rounds) {
          const desired = desiredOf(...lines);
          plan(zone, desired, by);
          expect(plan(zone, desired, by)).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('leaves what is not ours as it is, octet by octet, and has a marker for all that is', () => {
    fc.assert(
      fc.property(foreignLines, fc.array(wishes, { minLength: 1, maxLength: 4 }), settings, (foreign, rounds, rest) => {
        const by = { ...rest, adopt: [] };
        const zone = zoneOf(...new Set(foreign));
        const before = foreignOf(zone, by);
        const markers = contentOf(zone).filter((text) => /^_owner|^a-a/.test(text) && !text.includes('@me '));
        for (const lines of rounds) {
          plan(zone, desiredOf(...lines), by);
          // The very objects that the provider showed: nothing wrote to them.
          for (const [name, rrsets] of before) for (const rrset of rrsets) expect(zone.at(name)).toContain(rrset);
          expect(contentOf(zone)).toEqual(expect.arrayContaining(markers));
          for (const [name, rrsets] of foreignOf(zone, by)) expect(rrsets).toEqual(before.get(name) ?? []);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never makes a name that holds what cannot stand together', () => {
    fc.assert(
      fc.property(fc.array(wishes, { minLength: 1, maxLength: 4 }), settings, (rounds, by) => {
        const zone = zoneOf();
        for (const lines of rounds) {
          plan(zone, desiredOf(...lines), by);
          for (const name of zone.names()) {
            const rrsets = zone.at(name);
            for (const one of rrsets) for (const other of rrsets) expect(one === other || canCoexist(one, other)).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('changes nothing of what is there while deletes and updates are held: it only adds, whoever wants what', () => {
    fc.assert(
      fc.property(foreignLines, fc.array(wishes, { minLength: 1, maxLength: 4 }), settings, (foreign, rounds, by) => {
        const zone = zoneOf(...new Set(foreign));
        plan(zone, desiredOf(...(rounds[0] ?? [])), by);
        const dataOf = (): string[] => contentOf(zone).filter((text) => !/^_owner|^a-a/.test(text));
        for (const lines of rounds.slice(1)) {
          const before = dataOf();
          plan(zone, desiredOf(...lines), by, 'held', 'held');
          expect(dataOf()).toEqual(expect.arrayContaining(before));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('empties the zone of what is ours when nothing is wanted any more', () => {
    fc.assert(
      fc.property(foreignLines, wishes, (foreign, lines) => {
        const zone = zoneOf(...new Set(foreign));
        const before = contentOf(zone);
        plan(zone, desiredOf(...lines), SETTINGS);
        plan(zone, new Map(), SETTINGS);
        expect(contentOf(zone)).toEqual(before);
      }),
      { numRuns: 200 },
    );
  });

  it('finishes what was cut short in the middle of a name, and leaves nothing of ours without a marker', () => {
    fc.assert(
      fc.property(foreignLines, wishes, wishes, settings, fc.infiniteStream(fc.nat(6)), (foreign, first, second, rest, cuts) => {
        const by: PlanSettings = { ...rest, policy: 'sync', sourceState: () => 'synced', everySourceSynced: true };
        const [whole, cut] = [zoneOf(...new Set(foreign)), zoneOf(...new Set(foreign))];
        const settle = (zone: ObservedZone, desired: ReturnType<typeof desiredOf>): void => {
          for (let step = 0; step < 4; step++) plan(zone, desired, by);
        };
        for (const zone of [whole, cut]) settle(zone, desiredOf(...first));
        const desired = desiredOf(...second);
        for (const { write } of planZone({ desired, held: cut, settings: by, now: 0, deletes: 'allowed' }).names) {
          if (write !== undefined) applyTo(cut, { ...write, writes: write.writes.slice(0, cuts.next().value) });
        }
        for (const zone of [whole, cut]) settle(zone, desired);
        expect(contentOf(cut)).toEqual(contentOf(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('sees at a glance what planning in full would find to be settled, and nothing else', () => {
    let settled = 0;
    fc.assert(
      fc.property(foreignLines, fc.array(wishes, { minLength: 1, maxLength: 3 }), settings, (foreign, rounds, by) => {
        const zone = zoneOf(...new Set(foreign));
        for (const lines of rounds) {
          const desired = desiredOf(...lines);
          for (const [owner, name] of desired) {
            const request: PlanRequest = { owner, desired: name, held: zone, settings: by, now: 0, deletes: 'allowed' };
            if (!isSettled(request)) continue;
            settled++;
            expect(planName(request)).toEqual(planUnsettledName(request));
          }
          plan(zone, desired, by);
          for (const [owner, name] of desired) {
            const request: PlanRequest = { owner, desired: name, held: zone, settings: by, now: 0, deletes: 'allowed' };
            if (isSettled(request)) settled++;
            expect(planName(request)).toEqual(planUnsettledName(request));
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(settled).toBeGreaterThan(20);
  });
});
