import { describe, expect, it } from '@jest/globals';
import { type OwnerName, parseName, printRdata, scanRdataText, TYPE } from '@kubezone/core';
import * as fc from 'fast-check';

import { printVendorName, scanVendorName, toVendorText, toZoneFileText } from './vendor-text.ts';

const label = fc.uint8Array({ minLength: 1, maxLength: 63 });
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => {
  const wire = new Uint8Array([...labels.flatMap((octets) => [octets.length, ...octets]), 0]);
  return (parseName(wire, 0) as { readonly name: OwnerName }).name;
});
const text = fc
  .array(fc.uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 4 })
  .map((strings) => new Uint8Array(strings.flatMap((octets) => [octets.length, ...octets])));

describe('Route 53 text', () => {
  it('gives every name back, in characters that Route 53 returns', () => {
    fc.assert(
      fc.property(name, (owner) => {
        const vendor = printVendorName(owner);
        expect(vendor).toMatch(/^(?:[a-z0-9_.-]|\\[0-3][0-7]{2})+$/);
        expect(scanVendorName(vendor)).toBe(owner);
        expect(scanVendorName(vendor.toUpperCase())).toBe(owner);
      }),
    );
  });

  it('gives every TXT back, in printable ASCII and octal escapes', () => {
    fc.assert(
      fc.property(text, (rdata) => {
        const vendor = toVendorText(printRdata(TYPE.TXT, rdata));
        expect(vendor).toMatch(/^(?:[\u0020-\u005b\u005d-\u007e]|\\"|\\[0-3][0-7]{2})*$/);
        expect(scanRdataText(TYPE.TXT, toZoneFileText(vendor) as string)).toEqual(rdata);
      }),
    );
  });
});
