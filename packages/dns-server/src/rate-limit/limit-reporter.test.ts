import { describe, expect, it } from '@jest/globals';
import type { Clock, LogFields, Logger } from '@kubezone/core';

import { LimitReporter } from './limit-reporter.ts';
import { DEED, type LimitedPrefixes } from './limited-prefixes.ts';
import { attachRateLimitMemory } from './rate-limit-memory.ts';
import { type RateLimits, resolveRateLimits } from './rate-limits.ts';
import { fixtureMemory } from './testing/limiter-fixture.ts';

const ADDRESS = 0xc633_6400 | 0;

interface Fixture {
  readonly prefixes: LimitedPrefixes;
  readonly lines: readonly string[];
  readonly reporter: LimitReporter;
  /** Lets seconds go by, one look each. Returns what was logged. */
  readonly wait: (seconds: number) => readonly string[];
  readonly now: () => number;
}

function fixture(limits: Partial<RateLimits> = {}): Fixture {
  const { prefixes } = attachRateLimitMemory(fixtureMemory(4));
  let now = Date.UTC(2026, 10, 22);
  let due: (() => void) | undefined;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after: (_, callback) => {
      due = callback;
      return () => (due = undefined);
    },
  };
  const lines: string[] = [];
  const log =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  const reporter = new LimitReporter({ prefixes, limits: resolveRateLimits(limits), clock, logger });
  return {
    prefixes,
    lines,
    reporter,
    now: () => now | 0,
    wait: (seconds) => {
      const before = lines.length;
      for (let second = 0; second < seconds; second++) {
        now += 1000;
        due?.();
      }
      return lines.slice(before);
    },
  };
}

describe('a limit reporter', () => {
  it('logs when the limiting of a client begins, and when it is over', () => {
    const { prefixes, wait, now } = fixture();
    expect(wait(5)).toEqual([]);
    prefixes.note(4, ADDRESS, 0, now(), DEED.dropped);
    expect(wait(1)).toEqual(['warn a client is beyond its rate limit {"client":"198.51.100.0/24","mode":"limit"}']);
    prefixes.note(4, ADDRESS, 0, now(), DEED.slipped);
    expect(wait(9)).toEqual([]);
    prefixes.note(4, ADDRESS, 0, now(), DEED.slipped);
    prefixes.note(4, ADDRESS, 0, now(), DEED.queriesDropped);
    expect(wait(9)).toEqual([]);
    expect(wait(1)).toEqual([
      'info a client is within its rate limit again {"client":"198.51.100.0/24","mode":"limit","seconds":19,"responsesDropped":1,"responsesSlipped":2,"queriesDropped":1}',
    ]);
    expect(wait(30)).toEqual([]);
  });

  it('names IPv6 clients, and says where nothing is done about them', () => {
    const { prefixes, wait, now } = fixture({ mode: 'log' });
    prefixes.note(6, 0x2001_0db8, 0x0000_0100, now(), DEED.dropped);
    expect(wait(1)).toEqual(['warn a client is beyond its rate limit {"client":"2001:db8:0:100::/56","mode":"log"}']);
  });

  it('writes a few lines each second, however many clients there are, and says how many it left out', () => {
    const { prefixes, wait, now } = fixture();
    for (let client = 0; client < 10_000; client++) prefixes.note(4, client << 8, 0, now(), DEED.dropped);
    const listed = [...prefixes].length;
    for (let second = 0; second < 40; second++) expect(wait(1).length).toBeLessThanOrEqual(5);
    expect([...prefixes]).toEqual([]);
    prefixes.note(4, ADDRESS, 0, now(), DEED.dropped);
    const [line] = wait(1);
    expect(line).toContain(`"omitted":${listed - 36}`);
  });

  it('says how many responses were to clients that it has no place for', () => {
    const { prefixes, wait, now } = fixture();
    for (let client = 0; client < 1000; client++) prefixes.note(4, client << 8, 0, now(), DEED.dropped);
    const responses = 1000 - [...prefixes].length;
    expect(wait(1)).toContain(`warn more clients are beyond their rate limits than are listed {"responses":${responses}}`);
    expect(wait(1).filter((line) => line.includes('more clients'))).toEqual([]);
  });

  it('says nothing after it was stopped', () => {
    const { prefixes, wait, now, reporter } = fixture();
    prefixes.note(4, ADDRESS, 0, now(), DEED.dropped);
    reporter.stop();
    expect(wait(3)).toEqual([]);
  });
});
