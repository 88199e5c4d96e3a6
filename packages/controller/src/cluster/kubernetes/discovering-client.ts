import { discoveryPath, findKind } from '../../resources/untyped-discovery.ts';
import type { Resource } from '../../resources/resource.ts';
import type { ApiClient, OpenAnswer } from './api-client.ts';
import { ApiError } from './api-error.ts';

/** A list of kinds is some KiB long; that of a group with hundreds of them, some hundred. */
const LARGEST_LIST_OCTETS = 8 * 1024 * 1024;

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
  const found = findKind(await readList(client, discoveryPath(resource), signal), kind);
  if (found === undefined) throw new ApiError('API_NOT_FOUND', `the API server has no ${kind} in ${apiVersion}`);
  if (found.namespaced === namespaced) return found.plural;
  const [is, should] = namespaced ? ['outside namespaces', 'false'] : ['in namespaces', 'true'];
  throw new ApiError(
    'API_NOT_FOUND',
    `the objects of kind ${kind} in ${apiVersion} are ${is}: expected "namespaced: ${should}" in its configuration`,
  );
}

async function readList(client: Client, path: string, signal: AbortSignal): Promise<unknown> {
  const answer = await client.open(path, signal);
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of answer.body) {
    octets += chunk.length;
    if (octets > LARGEST_LIST_OCTETS) {
      answer.close();
      throw new ApiError('API_TOO_LARGE', `the API server's list of kinds has more than ${LARGEST_LIST_OCTETS} octets`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw new ApiError('API_BAD_RESPONSE', 'the API server answered something that is not JSON', { cause: error });
  }
}
