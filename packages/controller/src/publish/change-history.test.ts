import { describe, expect, it } from '@jest/globals';

import { historiesSince, printChangeHistories, scanChangeHistories } from './change-history.ts';

describe('what limits of deletes remember', () => {
  it('is kept in grains of ten seconds, and comes back', () => {
    const text = printChangeHistories(
      new Map([
        [
          'z/b.example.',
          {
            changed: [
              { at: 12_001, count: 2 },
              { at: 19_999, count: 3 },
              { at: 20_001, count: 1 },
            ],
            holding: false,
          },
        ],
        ['z/a.example.', { changed: [], holding: true }],
        ['z/quiet.example.', { changed: [], holding: false }],
      ]),
    );
    expect(text).toBe('{"z/a.example.":{"changed":[],"holding":true},"z/b.example.":{"changed":[[20000,5],[30000,1]]}}');
    const { known, otherwise } = scanChangeHistories(text);
    expect(known.get('z/b.example.')).toEqual({
      changed: [
        { at: 20_000, count: 5 },
        { at: 30_000, count: 1 },
      ],
      holding: false,
    });
    expect(known.get('z/a.example.')).toEqual({ changed: [], holding: true });
    expect([...known.keys()]).toEqual(['z/a.example.', 'z/b.example.']);
    expect(otherwise).toBeUndefined();
  });

  it('has room in an annotation, and counts as many, where a thousand zones have changed all the time', () => {
    const changed = Array.from({ length: 60 }, (_none, index) => ({ at: 1_800_000_000_000 + index * 10_000, count: 2 }));
    const histories = new Map(
      Array.from({ length: 1000 }, (_none, index) => [`vendor/zone${index}.example.`, { changed, holding: false }]),
    );
    const text = printChangeHistories(histories);
    expect(text.length).toBeLessThan(131_072);
    const kept = scanChangeHistories(text).known.get('vendor/zone999.example.')?.changed ?? [];
    expect(kept.reduce((sum, { count }) => sum + count, 0)).toBe(120);
    expect(Math.min(...kept.map(({ at }) => at))).toBeGreaterThanOrEqual(1_800_000_000_000);
  });

  it('forgets what counts no more, and zones of which nothing else is to be remembered', () => {
    const of = (holding: boolean, ...times: readonly number[]) => ({ changed: times.map((at) => ({ at, count: 2 })), holding });
    const histories = new Map([
      ['z/gone.example.', of(false, 1_000, 2_000)],
      ['z/held.example.', of(true, 1_000)],
      ['z/here.example.', of(false, 2_000, 2_001)],
    ]);
    expect([...historiesSince(histories, 2_000)]).toEqual([
      ['z/held.example.', of(true)],
      ['z/here.example.', of(false, 2_001)],
    ]);
  });

  it('holds what comes in zones for which there is no room, where thousands have changed', () => {
    const nameAt = (index: number): string => `route53/tenant-${index}.example.com./Z0123456789ABCDEFGHIJ`;
    const histories = new Map(
      Array.from({ length: 5_000 }, (_none, index) => [
        nameAt(index),
        { changed: [{ at: 1_800_000_000_000, count: index }], holding: index === 7 },
      ]),
    );
    const text = printChangeHistories(histories);
    expect(text.length).toBeLessThan(262_144 - 16_384);
    const { known, otherwise } = scanChangeHistories(text);
    expect(otherwise).toEqual({ changed: [], holding: true });
    expect(known.size).toBeGreaterThan(2_000);
    expect(known.get(nameAt(7))?.holding).toBe(true);
    expect(known.get(nameAt(4_999))).toEqual({ changed: [{ at: 1_800_000_000_000, count: 4_999 }], holding: false });
    expect(known.get(nameAt(8))).toBeUndefined();
  });

  it.each([undefined, '', '{}'])('is nothing where nothing was kept: %j', (text) => {
    expect(scanChangeHistories(text)).toEqual({ known: new Map(), otherwise: undefined });
  });

  it.each([
    '{',
    '[]',
    '7',
    '{"z/a.example.":7}',
    '{"z/a.example.":{"changed":[["1",2]]}}',
    '{"z/a.example.":{"changed":[[1,-2]]}}',
    '{"z/a.example.":{"changed":[3]}}',
  ])('holds deletes where it cannot be read: %s', (text) => {
    const { known, otherwise } = scanChangeHistories(text);
    expect(known.get('z/a.example.') ?? otherwise).toEqual({ changed: [], holding: true });
  });
});
