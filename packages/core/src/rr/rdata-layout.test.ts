import { describe, expect, it } from '@jest/globals';

import { isFailure } from '../failure.ts';
import { layoutOf, typesWithLayout } from './rdata-layout.ts';
import { printRdata, scanRdataText } from './rdata-text.ts';
import { canonicalRdata, checkRdata, parseRdata } from './rdata-wire.ts';
import { printRRType, scanRRType } from './rr-type.ts';
import type { Rdata } from './rrset.ts';
import { RDATA_VECTORS } from './testing/rdata-vectors.ts';

function typeOf(mnemonic: string): number {
  return scanRRType(mnemonic) ?? Number.NaN;
}

function fromHex(hex: string): Rdata {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function toHex(rdata: Rdata): string {
  return Buffer.from(rdata).toString('hex');
}

describe('every type of the layout table', () => {
  it('has a vector in the table of known rdata', () => {
    const covered = new Set(RDATA_VECTORS.map((vector) => typeOf(vector.type)));
    const missing = typesWithLayout().filter((type) => !covered.has(type));
    expect(missing.map(printRRType)).toEqual([]);
  });

  it('has a name that is scanned back to its number', () => {
    for (const type of typesWithLayout()) expect(scanRRType(printRRType(type))).toBe(type);
    expect(typesWithLayout().map(printRRType)).not.toContainEqual(expect.stringMatching(/^TYPE/));
  });

  it('ends in a field that can reach the end, and has none before it that would', () => {
    for (const type of typesWithLayout()) {
      const greedy = (layoutOf(type) ?? [])
        .slice(0, -1)
        .filter(
          (field) =>
            ['strings', 'text', 'bitmap', 'service-parameters', 'location', 'options'].includes(field.kind) ||
            (field.kind === 'octets' && field.length === 'rest'),
        );
      expect([printRRType(type), greedy]).toEqual([printRRType(type), []]);
    }
  });
});

describe('known rdata', () => {
  it.each(RDATA_VECTORS)('$type $text ($source) is scanned to its octets', ({ type, text, wire }) => {
    const rdata = scanRdataText(typeOf(type), text);
    expect(isFailure(rdata) ? rdata : toHex(rdata)).toBe(wire);
  });

  it.each(RDATA_VECTORS)('$type $text is printed in one form', ({ type, text, printed, wire }) => {
    expect(printRdata(typeOf(type), fromHex(wire))).toBe(printed ?? text);
  });

  it.each(RDATA_VECTORS)('$type $text is parsed from the middle of a message', ({ type, wire }) => {
    const message = fromHex(`ffff${wire}ffff`);
    const rdata = parseRdata(typeOf(type), message, 2, wire.length / 2);
    expect(isFailure(rdata) ? rdata : toHex(rdata)).toBe(wire);
    expect(checkRdata(typeOf(type), fromHex(wire))).toBeUndefined();
  });

  it.each(RDATA_VECTORS)('$type $text has its canonical form', ({ type, wire, canonical }) => {
    const rdata = fromHex(wire);
    const result = canonicalRdata(typeOf(type), rdata);
    expect(toHex(result)).toBe(canonical ?? wire);
    expect(toHex(rdata)).toBe(wire);
    expect(result === rdata).toBe(canonical === undefined);
  });
});
