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

/** The schema of one entry of `clusters`. */
export function clusterSchema(paths: Paths): SchemaOf<ClusterConfig> {
  const namespace = textLeaf('the name of a namespace', (text) => (LABEL.test(text) ? text : undefined));
  return z.pipe(
    strictMap({
      name: z.optional(anyText('a name')),
      kubeconfig: z.optional(readablePath(paths, 'file')),
      context: z.optional(anyText('the name of a context of the kubeconfig')),
      namespaces: z.optional(listOf(namespace, 'a list of namespaces')),
      manifests: z.optional(readablePath(paths, 'folder')),
    }),
    z.transform((entry, context): ClusterConfig => {
      const { name, kubeconfig, context: kubeContext, namespaces, manifests } = entry;
      if (manifests === undefined) {
        return { kind: 'kubernetes', name: name ?? 'kubernetes', kubeconfig, context: kubeContext, namespaces: namespaces ?? [] };
      }
      for (const key of ['kubeconfig', 'context', 'namespaces'] as const) {
        if (entry[key] === undefined) continue;
        context.issues.push({
          code: 'custom',
          message: 'not allowed beside manifests: a folder has no API server and is read whole',
          params: { code: 'EXCLUDED' },
          input: entry[key],
          path: [key],
        });
      }
      return { kind: 'manifests', name: name ?? 'manifests', folder: manifests };
    }),
  );
}
