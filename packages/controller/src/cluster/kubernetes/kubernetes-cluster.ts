import type { Clock, Logger } from '@kubezone/core';

import type { Cluster, ClusterSink, ClusterWatch, RunningCluster, Scope } from '../cluster.ts';
import { ApiClient } from './api-client.ts';
import { ApiWriter } from './api-writer.ts';
import { Credentials } from './credentials.ts';
import { discoveringClient } from './discovering-client.ts';
import { isResourceGone } from './gone-resource.ts';
import type { KubeconfigLocation } from './kubeconfig.ts';
import { Reflector } from './reflector.ts';

export interface KubernetesClusterOptions extends KubeconfigLocation {
  /** The configured name. */
  readonly name: string;
  /** The namespaces to watch; each needs a Role only, no ClusterRole, but for resources outside namespaces. @default all of them */
  readonly namespaces?: readonly string[];
  /** Sent with every request: program and version, such as `kubezone-resolver/0.1.0`. */
  readonly userAgent: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** From 0 to 1, 1 excluded; scatters delays. @default Math.random */
  readonly random?: () => number;
}

/**
 * A Kubernetes API server, listed and watched.
 *
 * One reflector for each resource and namespace. Its `start` fails only for what waiting does not mend; a server that is away is waited for.
 */
export function kubernetesCluster(options: KubernetesClusterOptions): Cluster {
  const { name, userAgent, clock, logger, random = Math.random } = options;
  const namespaces = [...new Set(options.namespaces ?? [])];
  const credentials = new Credentials(options);
  const access = (until: AbortSignal): ReturnType<Credentials['access']> => credentials.access(until);
  const renew = (): void => credentials.renew();
  return {
    name,
    writer: new ApiWriter({ access, renew, userAgent, clock }),
    async start(watch: ClusterWatch, sink: ClusterSink, signal: AbortSignal): Promise<RunningCluster> {
      const scopes = scopesOf(watch, namespaces);
      for (const scope of scopes) sink.state(scope, 'syncing');
      await credentials.load();
      const client = new ApiClient({ access, userAgent });
      const clientOf = ({ resource }: Scope): Pick<ApiClient, 'open'> =>
        resource.pluralIsGuess === true ? discoveringClient(client, resource) : client;
      const common = { keep: watch.keep, renew, sink, clock, random, logger };
      const running = scopes.map((scope) => {
        const isGone = (server: string, until: AbortSignal): Promise<boolean> =>
          isResourceGone(client, scope.resource, server, until);
        return new Reflector({ ...common, client: clientOf(scope), isGone, scope }).run(signal);
      });
      return { ended: Promise.all(running).then(() => credentials.close()) };
    },
  };
}

function scopesOf(watch: ClusterWatch, namespaces: readonly string[]): Scope[] {
  return watch.resources.flatMap((resource): Scope[] =>
    resource.namespaced && namespaces.length > 0 ? namespaces.map((namespace) => ({ resource, namespace })) : [{ resource }],
  );
}
