import { type PodObject, PODS } from '../resources/pod.ts';
import type { ObjectIndex } from '../store/object-store.ts';

/** Pods that are scheduled, by the name of their node. */
export const PODS_ON_NODE: ObjectIndex<PodObject> = {
  name: 'scheduled on node',
  resource: PODS,
  values: ({ node }) => (node === '' ? [] : [node]),
};
