import { describe, expect, it } from '@jest/globals';

import { addMemory, nanosecondsOf, sessionOf } from './session-usage.ts';

const rollup = (rss: number, pss: number, own: number): string =>
  `00400000-7ffd3b5fe000 ---p 00000000 00:00 0    [rollup]\nRss:   ${rss} kB\nPss:  ${pss} kB\nPrivate_Clean: 0 kB\nPrivate_Dirty:  ${own} kB\n`;

describe('what a server uses', () => {
  it('is that of its session, whatever its command is called', () => {
    expect(sessionOf('4711 (a) b (c) S 1 4700 4699 0 -1')).toBe(4699);
    expect(sessionOf('')).toBeUndefined();
  });

  it('is processor time in nanoseconds, and nothing for a thread that has gone', () => {
    expect(nanosecondsOf('2050386213 31542 118\n')).toBe(2_050_386_213);
    expect(nanosecondsOf('')).toBe(0);
  });

  it('counts pages that its own processes share once, and those shared with strangers in full', () => {
    expect(addMemory([rollup(1000, 600, 100), rollup(900, 500, 50), rollup(800, 400, 7)])).toEqual({
      resident: (1000 + 50 + 7) * 1024,
      proportional: 1500 * 1024,
    });
    expect(addMemory([rollup(90_000, 57_000, 50_000)])).toEqual({ resident: 90_000 * 1024, proportional: 57_000 * 1024 });
  });

  it('is nothing where all processes have gone', () => {
    expect(addMemory([''])).toEqual({ resident: 0, proportional: 0 });
    expect(addMemory([])).toEqual({ resident: 0, proportional: 0 });
  });
});
