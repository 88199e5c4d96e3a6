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

/** An address with its scheme. User names and passwords do not belong there; where they stand there all the same, they are not repeated. */
const serverLeaf: SchemaOf<string> = z.pipe(
  z.unknown(),
  z.transform((value, context): string => {
    const isAddress = typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value);
    if (isAddress && !value.includes('@')) return value;
    const secret = typeof value === 'string' && value.includes('@');
    const message = `expected the address of an API server such as http://127.0.0.1:8001${secret ? ', without user and password' : ''}`;
    context.issues.push({ code: 'custom', message, input: value, params: { code: 'BAD_VALUE', secret } });
    return z.NEVER;
  }),
);

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
