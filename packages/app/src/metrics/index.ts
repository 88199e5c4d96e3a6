export { bucketHistogram, type BucketSeries } from './bucket-histogram.ts';
export { counter, gauge, type SetSeries } from './metric-kinds.ts';
export { registerReports } from './report-metrics.ts';
export { registerOutsideNames, registerSources, type SourceMetricsInputs } from './source-metrics.ts';
