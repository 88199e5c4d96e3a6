import { describe, expect, it } from '@jest/globals';

import { type FailureCode, isFailure, type ParseFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { printRdata, scanRdataText } from './rdata-text.ts';
import { scanRRType, TYPE } from './rr-type.ts';

function scan(type: string, text: string): unknown {
  return scanRdataText(scanRRType(type) ?? Number.NaN, text);
}

/** Type, text, code, offset of the fault in the text, a part of the message. */
const FAULTS: readonly (readonly [type: string, text: string, code: FailureCode, offset: number, message: string])[] = [
  ['A', '', 'FIELD_COUNT', 0, 'A: address: it is missing'],
  ['A', '192.0.2', 'BAD_FIELD', 0, '"192.0.2" is no IPv4 address'],
  ['A', '192.0.2.256', 'BAD_FIELD', 0, 'no IPv4 address'],
  ['A', '192.0.2.01', 'BAD_FIELD', 0, 'no IPv4 address'],
  ['A', '192.0.2.1 192.0.2.2', 'FIELD_COUNT', 10, '"192.0.2.2" follows the last field'],
  ['A', '2001:db8::1', 'BAD_FIELD', 0, 'no IPv4 address'],
  ['AAAA', '192.0.2.1', 'BAD_FIELD', 0, 'no IPv6 address'],
  ['AAAA', 'fe80::1%eth0', 'BAD_FIELD', 0, 'no IPv6 address'],
  ['MX', '10', 'FIELD_COUNT', 2, 'MX: exchange: it is missing'],
  ['MX', 'ten mail.example.', 'BAD_FIELD', 0, 'preference: "ten" is no number from 0 to 65535'],
  ['MX', '65536 mail.example.', 'BAD_FIELD', 0, '"65536" is no number from 0 to 65535'],
  ['MX', '-1 mail.example.', 'BAD_FIELD', 0, '"-1"'],
  ['MX', '10 a..b.', 'NAME_EMPTY_LABEL', 5, 'exchange: empty label'],
  ['MX', `10 ${'a'.repeat(64)}.`, 'NAME_LABEL_TOO_LONG', 66, 'longer than 63'],
  ['MX', '10 \\300.example.', 'NAME_BAD_ESCAPE', 3, 'exchange'],
  ['NS', 'bücher.example.', 'NAME_BAD_IDNA', 1, 'name server'],
  ['SOA', 'ns1.example. hostmaster.example. 1 2 3 4', 'FIELD_COUNT', 40, 'SOA: minimum: it is missing'],
  ['SOA', 'ns1.example. hostmaster.example. 1 1y 3 4 5', 'BAD_FIELD', 35, 'refresh: "1y" is no number of seconds'],
  ['SOA', 'ns1.example. hostmaster.example. 1h 1 3 4 5', 'BAD_FIELD', 33, 'serial: "1h" is no number'],
  ['TXT', '', 'FIELD_COUNT', 0, 'TXT: text: it is missing'],
  ['TXT', `"${'a'.repeat(256)}"`, 'BAD_FIELD', 1, 'a string has 256 octets; at most 255'],
  ['TXT', 'ü'.repeat(128), 'BAD_FIELD', 0, 'a string has 256 octets; at most 255'],
  ['TXT', '"a" "b\\9"', 'NAME_BAD_ESCAPE', 6, 'no escape'],
  ['TXT', '"open', 'UNBALANCED', 0, 'not closed'],
  ['TXT', 'a"b"', 'UNBALANCED', 1, 'inside an unquoted'],
  ['TXT', 'v="b"', 'BAD_FIELD', 2, 'a quote inside a string'],
  ['TXT', '\ud800', 'BAD_FIELD', 0, 'surrogate'],
  ['HINFO', 'PC', 'FIELD_COUNT', 2, 'HINFO: OS: it is missing'],
  ['SRV', '1 2 target.example.', 'BAD_FIELD', 4, 'SRV: port'],
  ['CAA', '0 is-sue "x"', 'BAD_FIELD', 0, 'tag: only letters and digits'],
  ['CAA', '0 "" "x"', 'BAD_FIELD', 0, 'tag: it is empty'],
  ['CAA', '0 issue ; comment', 'FIELD_COUNT', 7, 'value: it is missing'],
  ['CAA', '256 issue "x"', 'BAD_FIELD', 0, 'flags: "256"'],
  ['TLSA', '3 1 1 d2a', 'BAD_FIELD', 9, 'association data: 3 hexadecimal digits'],
  ['TLSA', '3 1 1', 'FIELD_COUNT', 5, 'association data: it is missing'],
  ['TLSA', '3 1 1 xx', 'BAD_FIELD', 6, '"x" is no hexadecimal digit'],
  ['DS', '1 NOSUCH 1 00', 'BAD_FIELD', 2, 'algorithm: "NOSUCH"'],
  ['DNSKEY', '256 3 8 A*==', 'BAD_FIELD', 9, '"*" may not stand here in Base 64'],
  ['DNSKEY', '256 3 8 AQ', 'BAD_FIELD', 10, 'whole octets'],
  ['DNSKEY', '256 3 8 AR==', 'BAD_FIELD', 12, 'whole octets'],
  ['RRSIG', 'NOSUCH 5 3 1 1 1 1 . AA==', 'UNKNOWN_TYPE', 0, 'type covered: "NOSUCH" is no RR type'],
  ['RRSIG', 'A 5 3 1 20030230000000 1 1 . AA==', 'BAD_FIELD', 8, 'expiration: "20030230000000" is no time'],
  ['RRSIG', 'A 5 3 1 4294967296 1 1 . AA==', 'BAD_FIELD', 8, 'is no time'],
  ['NSEC', 'host.example.', 'TRUNCATED', 0, 'types: it is empty'],
  ['NSEC', 'host.example. A NOSUCH', 'UNKNOWN_TYPE', 16, '"NOSUCH" is no RR type'],
  ['NSEC', 'host.example. "A"', 'UNKNOWN_TYPE', 14, '"A" is no RR type'],
  ['NSEC3', '1 0 0 zz 2t7b4g4v A', 'BAD_FIELD', 6, 'salt: "z" is no hexadecimal digit'],
  ['NSEC3', `1 0 0 ${'00'.repeat(256)} 2t7b4g4v A`, 'BAD_FIELD', 6, 'salt: 256 octets found; at most 255'],
  ['NSEC3', '1 0 0 - 2t7w4g4v A', 'BAD_FIELD', 11, 'next hashed owner: "w" may not stand here'],
  ['NSEC3', '1 0 0 - 2t7b4g4 A', 'BAD_FIELD', 15, 'whole octets'],
  ['NSEC3', '1 0 0 - - A', 'BAD_FIELD', 8, 'next hashed owner'],
  ['ZONEMD', '1 1 1 00', 'TRUNCATED', 0, 'digest: at least 12 octets are expected, 1 found'],
  ['LOC', '91 N 0 E 0', 'BAD_FIELD', 0, 'degrees below 91 are expected, "91" found'],
  ['URI', '1 1 ""', 'TRUNCATED', 0, 'target: it is empty'],
  ['TSIG', 'hmac-sha256. 1 300 4 AQID 1 NOERROR 0', 'BAD_FIELD', 19, 'MAC: 4 octets are announced, 3 found'],
  ['TSIG', 'hmac-sha256. 1 300 x AQID 1 NOERROR 0', 'BAD_FIELD', 19, 'MAC: "x" is no number'],
  ['OPT', 'nsid', 'BAD_FIELD', 0, 'options have no presentation format'],
  ['A', '\\#', 'FIELD_COUNT', 0, 'a length is expected'],
  ['A', '\\# 3 c00002', 'TRUNCATED', 0, 'the rdata ends inside its address'],
  ['A', '\\# 5 c000020100', 'TRAILING_OCTETS', 0, '1 octet left over'],
  ['A', '\\# 4 c00002', 'BAD_FIELD', 3, 'announces 4 octets, 3 follow'],
  ['NS', '\\# 2 c000', 'NAME_POINTER_NOT_ALLOWED', 0, 'compressed'],
  ['TYPE65280', 'abc', 'BAD_FIELD', 0, 'written \\# length hex'],
  ['APL', '1:192.168.32.0/21', 'BAD_FIELD', 0, 'TYPE42: rdata of this type is written \\# length hex'],
  ['TYPE65280', '', 'BAD_FIELD', 0, 'written \\# length hex'],
  ['TYPE65280', '\\# 65536 00', 'BAD_FIELD', 3, 'announces 65536'],
  ['TYPE65280', '\\# 2 abc', 'BAD_FIELD', 5, 'no whole octets'],
  ['A', '192.0.2.1\n192.0.2.2', 'UNBALANCED', 10, 'second line'],
];

describe('a text that is no rdata', () => {
  it.each(FAULTS)('%s %s fails with %s', (type, text, code, offset, message) => {
    const failure = scan(type, text) as ParseFailure;
    expect(isFailure(failure)).toBe(true);
    expect({ code: failure.code, offset: failure.offset }).toEqual({ code, offset });
    expect(failure.message).toContain(message);
  });

  it('fails where all of it together is longer than 65535 octets', () => {
    const failure = scan('TXT', `"${'a'.repeat(255)}" `.repeat(257)) as ParseFailure;
    expect(failure.code).toBe('BAD_FIELD');
    expect(failure.message).toContain('65792 octets; at most 65535');
  });
});

describe('scanRdataText', () => {
  it('completes relative names by the origin, and keeps the case of both', () => {
    const rdata = scanRdataText(TYPE.MX, '10 Mail', nameOf('Example.com')) as Uint8Array;
    expect(printRdata(TYPE.MX, rdata)).toBe('10 Mail.example.com.');
    expect(printRdata(TYPE.CNAME, scanRdataText(TYPE.CNAME, '@', nameOf('example.com')) as Uint8Array)).toBe('example.com.');
  });

  it('takes names without a final dot for absolute where no origin is given', () => {
    expect(printRdata(TYPE.NS, scanRdataText(TYPE.NS, 'ns1.example.com') as Uint8Array)).toBe('ns1.example.com.');
  });

  it('reads comments and parentheses, across lines', () => {
    const rdata = scanRdataText(TYPE.SOA, 'a. b. ( 1 ; serial\n 2\n\t3 ; (\n4 5 )') as Uint8Array;
    expect(printRdata(TYPE.SOA, rdata)).toBe('a. b. 1 2 3 4 5');
  });

  it('takes characters outside ASCII in strings for their UTF-8 octets', () => {
    const rdata = scanRdataText(TYPE.TXT, '"grün 🌳"') as Uint8Array;
    expect(Buffer.from(rdata.subarray(1)).toString('utf8')).toBe('grün 🌳');
    expect(printRdata(TYPE.TXT, rdata)).toBe('"gr\\195\\188n \\240\\159\\140\\179"');
  });

  it('knows the generic form only unquoted', () => {
    expect(printRdata(TYPE.TXT, scanRdataText(TYPE.TXT, '"\\#" 1 61') as Uint8Array)).toBe('"#" "1" "61"');
  });
});

describe('printRdata', () => {
  it('prints what is not well-formed as an unknown type', () => {
    expect(printRdata(TYPE.A, Uint8Array.of(1, 2, 3))).toBe('\\# 3 010203');
    expect(printRdata(TYPE.MX, new Uint8Array())).toBe('\\# 0');
  });

  it('prints a LOC record of another version as an unknown type', () => {
    expect(printRdata(TYPE.LOC, Uint8Array.of(1, 2, 3))).toBe('\\# 3 010203');
  });
});
