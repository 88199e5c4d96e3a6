import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { nameOf, ROOT } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';
import { composeEdns, EDNS_OPTION, ednsLength, findOption, parseEdns } from './edns.ts';
import { EDE, extendedErrorOption, readExtendedError } from './extended-error.ts';
import { edns } from './testing/message-arbitrary.ts';

describe('EDNS', () => {
  it('comes back from its OPT record', () => {
    fc.assert(
      fc.property(edns, (opt) => {
        const record = composeEdns(opt);
        expect(parseEdns(record)).toEqual(opt);
        expect(ednsLength(opt)).toBe(11 + record.rdata.length);
      }),
    );
  });

  it('has its version, its part of the RCODE and DO in the TTL (RFC 6891, section 6.1.3)', () => {
    const opt = { udpPayloadSize: 1232, extendedRcode: 1, version: 2, dnssecOk: true, options: [] };
    expect(composeEdns(opt)).toEqual({ owner: ROOT, type: 41, class: 1232, ttl: 0x01_02_80_00, rdata: new Uint8Array() });
  });

  it('ignores flags without meaning', () => {
    const record = { owner: ROOT, type: TYPE.OPT, class: 512, ttl: 0x7fff, rdata: new Uint8Array() };
    expect(parseEdns(record)).toMatchObject({ dnssecOk: false, version: 0, extendedRcode: 0 });
  });

  it('is refused in a record that is no OPT record, or has a name', () => {
    const record = { owner: nameOf('a'), type: TYPE.OPT, class: 512, ttl: 0, rdata: new Uint8Array() };
    expect(parseEdns(record)).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(parseEdns({ ...record, owner: ROOT, type: TYPE.A })).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(parseEdns({ ...record, owner: ROOT, rdata: Uint8Array.of(0, 3, 0, 1) })).toMatchObject({ code: 'TRUNCATED' });
  });

  it.each([1, 2, 255])('of version %d is read without its options: the answer is BADVERS, whatever they are', (version) => {
    const record = { owner: ROOT, type: TYPE.OPT, class: 1232, ttl: (version << 16) | 0x8000, rdata: Uint8Array.of(0, 3, 0, 1) };
    expect(parseEdns(record)).toEqual({ udpPayloadSize: 1232, extendedRcode: 0, version, dnssecOk: true, options: [] });
  });

  it('finds the first option of a code', () => {
    const options = [
      { code: EDNS_OPTION.NSID, data: Uint8Array.of(1) },
      { code: EDNS_OPTION.COOKIE, data: Uint8Array.of(2) },
      { code: EDNS_OPTION.COOKIE, data: Uint8Array.of(3) },
    ];
    const opt = { udpPayloadSize: 512, extendedRcode: 0, version: 0, dnssecOk: false, options };
    expect(findOption(opt, EDNS_OPTION.COOKIE)).toBe(options[1]);
    expect(findOption(opt, EDNS_OPTION.PADDING)).toBeUndefined();
  });
});

describe('extended errors (RFC 8914)', () => {
  it('have a code and a text in UTF-8', () => {
    const option = extendedErrorOption(EDE.NOT_READY, 'noch nicht: ä');
    expect(option).toEqual({ code: 15, data: Uint8Array.from([0, 14, ...Buffer.from('noch nicht: ä')]) });
    expect(readExtendedError(option)).toEqual({ code: 14, text: 'noch nicht: ä' });
    expect(readExtendedError(extendedErrorOption(49_152))).toEqual({ code: 49_152, text: '' });
  });

  it('are read with a null octet at the end of the text, and not where the code is cut off', () => {
    expect(readExtendedError({ code: 15, data: Uint8Array.of(0, 0, 0x61, 0) })).toEqual({ code: 0, text: 'a' });
    expect(readExtendedError({ code: 15, data: Uint8Array.of(0) })).toBeUndefined();
    expect(readExtendedError({ code: 3, data: Uint8Array.of(0, 0) })).toBeUndefined();
  });
});
