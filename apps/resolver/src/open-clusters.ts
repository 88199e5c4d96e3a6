import {
  type Cluster,
  fakeCluster,
  type FakeMode,
  kubernetesCluster,
  manifestsCluster,
  withoutFakes,
} from '@kubezone/controller';
import type { Clock, Logger, OwnerName } from '@kubezone/core';

import type { ClusterConfig } from './config/cluster-schema.ts';
import { FAKE_CLUSTER } from './config/decide-sources.ts';
import type { FakeSettings } from './config/fake-schema.ts';
import type { ResolverConfig } from './config/resolver-config.ts';
import { VERSION } from './version.ts';

/** What clusters need from outside. */
interface ClusterInputs {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The configured clusters; and one of fake names, where that source is configured. */
export function openClusters(
  { clusters, fake, relativeTo }: Pick<ResolverConfig, 'clusters' | 'fake' | 'relativeTo'>,
  inputs: ClusterInputs,
): Cluster[] {
  const opened = clusters.map((cluster) => openCluster(cluster, inputs));
  const [zone] = relativeTo;
  if (fake === undefined || zone === undefined) return opened;
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

function openCluster(config: ClusterConfig, { clock, logger }: ClusterInputs): Cluster {
  switch (config.kind) {
    case 'kubernetes': {
      const { name, kubeconfig, context, namespaces } = config;
      const userAgent = `kubezone-resolver/${VERSION}`;
      return kubernetesCluster({ name, kubeconfig, context, namespaces, userAgent, clock, logger });
    }
    case 'manifests':
      return manifestsCluster({ name: config.name, folder: config.folder, clock, logger });
    default:
      return config satisfies never;
  }
}

/** The schema has seen to it that each mode has what it needs. */
function modeOf({ mode, domain, targetDomain, host, target }: FakeSettings, zone: OwnerName): FakeMode {
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
