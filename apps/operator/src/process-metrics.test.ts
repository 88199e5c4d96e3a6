import { describe, expect, it } from '@jest/globals';
import { Gauge } from 'prom-client';

import { registryOfProcess } from './process-metrics.ts';

const OBSERVED = 'nodejs_gc_duration_seconds';

describe('the registry of the process', () => {
  it('observes garbage collection once for all that were made, so that none is kept by it', () => {
    const [one, other] = [registryOfProcess(), registryOfProcess()];
    expect(one).not.toBe(other);
    expect(one.getSingleMetric(OBSERVED)).toBeDefined();
    expect(one.getSingleMetric(OBSERVED)).toBe(other.getSingleMetric(OBSERVED));
  });

  it('takes metrics of which the others know nothing', async () => {
    const [one, other] = [registryOfProcess(), registryOfProcess()];
    new Gauge({ name: 'own', help: 'own', registers: [one] }).set(7);
    expect(await one.metrics()).toContain('\nown 7\n');
    expect(await other.metrics()).not.toContain('own');
    expect(await other.metrics()).toContain('process_cpu_seconds_total');
  });
});
