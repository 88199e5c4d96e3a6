import type { Histogram, MetricValueWithName } from 'prom-client';

/** One series of a histogram, counted elsewhere. */
export interface BucketSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Cumulative. */
  readonly buckets: readonly { readonly upperBoundSeconds: number; readonly count: number }[];
  readonly count: number;
  readonly sumSeconds: number;
}

type Value = MetricValueWithName<string>;

/** A histogram whose buckets are counted elsewhere, so that nothing need be counted twice. */
export function bucketHistogram(name: string, help: string, read: () => readonly BucketSeries[]): Histogram {
  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: read().flatMap((series) => valuesOf(name, series)),
    }),
    // Nothing is counted here that could be reset.
    reset: () => undefined,
  };
  // A registry asks no more than this of what it holds, but declares that it holds its own classes.
  return metric as unknown as Histogram;
}

function valuesOf(name: string, { labels, buckets, count, sumSeconds }: BucketSeries): Value[] {
  const bucket = (le: number | string, value: number): Value => ({
    metricName: `${name}_bucket`,
    labels: { ...labels, le },
    value,
  });
  return [
    ...buckets.map(({ upperBoundSeconds, count: value }) => bucket(upperBoundSeconds, value)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
