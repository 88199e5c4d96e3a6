import type { ObjectReference } from '../cluster/kubernetes/look-up-object.ts';

/** Leases (coordination.k8s.io/v1): not read for names, but told of by Events. */
export const LEASES: ObjectReference['resource'] = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};
