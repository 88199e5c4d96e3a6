import { describe, expect, it } from '@jest/globals';

import { fakeClock, recordLog } from '@kubezone/app/testing';
import { nameOf } from '@kubezone/core';
import type { EditRefusal } from '@kubezone/core/packed-zone';

import { RefusedNames } from './refused-names.ts';

const A = nameOf('a.test');
const B = nameOf('b.test');

function refusal(owner: typeof A): EditRefusal {
  return { edit: { owner, exists: true, rrsets: [] }, code: 'PACKED_MEMORY_FULL', message: 'full' };
}

describe('names that zones refuse', () => {
  it('are logged once, listed since then, and asked for again by whoever asked', () => {
    const clock = fakeClock(1000);
    const logger = recordLog();
    const asked: string[] = [];
    const retry = (asker: string, owners: readonly string[]): void => void asked.push(`${asker}: ${owners.join(' ')}`);
    const names = new RefusedNames({ clock, logger, retry });
    names.note('', [A, B], [refusal(A)]);
    names.note('parent', [B], [refusal(B)]);
    clock.advance(10_000);
    names.note('', [A], [refusal(A)]);
    expect(asked).toEqual([`: ${A}`, `parent: ${B}`]);
    expect([...names].map(({ owner, since }) => [owner, since])).toEqual([
      [A, 1000],
      [B, 1000],
    ]);
    expect(logger.take()).toEqual(['error: a name stays as it was', 'error: a name stays as it was']);
    names.note('', [A], []);
    names.note('parent', [B], []);
    expect([names.size, logger.take()]).toEqual([0, Array(2).fill('info: a name is as it should be again')]);
    clock.advance(60_000);
    expect(asked).toHaveLength(2);
  });

  it('are asked for no more after the end', () => {
    const clock = fakeClock(0);
    let asked = 0;
    const names = new RefusedNames({ clock, logger: recordLog(), retry: () => asked++ });
    names.note('', [A], [refusal(A)]);
    names.stop();
    clock.advance(60_000);
    expect(asked).toBe(0);
  });
});
