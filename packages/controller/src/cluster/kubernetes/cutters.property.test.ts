import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { LineCutter } from './line-cutter.ts';
import { ListCutter } from './list-cutter.ts';

/** Cuts octets at the given places, wherever in a character they are. */
function cutAt(octets: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (octets.length + 1)).toSorted((one, other) => one - other), octets.length];
  return sorted.slice(1).map((end, index) => octets.subarray(sorted[index], end));
}

function cutList(chunks: readonly Buffer[]): { readonly items: unknown[]; readonly envelope: unknown } {
  const cutter = new ListCutter(1_000_000);
  const items: unknown[] = [];
  for (const chunk of chunks) cutter.push(chunk, (item) => items.push(JSON.parse(item.toString('utf8'))));
  return { items, envelope: cutter.end() };
}

const text = fc.string({ unit: 'binary', maxLength: 12 });
const places = fc.array(fc.nat(), { maxLength: 30 });
const object = fc.dictionary(text, fc.jsonValue(), { maxKeys: 4 });

describe('a stream of lines', () => {
  it('is cut into the same lines, whatever chunks it comes in', () => {
    fc.assert(
      fc.property(fc.array(object), places, (events, at) => {
        const octets = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
        const cutter = new LineCutter(1_000_000);
        const lines = cutAt(octets, at).flatMap((chunk) => [...cutter.push(chunk)]);
        expect(lines.map((line) => JSON.parse(line.toString('utf8')) as unknown)).toEqual(JSON.parse(JSON.stringify(events)));
      }),
    );
  });
});

describe('a list', () => {
  it('is cut into the same items and the same rest, whatever chunks it comes in', () => {
    fc.assert(
      fc.property(fc.array(object), object, object, places, fc.constantFrom(0, 2), (items, before, after, at, indent) => {
        const { items: _one, ...head } = before;
        const { items: _other, ...tail } = after;
        const octets = Buffer.from(
          JSON.stringify({ a: head, b: '"items":[', metadata: { items: [1] }, items, z: tail }, undefined, indent),
        );
        const { items: found, envelope } = cutList(cutAt(octets, at));
        expect(found).toEqual(JSON.parse(JSON.stringify(items)));
        expect(envelope).toEqual(
          JSON.parse(JSON.stringify({ a: head, b: '"items":[', metadata: { items: [1] }, items: [], z: tail })),
        );
      }),
    );
  });

  it('is read, or refused with what is wrong with it, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', '{"items":[', '{"items":[{"a":"'),
        places,
        (octets, start, at) => {
          const outcome = attempt(() => cutList(cutAt(Buffer.concat([Buffer.from(start), octets]), at)));
          expect(outcome).toMatch(/^(?:read|ApiError|SyntaxError)$/);
        },
      ),
    );
  });
});

/** `read`, or the name of what was thrown. The parser of the items, which this test provides, throws `SyntaxError`. */
function attempt(read: () => unknown): string {
  try {
    read();
    return 'read';
  } catch (error) {
    return (error as Error).name;
  }
}
