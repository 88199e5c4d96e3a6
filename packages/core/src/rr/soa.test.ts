import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { printRdata, scanRdataText } from './rdata-text.ts';
import { TYPE } from './rr-type.ts';
import { composeSoa, readSoa, serialOf, withSerial } from './soa.ts';

const TEXT = 'NS1.example.com. Host\\.master.example.com. 2026112201 3600 900 86400 30';
const RDATA = scanRdataText(TYPE.SOA, TEXT) as Uint8Array;

describe('SOA rdata', () => {
  it('is read into its fields', () => {
    expect(readSoa(RDATA)).toEqual({
      primary: nameOf('ns1.example.com'),
      mailbox: nameOf('host\\.master.example.com'),
      serial: 2_026_112_201,
      refresh: 3600,
      retry: 900,
      expire: 86_400,
      minimum: 30,
    });
    expect(serialOf(RDATA)).toBe(2_026_112_201);
  });

  it('is composed from its fields', () => {
    expect(printRdata(TYPE.SOA, composeSoa(readSoa(RDATA)))).toBe(TEXT.toLowerCase());
  });

  it('is read where it is a view into a longer buffer', () => {
    const buffer = Uint8Array.from([9, 9, ...RDATA, 9]);
    const view = buffer.subarray(2, buffer.length - 1);
    expect(readSoa(view)).toEqual(readSoa(RDATA));
    expect(serialOf(view)).toBe(2_026_112_201);
    expect(withSerial(view, 7)).toEqual(withSerial(RDATA, 7));
  });

  it('gets another serial without losing the case of its names', () => {
    const changed = withSerial(RDATA, 4_294_967_295);
    expect(printRdata(TYPE.SOA, changed)).toBe(TEXT.replace('2026112201', '4294967295'));
    expect(serialOf(RDATA)).toBe(2_026_112_201);
  });

  it.each(['', '00', '000000'])('that is not well-formed (%s) is an error of the caller', (hex) => {
    expect(() => readSoa(new Uint8Array(Buffer.from(hex, 'hex')))).toThrow(RangeError);
  });
});
