import { describe, expect, it } from '@jest/globals';
import {
  type Clock,
  compareNames,
  type NameChange,
  nameOf,
  type NameState,
  type OwnerName,
  TYPE,
  type Zone,
  type ZoneEdit,
  type ZoneView,
} from '@kubezone/core';
import * as fc from 'fast-check';

import { type Applied, ServedZones } from './served-zones.ts';
import { ReferenceZones } from './testing/reference-zones.ts';
import { editOf, soaOf, zoneFrom } from './packed-answer/testing/zone-arbitrary.ts';

const APEXES = ['zone.example', 'b.zone.example'].map((text) => nameOf(text));
const CLOCK: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };

const NOTHING: NameState = { exists: false, rrsets: [] };

/** Changes in the zones and outside, of the apex's own records too. */
const change: fc.Arbitrary<NameChange> = fc
  .tuple(fc.constantFrom(...APEXES, nameOf('other.example')), fc.constantFrom(...APEXES))
  .chain(([apex]) => fc.tuple(editOf(apex), editOf(apex)))
  .map(([edit, earlier]) => {
    // A SOA may stand at an apex only, and the second zone is not always there.
    const state = ({ exists, rrsets }: ZoneEdit): NameState => ({
      exists,
      rrsets: rrsets.filter(({ type }) => type !== TYPE.SOA || edit.owner === APEXES[0]),
    });
    return {
      owner: edit.owner,
      before: earlier.owner === edit.owner ? state(earlier) : NOTHING,
      after: state(edit),
      origins: [],
    };
  });

type Step =
  | { readonly kind: 'apply'; readonly changes: readonly NameChange[]; readonly now: number }
  | { readonly kind: 'complete'; readonly complete: boolean; readonly apex: OwnerName | undefined }
  | { readonly kind: 'replace'; readonly apex: OwnerName; readonly rotate: boolean | undefined }
  | { readonly kind: 'remove'; readonly apex: OwnerName };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      changes: fc.array(change, { maxLength: 8 }),
      now: fc.integer({ min: 0, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('complete' as const),
      complete: fc.boolean(),
      apex: fc.option(fc.constantFrom(...APEXES), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      apex: fc.constantFrom(...APEXES),
      rotate: fc.option(fc.boolean(), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), apex: fc.constantFrom(...APEXES) }) },
);

function contentOf(zone: ZoneView | Zone): unknown {
  const lines = Array.from(zone.nodes(), ({ owner, rrsets }) => [
    owner,
    ...rrsets
      .map(
        ({ owner: own, type, ttl, rdatas }) =>
          `${own} ${type} ${ttl} ${rdatas
            .map((rdata) => Buffer.from(rdata).toString('hex'))
            .toSorted()
            .join(' ')}`,
      )
      .toSorted(),
  ]);
  return [
    zone.apex,
    zone.nameCount,
    zone.rrsetCount,
    lines.toSorted((one, other) => ((one[0] as string) < (other[0] as string) ? -1 : 1)),
  ];
}

/** Does what a step says, and returns what that gave. */
function perform(table: ReferenceZones | ServedZones, action: Step): unknown {
  switch (action.kind) {
    case 'apply': {
      const {
        zones,
        outside,
        refused = [],
      } = table.apply(action.changes, action.now) as Partial<Applied> & Omit<Applied, 'refused'>;
      return [zones.toSorted(compareNames), outside, refused];
    }
    case 'complete':
      return table.setComplete(action.complete, action.apex);
    case 'replace': {
      const zone = zoneFrom(action.apex, [{ owner: action.apex, exists: true, rrsets: [soaOf(action.apex, 7)] }]);
      return table.replace(zone, action.rotate === undefined ? {} : { rotate: action.rotate });
    }
    default:
      return table.remove(action.apex);
  }
}

describe('the packed table of zones', () => {
  it('does what the table of immutable zones does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const expected = new ReferenceZones();
        const packed = new ServedZones({ clock: CLOCK, seed: 5, maxOctets: 2 ** 23 });
        for (const action of steps) {
          expect(perform(packed, action)).toEqual(perform(expected, action));
          expect(Array.from(packed, ({ zone, complete, rotate }) => [contentOf(zone), complete, rotate])).toEqual(
            Array.from(expected, ({ zone, complete, rotate }) => [contentOf(zone), complete, rotate]),
          );
          expect(packed.size).toBe(expected.size);
          for (const name of ['a.b.zone.example', 'a.zone.example', 'zone.example', 'example']) {
            expect(packed.find(nameOf(name))?.zone.apex).toBe(expected.find(nameOf(name))?.zone.apex);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('goes on with background work until readers have let go of everything, and rests then', () => {
    const timers: (() => void)[] = [];
    const clock: Clock = {
      ...CLOCK,
      after: (_, callback) => (timers.push(callback), () => timers.splice(timers.indexOf(callback), 1)),
    };
    const zones = new ServedZones({ clock, seed: 5, maxOctets: 2 ** 23 });
    const apex = APEXES[0] as OwnerName;
    zones.replace(zoneFrom(apex, []));
    const snapshot = zones.snapshot(apex);
    for (let number = 0; number < 1000; number++) {
      const owner = nameOf(`n${number}.zone.example`);
      zones.apply([{ owner, before: NOTHING, after: { exists: true, rrsets: [] }, origins: [] }], number);
      zones.apply([{ owner, before: { exists: true, rrsets: [] }, after: NOTHING, origins: [] }], number);
    }
    expect(zones.packed.usage().waitingTasks).toBeGreaterThan(1000);
    for (let turn = 0; turn < 10; turn++) timers.shift()?.();
    expect(timers).toHaveLength(1);
    expect(zones.packed.usage().waitingTasks).toBeGreaterThan(1000);
    snapshot?.close();
    for (let turn = 0; turn < 1000 && timers.length > 0; turn++) timers.shift()?.();
    expect(timers).toHaveLength(0);
    expect(zones.packed.usage().waitingTasks).toBe(0);
    zones.stop();
  });
});
