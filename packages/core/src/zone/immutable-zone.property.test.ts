import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { labelsOf, nameOf, type OwnerName, parentOf } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import { hashName } from './hamt.ts';
import { emptyZone, type NameHash, zoneOf } from './immutable-zone.ts';
import type { Zone, ZoneEdit } from './zone.ts';

/** What the model says a zone holds: owner → the RRsets, empty for an empty non-terminal or a name that merely exists. */
type Content = Map<OwnerName, readonly RRset[]>;

const apexes = ['example.', '.', 'a.b.example.', 'x\\.y.example.'].map(nameOf);
const hashes: readonly NameHash[] = [hashName, () => 7, (name) => hashName(name) & 3];

const label = fc.constantFrom('a', 'b', 'c', '*', 'www', 'x\\.y', '\\000');
const rrset = fc.record({
  type: fc.constantFrom(TYPE.A, TYPE.TXT, TYPE.MX),
  ttl: fc.integer({ min: 0, max: 2 }),
  rdatas: fc.array(fc.uint8Array({ minLength: 1, maxLength: 1 }), { minLength: 1, maxLength: 2 }),
});
const edit = fc.record({
  labels: fc.array(label, { maxLength: 4 }),
  exists: fc.boolean(),
  rrsets: fc.uniqueArray(rrset, { maxLength: 2, selector: ({ type }) => type }),
});
const patches = fc.array(fc.array(edit, { maxLength: 6 }), { maxLength: 12 });

function soaOf(apex: OwnerName, ttl = 30): RRset {
  return { owner: apex, type: TYPE.SOA, ttl, rdatas: [new Uint8Array(22)] };
}

function toEdit(
  apex: OwnerName,
  { labels, exists, rrsets }: { labels: string[]; exists: boolean; rrsets: Omit<RRset, 'owner'>[] },
): ZoneEdit {
  const owner = labels.length === 0 ? apex : nameOf(`${labels.join('.')}.${apex === '.' ? '' : apex}`);
  if (owner === apex)
    return { owner, exists: true, rrsets: [soaOf(apex, rrsets.length), ...rrsets.map((one) => ({ ...one, owner }))] };
  return { owner, exists, rrsets: exists ? rrsets.map((one) => ({ ...one, owner })) : [] };
}

/** The model: names that exist by themselves in a plain map; the empty non-terminals are computed anew from all of them. */
function expectedContent(apex: OwnerName, own: ReadonlyMap<OwnerName, ZoneEdit>): Content {
  const content: Content = new Map();
  for (const { owner, rrsets } of own.values()) {
    content.set(owner, rrsets);
    for (let name = owner; name !== apex; name = parentOf(name) as OwnerName) {
      const parent = parentOf(name) as OwnerName;
      if (!content.has(parent)) content.set(parent, own.get(parent)?.rrsets ?? []);
    }
  }
  return content;
}

function contentOf(zone: Zone): Content {
  return new Map(Array.from(zone.nodes(), (node) => [node.owner, node.rrsets]));
}

describe('a zone', () => {
  it('equals, after any patches, the zone built from scratch; and no patch changes an older snapshot', () => {
    fc.assert(
      fc.property(fc.constantFrom(...apexes), fc.constantFrom(...hashes), patches, (apex, hash, rounds) => {
        let zone = emptyZone(apex, soaOf(apex), hash);
        const own = new Map<OwnerName, ZoneEdit>([[apex, { owner: apex, exists: true, rrsets: [soaOf(apex)] }]]);
        const snapshots: [Zone, Content][] = [];
        for (const round of rounds) {
          const edits = round.map((one) => toEdit(apex, one));
          for (const one of edits) {
            if (one.exists) own.set(one.owner, one);
            else own.delete(one.owner);
          }
          const before = contentOf(zone);
          const patched = zone.patch(edits);
          expect(contentOf(zone)).toEqual(before);
          zone = patched;
          snapshots.push([zone, expectedContent(apex, own)]);
        }
        for (const [snapshot, expected] of snapshots) {
          expect(contentOf(snapshot)).toEqual(expected);
          expect(snapshot.nameCount).toBe(expected.size);
          expect(snapshot.rrsetCount).toBe([...expected.values()].reduce((sum, rrsets) => sum + rrsets.length, 0));
          expect(snapshot.soa).toEqual(expected.get(apex)?.find((one) => one.type === TYPE.SOA));
          for (const [owner, rrsets] of expected) {
            expect(snapshot.node(owner)).toMatchObject({ owner, rrsets });
            expect(snapshot.node(nameOf(`absent.${owner === '.' ? '' : owner}`))).toBeUndefined();
          }
        }
      }),
    );
  });

  it('made of names at once is the one that a patch makes, then and after more patches', () => {
    fc.assert(
      fc.property(fc.constantFrom(...apexes), fc.constantFrom(...hashes), patches, (apex, hash, [first = [], ...rounds]) => {
        const own = new Map<OwnerName, ZoneEdit>([[apex, { owner: apex, exists: true, rrsets: [soaOf(apex)] }]]);
        for (const one of first.map((round) => toEdit(apex, round))) if (one.exists) own.set(one.owner, one);
        let patched = emptyZone(apex, soaOf(apex), hash).patch([...own.values()]);
        let atOnce = zoneOf(apex, own.values(), hash);
        for (const round of [[], ...rounds]) {
          const edits = round.map((one) => toEdit(apex, one));
          patched = patched.patch(edits);
          atOnce = atOnce.patch(edits);
          expect(contentOf(atOnce)).toEqual(contentOf(patched));
          const { nameCount, rrsetCount, soa } = patched;
          expect(atOnce).toMatchObject({ nameCount, rrsetCount, soa });
        }
      }),
    );
  });

  it('returns itself from a patch with what it already holds', () => {
    fc.assert(
      fc.property(fc.constantFrom(...apexes), patches, (apex, rounds) => {
        let zone = emptyZone(apex, soaOf(apex));
        const own = new Map<OwnerName, ZoneEdit>();
        for (const one of rounds.flat().map((round) => toEdit(apex, round))) {
          own.set(one.owner, one);
          zone = zone.patch([one]);
        }
        // Copies: it is the content that counts, not the identity of the arrays.
        expect(zone.patch(structuredClone([...own.values()]))).toBe(zone);
      }),
    );
  });
});

describe('the generator of this test', () => {
  it('makes deep names', () =>
    expect(labelsOf(toEdit(nameOf('example'), { labels: ['a', 'b', 'c', 'www'], exists: true, rrsets: [] }).owner)).toHaveLength(
      5,
    ));
});
