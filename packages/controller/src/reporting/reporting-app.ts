import { DNS_ENDPOINTS } from '../resources/dns-endpoint.ts';
import type { Resource } from '../resources/resource.ts';
import type { EditedObject } from './observed-objects.ts';
import type { ConditionWords } from './verdict.ts';

/** As what a program writes to the Kubernetes API. */
export interface ReportingApp {
  /** The Lease's name, and the field manager: `kubezone-resolver`. */
  readonly name: string;
  /** Who is said to report in Events: `kubezone.io/resolver`. */
  readonly controller: string;
  /** What it does, in one word, in Events. */
  readonly action: string;
  /** Its condition of Records. */
  readonly condition: ConditionWords;
  /** Of which objects it keeps `status.observedGeneration`. @default none */
  readonly observes?: readonly Resource<EditedObject>[];
}

export const RESOLVER_APP: ReportingApp = {
  name: 'kubezone-resolver',
  controller: 'kubezone.io/resolver',
  action: 'Serve',
  condition: {
    type: 'Served',
    whole: 'Served',
    partly: 'PartlyServed',
    not: 'NotServed',
    message: 'its name is answered as it asks',
  },
};

export const OPERATOR_APP: ReportingApp = {
  name: 'kubezone-operator',
  controller: 'kubezone.io/operator',
  action: 'Publish',
  condition: {
    type: 'Published',
    // What `kubectl wait --for=condition=Ready` looks at.
    otherTypes: ['Ready'],
    whole: 'Published',
    partly: 'PartlyPublished',
    not: 'NotPublished',
    message: 'its name is published as it asks',
  },
  // As external-dns does, for whoever waits for it.
  observes: [DNS_ENDPOINTS],
};
