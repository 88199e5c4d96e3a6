import * as z from 'zod/mini';

import { anyText, listOf, type SchemaOf, strictMap, textLeaf } from './leaf.ts';
import { type Paths, readablePath } from './paths.ts';

/** Where objects are read from. */
export type ClusterConfig = KubernetesConfig | ManifestsConfig;

/** A Kubernetes API server. */
export interface KubernetesConfig {
  readonly kind: 'kubernetes';
  /** Unique among the clusters. */
  readonly name: string;
  /** Path of a kubeconfig; undefined means in-cluster, then `KUBECONFIG`, then `~/.kube/config`. */
  readonly kubeconfig: string | undefined;
  /** The address of a server that asks for no credentials, as `kubectl proxy` is one; undefined: the kubeconfig says it. */
  readonly server: string | undefined;
  /** Undefined means the kubeconfig's current-context. */
  readonly context: string | undefined;
  /** Where Services are watched; empty means everywhere. Nodes have no namespace. */
  readonly namespaces: readonly string[];
}

/** A folder of manifests. */
export interface ManifestsConfig {
  readonly kind: 'manifests';
  /** Unique among the clusters. */
  readonly name: string;
  readonly folder: string;
}

/** A label of RFC 1123, as names of namespaces are. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** An address with its scheme. User names and passwords do not belong there. */
const serverLeaf = textLeaf('the address of an API server such as http://127.0.0.1:8001', (text) => {
  const url = /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || url.username !== '' || url.password !== '' ? undefined : text;
});

/** The schema of one entry of `clusters`. */
export function clusterSchema(paths: Paths): SchemaOf<ClusterConfig> {
  const namespace = textLeaf('the name of a namespace', (text) => (LABEL.test(text) ? text : undefined));
  return z.pipe(
    strictMap({
      name: z.optional(anyText('a name')),
      kubeconfig: z.optional(readablePath(paths, 'file')),
      server: z.optional(serverLeaf),
      context: z.optional(anyText('the name of a context of the kubeconfig')),
      namespaces: z.optional(listOf(namespace, 'a list of namespaces')),
      manifests: z.optional(readablePath(paths, 'folder')),
    }),
    z.transform((entry, context): ClusterConfig => {
      const { name, kubeconfig, server, context: kubeContext, namespaces, manifests } = entry;
      const refuse = (key: string, message: string, input: unknown): void =>
        void context.issues.push({ code: 'custom', message, params: { code: 'EXCLUDED' }, input, path: [key] });
      if (manifests === undefined) {
        for (const [key, given] of Object.entries({ kubeconfig, context: kubeContext })) {
          if (server !== undefined && given !== undefined)
            refuse(key, 'not allowed beside server, which needs no kubeconfig', given);
        }
        return {
          kind: 'kubernetes',
          name: name ?? 'kubernetes',
          kubeconfig,
          server,
          context: kubeContext,
          namespaces: namespaces ?? [],
        };
      }
      for (const key of ['kubeconfig', 'server', 'context', 'namespaces'] as const) {
        if (entry[key] !== undefined)
          refuse(key, 'not allowed beside manifests: a folder has no API server and is read whole', entry[key]);
      }
      return { kind: 'manifests', name: name ?? 'manifests', folder: manifests };
    }),
  );
}
