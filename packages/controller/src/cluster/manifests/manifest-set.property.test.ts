import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type NodeObject, NODES } from '../../resources/node.ts';
import { storedNode } from '../../testing/stored-objects.ts';
import { joinChanges, type ManifestFile, ManifestSet } from './manifest-set.ts';

const FILES = ['a.yaml', 'b/c.yaml', 'b.yaml'];

const node = (name: string, version: number): NodeObject => storedNode({ name, createdAt: version });

/** A file with some of three nodes, each in some version, malformed, or without anything that DNS needs. */
const content: fc.Arbitrary<ManifestFile> = fc.record({
  objects: fc.array(
    fc
      .record({
        name: fc.constantFrom('x', 'y', 'z'),
        version: fc.nat(3),
        what: fc.constantFrom('good', 'good', 'good', 'malformed', 'empty'),
      })
      .map(({ name, version, what }) => ({
        resource: NODES,
        key: name,
        object: what === 'good' ? node(name, version) : undefined,
        malformed: what === 'malformed',
        line: version + 1,
      })),
    { maxLength: 4 },
  ),
  problems: fc.constant([]),
  broken: fc.boolean(),
});
const edit = fc.record({ file: fc.constantFrom(...FILES), content: fc.option(content, { nil: undefined }) });

describe('the manifests of a folder', () => {
  it('are, after any edits, in any groups, what the changes that were passed on make of them', () => {
    fc.assert(
      fc.property(fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { maxLength: 15 }), (groups) => {
        const set = new ManifestSet();
        const seen = new Map<string, unknown>();
        for (const group of groups) {
          const { upserted, deleted } = joinChanges(group.map(({ file, content: held }) => set.update(file, held)));
          for (const { object } of upserted) seen.set(object.name, object);
          for (const { key } of deleted) seen.delete(key);
        }
        expect([...seen.values()].toSorted(byName)).toEqual([...set.objects(NODES)].toSorted(byName));
      }),
    );
  });

  it('are taken, where files are whole, from the first file that holds them', () => {
    const whole = content.map((one) => ({ ...one, broken: false, objects: one.objects.filter(({ malformed }) => !malformed) }));
    fc.assert(
      fc.property(
        fc.array(fc.record({ file: fc.constantFrom(...FILES), content: fc.option(whole, { nil: undefined }) })),
        (edits) => {
          const set = new ManifestSet();
          const files = new Map<string, ManifestFile>();
          for (const { file, content: held } of edits) {
            set.update(file, held);
            if (held === undefined) files.delete(file);
            else files.set(file, held);
          }
          const expected = new Map<string, unknown>();
          for (const file of [...files.keys()].toSorted()) {
            for (const { key, object } of files.get(file)?.objects ?? []) if (!expected.has(key)) expected.set(key, object);
          }
          const wanted = [...expected.values()].filter((object) => object !== undefined);
          expect([...set.objects(NODES)].toSorted(byName)).toEqual(wanted.toSorted(byName));
        },
      ),
    );
  });
});

function byName(one: unknown, other: unknown): number {
  return (one as NodeObject).name < (other as NodeObject).name ? -1 : 1;
}
