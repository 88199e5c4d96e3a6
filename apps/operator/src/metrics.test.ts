import { describe, expect, it } from '@jest/globals';
import type { ProviderStatus, ZoneStatus } from '@kubezone/controller';
import { nameOf } from '@kubezone/core';

import { registerMetrics } from './metrics.ts';

const ZONE: ZoneStatus = {
  zone: nameOf('a.test'),
  zoneId: 'a.test.',
  listed: true,
  names: 11,
  rrsets: 12,
  owned: 13,
  waiting: 14,
  withheld: new Map([
    ['FOREIGN_RRSET', 2],
    ['POLICY', 3],
  ]),
  quarantined: 15,
  held: [
    { action: 'delete', sha256: '', operations: ['-', '-'], since: 0 },
    { action: 'update', sha256: '', operations: ['~'], since: 0 },
  ] as unknown as ZoneStatus['held'],
  failure: undefined,
  counters: {
    applied: { create: 21, update: 22, delete: 23 },
    failed: { refused: 24, conflict: 25, unknown: 26 },
    calls: { list: 27, read: 28, apply: 29 },
    throttled: 30,
    lag: { counts: [1, 0, 2, 0, 0, 0, 0, 0, 0, 4], sumSeconds: 1.5, count: 7 },
  },
};
const FAILURE = { code: 'PROVIDER_FORBIDDEN', message: 'no' };

/** The lines of a metric, without its name, for some providers. */
async function seriesOf(name: string, providers: readonly ProviderStatus[]): Promise<string[]> {
  const registry = registerMetrics({
    version: '1.2.3',
    providers: () => providers,
    sources: () => [],
    problems: () => [],
    rejections: () => new Map(),
    conflicts: () => [],
    reports: () => [],
    reloads: () => ({ taken: 2, failed: 1 }),
    ready: () => true,
  });
  const text = await registry.metrics();
  registry.clear();
  return text.split('\n').flatMap((line) => (line.startsWith(name) ? [line.slice(name.length)] : []));
}

const one = (zone: ZoneStatus): ProviderStatus[] => [{ provider: 'main', failure: undefined, zoneCalls: 1, zones: [zone] }];
const AT = 'provider="main",zone="a.test."';

describe('a metric', () => {
  it.each([
    ['kubezone_provider_up', ['{provider="main"} 1']],
    ['kubezone_zone_up', [`{${AT}} 1`]],
    ['kubezone_zone_names', [`{${AT}} 11`]],
    ['kubezone_zone_rrsets', [`{${AT}} 12`]],
    ['kubezone_zone_owned_rrsets', [`{${AT}} 13`]],
    ['kubezone_plan_names', [`{${AT}} 14`]],
    ['kubezone_quarantined_rrsets', [`{${AT}} 15`]],
    ['kubezone_held_changes', [`{${AT},action="delete"} 2`, `{${AT},action="update"} 1`]],
    ['kubezone_withheld_rrsets', [`{${AT},code="FOREIGN_RRSET"} 2`, `{${AT},code="POLICY"} 3`]],
    ['kubezone_changes_total', [`{${AT},action="create"} 21`, `{${AT},action="update"} 22`, `{${AT},action="delete"} 23`]],
    [
      'kubezone_failed_changes_total',
      [`{${AT},reason="refused"} 24`, `{${AT},reason="conflict"} 25`, `{${AT},reason="unknown"} 26`],
    ],
    ['kubezone_provider_calls_total', [`{${AT},call="list"} 27`, `{${AT},call="read"} 28`, `{${AT},call="apply"} 29`]],
    ['kubezone_provider_throttled_total', [`{${AT}} 30`]],
    ['kubezone_publish_lag_seconds_count', [`{${AT}} 7`]],
    ['kubezone_publish_lag_seconds_sum', [`{${AT}} 1.5`]],
    ['kubezone_config_reloads_total', ['{result="taken"} 2', '{result="failed"} 1']],
    ['kubezone_ready', [' 1']],
  ])('%s says how a zone stands', async (name, expected) => {
    expect(await seriesOf(name, one(ZONE))).toEqual(expected);
  });

  it('has the lag in buckets that add up', async () => {
    const buckets = await seriesOf('kubezone_publish_lag_seconds_bucket', one(ZONE));
    const le = (bound: string): string | undefined =>
      buckets
        .find((line) => line.includes(`le="${bound}"`))
        ?.split(' ')
        .at(-1);
    expect([le('0.01'), le('0.05'), le('0.1'), le('300'), le('+Inf')]).toEqual(['1', '1', '3', '3', '7']);
  });

  it.each<[string, ProviderStatus[]]>([
    ['kubezone_provider_up', [{ provider: 'main', failure: FAILURE, zoneCalls: 1, zones: [] }]],
    ['kubezone_zone_up', one({ ...ZONE, listed: false })],
    ['kubezone_zone_up', one({ ...ZONE, failure: { ...FAILURE, failures: 1 } as unknown as ZoneStatus['failure'] })],
  ])('%s is 0 while it cannot be worked with', async (name, providers) => {
    expect((await seriesOf(name, providers)).map((line) => line.split(' ').at(-1))).toEqual(['0']);
  });

  it('tells zones of one apex apart by their ids', async () => {
    expect(await seriesOf('kubezone_zone_names', one({ ...ZONE, zoneId: 'Z1' }))).toEqual([
      '{provider="main",zone="a.test. (Z1)"} 11',
    ]);
  });
});
