import { describe, expect, it } from '@jest/globals';

import { inTurn } from './in-turn.ts';

const writer = { send: () => Promise.reject(new Error('not asked')) };
const other = { ...writer };

describe('work on one object', () => {
  it('is done in the order in which it was asked for, each when the one before has ended', async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise(setImmediate);
      events.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all([inTurn(writer, '/l', work('a')), inTurn(writer, '/l', work('b'))])).toEqual(['a', 'b']);
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('goes on after work that has failed, of which its own caller is told', async () => {
    const failing = inTurn(writer, '/l', () => Promise.reject(new Error('refused')));
    const next = inTurn(writer, '/l', () => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('refused');
    expect(await next).toBe('done');
  });

  it('waits neither for other objects nor for those of other clusters', async () => {
    const endless = Promise.withResolvers<void>();
    const waiting = inTurn(writer, '/l', () => endless.promise);
    expect(await inTurn(writer, '/m', () => Promise.resolve('another object'))).toBe('another object');
    expect(await inTurn(other, '/l', () => Promise.resolve('another cluster'))).toBe('another cluster');
    endless.resolve();
    await waiting;
  });
});
