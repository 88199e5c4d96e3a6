import {
  type Cluster,
  fakeCluster,
  type FakeMode,
  kubernetesCluster,
  manifestsCluster,
  withoutFakes,
} from '@kubezone/controller';
import { type Clock, type Logger, type OwnerName, ROOT } from '@kubezone/core';

import type { ClusterConfig } from './config/cluster-schema.ts';
import { FAKE_CLUSTER } from './config/decide-clusters.ts';
import type { FakeSettings } from './config/fake-schema.ts';

/** Which clusters there are. */
export interface ConfiguredClusters {
  readonly clusters: readonly ClusterConfig[];
  /** What the source `fake` makes up; undefined where it is not among the sources. */
  readonly fake: FakeSettings | undefined;
  /** In the first of these zones are fake names for which no domain is configured. */
  readonly relativeTo: readonly OwnerName[];
}

/** What clusters need from outside. */
export interface ClusterInputs {
  /** By which name the program introduces itself to API servers: `kubezone-resolver/1.2.3`. */
  readonly userAgent: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The configured clusters; and one of fake names, where that source is configured. */
export function openClusters({ clusters, fake, relativeTo }: ConfiguredClusters, inputs: ClusterInputs): Cluster[] {
  const opened = clusters.map((cluster) => openCluster(cluster, inputs));
  const [zone] = relativeTo;
  if (fake === undefined) return opened;
  const { size, rate, seed } = fake;
  const faking = fakeCluster({
    name: FAKE_CLUSTER,
    mode: modeOf(fake, zone),
    size,
    changesPerSecond: rate,
    seed,
    clock: inputs.clock,
  });
  return [...opened.map(withoutFakes), faking];
}

function openCluster(config: ClusterConfig, { userAgent, clock, logger }: ClusterInputs): Cluster {
  switch (config.kind) {
    case 'kubernetes': {
      const { name, kubeconfig, server, context, namespaces } = config;
      return kubernetesCluster({ name, kubeconfig, address: server, context, namespaces, userAgent, clock, logger });
    }
    case 'manifests':
      return manifestsCluster({ name: config.name, folder: config.folder, clock, logger });
    default:
      return config satisfies never;
  }
}

/** The schema has seen to it that each mode has what it needs. */
function modeOf({ mode, domain, targetDomain, host, target }: FakeSettings, zone: OwnerName = ROOT): FakeMode {
  switch (mode) {
    case 'ip':
      return { kind: 'ip', domain: domain ?? zone };
    case 'hostname':
      return { kind: 'hostname', domain: domain ?? zone, targetDomain: targetDomain ?? zone };
    case 'fixed':
      return { kind: 'fixed', host: host ?? zone, target: target ?? '' };
    default:
      return mode satisfies never;
  }
}
