import { describe, expect, it } from '@jest/globals';

import type { SourceStatus } from '@kubezone/controller';
import { type Conflict, nameOf } from '@kubezone/core';
import { Statistics } from '@kubezone/dns-server';

import { type MetricsInputs, registerMetrics } from './metrics.ts';
import { metricsInputs } from './testing/metrics-inputs.ts';

const NODE_AREA: SourceStatus = {
  source: 'node-area',
  resource: 'nodes',
  cluster: 'prod',
  state: 'synced',
  since: 0,
  listed: true,
  failure: undefined,
  objects: 12,
  contributing: 3,
  outside: 0,
  lastEventAt: 1_767_225_600_500,
  errors: 0,
};

/** The samples of one metric. */
async function samples(given: MetricsInputs, metric: string): Promise<string[]> {
  const registry = registerMetrics(given);
  const lines = (await registry.metrics()).split('\n').filter((line) => new RegExp(`^${metric}(?:[{ ])`).test(line));
  registry.clear();
  return lines;
}

describe('metrics', () => {
  it('count queries by type, rcode and transport', async () => {
    const statistics = new Statistics();
    statistics.countResponse('udp', 1, 0, 0.000_02);
    statistics.countResponse('udp', 1, 0, 0.000_02);
    statistics.countResponse('tcp', 65_280, 3, 0.2);
    const given = metricsInputs({ statistics: () => statistics.snapshot() });
    expect(await samples(given, 'kubezone_queries_total')).toEqual([
      'kubezone_queries_total{type="A",rcode="NOERROR",transport="udp"} 2',
      'kubezone_queries_total{type="other",rcode="NXDOMAIN",transport="tcp"} 1',
    ]);
    const buckets = await samples(given, 'kubezone_query_duration_seconds_bucket');
    expect(buckets).toContain('kubezone_query_duration_seconds_bucket{transport="udp",le="0.00001"} 0');
    expect(buckets).toContain('kubezone_query_duration_seconds_bucket{transport="udp",le="0.000025"} 2');
    expect(buckets).toContain('kubezone_query_duration_seconds_bucket{transport="tcp",le="0.1"} 0');
    expect(buckets).toContain('kubezone_query_duration_seconds_bucket{transport="tcp",le="+Inf"} 1');
    expect(await samples(given, 'kubezone_query_duration_seconds_count')).toEqual([
      'kubezone_query_duration_seconds_count{transport="udp"} 2',
      'kubezone_query_duration_seconds_count{transport="tcp"} 1',
    ]);
    expect(await samples(given, 'kubezone_query_duration_seconds_sum')).toContain(
      'kubezone_query_duration_seconds_sum{transport="tcp"} 0.2',
    );
  });

  it('count what rate limits did, apart from what they would have done', async () => {
    const statistics = new Statistics();
    statistics.count('limitedDropped', 3);
    statistics.count('limitedSlipped', 2);
    statistics.count('wouldLimitQueries');
    expect(await samples(metricsInputs({ statistics: () => statistics.snapshot() }), 'kubezone_rate_limited_total')).toEqual([
      'kubezone_rate_limited_total{mode="limit",action="response_dropped"} 3',
      'kubezone_rate_limited_total{mode="limit",action="response_slipped"} 2',
      'kubezone_rate_limited_total{mode="limit",action="query_dropped"} 0',
      'kubezone_rate_limited_total{mode="log",action="response_dropped"} 0',
      'kubezone_rate_limited_total{mode="log",action="response_slipped"} 0',
      'kubezone_rate_limited_total{mode="log",action="query_dropped"} 1',
    ]);
  });

  it('are read anew at each scrape, and counters do not grow by being read', async () => {
    const statistics = new Statistics();
    const registry = registerMetrics(metricsInputs({ statistics: () => statistics.snapshot() }));
    statistics.count('truncated');
    expect(await registry.metrics()).toContain('kubezone_responses_truncated_total 1');
    expect(await registry.metrics()).toContain('kubezone_responses_truncated_total 1');
    statistics.count('truncated');
    expect(await registry.metrics()).toContain('kubezone_responses_truncated_total 2');
    registry.clear();
  });

  it('tell of sources', async () => {
    const given = metricsInputs({
      sources: () => [
        NODE_AREA,
        { ...NODE_AREA, source: 'node-service', resource: 'services', state: 'failing', lastEventAt: undefined },
      ],
    });
    expect(await samples(given, 'kubezone_source_objects')).toEqual([
      'kubezone_source_objects{cluster="prod",source="node-area",resource="nodes"} 12',
      'kubezone_source_objects{cluster="prod",source="node-service",resource="services"} 12',
    ]);
    expect(await samples(given, 'kubezone_source_contributing_objects')).toContain(
      'kubezone_source_contributing_objects{cluster="prod",source="node-area",resource="nodes"} 3',
    );
    expect(await samples(given, 'kubezone_last_event_timestamp_seconds')).toEqual([
      'kubezone_last_event_timestamp_seconds{cluster="prod",source="node-area",resource="nodes"} 1767225600.5',
    ]);
    const states = await samples(given, 'kubezone_source_state');
    expect(states.filter((line) => line.endsWith(' 1'))).toEqual([
      'kubezone_source_state{cluster="prod",source="node-area",resource="nodes",state="synced"} 1',
      'kubezone_source_state{cluster="prod",source="node-service",resource="services",state="failing"} 1',
    ]);
    expect(states).toHaveLength(8);
  });

  it('tell of problems, conflicts and errors by cluster and source', async () => {
    const conflict = (cluster: string, source: string): Conflict => ({
      code: 'NEWER_OBJECT',
      owner: nameOf('a.test'),
      loser: { cluster, source, namespace: '', object: 'x', createdAt: 0 },
      message: '',
      since: 0,
    });
    const given = metricsInputs({
      sources: () => [
        { ...NODE_AREA, errors: 7 },
        { ...NODE_AREA, cluster: 'lab' },
      ],
      problems: () => [
        { cluster: 'prod', source: 'node-area', problems: 4 },
        { cluster: 'prod', source: undefined, problems: 1 },
      ],
      conflicts: () => [conflict('prod', 'node-area'), conflict('', 'zone-file'), conflict('prod', 'node-area')],
    });
    expect(await samples(given, 'kubezone_problems')).toEqual([
      'kubezone_problems{cluster="prod",source="node-area"} 4',
      'kubezone_problems{cluster="prod",source=""} 1',
    ]);
    expect(await samples(given, 'kubezone_conflicts')).toEqual([
      'kubezone_conflicts{cluster="prod",source="node-area"} 2',
      'kubezone_conflicts{cluster="lab",source="node-area"} 0',
      'kubezone_conflicts{cluster="",source="zone-file"} 1',
    ]);
    expect(await samples(given, 'kubezone_source_errors_total')).toEqual([
      'kubezone_source_errors_total{cluster="prod",source="node-area",resource="nodes"} 7',
      'kubezone_source_errors_total{cluster="lab",source="node-area",resource="nodes"} 0',
    ]);
  });

  it('tell of clusters that are away, and of all that is not as it is asked for', async () => {
    const given = metricsInputs({
      sources: () => [
        NODE_AREA,
        { ...NODE_AREA, source: 'node', state: 'failing', outside: 3 },
        { ...NODE_AREA, cluster: 'lab' },
      ],
      rejections: () => new Map([['NEWER_OBJECT', 2]]),
    });
    expect(await samples(given, 'kubezone_cluster_synced')).toEqual([
      'kubezone_cluster_synced{cluster="prod"} 0',
      'kubezone_cluster_synced{cluster="lab"} 1',
    ]);
    expect(await samples(given, 'kubezone_rejections')).toEqual(['kubezone_rejections{code="NEWER_OBJECT"} 2']);
    expect(await samples(given, 'kubezone_names_outside_zones')).toEqual([
      'kubezone_names_outside_zones{cluster="prod",source="node-area",resource="nodes"} 0',
      'kubezone_names_outside_zones{cluster="prod",source="node",resource="nodes"} 3',
      'kubezone_names_outside_zones{cluster="lab",source="node-area",resource="nodes"} 0',
    ]);
  });

  it('tell of zone files and readiness', async () => {
    const given = metricsInputs({
      ready: () => true,
      zoneFiles: () => [{ apex: nameOf('a.test'), current: false, loadedAt: 1500 }],
    });
    const lines = (await registerMetrics(given).metrics()).split('\n');
    for (const line of [
      'kubezone_ready 1',
      'kubezone_zone_file_current{zone="a.test."} 0',
      'kubezone_zone_file_loaded_timestamp_seconds{zone="a.test."} 1.5',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('say what runs, and describe each of them', async () => {
    const text = await registerMetrics(metricsInputs()).metrics();
    expect(text).toContain(`kubezone_build_info{version="1.2.3",node="${process.version}"} 1`);
    const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    expect(names).toContain('process_resident_memory_bytes');
    for (const name of names) expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
  });
});
