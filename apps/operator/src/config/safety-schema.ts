import { durationLeaf, leaf, optionalMap, type SchemaOf, wholeNumber } from '@kubezone/app';
import { DEFAULT_DELETE_LIMITS } from '@kubezone/core';
import * as z from 'zod/mini';

import type { SafetySettings } from './operator-config.ts';

/** A share as 0 to 1. */
const percentage: SchemaOf<number> = leaf('a percentage such as 30%, from 0% to 100%', (value) => {
  const [, digits] = typeof value === 'string' ? (/^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(value) ?? []) : [];
  const share = digits === undefined ? Number.NaN : Number(digits) / 100;
  return share <= 1 ? share : undefined;
});

/** The schema of `safety`. */
export const safetySchema: SchemaOf<SafetySettings> = z.pipe(
  optionalMap({
    maxDeletes: percentage,
    window: durationLeaf({ minimum: 1000 }),
    minRecords: wholeNumber(0, 1_000_000),
    emptyGrace: durationLeaf({ minimum: 0 }, { forever: Number.POSITIVE_INFINITY }),
  }),
  z.transform(
    ({
      maxDeletes = DEFAULT_DELETE_LIMITS.maxShare,
      window = DEFAULT_DELETE_LIMITS.windowMs,
      minRecords = DEFAULT_DELETE_LIMITS.minRecords,
      emptyGrace = Number.POSITIVE_INFINITY,
    }) => ({ deleteLimits: { maxShare: maxDeletes, windowMs: window, minRecords }, emptyGraceMs: emptyGrace }),
  ),
);
