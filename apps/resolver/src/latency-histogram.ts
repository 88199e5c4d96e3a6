import type { StatisticsSnapshot } from '@kubezone/dns-server';
import type { Histogram, MetricValueWithName } from 'prom-client';

const NAME = 'kubezone_query_duration_seconds';

type Value = MetricValueWithName<'transport' | 'le'>;

/** The latency of answers by transport: a histogram whose buckets are counted elsewhere, so that queries need not be counted twice. */
export function latencyHistogram(statistics: () => StatisticsSnapshot): Histogram {
  const metric = {
    name: NAME,
    get: async () => ({
      name: NAME,
      help: 'From a query read to its answer handed to the kernel.',
      type: 'histogram',
      aggregator: 'sum',
      values: valuesOf(statistics()),
    }),
    // Nothing is counted here that could be reset.
    reset: () => undefined,
  };
  // A registry asks no more than this of what it holds, but declares that it holds its own classes.
  return metric as unknown as Histogram;
}

function valuesOf({ latency }: StatisticsSnapshot): Value[] {
  return Object.entries(latency).flatMap(([transport, { buckets, count, sumSeconds }]) => [
    ...buckets.map((bucket) => bucketValue(transport, bucket.upperBoundSeconds, bucket.count)),
    bucketValue(transport, '+Inf', count),
    { metricName: `${NAME}_sum`, labels: { transport }, value: sumSeconds },
    { metricName: `${NAME}_count`, labels: { transport }, value: count },
  ]);
}

function bucketValue(transport: string, le: number | string, value: number): Value {
  return { metricName: `${NAME}_bucket`, labels: { transport, le }, value };
}
