import { listOf, oneOf, type Scanned, type SchemaOf, strictMap, textLeaf, wholeNumber } from '@kubezone/app';
import { isFailure } from '@kubezone/core';
import {
  IP_PREFIX_FORM,
  type IpPrefix,
  MAX_BURST_SECONDS,
  MAX_IPV6_PREFIX_LENGTH,
  MAX_RATE,
  MAX_SLIP,
  MAX_WINDOW_SECONDS,
  PRIVATE_PREFIXES,
  type RateLimits,
  resolveRateLimits,
  scanIpPrefix,
} from '@kubezone/dns-server';
import * as z from 'zod/mini';

/** The word that stands for all addresses that are not routed on the Internet. */
const PRIVATE = 'private';

/** What `mode` may be. */
export const RATE_LIMIT_MODES: readonly RateLimits['mode'][] = ['limit', 'log'];

const rate = wholeNumber(0, MAX_RATE);
const exempt: SchemaOf<readonly IpPrefix[]> = textLeaf(`${PRIVATE}, or ${IP_PREFIX_FORM}`, scanExempt);
const LIMITS = ['responsesPerSecond', 'nxdomainsPerSecond', 'errorsPerSecond', 'queriesPerSecond'] as const;

/** The schema of `rateLimit`. */
export function rateLimitSchema(): SchemaOf<RateLimits> {
  return z.pipe(
    strictMap({
      responsesPerSecond: z.optional(rate),
      nxdomainsPerSecond: z.optional(rate),
      errorsPerSecond: z.optional(rate),
      queriesPerSecond: z.optional(rate),
      burst: z.optional(wholeNumber(1, MAX_BURST_SECONDS, 'a whole number of seconds')),
      window: z.optional(wholeNumber(0, MAX_WINDOW_SECONDS, 'a whole number of seconds')),
      slip: z.optional(wholeNumber(0, MAX_SLIP)),
      ipv4Prefix: z.optional(wholeNumber(1, 32)),
      ipv6Prefix: z.optional(wholeNumber(1, MAX_IPV6_PREFIX_LENGTH)),
      exempt: z.optional(listOf(exempt, `a list of ${PRIVATE}, addresses and prefixes`)),
      mode: z.optional(oneOf(RATE_LIMIT_MODES)),
    }),
    z.transform((given, context): RateLimits => {
      const first = Object.keys(given)[0];
      // Whoever says who is exempt, or how, means to limit; 0 says that he does not.
      if (first !== undefined && LIMITS.every((key) => given[key] === undefined)) {
        context.issues.push({
          code: 'custom',
          message: `expected one of ${LIMITS.join(', ')} with it: without them nothing is limited`,
          params: { code: 'MISSING' },
          input: given,
          path: [first],
        });
      }
      const { burst, window, ipv4Prefix, ipv6Prefix, exempt: lists, ...same } = given;
      return resolveRateLimits({
        ...same,
        burstSeconds: burst,
        windowSeconds: window,
        ipv4PrefixLength: ipv4Prefix,
        ipv6PrefixLength: ipv6Prefix,
        exempt: lists?.flat(),
      });
    }),
  );
}

function scanExempt(text: string): Scanned<readonly IpPrefix[]> {
  if (text === PRIVATE) return PRIVATE_PREFIXES;
  const prefix = scanIpPrefix(text);
  return isFailure(prefix) ? prefix : [prefix];
}
