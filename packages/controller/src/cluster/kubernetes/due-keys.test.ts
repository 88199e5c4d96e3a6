import { describe, expect, it } from '@jest/globals';

import { DueKeys } from './due-keys.ts';

function dueOf(...keys: readonly string[]): DueKeys<string> {
  const due = new DueKeys<string>();
  for (const key of keys) due.add(key);
  return due;
}

describe('turns', () => {
  it('are taken in the order in which keys became due', () => {
    expect([...dueOf('b', 'a', 'b', 'c').turns()]).toEqual(['b', 'a', 'c']);
  });

  it('come last for those that have failed, the longest ago first, until they have not', () => {
    const due = dueOf('a', 'b', 'c');
    due.failed('a');
    due.failed('b');
    due.failed('a');
    expect([...due.turns()]).toEqual(['c', 'b', 'a']);
    expect([due.recovered('a'), due.recovered('c')]).toEqual([true, false]);
    expect([...due.turns()]).toEqual(['a', 'c', 'b']);
  });

  it('come first for some of them, as long as these have not failed', () => {
    const due = dueOf('a', 'b');
    expect(due.turns(['x', 'b']).next().value).toBe('b');
    due.failed('b');
    expect([...due.turns(['b'])]).toEqual(['a', 'b']);
  });

  it('end for those of which nothing is due any more, and their failures are forgotten with that', () => {
    const due = dueOf('a', 'b');
    due.failed('a');
    due.delete('a');
    expect([...due.turns()]).toEqual(['b']);
    due.add('a');
    expect([...due.turns()]).toEqual(['b', 'a']);
    expect(due.recovered('a')).toBe(false);
  });
});
