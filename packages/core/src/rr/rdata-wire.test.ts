import { describe, expect, it } from '@jest/globals';

import { type FailureCode, isFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { printRdata, scanRdataText } from './rdata-text.ts';
import { checkRdata, namesInRdata, parseRdata, targetOf } from './rdata-wire.ts';
import { scanRRType, TYPE } from './rr-type.ts';

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

function typeOf(mnemonic: string): number {
  return scanRRType(mnemonic) ?? Number.NaN;
}

/** Type, rdata in hexadecimal, code, offset, a part of the message. */
const FAULTS: readonly (readonly [type: string, hex: string, code: FailureCode, offset: number, message: string])[] = [
  ['A', '', 'TRUNCATED', 0, 'the rdata ends inside its address'],
  ['A', 'c00002', 'TRUNCATED', 3, 'A: the rdata ends inside its address'],
  ['A', 'c000020100', 'TRAILING_OCTETS', 4, 'A: 1 octet left over'],
  ['AAAA', 'c0000201', 'TRUNCATED', 4, 'address'],
  ['NS', '', 'TRUNCATED', 0, 'name server'],
  ['NS', '0161', 'TRUNCATED', 2, 'name server'],
  ['NS', '01610000', 'TRAILING_OCTETS', 3, '1 octet left over'],
  ['NS', 'c000', 'NAME_BAD_POINTER', 0, 'forward'],
  ['NS', '4161', 'NAME_RESERVED_LABEL_TYPE', 0, 'type is 1'],
  ['MX', '00', 'TRUNCATED', 1, 'preference'],
  ['MX', '000a', 'TRUNCATED', 2, 'exchange'],
  ['SOA', '00 00 00000001 00000002 00000003 00000004 000000', 'TRUNCATED', 21, 'minimum'],
  ['TXT', '', 'TRUNCATED', 0, 'text'],
  ['TXT', '0461', 'TRUNCATED', 2, 'text'],
  ['TXT', '016105', 'TRUNCATED', 3, 'text'],
  ['HINFO', '0161', 'TRUNCATED', 2, 'OS'],
  ['CAA', '00 00 61', 'BAD_FIELD', 1, 'tag: it is empty'],
  ['CAA', '00 05 6173', 'TRUNCATED', 4, 'tag'],
  ['CAA', '00 02 612d', 'BAD_FIELD', 3, 'only letters and digits'],
  ['URI', '0001 0001', 'TRUNCATED', 4, 'target: it is empty'],
  ['DS', '0001 08 01', 'TRUNCATED', 4, 'digest'],
  ['DNSKEY', '0100 03 08', 'TRUNCATED', 4, 'public key'],
  ['TLSA', '03 01', 'TRUNCATED', 2, 'matching type'],
  ['NSEC', '00', 'TRUNCATED', 1, 'types: it is empty'],
  ['NSEC', '00 00', 'TRUNCATED', 2, 'types'],
  ['NSEC', '00 0000', 'BAD_FIELD', 1, 'a window has 0 octets'],
  ['NSEC', `00 0021 ${'01'.repeat(33)}`, 'BAD_FIELD', 1, 'a window has 33 octets'],
  ['NSEC', '00 0002 40', 'TRUNCATED', 4, 'types'],
  ['NSEC', '00 0002 4000', 'BAD_FIELD', 1, 'last octet is zero'],
  ['NSEC', '00 000140 000140', 'BAD_FIELD', 4, 'window 0 stands after window 0'],
  ['NSEC', '00 010140 000140', 'BAD_FIELD', 4, 'window 0 stands after window 1'],
  ['NSEC3', '01 00 0000 02 aa', 'TRUNCATED', 6, 'salt'],
  ['NSEC3', '01 00 0000 00 00', 'BAD_FIELD', 5, 'next hashed owner: at least 1 octet is expected, 0 found'],
  ['ZONEMD', '00000001 01 01 0000', 'TRUNCATED', 6, 'at least 12 octets are expected, 2 found'],
  ['LOC', '', 'TRUNCATED', 0, 'it is empty'],
  ['LOC', '00 12 16 13 89 17 2d d0 70 be 15 f0 00 98 8d', 'TRUNCATED', 15, '16 octets are expected, 15 found'],
  ['LOC', '00 12 16 13 89 17 2d d0 70 be 15 f0 00 98 8d 20 00', 'TRAILING_OCTETS', 17, '17 found'],
  ['LOC', '00 a2 16 13 89 17 2d d0 70 be 15 f0 00 98 8d 20', 'BAD_FIELD', 1, '0xa2 is no size'],
  ['LOC', '00 12 1a 13 89 17 2d d0 70 be 15 f0 00 98 8d 20', 'BAD_FIELD', 2, '0x1a is no size'],
  ['LOC', '00 12 16 05 89 17 2d d0 70 be 15 f0 00 98 8d 20', 'BAD_FIELD', 3, '0x5 is no size'],
  ['LOC', '00 12 16 13 ff ff ff ff 70 be 15 f0 00 98 8d 20', 'BAD_FIELD', 4, 'larger than 90'],
  ['LOC', '00 12 16 13 89 17 2d d0 00 00 00 00 00 98 8d 20', 'BAD_FIELD', 8, 'larger than 180'],
  ['OPT', '0003', 'TRUNCATED', 2, 'options'],
  ['OPT', '0003 0001', 'TRUNCATED', 4, 'options'],
  ['TSIG', '00 000000000001 012c 0004 0102', 'TRUNCATED', 13, 'MAC'],
];

describe('rdata that is malformed on the wire', () => {
  it.each(FAULTS)('%s %s fails with %s', (type, hex, code, offset, message) => {
    const octets = fromHex(hex);
    const failure = parseRdata(typeOf(type), octets, 0, octets.length);
    expect(failure).toMatchObject({ code, offset });
    expect(isFailure(failure) ? failure.message : '').toContain(message);
  });

  it('fails where the message ends before RDLENGTH does', () => {
    expect(parseRdata(TYPE.A, fromHex('c0000201'), 1, 4)).toMatchObject({ code: 'TRUNCATED', offset: 4 });
    expect(parseRdata(65_280, fromHex('c0000201'), 1, 4)).toMatchObject({ code: 'TRUNCATED', offset: 4 });
  });

  it('fails where a field goes on behind RDLENGTH, though the message has octets there', () => {
    expect(parseRdata(TYPE.A, fromHex('c0000201'), 0, 3)).toMatchObject({ code: 'TRUNCATED', offset: 3 });
    expect(parseRdata(TYPE.NS, fromHex('0161 0162 00'), 0, 3)).toMatchObject({ code: 'TRUNCATED', offset: 3 });
    expect(parseRdata(TYPE.TXT, fromHex('0461616161'), 0, 3)).toMatchObject({ code: 'TRUNCATED', offset: 3 });
  });

  it('fails where a name expands to more than 255 octets', () => {
    const long = Uint8Array.from([...Array.from({ length: 31 }, () => [7, ...Buffer.from('aaaaaaa')]).flat(), 0]);
    const message = Uint8Array.from([...long, 6, ...Buffer.from('bbbbbb'), 0xc0, 0]);
    expect(parseRdata(TYPE.NS, message, long.length, 9)).toMatchObject({ code: 'NAME_TOO_LONG' });
    message[long.length] = 5;
    message.set([0xc0, 0], long.length + 6);
    const parsed = parseRdata(TYPE.NS, message, long.length, 8);
    expect(isFailure(parsed) ? parsed : parsed.length).toBe(255);
  });

  it('fails in checkRdata too where it is longer than RDLENGTH can say', () => {
    expect(checkRdata(65_280, new Uint8Array(65_535))).toBeUndefined();
    expect(checkRdata(65_280, new Uint8Array(65_536))).toMatchObject({ code: 'BAD_FIELD' });
  });
});

describe('parseRdata', () => {
  it('returns a copy that a later message in the same buffer does not change', () => {
    for (const type of [TYPE.A, 65_280]) {
      const buffer = fromHex('c0000201');
      const rdata = parseRdata(type, buffer, 0, 4);
      buffer.fill(0);
      expect(rdata).toEqual(fromHex('c0000201'));
    }
  });

  it('expands names and keeps their case', () => {
    const message = fromHex('03 434f4d 00 000a 04 6d61494c c000');
    const rdata = parseRdata(TYPE.MX, message, 5, 9) as Uint8Array;
    expect(printRdata(TYPE.MX, rdata)).toBe('10 maIL.COM.');
  });
});

describe('the names of a record', () => {
  it.each<[string, string, string[], string | undefined]>([
    ['A', '192.0.2.1', [], undefined],
    ['NS', 'NS1.example.', ['ns1.example.'], 'ns1.example.'],
    ['CNAME', 'a.example.', ['a.example.'], 'a.example.'],
    ['DNAME', 'a.example.', ['a.example.'], 'a.example.'],
    ['PTR', 'a.example.', ['a.example.'], 'a.example.'],
    ['MX', '10 a.example.', ['a.example.'], 'a.example.'],
    ['MX', '0 .', ['.'], '.'],
    ['SRV', '1 2 3 a.example.', ['a.example.'], 'a.example.'],
    ['SVCB', '1 a.example. alpn=h2', ['a.example.'], 'a.example.'],
    ['HTTPS', '1 .', ['.'], '.'],
    ['NAPTR', '1 2 "s" "x" "" a.example.', ['a.example.'], 'a.example.'],
    ['SOA', 'a.example. b.example. 1 2 3 4 5', ['a.example.', 'b.example.'], undefined],
    ['RP', 'a.example. b.example.', ['a.example.', 'b.example.'], undefined],
    ['RRSIG', 'A 5 3 86400 1 1 1 a.example. AAAA', ['a.example.'], undefined],
    ['NSEC', 'a.example. A', ['a.example.'], undefined],
    ['TXT', 'a.example.', [], undefined],
    ['TYPE65280', '\\# 3 016100', [], undefined],
  ])('%s %s', (mnemonic, text, names, target) => {
    const type = typeOf(mnemonic);
    const rdata = scanRdataText(type, text) as Uint8Array;
    expect(namesInRdata(type, rdata)).toEqual(names.map((name) => nameOf(name)));
    expect(targetOf(type, rdata)).toEqual(target === undefined ? undefined : nameOf(target));
  });
});
