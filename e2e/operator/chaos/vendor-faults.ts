import {
  type Fault as CloudflareFault,
  refusalBody,
} from '../../../packages/providers/src/testing/cloudflare-simulator/fault.ts';
import type {
  FaultRule as GoogleRule,
  InjectedFault,
} from '../../../packages/providers/src/testing/google-simulator/injected-fault.ts';
import { FAULTS, type FaultRule as Route53Rule } from '../../../packages/providers/src/testing/route53-simulator/fault.ts';
import type { Chance } from './chance.ts';

/** Something that goes wrong with one of Route 53's next requests. */
export function route53Fault(chance: Chance): Route53Rule {
  const fault = chance.weighted<Route53Rule['fault']>([
    [4, FAULTS.throttling],
    [2, FAULTS.throttledByProxy],
    [3, FAULTS.priorRequest],
    [3, FAULTS.internal],
    [2, { kind: 'reset-before' }],
    [4, { kind: 'reset-after' }],
    [1, { kind: 'hang-before' }],
    [2, { kind: 'hang-after' }],
  ]);
  const times = 'status' in fault ? chance.between(1, 3) : 1;
  return { fault, times, ...(chance.happens(0.7) ? { operation: 'ChangeResourceRecordSets' } : {}) };
}

/** The same of Google's, as long as `isOn` says so. */
export function googleFault(chance: Chance, isOn: () => boolean): GoogleRule {
  const error = (status: number, reason: string, headers: Readonly<Record<string, string>> = {}): InjectedFault => ({
    kind: 'error',
    status,
    reason,
    headers,
  });
  const applied = chance.happens(0.7);
  const fault = chance.weighted<InjectedFault>([
    [4, error(429, 'rateLimitExceeded', { 'retry-after': '3' })],
    [2, error(403, 'rateLimitExceeded')],
    [3, error(500, 'internalError')],
    [3, error(503, 'backendError')],
    [3, { kind: 'reset', applied }],
    [2, { kind: 'silence', applied }],
    [3, { kind: 'page', status: 502, applied }],
  ]);
  const on = chance.happens(0.7) ? /^POST .*\/changes/ : /^GET .*\/rrsets/;
  return { fault, on: Object.assign(new RegExp(on), { test: (line: string) => isOn() && on.test(line) }) };
}

/** The same of Cloudflare's. */
export function cloudflareFault(chance: Chance): CloudflareFault {
  const done = chance.happens(0.7);
  return chance.weighted<CloudflareFault>([
    [4, { kind: 'answer', status: 429, body: refusalBody(10_000, 'rate limited'), headers: { 'retry-after': '3' } }],
    [4, { kind: 'answer', status: 500, body: refusalBody(10_000, 'internal error') }],
    [3, { kind: 'reset', done }],
    [2, { kind: 'silence', done }],
    [3, { kind: 'cut' }],
    [3, { kind: 'done-but', status: 502, body: '<html>bad gateway</html>' }],
  ]);
}
