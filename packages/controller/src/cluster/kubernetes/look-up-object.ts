import { discoveryPath, findKind } from '../../resources/untyped-discovery.ts';
import { type Fields, isFields } from '../../resources/fields.ts';
import type { Resource } from '../../resources/resource.ts';
import { type ApiWriter, isDone, refusalOf } from './api-writer.ts';

/** Asks for a list of which each object is cut down to its metadata. */
export const METADATA_OF_A_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=1,application/json';

/** An object, by its name. */
export interface ObjectReference {
  readonly resource: Pick<Resource, 'apiVersion' | 'olderVersions' | 'kind' | 'plural' | 'pluralIsGuess' | 'namespaced'>;
  /** Empty outside namespaces. */
  readonly namespace: string;
  readonly name: string;
  /** Whether this process may get such objects, and perhaps not list them. @default no: what it watches it may list */
  readonly byGet?: boolean;
}

/** What the API server says of an object. */
export interface FoundObject {
  /** The version in which the server has it. */
  readonly apiVersion: string;
  readonly uid: string;
}

/**
 * Asks for an object's `uid`. It is a list of one object, cut down to its metadata: so it takes no other right than watching does. Unless it is to be got.
 *
 * @returns undefined where there is no such object
 * @throws {ApiError} where that cannot be said
 */
export async function lookUpObject(
  writer: Pick<ApiWriter, 'send'>,
  { resource, namespace, name, byGet = false }: ObjectReference,
  signal: AbortSignal,
): Promise<FoundObject | undefined> {
  for (const apiVersion of [resource.apiVersion, ...(resource.olderVersions ?? [])]) {
    const root = discoveryPath({ apiVersion });
    const plural = await pluralOf(writer, root, resource, signal);
    if (plural === undefined) continue;
    const place = namespace === '' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}`, limit: '1' });
    const collection = `${root}${place}/${plural}`;
    const answer = byGet
      ? await writer.send({ method: 'GET', path: `${collection}/${encodeURIComponent(name)}` }, signal)
      : await writer.send({ method: 'GET', path: `${collection}?${query.toString()}`, accept: METADATA_OF_A_LIST }, signal);
    if (answer.status === 404) continue;
    if (!isDone(answer)) throw refusalOf(answer);
    const uid = uidOf(byGet ? [answer.body] : answer.body['items'], name);
    return uid === undefined ? undefined : { apiVersion, uid };
  }
  return undefined;
}

async function pluralOf(
  writer: Pick<ApiWriter, 'send'>,
  path: string,
  { plural, pluralIsGuess, kind }: ObjectReference['resource'],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (pluralIsGuess !== true) return plural;
  const answer = await writer.send({ method: 'GET', path }, signal);
  return isDone(answer) ? findKind(answer.body, kind)?.plural : undefined;
}

function uidOf(found: unknown, name: string): string | undefined {
  const items = Array.isArray(found) ? (found as readonly unknown[]) : [];
  for (const item of items) {
    const metadata: Fields = isFields(item) && isFields(item['metadata']) ? item['metadata'] : {};
    if (metadata['name'] === name && typeof metadata['uid'] === 'string') return metadata['uid'];
  }
  return undefined;
}
