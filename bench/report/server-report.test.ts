import { describe, expect, it } from '@jest/globals';

import type { ServerName } from '../peers/server-kind.ts';
import { drawCharts } from './charts.ts';
import { replaceSection } from './docs-section.ts';
import { mergeResults, type Results } from './results.ts';
import { printReport } from './server-report.ts';

const CPU: Partial<Record<ServerName, number>> = { kubezone: 5, nsd: 6, knot: 4, echo: 4.5 };

/** Two rounds of positive A, latency and memory, by simple figures. */
function results(run: string, changes: Partial<Results> = {}): Results {
  const servers = ['kubezone', 'nsd', 'knot', 'echo'] as const;
  const places = [1, 2].flatMap((round) => servers.map((server) => ({ run, round, names: 10_000, server })));
  return {
    machines: ['2 × Test'],
    dates: ['2026-01-02'],
    titles: { kubezone: 'Kubezone', nsd: 'NSD 1', knot: 'Knot 2', echo: 'echo' },
    seconds: [1],
    throughput: places.map((place) => ({
      ...place,
      mix: 'a',
      completed: 100_000,
      lost: place.server === 'knot' ? 1000 : 0,
      seconds: 1,
      queriesPerSecond: 100_000 * place.round,
      cpuNanoseconds: (CPU[place.server] ?? 0) * 100_000 * 1000,
      responseOctets: 53,
      otherWork: 0.02,
    })),
    latency: places.map((place) => ({
      ...place,
      condition: 'quiet',
      rate: 50_000,
      sent: 50_000,
      answered: 50_000,
      p50: 20_000,
      p99: place.server === 'kubezone' ? 90_000 : 60_000,
      p999: 200_000,
      max: 300_000,
    })),
    starts: servers.map((server) => {
      const memory = { resident: server === 'knot' ? 10 << 20 : 11 << 20, proportional: 1 };
      return { run, round: 1, names: 10_000, server, startMs: 100, loaded: memory, after: memory };
    }),
    changes: [{ run, round: 1, names: 10_000, server: 'nsd', way: 'reload', ms: 60 }],
    ...changes,
  };
}

/** The cells of the row that begins with a text, in the table under a heading. */
function row(report: string, heading: string, begin: string): string[] {
  const [, section = ''] = report.split(`### ${heading}`);
  const line = section.split('\n').find((text) => text.startsWith(`| ${begin}`)) ?? '';
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('the report on servers', () => {
  const report = printReport(results('x'));

  it('gives ratios to each peer, in bold those that miss their goal', () => {
    expect(row(report, 'Ratios', 'positive A')).toEqual([
      'positive A',
      '0.83 (0.83–0.83)',
      '**1.25 (1.25–1.25)**',
      '1.11 (1.11–1.11)',
      '1.00 (1.00–1.00)',
      '1.00 (1.00–1.00)',
    ]);
  });

  it('gives medians with the least and the largest', () => {
    expect(row(report, 'Queries', 'positive A')).toEqual([
      'positive A',
      '150 (100–200)',
      '150 (100–200)',
      '150 (100–200)',
      '150 (100–200)',
    ]);
    expect(row(report, 'Processor time', 'positive A')[1]).toBe('5.00 (5.00–5.00)');
  });

  it('gives latencies in microseconds, and what they are to those of the others', () => {
    expect(row(report, 'Latency', '10,000')).toEqual([
      '10,000',
      'nothing else',
      'Kubezone',
      '20.0 (20.0–20.0)',
      '90.0 (90.0–90.0)',
      'nsd **1.50 (1.50–1.50)**, knot **1.50 (1.50–1.50)**',
    ]);
  });

  it('gives memory with its goal, and changes', () => {
    expect(row(report, 'Start and memory', 'Kubezone')).toEqual(['Kubezone', '100', '11.0', '11.0', '—', '1.10']);
    expect(row(report, 'From a change', 'NSD')).toEqual(['NSD 1', 'reload', '60.0']);
  });

  it('says how much of the processor others had', () => {
    expect(report).toContain("Other work had 2.00 (2.00–2.00) % of the servers' processor.");
  });

  it('says what was lost and what counts for nothing', () => {
    expect(report).toContain(
      'Lost queries: Knot 2 in 2 runs, at most 0.99 %. Runs that count for nothing because answers were not what they must be: 0 of 8.',
    );
  });

  it('leaves out of every figure a run that counts for nothing', () => {
    const { throughput } = results('x');
    const broken = throughput.map((sample) => (sample.round === 2 ? { ...sample, void: 'SERVFAIL' } : sample));
    const partial = printReport(results('x', { throughput: broken }));
    expect(row(partial, 'Queries', 'positive A')[1]).toBe('100');
    expect(partial).toContain('4 of 8');
  });

  it('says of a server that did not keep up that it did not', () => {
    const { latency } = results('x');
    const slow = latency.map((sample) => (sample.server === 'nsd' ? { ...sample, void: 'lost' } : sample));
    const [, section = ''] = printReport(results('x', { latency: slow })).split('### Latency');
    expect(section.split('\n').find((line) => line.includes('NSD'))).toContain('does not keep up');
  });

  it('says in how many rounds a server kept up that did not in all', () => {
    const { latency } = results('x');
    const once = latency.map((sample) => (sample.server === 'nsd' && sample.round === 1 ? { ...sample, void: 'lost' } : sample));
    const [, section = ''] = printReport(results('x', { latency: once })).split('### Latency');
    expect(section.split('\n').find((line) => line.includes('NSD'))).toContain('20.0, in 1 of 2 rounds');
  });
});

describe('results of several runs', () => {
  it('are put together, their rounds kept apart', () => {
    const merged = mergeResults([results('x'), results('y')]);
    expect(merged.throughput).toHaveLength(16);
    expect(merged.machines).toEqual(['2 × Test']);
    expect(printReport(merged)).toContain('2 runs of 2 interleaved rounds');
  });

  it('are not put together where a server is another one', () => {
    const other = results('y', { titles: { nsd: 'NSD 9' } });
    expect(() => mergeResults([results('x'), other])).toThrow('nsd is "NSD 1" in one run and "NSD 9" in another');
  });
});

describe('the charts', () => {
  it('are one for each figure and size, and one of latency', () => {
    expect(drawCharts(results('x')).map(({ file }) => file)).toEqual(['cpu-10000.svg', 'queries-10000.svg', 'latency.svg']);
  });
});

describe('the section of the page', () => {
  const page = 'before\n<!-- bench:servers:begin -->\nold\n<!-- bench:servers:end -->\nafter\n';

  it('takes the place of the one before', () => {
    const once = replaceSection(page, 'new');
    expect(once).toBe('before\n<!-- bench:servers:begin -->\n\nnew\n\n<!-- bench:servers:end -->\nafter\n');
    expect(replaceSection(once, 'new')).toBe(once);
  });

  it('is not written into a page without its marks', () => {
    expect(() => replaceSection('before\nafter\n', 'new')).toThrow('bench:servers:begin');
  });
});
