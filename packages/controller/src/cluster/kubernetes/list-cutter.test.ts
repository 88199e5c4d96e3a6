import { describe, expect, it } from '@jest/globals';

import { LineCutter } from './line-cutter.ts';
import { ListCutter } from './list-cutter.ts';

function cut(text: string, limit = 1_000): { readonly items: string[]; readonly envelope: unknown } {
  const cutter = new ListCutter(limit);
  const items: string[] = [];
  cutter.push(Buffer.from(text), (item) => items.push(item.toString('utf8')));
  return { items, envelope: cutter.end() };
}

describe('the cutter of lists', () => {
  it('gives the items and the rest of the list apart', () => {
    expect(cut('{"metadata":{"resourceVersion":"1"},"items":[{"a":"]}"},{"b":[{}]}],"x":1}')).toEqual({
      items: ['{"a":"]}"}', '{"b":[{}]}'],
      envelope: { metadata: { resourceVersion: '1' }, items: [], x: 1 },
    });
  });

  it('takes a list whose items are null, as Go writes an empty one, for empty', () => {
    expect(cut('{"metadata":{},"items":null}')).toEqual({ items: [], envelope: { metadata: {}, items: null } });
  });

  it('looks for the items at the top only, and not in values', () => {
    expect(cut('{"kind":"items","a":[{"items":[1]}],"b":{"items":[2]}}').items).toEqual([]);
  });

  it.each([
    ['{"items":[{"a":1}', 'ends in the middle'],
    ['{"items":[1]}', 'an item that is no object'],
    ['{"items":["a"]}', 'an item that is no object'],
    ['{"items":[[]]}', 'an item that is no object'],
    ['<html></html>', 'not JSON'],
    ['', 'not JSON'],
    ['{"items":[]}}', 'not JSON'],
  ])('refuses %s', (text, message) => {
    expect(() => cut(text)).toThrow(message);
  });

  it('refuses an item that is larger than is read', () => {
    expect(() => cut(`{"items":[{"a":"${'x'.repeat(200)}`, 100)).toThrow('more than 100 octets');
    expect(() => cut(`{"metadata":"${'x'.repeat(200)}`, 100)).toThrow('more than 100 octets');
  });
});

describe('the cutter of lines', () => {
  it('joins a line that comes in many chunks, in time proportional to its length', () => {
    const cutter = new LineCutter(100_000_000);
    const chunk = Buffer.alloc(1_000, 0x61);
    let lines = 0;
    for (let count = 0; count < 20_000; count++) for (const _ of cutter.push(chunk)) lines++;
    expect(lines).toBe(0);
    expect(Array.from(cutter.push(Buffer.from('\n')), ({ length }) => length)).toEqual([20_000_000]);
  });

  it('refuses a line that is longer than is read', () => {
    const cutter = new LineCutter(10);
    expect(() => [...cutter.push(Buffer.from('x'.repeat(11)))]).toThrow('more than 10 octets');
  });
});
