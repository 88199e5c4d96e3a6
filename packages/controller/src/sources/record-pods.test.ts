import { describe, expect, it } from '@jest/globals';

import type { StoredObject } from '../resources/resource.ts';
import type { NameWorld } from '../testing/name-world.ts';
import { EXAMPLE, objectsOf, outcomeOf, problemsOf, recordsOf } from '../testing/source-world.ts';
import { record, type RecordOptions } from './record.ts';
import type { Source } from './source.ts';

const APP = '{podSelector: {matchLabels: {app: smtp}}}';

const recordOf = (valueFrom: string, { name = 'r', fqdn = 'out.example.com', more = '' } = {}): string => `
---
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: ${name}, namespace: mail}
spec: {fqdn: ${fqdn}, ${more === '' ? '' : `${more}, `}valueFrom: ${valueFrom}}
`;
const pod = (
  name: string,
  node: string,
  { labels = 'app: smtp', namespace = 'mail', metadata = '', status = 'phase: Running' } = {},
): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {${labels}}${metadata === '' ? '' : `, ${metadata}`}}
spec: {${node === '' ? '' : `nodeName: ${node}`}}
status: {${status}}
`;
const node = (name: string, addresses: readonly string[], { ready = 'True', type = 'ExternalIP' } = {}): string => `
---
apiVersion: v1
kind: Node
metadata: {name: ${name}}
status:
  conditions: [{type: Ready, status: "${ready}"}]
  addresses: [${addresses.map((address) => `{type: ${type}, address: "${address}"}`).join(', ')}]
