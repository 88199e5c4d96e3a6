import { Counter, Gauge, type Registry } from 'prom-client';

/** Sets the series of one metric. */
export type SetSeries = (labels: Readonly<Record<string, string>>, value: number) => void;

/** Registers a counter that is read from elsewhere at each scrape. */
export function counter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collect: (set: SetSeries) => void,
): void {
  const metric: Counter = new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset();
      collect((labels, value) => metric.inc(labels, value));
    },
  });
}

/** Registers a gauge that is read from elsewhere at each scrape. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collect: (set: SetSeries) => void,
): void {
  const metric: Gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset();
      collect((labels, value) => metric.set(labels, value));
    },
  });
}
