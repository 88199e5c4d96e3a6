import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { printAddress, scanAddress } from './address.ts';
import { TYPE } from './rr-type.ts';

function normalise(text: string): unknown {
  const address = scanAddress(text);
  return isFailure(address) ? address.code : printAddress(address.rdata);
}

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::1', '2001:db8::1'], // RFC 5952, section 4.3
    ['2001:0db8::0001', '2001:db8::1'], // section 4.1
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'], // section 4.2.1
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // section 4.2.2
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], // section 4.2.3
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], // section 4.2.3
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4:5:6:c000:201'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s is printed %s', (text, printed) => {
    expect(normalise(text)).toBe(printed);
  });

  it('that map an IPv4 address into IPv6 are that IPv4 address', () => {
    for (const text of ['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1']) {
      expect(scanAddress(text)).toEqual({ type: TYPE.A, rdata: Uint8Array.of(192, 0, 2, 1) });
    }
    expect(scanAddress('::fffe:192.0.2.1')).toMatchObject({ type: TYPE.AAAA });
  });

  it.each([
    '',
    ' ',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '0x1.2.3.4',
    '1.2.3.-4',
    '1..2.3', // oxfmt-ignore
    ':',
    ':::',
    '1:',
    ':1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '12345::',
    'g::',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    'fe80::1%eth0',
    '::1/128',
    'example.com',
  ])('"%s" is none', (text) => {
    expect(normalise(text)).toBe('BAD_FIELD');
  });

  it('come back from text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ minLength: 4, maxLength: 4 }),
          fc.uint8Array({ minLength: 16, maxLength: 16 }),
          fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 16, maxLength: 16 }).map((octets) => Uint8Array.from(octets)),
        ),
        (octets) => {
          fc.pre(octets.length === 4 || !printAddress(octets).includes('.'));
          expect(scanAddress(printAddress(octets))).toEqual({ type: octets.length === 4 ? TYPE.A : TYPE.AAAA, rdata: octets });
        },
      ),
    );
  });

  it('are printed as the URL standard prints them, whose serialiser is independent', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = scanAddress(text);
        if (isFailure(address)) throw new Error(address.message);
        if (address.type === TYPE.A) return;
        expect(`[${printAddress(address.rdata)}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
    );
  });
});
