import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { printMarker, scanMarker } from './marker.ts';
import { composeTxt, textOfTxt } from './txt-text.ts';

const text = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }).map((one) => one.toWellFormed());
const source = fc.record({ source: text, cluster: text });
const own = fc.uniqueArray(
  fc.record({
    type: fc.integer({ min: 1, max: 65_535 }),
    setIdentifier: fc.option(text, { nil: undefined }),
    sources: fc.uniqueArray(source, { maxLength: 3, selector: ({ source: name, cluster }) => `${name}\0${cluster}` }),
    retain: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6, selector: ({ type, setIdentifier }) => `${type} ${setIdentifier}` },
);
const marker = fc.record({ owner: text, cluster: text, own, name: fc.constant(undefined), mac: fc.constant(undefined) });

describe('a marker’s text', () => {
  it('is ASCII, survives a TXT record, and says all that the marker says', () => {
    fc.assert(
      fc.property(marker, (one) => {
        const printed = printMarker(one);
        expect(printed).toMatch(/^[\x21-\x7e]*$/);
        const scanned = scanMarker(textOfTxt(composeTxt(printed)));
        if (scanned === undefined || isFailure(scanned)) throw new Error(scanned?.message);
        expect(printMarker(scanned)).toBe(printed);
        expect([scanned.owner, scanned.cluster]).toEqual([one.owner, one.cluster]);
        const facts = (all: typeof one.own): unknown[] =>
          all
            .map(({ sources, ...rest }) =>
              JSON.stringify({ ...rest, sources: sources.map((each) => JSON.stringify(each)).toSorted() }),
            )
            .toSorted();
        expect(
          facts(
            scanned.own.map(({ type, setIdentifier, sources, retain }) => ({
              type,
              setIdentifier,
              sources: [...sources],
              retain,
            })),
          ),
        ).toEqual(facts(one.own.map(({ type, setIdentifier, sources, retain }) => ({ type, setIdentifier, sources, retain }))));
      }),
    );
  });

  it('is never misread: any text is a marker, none, or a failure', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      marker
        .map(printMarker)
        .chain((printed) => fc.nat(printed.length).map((at) => printed.slice(0, at) + printed.slice(at + 1))),
    );
    fc.assert(
      fc.property(hostile, (one) => {
        const scanned = scanMarker(one);
        if (scanned === undefined || isFailure(scanned)) return;
        const again = scanMarker(printMarker(scanned));
        if (again === undefined || isFailure(again)) throw new Error(again?.message);
        expect(printMarker(again)).toBe(printMarker(scanned));
      }),
    );
  });
});
