import {
  decimalNumber,
  type ListenAddress,
  listOf,
  nameLeaf,
  nonEmpty,
  type SchemaOf,
  serverLeaf,
  strictMap,
  textLeaf,
  textOr,
  wholeNumber,
} from '@kubezone/app';
import type { OwnerName } from '@kubezone/core';
import * as z from 'zod/mini';

import { DEFAULT_FALLTHROUGH_TIMEOUT } from './defaults.ts';

/** Who is asked for names that are not known here. */
export interface FallthroughSettings {
  readonly zones: 'all' | readonly OwnerName[];
  readonly servers: readonly ListenAddress[];
  readonly timeoutMs: number;
  readonly maxWaiting: number;
}

const MAX_SERVERS = 8;
const MAX_WAITING = 100_000;

const ZONES = 'all, or a list of zones';

/** Which of the zones there are is checked where they are known. */
const zones: SchemaOf<FallthroughSettings['zones']> = textOr<FallthroughSettings['zones']>(
  textLeaf(ZONES, (text) => (text === 'all' ? text : undefined)),
  nonEmpty(listOf(nameLeaf, ZONES), 'at least one zone, or all'),
);

/** The schema of `fallthrough`. */
export const fallthroughSchema: SchemaOf<FallthroughSettings> = z.pipe(
  strictMap({
    zones: z._default(zones, 'all'),
    servers: nonEmpty(listOf(serverLeaf, 'a list of addresses of name servers'), 'at least one server'),
    timeout: z._default(decimalNumber(0.01, 60, 'seconds'), DEFAULT_FALLTHROUGH_TIMEOUT),
    maxWaiting: z._default(wholeNumber(1, MAX_WAITING), 1000),
  }),
  z.transform(({ zones: which, servers, timeout, maxWaiting }, context): FallthroughSettings => {
    if (servers.length > MAX_SERVERS) {
      const message = `expected at most ${MAX_SERVERS} servers`;
      context.issues.push({ code: 'custom', message, params: { code: 'BAD_VALUE' }, input: servers, path: ['servers'] });
    }
    return { zones: which, servers, timeoutMs: Math.round(timeout * 1000), maxWaiting };
  }),
);
