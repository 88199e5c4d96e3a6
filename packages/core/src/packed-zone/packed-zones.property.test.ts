import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { nameOf, type OwnerName } from '../name/owner-name.ts';
import { scanRecord } from '../rr/record-text.ts';
import { isFailure } from '../failure.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import { emptyZone } from '../zone/immutable-zone.ts';
import type { Zone, ZoneEdit, ZoneNode } from '../zone/zone.ts';
import { PackedZones } from './packed-zones.ts';
import type { ZoneSnapshot } from './zone-snapshot.ts';
import type { ZoneView } from '../zone/zone.ts';

const APEX = nameOf('zone.example');

function rrsetOf(...lines: readonly string[]): RRset {
  const records = lines.map((line) => scanRecord(line));
  const [first] = records;
  if (first === undefined || isFailure(first)) throw new RangeError(lines[0]);
  const rdatas = records.map((record) => (isFailure(record) ? new Uint8Array() : record.rdata));
  return { owner: first.owner, type: first.type, ttl: first.ttl, rdatas };
}

function soaOf(serial: number): RRset {
  return rrsetOf(`${APEX} 300 IN SOA ns.${APEX} Host.${APEX} ${serial} 1 2 3 60`);
}

/** Few labels, so that names meet: siblings, ancestors, wildcards, and the same name again. */
const label = fc.constantFrom('a', 'b', 'c', '*', 'longer-label-that-makes-nodes-of-another-size');
const owner = fc
  .array(label, { minLength: 0, maxLength: 4 })
  .map((labels) => nameOf([...labels, ...(labels.length === 0 ? [] : []), 'zone', 'example'].join('.')));

const rrsets = (name: OwnerName): fc.Arbitrary<RRset[]> =>
  fc
    .tuple(
      fc.array(fc.integer({ min: 1, max: 250 }), { maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      fc.integer({ min: 0, max: 900 }),
      fc.integer({ min: 0, max: 2 }),
    )
    .map(([hosts, cut, text, length, ttl]) => [
      ...(hosts.length === 0 ? [] : [rrsetOf(...[...new Set(hosts)].map((host) => `${name} ${ttl} IN A 192.0.2.${host}`))]),
      ...(cut ? [rrsetOf(`${name} ${ttl} IN NS Ns1.other.example.`)] : []),
      ...(text
        ? [
            rrsetOf(
              `${name} ${ttl} IN TXT ${`"${'x'.repeat(250)}" `.repeat(Math.floor(length / 250))}"${'y'.repeat(length % 250)}"`,
            ),
          ]
        : []),
    ]);

const edit: fc.Arbitrary<ZoneEdit> = owner.chain((name) =>
  fc.tuple(rrsets(name), fc.boolean(), fc.integer({ min: 1, max: 3 })).map(([sets, exists, serial]): ZoneEdit => {
    if (name === APEX) return { owner: name, exists: true, rrsets: [soaOf(serial), ...sets] };
    return { owner: name, exists: exists || sets.length > 0, rrsets: sets };
  }),
);

type Step =
  | { readonly kind: 'edits'; readonly edits: readonly ZoneEdit[]; readonly publish: boolean }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'close' }
  | { readonly kind: 'maintain'; readonly effort: number }
  | { readonly kind: 'reinstall' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ kind: fc.constant('edits' as const), edits: fc.array(edit, { maxLength: 6 }), publish: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'snapshot' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'close' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('maintain' as const), effort: fc.integer({ min: 1, max: 50 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reinstall' as const }) },
);

/** Versions are 32 bits wide: some begin just before the sign changes, and just before they pass 0, which is none. */
const firstVersion = fc.oneof(
  fc.constant(1),
  fc.integer({ min: 0x7fff_ffe0, max: 0x7fff_ffff }),
  fc.integer({ min: -32, max: -1 }),
);

/** A zone's whole content, without the order of its nodes. The SOA stands first at the apex. */
function contentOf(zone: ZoneView): unknown {
  const nodes = Array.from(zone.nodes(), ({ owner: name, rrsets: sets }: ZoneNode) => ({
    owner: name,
    rrsets: [...sets.filter(({ type }) => type === TYPE.SOA), ...sets.filter(({ type }) => type !== TYPE.SOA)].map((rrset) => ({
      ...rrset,
      rdatas: rrset.rdatas.map((rdata) => Buffer.from(rdata).toString('hex')),
    })),
  }));
  return {
    apex: zone.apex,
    names: zone.nameCount,
    rrsets: zone.rrsetCount,
    soa: Buffer.from(zone.soa.rdatas[0] ?? []).toString('hex'),
    nodes: nodes.toSorted((one, other) => (one.owner < other.owner ? -1 : 1)),
  };
}

describe('packed zones', () => {
  it('hold what the immutable zone holds after any edits, and snapshots stay as they were', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer(), firstVersion, (steps, seed, version) => {
        const zones = new PackedZones({ seed, maxOctets: 2 ** 23, firstVersion: version });
        let model: Zone = emptyZone(APEX, soaOf(1));
        let published = model;
        let zone = zones.create(APEX, soaOf(1));
        zones.install(zone);
        zones.publish();
        const snapshots: [ZoneSnapshot, Zone][] = [];
        for (const action of steps) {
          let noticed: readonly unknown[] = [];
          switch (action.kind) {
            case 'edits': {
              const before = model;
              model = model.patch(action.edits);
              const { changed, refused } = zone.apply(action.edits);
              noticed = [...refused];
              // Edits that undo each other are a change here and there; else both notice the same.
              if (action.edits.length === 1 && changed !== (model !== before)) noticed = action.edits;
              if (action.publish) {
                zones.publish();
                published = model;
              }
              break;
            }
            case 'snapshot': {
              const snapshot = snapshots.length < 5 ? zones.snapshot(APEX) : undefined;
              if (snapshot !== undefined) snapshots.push([snapshot, published]);
              break;
            }
            case 'close':
              snapshots.shift()?.[0].close();
              break;
            case 'maintain':
              zones.maintain(action.effort);
              break;
            case 'reinstall': {
              zone = zones.create(APEX, soaOf(1));
              zone.apply(
                Array.from(model.nodes(), ({ owner: name, rrsets: sets }) => ({
                  owner: name,
                  exists: isOwn(name, sets),
                  rrsets: sets,
                })),
              );
              model = emptyZone(APEX, soaOf(1)).patch(
                Array.from(model.nodes(), ({ owner: name, rrsets: sets }) => ({
                  owner: name,
                  exists: isOwn(name, sets),
                  rrsets: sets,
                })),
              );
              zones.install(zone);
              zones.publish();
              published = model;
              break;
            }
            default:
              action satisfies never;
          }
          expect(noticed).toEqual([]);
          expect(contentOf(zone)).toEqual(contentOf(model));
          for (const [snapshot, expected] of snapshots) expect(contentOf(snapshot)).toEqual(contentOf(expected));
        }
        for (const [snapshot] of snapshots) snapshot.close();
        zones.publish();
        while (zones.maintain(10)) continue;
        expect(contentOf(zone)).toEqual(contentOf(model));
        expect(zones.usage().waitingTasks).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});

function isOwn(name: OwnerName, sets: readonly RRset[]): boolean {
  return name === APEX || sets.length > 0;
}
