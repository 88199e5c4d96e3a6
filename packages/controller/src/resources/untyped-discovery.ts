import { isFields } from './fields.ts';
import type { UntypedKind } from './untyped.ts';

/** What the API says of a kind. */
export interface DiscoveredKind {
  /** As in the API's paths. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Where the API lists the kinds of a group and version. */
export function discoveryPath({ apiVersion }: Pick<UntypedKind, 'apiVersion'>): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/**
 * Finds a kind in an API server's list of those of a group and version (`APIResourceList`).
 *
 * @returns undefined where it is not among them
 */
export function findKind(list: unknown, kind: string): DiscoveredKind | undefined {
  const resources = isFields(list) ? list['resources'] : undefined;
  if (!Array.isArray(resources)) return undefined;
  for (const entry of resources as readonly unknown[]) {
    if (!isFields(entry) || entry['kind'] !== kind) continue;
    const { name, namespaced } = entry;
    // Parts of objects stand in the list too: `ingressroutes/status`.
    if (typeof name === 'string' && !name.includes('/') && typeof namespaced === 'boolean') return { plural: name, namespaced };
  }
  return undefined;
}
