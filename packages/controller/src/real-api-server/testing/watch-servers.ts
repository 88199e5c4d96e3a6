import type { CatalogOptions, Clock } from '@kubezone/core';

import type { ControlPlane } from '../../../../../tools/control-plane/control-plane.ts';
import { kubernetesCluster, type KubernetesClusterOptions } from '../../cluster/kubernetes/kubernetes-cluster.ts';
import type { Source } from '../../sources/source.ts';
import { NameWorld } from '../../testing/name-world.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';

/** An API server, and how it is watched. */
export interface WatchedServer extends Partial<KubernetesClusterOptions> {
  readonly name: string;
  readonly server: ControlPlane;
}

export interface WatchOptions {
  readonly sources: readonly Source[];
  /** By which it is told for how long something has been missing. */
  readonly clock: Clock;
  readonly catalog?: Partial<CatalogOptions>;
}

/** Begins to watch API servers, as apps do. */
export async function watchServers(
  servers: readonly WatchedServer[],
  { sources, clock, catalog }: WatchOptions,
): Promise<NameWorld> {
  const clusters = servers.map(({ server, ...options }) =>
    kubernetesCluster({
      kubeconfig: server.kubeconfigPath,
      userAgent: 'kubezone-test/0',
      clock: HASTY_CLOCK,
      logger: new RecordingLogger(),
      ...options,
    }),
  );
  // Sources of one kind are one rank, however many they are.
  const order = [...new Set(sources.map(({ kind }) => kind))];
  const world = new NameWorld({ clusters, clock, sources, catalog: { order, setIdentifiers: 'separate', ...catalog } });
  await world.pipeline.start();
  return world;
}

const HASTE = 20;

/** On which delays pass twenty times as fast, so that what is tried again after half a minute is so after a second and a half. */
const HASTY_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now() * HASTE,
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs / HASTE);
    return () => clearTimeout(timer);
  },
};
