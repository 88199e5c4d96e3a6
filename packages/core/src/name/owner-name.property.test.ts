import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { wireName } from '../rr/testing/rdata-arbitrary.ts';
import {
  compareNames,
  composeName,
  isAtOrBelow,
  isBelow,
  labelCount,
  labelsOf,
  type OwnerName,
  parentOf,
  parseName,
  replaceSuffix,
  ROOT,
  scanName,
  wireLength,
} from './owner-name.ts';

const name: fc.Arbitrary<OwnerName> = wireName.map((octets) => {
  const parsed = parseName(Uint8Array.from(octets), 0);
  if (isFailure(parsed)) throw new Error(parsed.message);
  return parsed.name;
});

/** Canonical order by its definition (RFC 4034, section 6.1): an independent and slow comparison. */
function compareByDefinition(one: OwnerName, other: OwnerName): number {
  const labels = (owner: OwnerName): Buffer[] =>
    labelsOf(owner)
      .map((text) => Buffer.from(composeName(`${text}.` as OwnerName).subarray(1, -1)))
      .toReversed();
  const [left, right] = [labels(one), labels(other)];
  for (let index = 0; ; index++) {
    const [a, b] = [left[index], right[index]];
    if (a === undefined || b === undefined) return left.length - right.length;
    const order = Buffer.compare(a, b);
    if (order !== 0) return order;
  }
}

describe('any name', () => {
  it('comes back from wire format and from presentation format', () => {
    fc.assert(
      fc.property(name, (owner) => {
        const octets = composeName(owner);
        expect(octets).toHaveLength(wireLength(owner));
        expect(parseName(octets, 0)).toEqual({ name: owner, end: octets.length });
        expect(scanName(owner)).toBe(owner);
      }),
    );
  });

  it('is one string in whatever case its octets are', () => {
    fc.assert(
      fc.property(wireName, fc.array(fc.boolean(), { minLength: 255, maxLength: 255 }), (octets, flips) => {
        const isLetter = (octet: number): boolean => (octet >= 0x41 && octet <= 0x5a) || (octet >= 0x61 && octet <= 0x7a);
        // Length octets are at most 63, and no letters.
        const flipped = octets.map((octet, index) => (flips[index] && isLetter(octet) ? octet ^ 0x20 : octet));
        expect(parseName(Uint8Array.from(flipped), 0)).toEqual(parseName(Uint8Array.from(octets), 0));
      }),
    );
  });

  it('has as many ancestors as labels, each of which it stands below', () => {
    fc.assert(
      fc.property(name, (owner) => {
        let count = 0;
        for (let ancestor = parentOf(owner); ancestor !== undefined; ancestor = parentOf(ancestor)) {
          expect(isBelow(owner, ancestor)).toBe(true);
          expect(isAtOrBelow(ancestor, owner)).toBe(false);
          count++;
        }
        expect([labelCount(owner), labelsOf(owner).length]).toEqual([count, count]);
      }),
    );
  });

  it('stands below another exactly if its last labels are the other one', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const [left, right] = [labelsOf(one), labelsOf(other)];
        const byLabels = left.length > right.length && left.slice(left.length - right.length).join(' ') === right.join(' ');
        expect(isBelow(one, other)).toBe(byLabels);
      }),
    );
  });

  it('is ordered as the definition orders it', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(Math.sign(compareNames(one, other))).toBe(Math.sign(compareByDefinition(one, other)));
        expect(compareNames(one, other) === 0).toBe(one === other);
      }),
    );
  });

  it('gets another end label by label', () => {
    fc.assert(
      fc.property(name, name, fc.nat(6), (owner, replacement, depth) => {
        let suffix = owner;
        for (let step = 0; step <= depth; step++) suffix = parentOf(suffix) ?? ROOT;
        fc.pre(suffix !== owner);
        const result = replaceSuffix(owner, suffix, replacement);
        const length = wireLength(owner) - wireLength(suffix) + wireLength(replacement);
        const kept = labelsOf(owner).slice(0, labelCount(owner) - labelCount(suffix));
        expect(result === undefined ? undefined : labelsOf(result)).toEqual(
          length > 255 ? undefined : [...kept, ...labelsOf(replacement)],
        );
      }),
    );
  });
});

describe('parseName', () => {
  it('reads any octets without harm, and never past the end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(310), (octets, start) => {
        const parsed = parseName(octets, start);
        if (isFailure(parsed)) return;
        expect(parsed.end).toBeLessThanOrEqual(octets.length);
        expect(wireLength(parsed.name)).toBeLessThanOrEqual(255);
        expect(scanName(parsed.name)).toBe(parsed.name);
      }),
    );
  });

  it('reads octets that are full of pointers and short labels without harm', () => {
    const octet = fc.oneof(fc.constantFrom(0, 1, 2, 63, 0x40, 0x80, 0xc0, 0xc1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 600 }), fc.nat(600), (octets, start) => {
        const parsed = parseName(Uint8Array.from(octets), start);
        expect(isFailure(parsed) ? 0 : wireLength(parsed.name)).toBeLessThanOrEqual(255);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('scanName', () => {
  it('reads any text without harm; what it accepts is canonical', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 80 }),
      fc.string({ unit: fc.constantFrom('\\', '.', '0', '9', 'a', 'Z', '@', '"', ' '), maxLength: 40 }),
    );
    fc.assert(
      fc.property(text, name, (written, origin) => {
        const scanned = scanName(written, origin);
        if (isFailure(scanned)) return;
        expect(scanName(scanned)).toBe(scanned);
        expect(parseName(composeName(scanned), 0)).toMatchObject({ name: scanned });
      }),
      { numRuns: 1000 },
    );
  });
});
