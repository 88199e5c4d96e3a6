import type { DesiredRRset } from '@kubezone/core';

import type { Resource, StoredObject } from '../resources/resource.ts';
import { desireTargets } from './desire-targets.ts';
import { hostOwners } from './host-owners.ts';
import type { Naming } from './naming.ts';
import { ProblemList } from './problem-list.ts';
import { readTargets } from './read-targets.ts';
import type { Desire, Source } from './source.ts';

/** An object that only `fakeCluster` has: a name, and where it leads. */
export interface FakeObject extends StoredObject {
  readonly host: string;
  /** An address or a host name. */
  readonly target: string;
}

/** What `fakeCluster` holds. No API server and no manifest has any of them. */
export const FAKES: Resource<FakeObject> = {
  id: 'fakes.kubezone.io',
  apiVersion: 'kubezone.io/v1',
  kind: 'Fake',
  plural: 'fakes',
  namespaced: false,
  project: () => undefined,
};

/** Names of objects that do not exist, for load tests and to try a provider out. Hosts are absolute. */
export function fake({ naming }: { readonly naming: Naming }): Source<FakeObject> {
  return {
    kind: 'fake',
    resource: FAKES,
    reads: [],
    indexes: [],
    annotations: [],
    desire({ host, target }): Desire {
      const problems = new ProblemList();
      const desired: DesiredRRset[] = [];
      const owners = hostOwners([{ hosts: [host], scope: 'absolute', path: 'host' }], naming, problems);
      desireTargets(owners, (owner) => naming.ttlOf(owner), readTargets([target], 'target', problems), {}, desired);
      return { desired, problems: problems.all(), ...problems.outside() };
    },
  };
}
