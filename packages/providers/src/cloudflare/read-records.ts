/** Records as the API answers with them, checked as far as they are used: what is not as documented is a failure, never an empty zone. */
import { type Envelope } from './cloudflare-api.ts';
import { CloudflareFailure } from './cloudflare-failure.ts';
import type { ApiRecord } from './observe-records.ts';

/** One page of a listing. */
export interface RecordPage {
  readonly records: readonly ApiRecord[];
  readonly totalPages: number;
  /** How many records all pages have. */
  readonly totalCount: number;
}

export function readRecordPage({ result, result_info: info }: Envelope): RecordPage {
  const records = readRecords(result);
  const { total_pages: totalPages, total_count: totalCount } = info ?? {};
  if (typeof totalPages !== 'number' || typeof totalCount !== 'number') {
    throw badAnswer('a listing has no total_pages and total_count');
  }
  return { records, totalPages, totalCount };
}

/** The records of a batch's answer, deleted ones not among them; undefined where it is not as documented. */
export function readBatchRecords({ result }: Envelope): readonly ApiRecord[] | undefined {
  const { patches = [], posts = [] } = (result ?? {}) as { readonly patches?: unknown; readonly posts?: unknown };
  try {
    return [...readRecords(patches ?? []), ...readRecords(posts ?? [])];
  } catch (error) {
    if (error instanceof CloudflareFailure) return undefined;
    throw error;
  }
}

export function badAnswer(what: string): CloudflareFailure {
  return new CloudflareFailure(`the answer is not as documented: ${what}`, { status: 200 });
}

function readRecords(result: unknown): readonly ApiRecord[] {
  if (!Array.isArray(result)) throw badAnswer('records are no list');
  for (const record of result as readonly unknown[]) {
    const { id, type, name, ttl } = (record ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof id !== 'string' || typeof type !== 'string' || typeof name !== 'string' || typeof ttl !== 'number') {
      throw badAnswer('a record lacks its id, type, name or ttl');
    }
  }
  return result as readonly ApiRecord[];
}
