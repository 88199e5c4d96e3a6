import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { node, service, slice } from '../testing/manifests.ts';
import { NameWorld } from '../testing/name-world.ts';

const NODES = ['n1', 'n2', 'n3'];
const ADDRESSES = ['192.0.2.1', '192.0.2.2', '2001:db8::1', 'bad'];
const AREAS = ['home', 'default', 'v4', 'bad!'];
const SERVICES = ['git', 'v4'];

const list = (entries: readonly string[]): fc.Arbitrary<string> => fc.subarray([...entries]).map((chosen) => chosen.join(','));
const conditions = fc.record({
  node: fc.constantFrom(...NODES),
  ready: fc.constantFrom(true, false, null),
  serving: fc.boolean(),
  terminating: fc.boolean(),
});
const createdAt = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z');

const object = fc.oneof(
  fc
    .record({
      name: fc.constantFrom(...NODES),
      ready: fc.constantFrom('True', 'False', 'Unknown', ''),
      areas: list(AREAS),
      ips: list(ADDRESSES),
      creationTimestamp: createdAt,
    })
    .map(({ name, ...rest }) => node(name, rest)),
  fc
    .record({ name: fc.constantFrom(...SERVICES), dns: fc.constantFrom('true', 'false', 'x', ''), creationTimestamp: createdAt })
    .map(({ name, ...rest }) => service(name, rest)),
  fc
    .record({
      name: fc.constantFrom('s1', 's2', 's3'),
      endpoints: fc.array(conditions, { maxLength: 3 }),
      of: fc.constantFrom(...SERVICES, ''),
    })
    .map(({ name, endpoints, of }) => slice(name, endpoints, { of })),
  // Malformed: what was known stays.
  fc.constantFrom(...NODES).map((name) => ({ ...node(name), status: 'broken' })),
);
const event = fc.record({ object, kind: fc.constantFrom('put', 'put', 'put', 'delete') });

/** Everything the catalog says, of every name that was ever mentioned. */
function picture(world: NameWorld, names: Iterable<string>): Record<string, string[]> {
  return Object.fromEntries(Array.from(names, (name) => [name, world.holds(name)]));
}

describe('names', () => {
  it('depend on the objects that are there, and not on how they came about', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const world = await NameWorld.with([]);
        const there = new Map<string, object>();
        for (const { object: manifest, kind } of events) {
          const { kind: ofKind, metadata, status } = manifest as { kind: string; metadata: { name: string }; status?: unknown };
          if (kind === 'put') world.cluster.put(manifest);
          else world.cluster.delete(manifest);
          if (kind === 'delete') there.delete(`${ofKind}/${metadata.name}`);
          else if (status !== 'broken') there.set(`${ofKind}/${metadata.name}`, manifest);
        }
        const fresh = await NameWorld.with([...there.values()].toReversed());
        const owners = new Set([...world.changes, ...fresh.changes].flat().map(({ owner }) => owner));
        expect(picture(world, owners)).toEqual(picture(fresh, owners));
        const conflicts = (one: NameWorld): string[] => Array.from(one.catalog.conflicts(), ({ message }) => message).toSorted();
        expect(conflicts(world)).toEqual(conflicts(fresh));
      }),
    );
  });

  it('are handed on as a chain: each change begins where the one before it ended, and is a change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const world = await NameWorld.with([]);
        for (const { object: manifest, kind } of events) world.cluster[kind === 'put' ? 'put' : 'delete'](manifest);
        const states = new Map<string, unknown>();
        for (const changes of world.changes) {
          expect(new Set(changes.map(({ owner }) => owner)).size).toBe(changes.length);
          for (const { owner, before, after } of changes) {
            expect(before).toEqual(states.get(owner) ?? { exists: false, rrsets: [] });
            expect(after).not.toEqual(before);
            states.set(owner, after);
          }
        }
      }),
    );
  });
});
