import { isFailure } from '@kubezone/core';

import { type IpPrefix, scanIpPrefix } from './ip-prefix.ts';

/** How many responses and queries a client may have. Clients are prefixes of addresses: whoever forges addresses can vary the last bits too. */
export interface RateLimits {
  /**
   * Responses per second with data of one name, or to one wildcard, or with one referral, for one client; 0 for no limit. @default 0
   */
  readonly responsesPerSecond: number;
  /** The same for names of one zone that do not exist. @default responsesPerSecond */
  readonly nxdomainsPerSecond: number;
  /** The same for all other responses together: refusals and errors. @default responsesPerSecond */
  readonly errorsPerSecond: number;
  /** Queries per second that one client has answered at all; 0 for no limit. @default 0 */
  readonly queriesPerSecond: number;
  /** For how many seconds' worth of responses a client that was silent has credit. @default 1 */
  readonly burstSeconds: number;
  /**
   * How far into debt what is not sent takes a client, in seconds' worth of responses: so long must it be silent until it is answered again. 0: what is not
   * sent does not count, and under a flood each client still has its responses per second. @default 15
   */
  readonly windowSeconds: number;
  /** Every so manieth response beyond the limit is sent without its records, so that the client asks again over TCP or with a cookie; 0 for none. @default 1 */
  readonly slip: number;
  /** How many bits of its IPv4 address are a client. @default 24 */
  readonly ipv4PrefixLength: number;
  /** How many bits of its IPv6 address are a client, at most 64. @default 56 */
  readonly ipv6PrefixLength: number;
  /** Who is not limited. @default addresses that are not routed on the Internet */
  readonly exempt: readonly IpPrefix[];
  /** `log`: all is counted and reported, and answered anyway. @default limit */
  readonly mode: 'limit' | 'log';
}

/** Limits as they are given: what is left out, or undefined, has its default. */
export type GivenRateLimits = { readonly [Key in keyof RateLimits]?: RateLimits[Key] | undefined };

/**
 * Addresses that no query from the Internet has, but cluster DNS, node caches, load balancers that hide the client's address, and probes. Behind each of them stand many
 * clients, and a forged query from there harms nobody outside.
 */
export const PRIVATE_PREFIXES: readonly IpPrefix[] = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '::1',
  'fc00::/7',
  'fe80::/10',
].map((text) => {
  const prefix = scanIpPrefix(text);
  if (isFailure(prefix)) throw new RangeError(prefix.message);
  return prefix;
});

/** The highest rate: a bucket's credit and debt, in thousandths, have to fit into 32 bits. */
export const MAX_RATE = 100_000;
export const MAX_BURST_SECONDS = 10;
export const MAX_WINDOW_SECONDS = 3600;
export const MAX_SLIP = 10;
/** Longer prefixes than a site's would let one machine be many clients; and two words hold it. */
export const MAX_IPV6_PREFIX_LENGTH = 64;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} where a value is outside its range: a configuration is expected to be checked before
 */
export function resolveRateLimits(limits: GivenRateLimits): RateLimits {
  const { responsesPerSecond = 0 } = limits;
  const resolved: RateLimits = {
    responsesPerSecond,
    nxdomainsPerSecond: limits.nxdomainsPerSecond ?? responsesPerSecond,
    errorsPerSecond: limits.errorsPerSecond ?? responsesPerSecond,
    queriesPerSecond: limits.queriesPerSecond ?? 0,
    burstSeconds: limits.burstSeconds ?? 1,
    windowSeconds: limits.windowSeconds ?? 15,
    slip: limits.slip ?? 1,
    ipv4PrefixLength: limits.ipv4PrefixLength ?? 24,
    ipv6PrefixLength: limits.ipv6PrefixLength ?? 56,
    exempt: limits.exempt ?? PRIVATE_PREFIXES,
    mode: limits.mode ?? 'limit',
  };
  check(resolved, 'responsesPerSecond', 0, MAX_RATE);
  check(resolved, 'nxdomainsPerSecond', 0, MAX_RATE);
  check(resolved, 'errorsPerSecond', 0, MAX_RATE);
  check(resolved, 'queriesPerSecond', 0, MAX_RATE);
  check(resolved, 'burstSeconds', 1, MAX_BURST_SECONDS);
  check(resolved, 'windowSeconds', 0, MAX_WINDOW_SECONDS);
  check(resolved, 'slip', 0, MAX_SLIP);
  check(resolved, 'ipv4PrefixLength', 1, 32);
  check(resolved, 'ipv6PrefixLength', 1, MAX_IPV6_PREFIX_LENGTH);
  return resolved;
}

/** Whether anything is limited at all. */
export function hasRateLimits(limits: RateLimits): boolean {
  const { responsesPerSecond, nxdomainsPerSecond, errorsPerSecond, queriesPerSecond } = limits;
  return responsesPerSecond + nxdomainsPerSecond + errorsPerSecond + queriesPerSecond > 0;
}

type NumberKey = { [Key in keyof RateLimits]: RateLimits[Key] extends number ? Key : never }[keyof RateLimits];

function check(limits: RateLimits, key: NumberKey, minimum: number, maximum: number): void {
  const value = limits[key];
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  throw new RangeError(`rateLimits.${key} is ${value}; a whole number from ${minimum} to ${maximum} is expected`);
}
