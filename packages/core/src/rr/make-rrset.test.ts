import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { makeRRset, rdataKey } from './make-rrset.ts';
import { scanRdataText } from './rdata-text.ts';
import { printRRset } from './record-text.ts';
import { type RRType, TYPE } from './rr-type.ts';

const OWNER = nameOf('example.com');

function make(type: RRType, ...texts: string[]): string {
  return printRRset(
    makeRRset(
      OWNER,
      type,
      60,
      texts.map((text) => scanRdataText(type, text) as Uint8Array),
    ),
  );
}

describe('makeRRset', () => {
  it('keeps the order, and of equal rdatas the first', () => {
    expect(make(TYPE.A, '192.0.2.2', '192.0.2.1', '192.0.2.2')).toBe(
      'example.com. 60 IN A 192.0.2.2\nexample.com. 60 IN A 192.0.2.1',
    );
  });

  it('takes names that differ only in case for equal where canonical form folds them', () => {
    expect(make(TYPE.NS, 'NS1.example.com.', 'ns1.EXAMPLE.com.')).toBe('example.com. 60 IN NS NS1.example.com.');
    expect(make(TYPE.TXT, 'A', 'a')).toBe('example.com. 60 IN TXT "A"\nexample.com. 60 IN TXT "a"');
  });

  it('refuses a set without rdata, and a TTL that is none', () => {
    expect(() => makeRRset(OWNER, TYPE.A, 60, [])).toThrow('example.com. A has no rdata');
    const rdatas = [Uint8Array.of(192, 0, 2, 1)];
    for (const ttl of [-1, 2 ** 31, 1.5, Number.NaN]) expect(() => makeRRset(OWNER, TYPE.A, ttl, rdatas)).toThrow(RangeError);
    expect(makeRRset(OWNER, TYPE.A, 2 ** 31 - 1, rdatas).ttl).toBe(2_147_483_647);
  });
});

describe('rdataKey', () => {
  it('is the same for views and copies of the same octets', () => {
    const buffer = Uint8Array.of(0, 192, 0, 2, 1, 0);
    expect(rdataKey(TYPE.A, buffer.subarray(1, 5))).toBe(rdataKey(TYPE.A, Uint8Array.of(192, 0, 2, 1)));
  });
});
