import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type EndpointSliceObject, ENDPOINT_SLICES } from '../resources/endpoint-slice.ts';
import { NODES } from '../resources/node.ts';
import { storedSlice } from '../testing/stored-objects.ts';
import { KeyIndex } from './key-index.ts';
import { type ObjectIndex, ObjectStore } from './object-store.ts';
import { sameContent } from './same-content.ts';

const ON_NODE: ObjectIndex<EndpointSliceObject> = {
  name: 'on node',
  resource: ENDPOINT_SLICES,
  values: ({ readyNodes }) => readyNodes,
};

const slice = (name: string, readyNodes: readonly string[], namespace = 'default'): EndpointSliceObject =>
  storedSlice({ namespace, name, readyNodes });

const store = (): ObjectStore => new ObjectStore([NODES, ENDPOINT_SLICES], [ON_NODE]);

describe('the store', () => {
  it('tells each change with the content before and after, and nothing where nothing has changed', () => {
    const objects = store();
    const one = slice('a', ['n1']);
    const other = slice('a', ['n2']);
    expect(objects.put(ENDPOINT_SLICES, one)).toEqual({
      resource: ENDPOINT_SLICES,
      key: 'default/a',
      before: undefined,
      after: one,
    });
    expect(objects.put(ENDPOINT_SLICES, slice('a', ['n1']))).toBeUndefined();
    expect(objects.put(ENDPOINT_SLICES, other)).toMatchObject({ before: one, after: other });
    expect(objects.delete(ENDPOINT_SLICES, 'default/a')).toMatchObject({ before: other, after: undefined });
    expect(objects.delete(ENDPOINT_SLICES, 'default/a')).toBeUndefined();
  });

  it('takes an object that was made again under its name for changed', () => {
    const objects = store();
    objects.put(ENDPOINT_SLICES, slice('a', ['n1']));
    expect(objects.put(ENDPOINT_SLICES, { ...slice('a', ['n1']), createdAt: 1 })).toBeDefined();
  });

  it('retains what is listed, of the namespace that was listed', () => {
    const objects = store();
    for (const [name, namespace] of [
      ['a', 'x'],
      ['b', 'x'],
      ['a', 'y'],
    ] as const)
      objects.put(ENDPOINT_SLICES, slice(name, [], namespace));
    expect(objects.retain(ENDPOINT_SLICES, 'x', new Set(['x/a'])).map(({ key }) => key)).toEqual(['x/b']);
    expect(objects.retain(ENDPOINT_SLICES, undefined, new Set(['y/a'])).map(({ key }) => key)).toEqual(['x/a']);
    expect(objects.count(ENDPOINT_SLICES)).toBe(1);
  });

  it('refuses resources and indexes that it was not made for', () => {
    const none = new ObjectStore([], []);
    expect(() => none.get(NODES, 'n1')).toThrow(new RangeError('the store holds no nodes'));
    const bare = new ObjectStore([ENDPOINT_SLICES], []);
    expect(() => [...bare.select(ON_NODE, 'n1')]).toThrow('no index on node over endpointslices.discovery.k8s.io');
  });

  it('refuses two indexes of one name over one resource', () => {
    const other = { ...ON_NODE, values: () => [] };
    expect(() => new ObjectStore([ENDPOINT_SLICES], [ON_NODE, other])).toThrow(
      'two indexes over endpointslices.discovery.k8s.io have the name "on node"',
    );
  });

  it('gives all objects of a resource', () => {
    const objects = store();
    for (const name of ['a', 'b']) objects.put(ENDPOINT_SLICES, slice(name, []));
    expect(Array.from(objects.all(ENDPOINT_SLICES), ({ name }) => name)).toEqual(['a', 'b']);
    expect([...objects.all(NODES)]).toEqual([]);
  });

  it('finds by an index exactly the objects that have the value, after any changes', () => {
    const nodes = fc.uniqueArray(fc.constantFrom('n1', 'n2', 'n3'));
    const change = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), nodes: fc.option(nodes) });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const objects = store();
        const expected = new Map<string, readonly string[]>();
        for (const { name, nodes: on } of changes) {
          if (on === null) objects.delete(ENDPOINT_SLICES, `default/${name}`);
          else objects.put(ENDPOINT_SLICES, slice(name, on));
          if (on === null) expected.delete(name);
          else expected.set(name, on);
        }
        for (const node of ['n1', 'n2', 'n3']) {
          const found = Array.from(objects.select(ON_NODE, node), ({ name }) => name);
          expect(found.toSorted()).toEqual(
            [...expected]
              .filter(([, on]) => on.includes(node))
              .map(([name]) => name)
              .toSorted(),
          );
        }
      }),
    );
  });
});

describe('an index', () => {
  it('forgets values that no key has any more', () => {
    const index = new KeyIndex();
    index.add('v', 'a');
    index.add('v', 'a');
    index.add('v', 'b');
    index.remove('v', 'a');
    index.remove('w', 'a');
    expect([...index.keys('v')]).toEqual(['b']);
    index.remove('v', 'b');
    expect(index.size).toBe(0);
  });
});

describe('content', () => {
  it('is the same exactly where JSON is, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(sameContent(one, structuredClone(one))).toBe(true);
        expect(sameContent({ a: one, b: 1 }, { b: 1, a: one })).toBe(true);
        expect(sameContent({ a: one }, { a: one, b: 1 })).toBe(false);
        expect(sameContent([one], [one, one])).toBe(false);
        expect(sameContent(one, other)).toBe(canonical(one) === canonical(other));
      }),
    );
  });
});

/** JSON with sorted keys, and without the sign of zero, which JSON loses. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
