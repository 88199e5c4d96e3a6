import { describe, expect, it } from '@jest/globals';

import { ask, contextOf, type ShownResponse } from '../testing/ask.ts';

const ZONE = `
  $ORIGIN example.
  @    SOA ns1 admin 1 3600 900 86400 300
  @    NS  ns1
  @    NS  ns2
  ns1  A   192.0.2.1
  ns1  A   192.0.2.2
  ns2  A   192.0.2.3
  four A   10.0.0.0
  four A   10.0.0.1
  four A   10.0.0.2
  four A   10.0.0.3
  six  AAAA 2001:db8::1
  six  AAAA 2001:db8::2
  mx   MX  10 a
  mx   MX  10 b
  *.w  A   10.1.0.1
  *.w  A   10.1.0.2
`;

/** A generator of numbers that look random (mulberry32), the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function firstAnswers(context: ReturnType<typeof contextOf>, query: string, count: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let index = 0; index < count; index++) {
    const [first] = (ask(context, query) as ShownResponse).answer;
    counts.set(first as string, (counts.get(first as string) ?? 0) + 1);
  }
  return counts;
}

describe('rotation', () => {
  it('puts each of four addresses first in 25 % ± 3 of 4,000 answers', () => {
    const counts = firstAnswers(contextOf([ZONE], { random: seeded(1) }), 'four.example. A', 4000);
    expect(counts.size).toBe(4);
    for (const count of counts.values()) expect(Math.abs(count / 4000 - 0.25)).toBeLessThanOrEqual(0.03);
  });

  it('keeps every answer complete', () => {
    const context = contextOf([ZONE], { random: seeded(2) });
    const sorted = ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => `four.example. 3600 A ${address}`);
    for (let index = 0; index < 50; index++) expect(ask(context, 'four.example. A')?.answer.toSorted()).toEqual(sorted);
  });

  it('goes round by what the random number says', () => {
    const at = (value: number) =>
      ask(contextOf([ZONE], { random: () => value }), 'four.example. A')?.answer.map((line) => line.at(-1));
    expect(at(0)).toEqual(['0', '1', '2', '3']);
    expect(at(0.5)).toEqual(['2', '3', '0', '1']);
    expect(at(1 - Number.EPSILON / 2)).toEqual(['3', '0', '1', '2']);
  });

  it('holds for AAAA, for wildcards and for additional addresses, but for no other type', () => {
    const context = contextOf([ZONE], { random: () => 0.9 });
    expect(ask(context, 'six.example. AAAA')?.answer[0]).toBe('six.example. 3600 AAAA 2001:db8::2');
    expect(ask(context, 'a.w.example. A')?.answer[0]).toBe('a.w.example. 3600 A 10.1.0.2');
    expect(ask(context, 'example. NS')?.additional[0]).toBe('ns1.example. 3600 A 192.0.2.2');
    expect(ask(context, 'example. NS')?.answer[0]).toBe('example. 3600 NS ns1.example.');
    expect(ask(context, 'mx.example. MX')?.answer[0]).toBe('mx.example. 3600 MX 10 a.example.');
  });

  it('can be turned off for a zone', () => {
    const context = contextOf([ZONE], { random: () => 0.9, served: { rotate: false } });
    expect(ask(context, 'four.example. A')?.answer[0]).toBe('four.example. 3600 A 10.0.0.0');
  });
});
