import type { DeleteHistory } from '@kubezone/core';

import { isFields } from '../resources/fields.ts';

/** Histories are kept in an annotation: what is deleted in so many milliseconds is one entry. */
const GRAIN_MS = 10_000;

/**
 * Prints what zones' limits of deletes have to remember over a restart, for an annotation. Deletes count from the end of their ten seconds on: rather too long than
 * too short.
 */
export function printDeleteHistories(histories: ReadonlyMap<string, DeleteHistory>): string {
  const entries = Array.from(histories, ([key, { deleted, holding }]): [string, unknown] => {
    const counts = new Map<number, number>();
    for (const { at, count } of deleted) {
      const end = Math.ceil(at / GRAIN_MS) * GRAIN_MS;
      counts.set(end, (counts.get(end) ?? 0) + count);
    }
    return [key, { deleted: [...counts], ...(holding && { holding }) }];
  });
  const telling = histories.size === 0 ? [] : entries.filter(([key]) => isTelling(histories.get(key)));
  return JSON.stringify(Object.fromEntries(telling.toSorted(([one], [other]) => (one < other ? -1 : 1))));
}

/**
 * Scans what was printed. Of what is not well formed, because somebody has edited it, nothing is known: deletes are held then, as they would be if it said so.
 *
 * @returns a function from a zone's key, as printed, to its history
 */
export function scanDeleteHistories(text: string | undefined): (key: string) => DeleteHistory | undefined {
  if (text === undefined || text === '') return () => undefined;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  if (!isFields(found)) return () => HOLDING;
  const zones = found;
  return (key) => (Object.hasOwn(zones, key) ? readHistory(zones[key]) : undefined);
}

const HOLDING: DeleteHistory = { deleted: [], holding: true };

function readHistory(entry: unknown): DeleteHistory {
  if (!isFields(entry) || !Array.isArray(entry['deleted'])) return HOLDING;
  const deleted: { at: number; count: number }[] = [];
  for (const one of entry['deleted'] as readonly unknown[]) {
    const [at, count] = Array.isArray(one) ? (one as readonly unknown[]) : [];
    if (typeof at !== 'number' || typeof count !== 'number') return HOLDING;
    deleted.push({ at, count });
  }
  return { deleted, holding: entry['holding'] === true };
}

function isTelling(history: DeleteHistory | undefined): boolean {
  return history !== undefined && (history.holding || history.deleted.length > 0);
}
