import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { composeName, labelCount, type OwnerName, parentOf, parseName, wildcardBelow } from '../name/owner-name.ts';
import { HashedName, hashKeyFrom } from './hashed-name.ts';
import { collidingNames } from './testing/colliding-names.ts';

const KEY = hashKeyFrom(0x1234_5678);

const wireLabel = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('a', 'B', 'www', 'EXAMPLE', 'com', '*')
      .map((text) => Uint8Array.of(text.length, ...Buffer.from(text))),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: 63 }).map((octets) => Uint8Array.of(octets.length, ...octets)),
  },
);
const wireName = fc.array(wireLabel, { maxLength: 30 }).map((labels) => {
  const name: number[] = [];
  for (const label of labels) if (name.length + label.length < 255) name.push(...label);
  return Uint8Array.of(...name, 0);
});

function load(wire: Uint8Array): HashedName {
  const name = new HashedName(KEY);
  expect(name.load(wire, 0, wire.length)).toBe(wire.length);
  return name;
}

function parse(wire: Uint8Array): OwnerName {
  const parsed = parseName(wire, 0);
  if (isFailure(parsed)) throw new Error(parsed.message);
  return parsed.name;
}

describe('a hashed name', () => {
  it('is the name in lower case, with its ends and their hashes', () => {
    fc.assert(
      fc.property(wireName, (wire) => {
        const name = load(wire);
        let end: OwnerName | undefined = parse(wire);
        expect(name.labels).toBe(labelCount(end));
        for (let labels = name.labels; end !== undefined; end = parentOf(end), labels--) {
          const folded = composeName(end);
          expect([...name.octets.subarray(name.startOf(labels), name.length)]).toEqual([...folded]);
          expect(name.lengthOf(labels)).toBe(folded.length);
          expect(name.hashes[labels]).toBe(load(folded).hashes[labels]);
          expect(name.isWildcard(labels)).toBe(end.startsWith('*.'));
          expect(name.endsLike(load(folded), labels)).toBe(true);
        }
        expect(name.equals(wire, 0)).toBe(true);
      }),
    );
  });

  it('takes what parseName takes without pointers, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(wireName, fc.uint8Array({ maxLength: 300 })), fc.nat(3), (octets, cut) => {
        const wire = octets.subarray(0, Math.max(0, octets.length - cut));
        const expected = parseName(wire, 0, 'refuse');
        expect(new HashedName(KEY).load(wire, 0, wire.length)).toBe(isFailure(expected) ? -1 : expected.end);
      }),
      { numRuns: 1000 },
    );
    const longest = Uint8Array.of(...Array.from({ length: 127 }, () => [1, 0x61]).flat(), 0);
    expect(load(longest).labels).toBe(127);
    expect(new HashedName(KEY).load(Uint8Array.of(1, 0x61, ...longest), 0, 257)).toBe(-1);
  });

  it('becomes the wildcard below any end of another name', () => {
    fc.assert(
      fc.property(wireName, fc.nat(), (wire, choice) => {
        const name = load(wire);
        if (name.labels === 0) return;
        const labels = choice % name.labels;
        let end: OwnerName | undefined = parse(wire);
        for (let count = name.labels; count > labels; count--) end = parentOf(end as OwnerName);
        const expected = load(composeName(wildcardBelow(end as OwnerName) as OwnerName));
        const wildcard = new HashedName(KEY);
        wildcard.loadWildcard(name, labels);
        expect([...wildcard.octets.subarray(0, wildcard.length)]).toEqual([...expected.octets.subarray(0, expected.length)]);
        expect(wildcard.hashes[labels + 1]).toBe(expected.hashes[labels + 1]);
        expect(wildcard.startOf(labels + 1)).toBe(0);
      }),
    );
  });

  it('collides under one key where it does not under others, however alike their seeds are', () => {
    const seed = 0x1234_565a;
    const pairs = collidingNames(seed, 400_000);
    expect(pairs.length).toBeGreaterThan(5);
    // The same low bits, the same high bits, neighbours, and what has nothing in common.
    const others = Array.from({ length: 64 }, (_, index) => index + 1).flatMap((index) => [
      (seed & 0xff) | (Math.imul(index, 0x9e37_79b1) & ~0xff),
      seed + index,
      seed + index * 2 ** 32,
      Math.imul(index, 0x85eb_ca6b),
    ]);
    let collisions = 0;
    for (const other of others) {
      const [one, two] = [new HashedName(hashKeyFrom(other)), new HashedName(hashKeyFrom(other))];
      for (const [first, second] of pairs) {
        one.load(first, 0, first.length);
        two.load(second, 0, second.length);
        if (one.hashes[2] === two.hashes[2]) collisions++;
      }
    }
    expect(collisions).toBe(0);
  });

  it('tells names apart that end differently', () => {
    const [one, other] = ['a.example', 'a.exbmple'].map((text) =>
      load(Uint8Array.of(...text.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]), 0)),
    );
    expect(one?.endsLike(other as HashedName, 1)).toBe(false);
    expect(one?.endsLike(other as HashedName, 0)).toBe(true);
    expect(one?.endsLike(other as HashedName, 3)).toBe(false);
  });
});
