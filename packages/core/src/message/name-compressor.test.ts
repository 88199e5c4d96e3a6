import { describe, expect, it } from '@jest/globals';

import { composeName, nameOf } from '../name/owner-name.ts';
import { NameCompressor } from './name-compressor.ts';

describe('NameCompressor', () => {
  it('tells names apart that share a slot of its table', () => {
    const names = new NameCompressor(new Uint8Array(1024));
    const start = names.write(composeName(nameOf('p.'.repeat(60))), 0, 12);
    const mark = names.mark();
    // The table has 16,384 slots: among 60 × 500 ends of names, many have the slot of one of the 60 that stand in it, which is how they begin.
    const mistaken: string[] = [];
    for (let index = 0; index < 500; index++) {
      const text = `${'p.'.repeat(60)}x${index}`;
      const name = composeName(nameOf(text));
      if (names.write(name, 0, start) !== start + name.length) mistaken.push(text);
      names.rollback(mark);
    }
    expect(mistaken).toEqual([]);
  });

  it('finds every name again after others have been forgotten', () => {
    const names = new NameCompressor(new Uint8Array(16_384));
    let at = 12;
    const kept: string[] = [];
    for (let index = 0; index < 500; index++) {
      at = names.write(composeName(nameOf(`kept${index}`)), 0, at);
      kept.push(`kept${index}`);
      const mark = names.mark();
      for (let other = 0; other < 20; other++) names.write(composeName(nameOf(`gone${index}-${other}`)), 0, 12_000 + other * 16);
      names.rollback(mark);
    }
    const lengths = kept.map((text) => names.write(composeName(nameOf(text)), 0, 16_000) - 16_000);
    expect(lengths).toEqual(kept.map(() => 2));
    expect(names.write(composeName(nameOf('gone7-7')), 0, 16_000) - 16_000).toBe(9);
  });
});
