import { durationLeaf, leaf, optionalMap, type SchemaOf, wholeNumber } from '@kubezone/app';
import { type ChangeLimits, DEFAULT_DELETE_LIMITS } from '@kubezone/core';
import * as z from 'zod/mini';

import type { SafetySettings } from './operator-config.ts';

/** A share as 0 to 1. */
const percentage: SchemaOf<number> = leaf('a percentage such as 30%, from 0% to 100%', shareOf);

function shareOf(value: unknown): number | undefined {
  const [, digits] = typeof value === 'string' ? (/^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(value) ?? []) : [];
  const share = digits === undefined ? Number.NaN : Number(digits) / 100;
  return share <= 1 ? share : undefined;
}

/** A share, or a number of RRsets. */
const shareOrCount: SchemaOf<ChangeLimits['max']> = leaf('a percentage such as 30%, or a number of RRsets', (value) => {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? { count: value } : undefined;
  const share = shareOf(value);
  return share === undefined ? undefined : { share };
});

/** The schema of `safety`. */
export const safetySchema: SchemaOf<SafetySettings> = z.pipe(
  optionalMap({
    maxDeletes: percentage,
    maxUpdates: shareOrCount,
    window: durationLeaf({ minimum: 1000 }),
    minRecords: wholeNumber(0, 1_000_000),
    emptyGrace: durationLeaf({ minimum: 0 }, { forever: Number.POSITIVE_INFINITY }),
  }),
  z.transform(
    ({
      maxDeletes,
      maxUpdates,
      window = DEFAULT_DELETE_LIMITS.windowMs,
      minRecords = DEFAULT_DELETE_LIMITS.minRecords,
      emptyGrace = Number.POSITIVE_INFINITY,
    }) => {
      const common = { windowMs: window, minRecords };
      const max = maxDeletes === undefined ? DEFAULT_DELETE_LIMITS.max : { share: maxDeletes };
      return {
        deleteLimits: { max, ...common },
        updateLimits: maxUpdates === undefined ? undefined : { max: maxUpdates, ...common },
        emptyGraceMs: emptyGrace,
      };
    },
  ),
);
