import { ApiError } from '../cluster/kubernetes/api-error.ts';
import { type ApiWriter, isDone, refusalOf } from '../cluster/kubernetes/api-writer.ts';
import { METADATA_OF_A_LIST } from '../cluster/kubernetes/look-up-object.ts';
import type { Term } from '../leader-election/leader-election.ts';
import { type Fields, isFields } from '../resources/fields.ts';
import { RECORDS, type RecordObject } from '../resources/record.ts';

/** How often a Record that somebody else changes at the same time is tried again at once. */
const CONFLICTS_AT_ONCE = 3;

/** What the API server has of a Record at this moment. */
interface RecordMetadata {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly finalizers: readonly string[];
  readonly deleting: boolean;
}

/** What becomes of an attempt. `late`: the term may be over. `contested`: somebody else changes it all the time. An error: the server does not take it from us, or not as it is. */
export type WriteOutcome = 'done' | 'late' | 'contested' | ApiError;

/** What a Record's finalizers are to be. */
export interface FinalizerChange {
  readonly record: Pick<RecordObject, 'namespace' | 'name' | 'deleting'>;
  /** Those that are ours to add and to remove; all others stay. */
  readonly ours: ReadonlySet<string>;
  /** The one of them that it is to have; undefined: none. */
  readonly wanted: string | undefined;
  /** Called with the Record's uid before our last finalizer is taken off: there is no Record afterwards. */
  readonly before?: (uid: string) => Promise<void>;
}

/**
 * Changes the finalizers of a Record, if it still stands as it was judged.
 *
 * The list is written whole, with the version that it was read in: of two who change it at the same time one is refused, and reads again.
 *
 * @throws {ApiError} where there is no answer that concerns the Record
 */
export async function writeFinalizers(
  writer: Pick<ApiWriter, 'send'>,
  change: FinalizerChange,
  term: Term,
): Promise<WriteOutcome> {
  const { record, ours, wanted, before } = change;
  const path = pathOf(record);
  for (let attempt = 0; attempt < CONFLICTS_AT_ONCE; attempt++) {
    const found = await readMetadata(writer, record, term.signal);
    if (found instanceof ApiError) return found;
    if (found === undefined || found.deleting !== record.deleting) return 'done';
    const others = found.finalizers.filter((name) => !ours.has(name));
    const finalizers = wanted === undefined ? others : [...others, wanted];
    if (finalizers.length === found.finalizers.length && finalizers.every((name) => found.finalizers.includes(name)))
      return 'done';
    if (wanted === undefined && attempt === 0) await before?.(found.uid);
    if (!term.mayWrite()) return 'late';
    const metadata = {
      resourceVersion: found.resourceVersion,
      uid: found.uid,
      finalizers: finalizers.length === 0 ? null : finalizers,
    };
    const answer = await writer.send(
      { method: 'PATCH', path, body: { metadata }, contentType: 'application/merge-patch+json' },
      term.signal,
    );
    if (isDone(answer) || answer.status === 404) return 'done';
    if (answer.status !== 409) return refusalOf(answer);
  }
  return 'contested';
}

/** A list of one, cut down to its metadata: it takes no other right than watching does. */
async function readMetadata(
  writer: Pick<ApiWriter, 'send'>,
  { namespace, name }: Pick<RecordObject, 'namespace' | 'name'>,
  signal: AbortSignal,
): Promise<RecordMetadata | ApiError | undefined> {
  const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}`, limit: '1' });
  const answer = await writer.send(
    { method: 'GET', path: `${collectionOf(namespace)}?${query.toString()}`, accept: METADATA_OF_A_LIST },
    signal,
  );
  if (answer.status === 404) return undefined;
  if (!isDone(answer)) return refusalOf(answer);
  const items = Array.isArray(answer.body['items']) ? (answer.body['items'] as readonly unknown[]) : [];
  for (const item of items) {
    const metadata: Fields = isFields(item) && isFields(item['metadata']) ? item['metadata'] : {};
    const { uid, resourceVersion, finalizers, deletionTimestamp } = metadata;
    if (metadata['name'] !== name || typeof uid !== 'string' || typeof resourceVersion !== 'string') continue;
    const names = Array.isArray(finalizers) ? finalizers.filter((one): one is string => typeof one === 'string') : [];
    return { uid, resourceVersion, finalizers: names, deleting: typeof deletionTimestamp === 'string' };
  }
  return undefined;
}

function collectionOf(namespace: string): string {
  return `/apis/${RECORDS.apiVersion}/namespaces/${encodeURIComponent(namespace)}/${RECORDS.plural}`;
}

function pathOf({ namespace, name }: Pick<RecordObject, 'namespace' | 'name'>): string {
  return `${collectionOf(namespace)}/${encodeURIComponent(name)}`;
}
