import type { ClusterConfig } from '@kubezone/app';

/** Where a configuration is in a cluster. */
export interface SecretPlace {
  readonly cluster: ClusterConfig & { readonly kind: 'kubernetes' };
  readonly namespace: string;
  readonly name: string;
  /** The key of its data. */
  readonly key: string;
}

/** The place as messages name it, like a file's path. */
export function printSecretPlace({ namespace, name, key }: Pick<SecretPlace, 'key' | 'name' | 'namespace'>): string {
  return `secret:${namespace}/${name}/${key}`;
}
