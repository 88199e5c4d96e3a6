import type { Logger } from '@kubezone/core';

import type { CloudflareApi } from './cloudflare-api.ts';
import type { ApiRecord } from './observe-records.ts';
import { readRecordPage, type RecordPage } from './read-records.ts';

/** Records on one page; the API may give fewer, and says how many pages there are. */
const RECORDS_PER_PAGE = 5000;
/** How often a zone is listed that changes meanwhile. */
const ATTEMPTS = 3;

/**
 * Every record of a zone. Pages are counted by number, and the zone may change between two of them, so that a record moves to a page already read, and is missed.
 * The count tells; then the zone is listed again. Where it never holds still, what was found is returned, and the log says so: records that are missed
 * make no harm, since every write is preceded by a read of its name.
 */
export async function listRecords(
  api: CloudflareApi,
  zoneId: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<readonly ApiRecord[]> {
  for (let attempt = 1; ; attempt++) {
    const { records, isWhole } = await listOnce((page) => pageOf(api, zoneId, page, undefined, signal));
    if (isWhole) return records;
    if (attempt === ATTEMPTS) {
      logger.warn('a zone changed whenever it was listed; some of its records may be missing', {
        zone: zoneId,
        found: records.length,
      });
      return records;
    }
  }
}

/**
 * Every record of a zone, where it is certain that none is missed: on one page, or twice the same. That the count stays the same is not enough: where one record goes and
 * another comes between two pages, a third is missed. What a write is decided by must be certain, for the vendor puts a record beside what was missed.
 *
 * @returns undefined where the zone does not hold still
 */
export async function listCertainRecords(
  api: CloudflareApi,
  zoneId: string,
  signal: AbortSignal,
): Promise<readonly ApiRecord[] | undefined> {
  let before: ReadonlySet<string> | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { records, isWhole, pages } = await listOnce((page) => pageOf(api, zoneId, page, undefined, signal));
    if (isWhole && pages === 1) return records;
    const same = records.filter((record) => before?.has(versionOf(record)));
    if (isWhole && before?.size === records.length && same.length === records.length) return records;
    before = isWhole ? new Set(records.map(versionOf)) : undefined;
  }
  return undefined;
}

function versionOf({ id, modified_on: modifiedOn = '' }: ApiRecord): string {
  return `${id} ${modifiedOn}`;
}

/** Every record of one owner name. */
export async function recordsOfName(
  api: CloudflareApi,
  zoneId: string,
  name: string,
  signal: AbortSignal,
): Promise<readonly ApiRecord[]> {
  return (await listOnce((page) => pageOf(api, zoneId, page, name, signal))).records;
}

async function pageOf(
  api: CloudflareApi,
  zoneId: string,
  page: number,
  name: string | undefined,
  signal: AbortSignal,
): Promise<RecordPage> {
  return readRecordPage(await api.records(zoneId, page, RECORDS_PER_PAGE, name, signal));
}

/** All pages; a record that is on two of them, once. It is whole where the count was the same on every page, and is what was found. */
async function listOnce(
  pageAt: (page: number) => Promise<RecordPage>,
): Promise<{ readonly records: readonly ApiRecord[]; readonly isWhole: boolean; readonly pages: number }> {
  const byId = new Map<string, ApiRecord>();
  const counts = new Set<number>();
  for (let page = 1; ; page++) {
    const { records, totalPages, totalCount } = await pageAt(page);
    for (const record of records) byId.set(record.id, record);
    counts.add(totalCount);
    if (page >= totalPages || records.length === 0) {
      return { records: [...byId.values()], isWhole: counts.size === 1 && counts.has(byId.size), pages: page };
    }
  }
}
