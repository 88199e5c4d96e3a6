import { discoveryPath, findKind } from '../../resources/untyped-discovery.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ApiClient, OpenAnswer } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { readJson } from './read-json.ts';

type Client = Pick<ApiClient, 'open'>;

/**
 * A client for requests of a resource whose plural is a guess: it asks the API first how the kind is called, and again once the API does not know it any more. The resource
 * may appear later, as others do whose CRD is missing.
 *
 * @param resource as in the paths of the requests
 * @throws {ApiError} from `open` besides what the client throws: `API_NOT_FOUND` where there is no such kind, or it is in namespaces and should not be, or the other way round
 */
export function discoveringClient(
  client: Client,
  resource: Pick<Resource, 'apiVersion' | 'kind' | 'plural' | 'namespaced'>,
): Client {
  let plural: string | undefined;
  return {
    async open(path, signal): Promise<OpenAnswer> {
      plural ??= await discoverPlural(client, resource, signal);
      try {
        return await client.open(path.replace(`/${resource.plural}?`, `/${plural}?`), signal);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'API_NOT_FOUND') plural = undefined;
        throw error;
      }
    },
  };
}

async function discoverPlural(
  client: Client,
  resource: Pick<Resource, 'apiVersion' | 'kind' | 'namespaced'>,
  signal: AbortSignal,
): Promise<string> {
  const { apiVersion, kind, namespaced } = resource;
  const found = findKind((await readJson(client, discoveryPath(resource), signal)).value, kind);
  if (found === undefined) throw new ApiError('API_NOT_FOUND', `the API server has no ${kind} in ${apiVersion}`);
  if (found.namespaced === namespaced) return found.plural;
  const [is, should] = namespaced ? ['outside namespaces', 'false'] : ['in namespaces', 'true'];
  throw new ApiError(
    'API_NOT_FOUND',
    `the objects of kind ${kind} in ${apiVersion} are ${is}: expected "namespaced: ${should}" in its configuration`,
  );
}
