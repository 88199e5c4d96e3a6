import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { ThroughputSample } from '../report/results.ts';
import { linkPackages } from './checkout.ts';
import { printComparison } from './compare-report.ts';

/** Nine rounds in which head costs so many times what base costs, more or less. */
function rounds(factor: number, scatter: number): ThroughputSample[] {
  return Array.from({ length: 9 }, (_, round) =>
    (['base', 'head'] as const).map((server): ThroughputSample => {
      const off = server === 'head' ? factor * (1 + (round % 2 === 0 ? scatter : -scatter)) : 1;
      const place = { run: 'compare', round, names: 10_000, server, mix: 'a' } as const;
      return {
        ...place,
        completed: 1000,
        lost: 0,
        seconds: 1,
        queriesPerSecond: 1000,
        cpuNanoseconds: 5e6 * off,
        responseOctets: 53,
        otherWork: 0.02,
      };
    }),
  ).flat();
}

const cpuRow = (throughput: readonly ThroughputSample[]): string =>
  printComparison({ throughput, latency: [], starts: [] })
    .split('\n')
    .find((line) => line.includes('µs of processor')) ?? '';

describe('the comparison of two commits', () => {
  it('says by how much, where head costs more in every round', () => {
    expect(cpuRow(rounds(1.1, 0.02))).toContain('more by 12.2 %');
    expect(cpuRow(rounds(0.9, 0.02))).toContain('less by 8.2 %');
  });

  it('says so plainly where there is no difference larger than the noise', () => {
    expect(cpuRow(rounds(1, 0.05))).toContain('no difference larger than the noise');
  });
});

describe('linking installed packages into another checkout', () => {
  it("links what is installed, but leads the workspace's own names to that checkout's folders", () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubezone-bench-test-'));
    try {
      const write = (path: string, text: string): void => {
        mkdirSync(join(folder, path, '..'), { recursive: true });
        writeFileSync(join(folder, path), text);
      };
      write('old/node_modules/yaml/index.js', 'yaml');
      write('old/packages/core/index.js', 'core of old');
      write('old/packages/core/node_modules/zod/index.js', 'zod');
      write('new/packages/core/index.js', 'core of new');
      mkdirSync(join(folder, 'old/node_modules/@kubezone'));
      symlinkSync('../../packages/core', join(folder, 'old/node_modules/@kubezone/core'));
      linkPackages(join(folder, 'old'), join(folder, 'new'));
      const read = (path: string): string => readFileSync(join(folder, 'new', path), 'utf8');
      expect(read('node_modules/yaml/index.js')).toBe('yaml');
      expect(read('packages/core/node_modules/zod/index.js')).toBe('zod');
      expect(read('node_modules/@kubezone/core/index.js')).toBe('core of new');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
