import { describe, expect, it } from '@jest/globals';

import { judgeWrites, termsIn, type Term } from './one-writer.ts';

const at = (seconds: number): number => Date.parse('2026-01-01T00:00:00Z') + seconds * 1000;
const line = (seconds: number, msg: string) => ({ time: new Date(at(seconds)).toISOString(), msg });
const write = (life: string, seconds: number) => ({ life, apex: 'a.test.', at: at(seconds) });

/** One writes from the 10th second to the 30th. */
const ENDED: Term = { life: 'one', from: at(10), to: at(30) };
/** Two writes since the 45th; one has said nothing of an end: it was stopped, or killed. */
const TERMS: readonly Term[] = [
  { life: 'one', from: at(10), to: Infinity },
  { life: 'two', from: at(45), to: Infinity },
];

describe('writes that are judged by who had begun to write', () => {
  it('reads the terms of a process from its log', () => {
    const lines = [line(1, 'publishing'), line(10, 'this process writes from now on'), line(30, 'this process writes no more')];
    expect(termsIn('one', lines)).toEqual([ENDED]);
    expect(termsIn('two', [line(45, 'this process writes from now on')])).toEqual([TERMS[1]]);
    expect(termsIn('none', [line(1, 'publishing')])).toEqual([]);
  });

  it('are in turn within a term, and up to five seconds after another has begun', () => {
    expect(judgeWrites(TERMS, [write('one', 11), write('one', 29), write('two', 46), write('one', 49)])).toEqual([]);
  });

  it('are out of turn later than that, and before a term of their own', () => {
    expect(judgeWrites(TERMS, [write('one', 51), write('two', 44), write('three', 12)])).toEqual([
      '2026-01-01T00:00:51.000Z one writes to a.test. though two does since 2026-01-01T00:00:45.000Z',
      '2026-01-01T00:00:44.000Z two writes to a.test. and has not begun to',
      '2026-01-01T00:00:12.000Z three writes to a.test. and has not begun to',
    ]);
  });

  it('are out of turn where they come late after the end of their own term, though nobody else has begun', () => {
    expect(judgeWrites([ENDED], [write('one', 34), write('one', 36)])).toEqual([
      '2026-01-01T00:00:36.000Z one writes to a.test. though it does not any more since 2026-01-01T00:00:30.000Z',
    ]);
  });
});
