import type { ChangeHistory } from '@kubezone/core';

import { isFields } from '../resources/fields.ts';

/** Histories are kept in an annotation: what is changed in so many milliseconds is one entry. */
const GRAIN_MS = 10_000;
/** All annotations of an object together have room for 256 KiB: where there are too many zones, entries are put together, and more so. */
const COARSER_GRAINS_MS = [60_000, 600_000, 3_600_000];
const MAX_TEXT = 128 * 1024;
/** Where thousands of zones have changed not even that helps; an annotation that is too large is refused as a whole. */
const LARGEST_TEXT = 224 * 1024;
/** Stands for all zones that are not named; no zone's key is like it. */
const OTHERS = '*';
const HOLDING: ChangeHistory = { changed: [], holding: true };

/**
 * Prints what zones' limits of changes have to remember over a restart, for an annotation. Changes count from the end of their ten seconds on, or of more where the text would
 * be too long: rather too long than too short. Of thousands of zones some are not named, and what the next process would first change in them is held.
 */
export function printChangeHistories(histories: ReadonlyMap<string, ChangeHistory>): string {
  let text = printWithGrain(histories, GRAIN_MS);
  for (const grain of COARSER_GRAINS_MS) {
    if (text.length <= MAX_TEXT) break;
    text = printWithGrain(histories, grain);
  }
  return text.length <= LARGEST_TEXT ? text : printSome(histories);
}

/**
 * What histories tell of changes since some time. Of a zone that is gone nobody else would ever say that its changes count no more.
 *
 * @param after in milliseconds since the Unix epoch
 */
export function historiesSince(histories: ReadonlyMap<string, ChangeHistory>, after: number): Map<string, ChangeHistory> {
  const since = new Map<string, ChangeHistory>();
  for (const [key, { changed, holding }] of histories) {
    const history = { changed: changed.filter(({ at }) => at > after), holding };
    if (isTelling(history)) since.set(key, history);
  }
  return since;
}

/** As many as there is room for: those that hold something, then those of which most was changed. */
function printSome(histories: ReadonlyMap<string, ChangeHistory>): string {
  const grain = Math.max(...COARSER_GRAINS_MS);
  const weight = ({ changed, holding }: ChangeHistory): number =>
    holding ? Infinity : changed.reduce((sum, { count }) => sum + count, 0);
  const heaviest = [...histories].toSorted(
    ([, one], [, other]) => Number(weight(one) < weight(other)) - Number(weight(one) > weight(other)),
  );
  const some = new Map([[OTHERS, HOLDING]]);
  let length = printWithGrain(some, grain).length;
  for (const [key, history] of heaviest) {
    length += printWithGrain(new Map([[key, history]]), grain).length;
    if (length > LARGEST_TEXT) break;
    some.set(key, history);
  }
  return printWithGrain(some, grain);
}

function printWithGrain(histories: ReadonlyMap<string, ChangeHistory>, grainMs: number): string {
  const telling = [...histories].filter(([, history]) => isTelling(history));
  const entries = telling.map(([key, { changed, holding }]): [string, unknown] => {
    const counts = new Map<number, number>();
    for (const { at, count } of changed) {
      const end = Math.ceil(at / grainMs) * grainMs;
      counts.set(end, (counts.get(end) ?? 0) + count);
    }
    return [key, { changed: [...counts], ...(holding && { holding }) }];
  });
  return JSON.stringify(Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1))));
}

/** What was kept. */
export interface KeptHistories {
  /** By key, as printed. */
  readonly known: ReadonlyMap<string, ChangeHistory>;
  /** Of all other keys. */
  readonly otherwise: ChangeHistory | undefined;
}

/** Scans what was printed. Of what is not well formed, because somebody has edited it, nothing is known: changes are held then, as they would be if it said so. */
export function scanChangeHistories(text: string | undefined): KeptHistories {
  if (text === undefined || text === '') return { known: new Map(), otherwise: undefined };
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = undefined;
  }
  if (!isFields(found)) return { known: new Map(), otherwise: HOLDING };
  const known = new Map(Object.entries(found).map(([key, entry]) => [key, readHistory(entry)]));
  const otherwise = known.get(OTHERS);
  known.delete(OTHERS);
  return { known, otherwise };
}

function readHistory(entry: unknown): ChangeHistory {
  if (!isFields(entry) || !Array.isArray(entry['changed'])) return HOLDING;
  const changed: { at: number; count: number }[] = [];
  for (const one of entry['changed'] as readonly unknown[]) {
    const [at, count] = Array.isArray(one) ? (one as readonly unknown[]) : [];
    if (typeof at !== 'number' || typeof count !== 'number' || count < 0) return HOLDING;
    changed.push({ at, count });
  }
  return { changed, holding: entry['holding'] === true };
}

function isTelling({ changed, holding }: ChangeHistory): boolean {
  return holding || changed.length > 0;
}
