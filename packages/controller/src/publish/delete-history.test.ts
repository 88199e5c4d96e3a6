import { describe, expect, it } from '@jest/globals';

import { printDeleteHistories, scanDeleteHistories } from './delete-history.ts';

describe('what limits of deletes remember', () => {
  it('is kept in grains of ten seconds, and comes back', () => {
    const text = printDeleteHistories(
      new Map([
        [
          'z/b.example.',
          {
            deleted: [
              { at: 12_001, count: 2 },
              { at: 19_999, count: 3 },
              { at: 20_001, count: 1 },
            ],
            holding: false,
          },
        ],
        ['z/a.example.', { deleted: [], holding: true }],
        ['z/quiet.example.', { deleted: [], holding: false }],
      ]),
    );
    expect(text).toBe('{"z/a.example.":{"deleted":[],"holding":true},"z/b.example.":{"deleted":[[20000,5],[30000,1]]}}');
    const historyOf = scanDeleteHistories(text);
    expect(historyOf('z/b.example.')).toEqual({
      deleted: [
        { at: 20_000, count: 5 },
        { at: 30_000, count: 1 },
      ],
      holding: false,
    });
    expect(historyOf('z/a.example.')).toEqual({ deleted: [], holding: true });
    expect(historyOf('z/quiet.example.')).toBeUndefined();
  });

  it.each([undefined, '', '{}'])('is nothing where nothing was kept: %j', (text) => {
    expect(scanDeleteHistories(text)('z/a.example.')).toBeUndefined();
  });

  it.each(['{', '[]', '7', '{"z/a.example.":7}', '{"z/a.example.":{"deleted":[["1",2]]}}', '{"z/a.example.":{"deleted":[3]}}'])(
    'holds deletes where it cannot be read: %s',
    (text) => {
      expect(scanDeleteHistories(text)('z/a.example.')).toEqual({ deleted: [], holding: true });
    },
  );
});
