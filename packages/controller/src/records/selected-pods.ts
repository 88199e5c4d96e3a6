import { type PodObject, PODS } from '../resources/pod.ts';
import { type RecordObject, RECORDS } from '../resources/record.ts';
import { keyOf, type ObjectKey } from '../resources/resource.ts';
import { type LabelSelector, matchesLabels } from '../selectors/label-selector.ts';
import type { ObjectIndex, ObjectReader } from '../store/object-store.ts';
import { shortestOf } from './shortest-of.ts';

/**
 * Who selects whom, in both directions, at the cost of those who are concerned.
 *
 *     Record ──► pods      by the fewest pods that have one of the labels which it demands; all of its namespace where it demands none
 *     pod ──► Records      by one label which each Record demands; all of its namespace that demand none
 */

/** Labels that differ from pod to pod, or from one rollout to the next: a Record may select by them, but to index them would cost more than all others. */
const UNINDEXED: ReadonlySet<string> = new Set([
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/job-name',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
  'statefulset.kubernetes.io/pod-name',
]);

/** Labels that most pods of a namespace share, by the convention of Kubernetes and Helm: a Record that demands another one as well is found by that. */
const COMMON: ReadonlySet<string> = new Set([
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/version',
  'helm.sh/chart',
]);
/** Any other label is better, even with so many values. */
const COMMON_COST = 1000;

/** Whether a pod gives an address: it runs somewhere, or is about to. */
export function countsForRecords({ node, finished, deleting }: PodObject): boolean {
  return node !== '' && !finished && !deleting;
}

/** Pods that count, by their namespace, and by each of their labels in it. */
export const PODS_BY_LABEL: ObjectIndex<PodObject> = {
  name: 'by label, for records',
  resource: PODS,
  *values(pod) {
    if (!countsForRecords(pod)) return;
    yield pod.namespace;
    for (const key in pod.labels) if (!UNINDEXED.has(key)) yield pair(pod.namespace, key, pod.labels[key] ?? '');
  },
};

/** Records that select pods, by a label that all of these have; by their namespace alone, where there is no such label. */
export const RECORDS_BY_POD_LABEL: ObjectIndex<RecordObject> = {
  name: 'by label of pods',
  resource: RECORDS,
  values({ namespace, valueFrom }) {
    const selector = valueFrom?.podSelector;
    if (selector === undefined) return [];
    const cost = ({ key, values }: DemandedLabel): number => values.length + (COMMON.has(key) ? COMMON_COST : 0);
    const rarest = demandedLabels(selector).toSorted((one, other) => cost(one) - cost(other))[0];
    return rarest === undefined ? [namespace] : rarest.values.map((value) => pair(namespace, rarest.key, value));
  },
};

/** The pods that a Record selects, and that count. */
export function podsOf(namespace: string, selector: LabelSelector, store: ObjectReader): readonly PodObject[] {
  const demanded = demandedLabels(selector).filter(({ key }) => !UNINDEXED.has(key));
  const candidates =
    demanded.length === 0
      ? [...store.select(PODS_BY_LABEL, namespace)]
      : shortestOf(demanded.map(({ key, values }) => podsWithLabel(namespace, key, values, store)));
  return candidates.filter(({ labels }) => matchesLabels(selector, labels));
}

/** The keys of the Records that select a pod. */
export function* recordsSelecting(pod: PodObject, store: ObjectReader): Generator<ObjectKey> {
  if (!countsForRecords(pod)) return;
  const { namespace, labels } = pod;
  const places = [namespace, ...Object.entries(labels).map(([key, value]) => pair(namespace, key, value))];
  for (const place of places) {
    for (const record of store.select(RECORDS_BY_POD_LABEL, place)) {
      const selector = record.valueFrom?.podSelector;
      if (selector !== undefined && matchesLabels(selector, labels)) yield keyOf(record);
    }
  }
}

/** A label that has to be there, with one of some values. */
interface DemandedLabel {
  readonly key: string;
  readonly values: readonly string[];
}

function demandedLabels(selector: LabelSelector): readonly DemandedLabel[] {
  return selector.flatMap((requirement) => (requirement.operator === 'in' ? requirement : []));
}

function* podsWithLabel(namespace: string, key: string, values: readonly string[], store: ObjectReader): Generator<PodObject> {
  for (const value of values) yield* store.select(PODS_BY_LABEL, pair(namespace, key, value));
}

/** No namespace, label or value of one has a line feed in it. */
function pair(namespace: string, key: string, value: string): string {
  return `${namespace}\n${key}\n${value}`;
}
