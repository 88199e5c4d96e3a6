import type { Scope } from '../cluster.ts';
import type { ListAction, ProbeAction, WatchAction } from './reflector-step.ts';

/**
 * The path and query of a request, below the server's own path.
 *
 * A list is a consistent read: without `resourceVersion`, so that what has been deleted is not listed again out of a cache that lags
 * behind (`resourceVersion=0` would allow that).
 *
 * @param apiVersion that of the resource, or an older one
 */
export function requestPath(scope: Scope, action: ListAction | ProbeAction | WatchAction, apiVersion: string): string {
  const { plural } = scope.resource;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = scope.namespace === undefined ? '' : `/namespaces/${encodeURIComponent(scope.namespace)}`;
  return `${root}${namespace}/${plural}?${queryOf(action).toString()}`;
}

function queryOf(action: ListAction | ProbeAction | WatchAction): URLSearchParams {
  if (action.kind === 'probe') return new URLSearchParams({ limit: '1' });
  if (action.kind === 'watch') {
    return new URLSearchParams({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: action.resourceVersion,
      timeoutSeconds: String(action.timeoutSeconds),
    });
  }
  const query = new URLSearchParams();
  if (action.limit > 0) query.set('limit', String(action.limit));
  if (action.continueToken !== undefined) query.set('continue', action.continueToken);
  return query;
}
