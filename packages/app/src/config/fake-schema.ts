import { type FakeMode, MAX_FAKES, readTarget } from '@kubezone/controller';
import { isFailure, type OwnerName } from '@kubezone/core';
import * as z from 'zod/mini';

import { decimalNumber, oneOf, optionalMap, type SchemaOf, textLeaf, wholeNumber, withoutUndefined } from './leaf.ts';
import { nameLeaf } from './name-leaf.ts';

/** Names that do not exist: the source `fake`. */
export interface FakeSettings {
  /** Without a domain it is that of the first zone with relative names. */
  readonly mode: FakeMode['kind'];
  readonly domain: OwnerName | undefined;
  readonly targetDomain: OwnerName | undefined;
  readonly host: OwnerName | undefined;
  readonly target: string | undefined;
  /** How many names. */
  readonly size: number;
  /** Of how many the target changes in a second. */
  readonly rate: number;
  /** The same seed gives the same names. */
  readonly seed: number;
}

/** Ten names with addresses, one of which changes every five seconds. */
export const DEFAULT_FAKE: FakeSettings = {
  mode: 'ip',
  domain: undefined,
  targetDomain: undefined,
  host: undefined,
  target: undefined,
  size: 10,
  rate: 0.2,
  seed: 1,
};

/** Which of a mode's keys belong to it, and which of them are needed. */
const KEYS = {
  ip: { allowed: ['domain'], needed: [] },
  hostname: { allowed: ['domain', 'targetDomain'], needed: ['targetDomain'] },
  fixed: { allowed: ['host', 'target'], needed: ['host', 'target'] },
} as const;

const target = textLeaf('an IP address or a host name', (text) => {
  const read = readTarget(text);
  return isFailure(read) ? read : text;
});

/** The schema of `fake`. */
export const fakeSchema: SchemaOf<FakeSettings> = z.pipe(
  optionalMap({
    mode: oneOf(['ip', 'hostname', 'fixed'] as const),
    domain: nameLeaf,
    targetDomain: nameLeaf,
    host: nameLeaf,
    target,
    size: wholeNumber(1, MAX_FAKES),
    rate: decimalNumber(0, 100_000, 'changes a second'),
    seed: wholeNumber(0, 2 ** 31 - 1),
  }),
  z.transform(({ mode = DEFAULT_FAKE.mode, size, rate, seed, ...given }, context): FakeSettings => {
    const { allowed, needed }: { readonly allowed: readonly string[]; readonly needed: readonly (keyof typeof given)[] } =
      KEYS[mode];
    for (const key of Object.keys(given) as (keyof typeof given)[]) {
      if (allowed.includes(key)) continue;
      const message = `not allowed in mode ${mode}, which takes ${allowed.join(', ')}`;
      context.issues.push({ code: 'custom', message, params: { code: 'EXCLUDED' }, input: given[key], path: [key] });
    }
    for (const key of needed) {
      if (given[key] !== undefined) continue;
      context.issues.push({
        code: 'custom',
        message: `expected with mode ${mode}`,
        params: { code: 'MISSING' },
        input: undefined,
        path: [key],
      });
    }
    return { ...DEFAULT_FAKE, ...given, ...withoutUndefined({ mode, size, rate, seed }) };
  }),
);
