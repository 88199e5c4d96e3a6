import { discoveryPath, findKind } from '../../resources/untyped-discovery.ts';
import { isFields } from '../../resources/fields.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { readJson } from './read-json.ts';

/** How long a resource must be missing until it is asked whether it is gone, in milliseconds: an API server that starts, or a CRD that is replaced, is faster. */
export const GONE_MS = 60_000;

/**
 * Whether an API server that does well otherwise says that it has a resource in none of its versions: its CRD was deleted, and with it, as Kubernetes does it, every object. A 404 alone
 * does not say so: a proxy in between may send it.
 *
 * @param server the one that was listed, as `OpenAnswer.server`: no other can say so
 * @throws {ApiError} where that cannot be found out
 */
export async function isResourceGone(
  client: Pick<ApiClient, 'open'>,
  { apiVersion, olderVersions = [], kind }: Pick<Resource, 'apiVersion' | 'olderVersions' | 'kind'>,
  server: string,
  signal: AbortSignal,
): Promise<boolean> {
  const [group, version] = apiVersion.split('/');
  // Every server has the core group.
  if (group === undefined || version === undefined) return false;
  const groups = await readJson(client, '/apis', signal);
  if (groups.server !== server || !isFields(groups.value) || !Array.isArray(groups.value['groups'])) return false;
  // A server without any has not begun to know its own.
  const all: readonly unknown[] = groups.value['groups'];
  if (all.length === 0) return false;
  if (!all.some((entry) => isFields(entry) && entry['name'] === group)) return true;
  for (const each of [apiVersion, ...olderVersions]) {
    const found = await readJson(client, discoveryPath({ apiVersion: each }), signal).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'API_NOT_FOUND') return undefined;
      throw error;
    });
    if (found === undefined) continue;
    if (found.server !== server || !isFields(found.value) || !Array.isArray(found.value['resources'])) return false;
    if (findKind(found.value, kind) !== undefined) return false;
  }
  return true;
}
