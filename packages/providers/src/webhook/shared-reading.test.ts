import { describe, expect, it } from '@jest/globals';

import { SharedReading } from './shared-reading.ts';

const SIGNAL = new AbortController().signal;

describe('a shared reading', () => {
  const open = () => {
    const answers: PromiseWithResolvers<number>[] = [];
    const reading = new SharedReading(() => {
      const answer = Promise.withResolvers<number>();
      answers.push(answer);
      return answer.promise;
    });
    return { reading, answers };
  };
  const turn = () => new Promise(setImmediate);

  it('begins after the question, and is shared by all who wait for it', async () => {
    const { reading, answers } = open();
    const first = reading.get(SIGNAL);
    const second = reading.get(SIGNAL);
    const third = reading.get(SIGNAL);
    expect(answers).toHaveLength(1);
    answers[0]?.resolve(1);
    expect(await first).toBe(1);
    await turn();
    expect(answers).toHaveLength(2);
    const fourth = reading.get(SIGNAL);
    answers[1]?.resolve(2);
    expect(await Promise.all([second, third])).toEqual([2, 2]);
    await turn();
    answers[2]?.resolve(3);
    expect(await fourth).toBe(3);
    expect(answers).toHaveLength(3);
  });

  it('that fails is told to those who wait for it, and the next one begins', async () => {
    const { reading, answers } = open();
    const first = reading.get(SIGNAL);
    const second = reading.get(SIGNAL);
    answers[0]?.reject(new Error('down'));
    await expect(first).rejects.toThrow('down');
    await turn();
    answers[1]?.resolve(2);
    expect(await second).toBe(2);
    await turn();
    const third = reading.get(SIGNAL);
    answers[2]?.resolve(3);
    expect(await third).toBe(3);
  });

  it('goes on for the others when one leaves', async () => {
    const { reading, answers } = open();
    const leaving = new AbortController();
    const first = reading.get(SIGNAL);
    const second = reading.get(leaving.signal);
    const third = reading.get(SIGNAL);
    leaving.abort(new Error('no lease'));
    await expect(second).rejects.toThrow('no lease');
    answers[0]?.resolve(1);
    await first;
    await turn();
    answers[1]?.resolve(2);
    expect(await third).toBe(2);
    await expect(reading.get(leaving.signal)).rejects.toThrow('no lease');
  });
});
