import { describe, expect, it } from '@jest/globals';

import { Turns } from './turns.ts';

describe('turns', () => {
  it('are taken one after the other for a key, whatever became of the one before, and at once for another', async () => {
    const turns = new Turns<string>();
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = turns.take('a', async () => {
      await gate.promise;
      events.push('first');
      throw new Error('refused');
    });
    const second = turns.take('a', () => Promise.resolve(events.push('second')));
    await turns.take('b', () => Promise.resolve(events.push('other')));
    gate.resolve();
    await expect(first).rejects.toThrow('refused');
    expect(await second).toBe(3);
    expect(events).toEqual(['other', 'first', 'second']);
  });
});
