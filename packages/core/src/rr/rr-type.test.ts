import { describe, expect, it } from '@jest/globals';

import { CLASS, isMetaType, printClass, printRRType, scanClass, scanRRType, TYPE } from './rr-type.ts';

describe('RR types', () => {
  it('are printed and scanned by mnemonic, in any case', () => {
    for (const [mnemonic, number] of Object.entries(TYPE)) {
      expect(printRRType(number)).toBe(mnemonic);
      expect(scanRRType(mnemonic.toLowerCase())).toBe(number);
    }
  });

  it('have no two mnemonics for one number', () => {
    expect(new Set(Object.values(TYPE)).size).toBe(Object.keys(TYPE).length);
  });

  it('are written TYPEnnn where they have no mnemonic (RFC 3597, section 5)', () => {
    expect(printRRType(65_280)).toBe('TYPE65280');
    expect(scanRRType('type65280')).toBe(65_280);
    expect(scanRRType('TYPE1')).toBe(TYPE.A);
    expect(scanRRType('TYPE0')).toBe(0);
  });

  it('are understood by the mnemonics of types without layout, which are printed by number', () => {
    expect([scanRRType('APL'), scanRRType('tkey'), scanRRType('EUI48')]).toEqual([42, 249, 108]);
    expect(printRRType(42)).toBe('TYPE42');
  });

  it.each(['', 'TYPE', 'TYPE65536', 'TYPE-1', 'TYPE1a', 'TYPE 1', 'AA', '1', 'ıN', 'ſOA'])('"%s" is none', (text) => {
    expect(scanRRType(text)).toBeUndefined();
  });

  it('tells types that no RRset can have', () => {
    for (const type of [0, TYPE.OPT, TYPE.TSIG, TYPE.IXFR, TYPE.AXFR, TYPE.ANY, 128]) expect(isMetaType(type)).toBe(true);
    for (const type of [TYPE.A, TYPE.SPF, TYPE.CAA, 127, 65_280]) expect(isMetaType(type)).toBe(false);
  });
});

describe('classes', () => {
  it('are printed and scanned by mnemonic, in any case, or as CLASSnnn', () => {
    for (const [mnemonic, number] of Object.entries(CLASS)) {
      expect(printClass(number)).toBe(mnemonic);
      expect(scanClass(mnemonic.toLowerCase())).toBe(number);
    }
    expect(printClass(2)).toBe('CLASS2');
    expect(scanClass('class2')).toBe(2);
    expect(scanClass('CLASS65536')).toBeUndefined();
    expect(scanClass('ıN')).toBeUndefined();
  });
});
