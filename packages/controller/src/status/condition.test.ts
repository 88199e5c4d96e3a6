import { describe, expect, it } from '@jest/globals';

import { type Condition, holdsCondition, nextCondition, readCondition } from './condition.ts';

const NOW = Date.parse('2026-11-22T10:00:00.123Z');
const SERVED: Condition = { type: 'Served', status: 'True', reason: 'Served', message: 'all is well', observedGeneration: 3 };
const HELD = { ...SERVED, lastTransitionTime: '2026-01-01T00:00:00Z' };

describe('a condition', () => {
  it('is read from among others, also from an object that has it without a generation', () => {
    const other = { ...HELD, type: 'Published', status: 'False' };
    const { observedGeneration: _, ...without } = HELD;
    expect(readCondition({ status: { conditions: [other, HELD] } }, 'Served')).toEqual(HELD);
    expect(readCondition({ status: { conditions: [without] } }, 'Served')).toEqual({ ...HELD, observedGeneration: 0 });
  });

  it.each([
    ['no status', {}],
    ['no conditions', { status: {} }],
    ['conditions that are none', { status: { conditions: 'x' } }],
    ['only others', { status: { conditions: [{ ...HELD, type: 'Ready' }] } }],
    ['an unknown status', { status: { conditions: [{ ...HELD, status: 'true' }] } }],
    ['no time', { status: { conditions: [{ ...SERVED }] } }],
    ['no message', { status: { conditions: [{ ...HELD, message: 1 }] } }],
  ])('counts as absent where an object has %s', (_what, object) => {
    expect(readCondition(object, 'Served')).toBeUndefined();
  });

  it.each([
    ['status', { status: 'False' } as const],
    ['reason', { reason: 'x' }],
    ['message', { message: 'x' }],
    ['generation', { observedGeneration: 4 }],
  ])('is written where the %s differs', (_what, difference) => {
    expect(holdsCondition(HELD, SERVED)).toBe(true);
    expect(holdsCondition(HELD, { ...SERVED, ...difference })).toBe(false);
    expect(holdsCondition(undefined, SERVED)).toBe(false);
  });

  it('keeps its time while its status stays the same', () => {
    expect(nextCondition(HELD, { ...SERVED, reason: 'PartlyServed', observedGeneration: 4 }, NOW)).toMatchObject({
      reason: 'PartlyServed',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    expect(nextCondition(HELD, { ...SERVED, status: 'False' }, NOW).lastTransitionTime).toBe('2026-11-22T10:00:00Z');
    expect(nextCondition(undefined, SERVED, NOW).lastTransitionTime).toBe('2026-11-22T10:00:00Z');
  });

  it('is not written for ever for a message that is longer than the API takes', () => {
    const wanted = { ...SERVED, message: 'x'.repeat(40_000) };
    expect(holdsCondition(nextCondition(undefined, wanted, NOW), wanted)).toBe(true);
  });
});