`;

const N1 = node('n1', ['192.0.2.1']);
const N2 = node('n2', ['192.0.2.2', '2001:db8::2']);
const FROM_1 = ['out.example.com. 60 IN A 192.0.2.1'];
const FROM_2 = ['out.example.com. 60 IN A 192.0.2.2', 'out.example.com. 60 IN AAAA 2001:db8::2'];
const NODATA = ['out.example.com. NODATA'];
const MISSING = ['NODE_ADDRESSES_MISSING Record/mail/r'];

const expression = (key: string, operator: string, values?: string): string =>
  `{podSelector: {matchExpressions: [{key: ${key}, operator: ${operator}${values === undefined ? '' : `, values: [${values}]`}}]}}`;

describe('a Record that selects pods', () => {
  it.each<{ rule: string; yaml: string; options?: Partial<RecordOptions>; expected: string[]; problems?: string[] }>([
    {
      rule: 'has the external addresses of their nodes, of both families',
      yaml: recordOf(APP) + N1 + N2 + pod('p1', 'n1') + pod('p2', 'n2'),
      expected: [...FROM_1, ...FROM_2],
    },
    {
      rule: 'has IPv4 addresses as type A',
      yaml: recordOf(APP, { more: 'type: A' }) + N2 + pod('p', 'n2'),
      expected: FROM_2.slice(0, 1),
    },
    {
      rule: 'has IPv6 addresses as type AAAA, with its own TTL',
      yaml: recordOf(APP, { more: 'type: AAAA, ttl: 5' }) + N2 + pod('p', 'n2'),
      expected: ['out.example.com. 5 IN AAAA 2001:db8::2'],
    },
    {
      rule: 'has internal addresses, where it asks for them',
      yaml:
        recordOf('{addressType: InternalIP, podSelector: {matchLabels: {app: smtp}}}') +
        node('n', ['10.0.0.1'], { type: 'InternalIP' }) +
        pod('p', 'n'),
      expected: ['out.example.com. 60 IN A 10.0.0.1'],
    },
    {
      rule: 'has an address once, of two pods on a node, and of two nodes, however it is written',
      yaml:
        recordOf(APP) +
        N1 +
        node('m', ['192.0.2.1', '2001:DB8:0::1']) +
        node('n3', ['::ffff:192.0.2.1', '2001:db8::1']) +
        ['n1', 'n1', 'm', 'n3'].map((on, index) => pod(`p${index}`, on)).join(''),
      expected: [...FROM_1, 'out.example.com. 60 IN AAAA 2001:db8::1'],
    },
    {
      rule: 'does not see pods of other namespaces',
      yaml: recordOf(APP) + N1 + pod('p', 'n1', { namespace: 'other' }),
      expected: NODATA,
      problems: MISSING,
    },
    {
      rule: 'waits for a pod to be scheduled',
      yaml: recordOf(APP) + N1 + N2 + pod('p', '', { status: 'phase: Pending' }) + pod('q', 'n2'),
      expected: FROM_2,
    },
    {
      rule: 'counts pods that are about to run',
      yaml: recordOf(APP) + N1 + pod('p', 'n1', { status: 'phase: Pending' }),
      expected: FROM_1,
    },
    {
      rule: 'does not count pods that have ended, or are going',
      yaml:
        recordOf(APP) +
        N1 +
        N2 +
        pod('p', 'n1', { status: 'phase: Succeeded' }) +
        pod('q', 'n1', { status: 'phase: Failed' }) +
        pod('t', 'n1', { metadata: 'deletionTimestamp: "2026-01-01T00:00:00Z"' }) +
        pod('l', 'n2'),
      expected: FROM_2,
    },
    {
      rule: 'counts nodes that are not ready: what runs there may go on',
      yaml: recordOf(APP) + node('n1', ['192.0.2.1'], { ready: 'Unknown' }) + pod('p', 'n1'),
      expected: FROM_1,
    },
    {
      rule: 'goes on without a node that is not there',
      yaml: recordOf(APP) + N2 + pod('p', 'gone') + pod('q', 'n2'),
      expected: FROM_2,
    },
    { rule: 'is told that no pod is selected', yaml: recordOf(APP) + N1, expected: NODATA, problems: MISSING },
    { rule: 'is told that no node is there', yaml: recordOf(APP) + pod('p', 'gone'), expected: NODATA, problems: MISSING },
    {
      rule: 'is told that no node has such an address',
      yaml: recordOf(APP, { more: 'type: AAAA' }) + N1 + pod('p', 'n1'),
      expected: NODATA,
      problems: MISSING,
    },
    {
      rule: 'goes on without what is no address',
      yaml: recordOf(APP) + node('n1', ['host.example', '192.0.2.1']) + pod('p', 'n1'),
      expected: FROM_1,
      problems: ['ADDRESS_INVALID Record/mail/r'],
    },
    {
      rule: 'has no addresses where pods are not followed',
      yaml: recordOf(APP) + N1 + pod('p', 'n1'),
      options: { pods: false },
      expected: NODATA,
      problems: MISSING,
    },
    {
      rule: 'merges with another of its name',
      yaml:
        recordOf(APP) +
        recordOf('{podSelector: {matchLabels: {app: relay}}}', { name: 's' }) +
        N1 +
        N2 +
        pod('p', 'n1') +
        pod('q', 'n2', { labels: 'app: relay' }),
      expected: [...FROM_1, ...FROM_2],
    },
  ])('$rule', async ({ yaml, options = {}, expected, problems = [] }) => {
    const outcome = await outcomeOf([record({ ...EXAMPLE, ...options })], yaml);
    expect(outcome.records).toEqual(expected);
    expect(outcome.problems).toEqual(problems);
  });

  // Pod a is on n1, pod b on n2, pod c without labels on n3.
  it.each<{ selector: string; selected: string }>([
    { selector: '{podSelector: {matchLabels: {app: a}}}', selected: 'a' },
    { selector: '{podSelector: {matchLabels: {app: a, tier: x}}}', selected: 'a' },
    { selector: '{podSelector: {matchLabels: {app: a, tier: y}}}', selected: '' },
    { selector: '{podSelector: {matchLabels: {tier: x}}}', selected: 'ab' },
    { selector: '{podSelector: {matchLabels: {app: ""}}}', selected: '' },
    { selector: '{podSelector: {matchLabels: {constructor: a}}}', selected: '' },
    { selector: expression('app', 'In', 'a, b, c'), selected: 'ab' },
    { selector: expression('app', 'NotIn', 'a'), selected: 'bc' },
    { selector: expression('app', 'Exists'), selected: 'ab' },
    { selector: expression('app', 'Exists', ''), selected: 'ab' },
    { selector: expression('app', 'DoesNotExist'), selected: 'c' },
    { selector: expression('pod-template-hash', 'In', 'h'), selected: 'a' },
    {
      selector: '{podSelector: {matchLabels: {tier: x}, matchExpressions: [{key: app, operator: NotIn, values: [b]}]}}',
      selected: 'a',
    },
    {
      selector: '{podSelector: {matchExpressions: [{key: app, operator: Exists}, {key: app, operator: NotIn, values: [a]}]}}',
      selected: 'b',
    },
    {
      selector:
        '{podSelector: {matchExpressions: [{key: app, operator: In, values: [a]}, {key: app, operator: In, values: [b]}]}}',
      selected: '',
    },
  ])('by $selector selects "$selected"', async ({ selector, selected }) => {
    const pods =
      pod('a', 'n1', { labels: 'app: a, tier: x, pod-template-hash: h' }) +
      pod('b', 'n2', { labels: 'app: b, tier: x' }) +
      pod('c', 'n3', { labels: '' });
    const nodes = ['1', '2', '3'].map((n) => node(`n${n}`, [`192.0.2.${n}`])).join('');
    const { records } = await outcomeOf([record(EXAMPLE)], recordOf(selector) + nodes + pods);
    const expected = Array.from(selected, (letter) => `out.example.com. 60 IN A 192.0.2.${'abc'.indexOf(letter) + 1}`);
    expect(records).toEqual(expected.length === 0 ? NODATA : expected);
  });

  it.each<{ rule: string; start: string; change: (world: NameWorld) => void; expected: string[] }>([
    { rule: 'a pod is scheduled', start: N1 + pod('p', ''), change: put(pod('p', 'n1')), expected: FROM_1 },
    { rule: 'a pod moves', start: N1 + N2 + pod('p', 'n1'), change: put(pod('p', 'n2')), expected: FROM_2 },
    { rule: 'a pod appears', start: N1 + N2 + pod('p', 'n1'), change: put(pod('q', 'n2')), expected: [...FROM_1, ...FROM_2] },
    { rule: 'a pod goes', start: N1 + N2 + pod('p', 'n1') + pod('q', 'n2'), change: remove(pod('p', '')), expected: FROM_2 },
    {
      rule: 'a pod ends',
      start: N1 + N2 + pod('p', 'n1') + pod('q', 'n2'),
      change: put(pod('p', 'n1', { status: 'phase: Failed' })),
      expected: FROM_2,
    },
    { rule: 'a pod gets the label', start: N1 + pod('p', 'n1', { labels: '' }), change: put(pod('p', 'n1')), expected: FROM_1 },
    {
      rule: 'a pod loses the label',
      start: N1 + pod('p', 'n1'),
      change: put(pod('p', 'n1', { labels: 'app: other' })),
      expected: NODATA,
    },
    { rule: 'a node appears', start: pod('p', 'n1'), change: put(N1), expected: FROM_1 },
    { rule: 'a node goes', start: N1 + pod('p', 'n1'), change: remove(N1), expected: NODATA },
    { rule: 'a node gets another address', start: node('n1', ['192.0.2.9']) + pod('p', 'n1'), change: put(N1), expected: FROM_1 },
    {
      rule: 'the selector is edited',
      start: N1 + pod('p', 'n1', { labels: 'app: relay' }),
      change: put(recordOf('{podSelector: {matchLabels: {app: relay}}}')),
      expected: FROM_1,
    },
    {
      rule: 'the Record appears later',
      start: N2 + pod('p', 'n2', { labels: 'x: y' }),
      change: put(recordOf('{podSelector: {matchLabels: {x: y}}}', { name: 's' })),
      expected: FROM_2,
    },
    { rule: 'the Record goes', start: N1 + pod('p', 'n1'), change: remove(recordOf(APP)), expected: [] },
  ])('follows when $rule', async ({ start, change, expected }) => {
    const { world } = await outcomeOf([record(EXAMPLE)], recordOf(APP) + start);
    expect(recordsOf(world)).not.toEqual(expected);
    change(world);
    expect(recordsOf(world)).toEqual(expected);
  });

  it('has no problem any more once it has an address', async () => {
    const { world, problems } = await outcomeOf([record(EXAMPLE)], recordOf(APP) + pod('p', 'n1'));
    expect(problems).toEqual(MISSING);
    put(N1)(world);
    expect(problemsOf(world)).toEqual([]);
  });

  it('has a thousand addresses at most, the first in their order', async () => {
    const all = Array.from({ length: 1001 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    const { records, problems } = await outcomeOf([record(EXAMPLE)], recordOf(APP) + node('n', all.toReversed()) + pod('p', 'n'));
    expect(records).toEqual(
      all
        .slice(0, 1000)
        .map((address) => `out.example.com. 60 IN A ${address}`)
        .toSorted(),
    );
    expect(problems).toEqual(['ADDRESSES_LEFT_OUT Record/mail/r']);
  });

  it('is looked at for those changes alone that concern it, among hundreds of others', async () => {
    const { source, asked } = counting(record(EXAMPLE));
    const others = Array.from({ length: 300 }, (_, index) =>
      recordOf(`{podSelector: {matchLabels: {app: other${index}}}}`, { name: `o${index}`, fqdn: `o${index}.example.com` }),
    );
    const { world } = await outcomeOf(
      [source],
      recordOf(APP) + others.join('') + N1 + N2 + pod('p', 'n1') + pod('q', 'n2', { labels: 'app: other1' }),
    );
    const askedBy = (yaml: string): readonly string[] => {
      asked.length = 0;
      put(yaml)(world);
      return asked.splice(0);
    };
    expect(askedBy(pod('p', 'n2'))).toEqual(['r']);
    expect(askedBy(pod('p', 'n2', { status: 'phase: Running, podIP: 10.0.0.1' }))).toEqual([]);
    expect(askedBy(pod('p', 'n2', { labels: 'app: other7' })).toSorted()).toEqual(['o7', 'r']);
    expect(askedBy(pod('z', '', { labels: 'app: other7' }))).toEqual([]);
    expect(askedBy(node('n2', ['192.0.2.2', '2001:db8::2'], { ready: 'False' }))).toEqual([]);
    expect(askedBy(node('n2', ['192.0.2.3'])).toSorted()).toEqual(['o1', 'o7']);
    expect(askedBy(node('n1', ['192.0.2.9']))).toEqual([]);
  });
});

function put(yaml: string): (world: NameWorld) => void {
  return (world) => {
    for (const object of objectsOf(yaml)) world.cluster.put(object);
  };
}

function remove(yaml: string): (world: NameWorld) => void {
  return (world) => {
    for (const object of objectsOf(yaml)) world.cluster.delete(object);
  };
}

/** A source that notes of which objects it is asked. */
function counting<T extends StoredObject>(source: Source<T>): { readonly source: Source<T>; readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    source: {
      ...source,
      desire(object, store) {
        asked.push(object.name);
        return source.desire(object, store);
      },
    },
  };
}
