import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type PodObject, PODS } from '../resources/pod.ts';
import { type RecordObject, RECORDS } from '../resources/record.ts';
import { keyOf } from '../resources/resource.ts';
import { type LabelRequirement, matchesLabels } from '../selectors/label-selector.ts';
import { ObjectStore } from '../store/object-store.ts';
import { countsForRecords, PODS_BY_LABEL, podsOf, RECORDS_BY_POD_LABEL, recordsSelecting } from './selected-pods.ts';

const METADATA = { createdAt: 0, deleting: false, annotations: {}, labels: {} };

const namespaces = fc.constantFrom('a', 'b');
const keys = fc.constantFrom('app', 'tier', 'pod-template-hash', 'constructor');
const values = fc.constantFrom('', 'x', 'y', 'z');

const pods: fc.Arbitrary<PodObject> = fc
  .record({
    namespace: namespaces,
    name: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'),
    labels: fc.dictionary(keys, values, { maxKeys: 3 }),
    node: fc.constantFrom('', 'n1', 'n2'),
    finished: fc.boolean(),
    deleting: fc.boolean(),
  })
  .map((fields) => ({ ...METADATA, podIPs: [], hostname: '', hostNetwork: false, ...fields }));

const requirements: fc.Arbitrary<LabelRequirement> = fc.oneof(
  fc.record({ key: keys, operator: fc.constantFrom('in', 'not-in'), values: fc.uniqueArray(values, { minLength: 1 }) }),
  fc.record({ key: keys, operator: fc.constantFrom('exists', 'does-not-exist') }),
);
const records: fc.Arbitrary<RecordObject> = fc
  .record({
    namespace: namespaces,
    name: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
    podSelector: fc.array(requirements, { minLength: 1, maxLength: 3 }),
  })
  .map(({ podSelector, ...fields }) => ({
    ...METADATA,
    generation: 0,
    fqdn: 'x',
    type: '',
    valueFrom: { podSelector, addressType: '' },
    ...fields,
  }));

const edits = fc.array(
  fc.oneof(
    pods.map((pod) => ({ kind: 'put-pod', pod }) as const),
    pods.map((pod) => ({ kind: 'delete-pod', pod }) as const),
    records.map((record) => ({ kind: 'put-record', record }) as const),
    records.map((record) => ({ kind: 'delete-record', record }) as const),
  ),
  { maxLength: 60 },
);

const namesOf = (objects: Iterable<PodObject | RecordObject>): string[] => Array.from(objects, keyOf).toSorted();

describe('pods and the Records that select them', () => {
  it('find each other, whatever has happened, exactly as the selectors say', () => {
    fc.assert(
      fc.property(edits, (history) => {
        const store = new ObjectStore([PODS, RECORDS], [PODS_BY_LABEL, RECORDS_BY_POD_LABEL]);
        const livePods = new Map<string, PodObject>();
        const liveRecords = new Map<string, RecordObject>();
        for (const edit of history) {
          switch (edit.kind) {
            case 'put-pod':
              store.put(PODS, edit.pod);
              livePods.set(keyOf(edit.pod), edit.pod);
              break;
            case 'delete-pod':
              store.delete(PODS, keyOf(edit.pod));
              livePods.delete(keyOf(edit.pod));
              break;
            case 'put-record':
              store.put(RECORDS, edit.record);
              liveRecords.set(keyOf(edit.record), edit.record);
              break;
            case 'delete-record':
              store.delete(RECORDS, keyOf(edit.record));
              liveRecords.delete(keyOf(edit.record));
              break;
            default:
              throw new Error(edit satisfies never);
          }
        }
        const selects = (record: RecordObject, pod: PodObject): boolean =>
          record.namespace === pod.namespace &&
          countsForRecords(pod) &&
          matchesLabels(record.valueFrom?.podSelector ?? [], pod.labels);
        for (const record of liveRecords.values()) {
          const selected = [...livePods.values()].filter((pod) => selects(record, pod));
          expect(namesOf(podsOf(record.namespace, record.valueFrom?.podSelector ?? [], store))).toEqual(namesOf(selected));
        }
        for (const pod of livePods.values()) {
          const selecting = [...liveRecords.values()].filter((record) => selects(record, pod));
          expect([...recordsSelecting(pod, store)].toSorted()).toEqual(namesOf(selecting));
        }
      }),
    );
  });
});
