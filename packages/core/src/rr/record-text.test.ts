import { describe, expect, it } from '@jest/globals';

import { type FailureCode, isFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { printRecord, scanRecord } from './record-text.ts';

function roundTrip(text: string, origin?: string, defaultTtl?: number): unknown {
  const record = scanRecord(text, origin === undefined ? undefined : nameOf(origin), defaultTtl);
  return isFailure(record) ? record : printRecord(record);
}

describe('scanRecord', () => {
  it.each([
    ['www.example.com. 60 IN A 192.0.2.1', 'www.example.com. 60 IN A 192.0.2.1'],
    ['WWW.Example.com. IN 60 a 192.0.2.1', 'www.example.com. 60 IN A 192.0.2.1'],
    ['www.example.com 1h30m A 192.0.2.1', 'www.example.com. 5400 IN A 192.0.2.1'],
    ['  www.example.com 60 A 192.0.2.1 ; comment', 'www.example.com. 60 IN A 192.0.2.1'],
    ['. 518400 NS a.root-servers.net.', '. 518400 IN NS a.root-servers.net.'],
    ['in. 60 CH TXT "x"', 'in. 60 CH TXT "x"'],
    ['x. 60 CLASS32 TYPE731 \\# 6 abcd ( ef 01 23 45 )', 'x. 60 CLASS32 TYPE731 \\# 6 ABCDEF012345'],
    ['e.example. 60 CLASS1 TYPE1 10.0.0.2', 'e.example. 60 IN A 10.0.0.2'],
  ])('reads %j', (text, printed) => {
    expect(roundTrip(text)).toBe(printed);
  });

  it('completes names by the origin, and the TTL by the default', () => {
    expect(roundTrip('@ MX 10 mail', 'example.com', 300)).toBe('example.com. 300 IN MX 10 mail.example.com.');
    expect(roundTrip('a.b 5 CNAME c.', 'example.com', 300)).toBe('a.b.example.com. 5 IN CNAME c.');
  });

  it.each<[string, FailureCode, number]>([
    ['', 'FIELD_COUNT', 0],
    ['www', 'FIELD_COUNT', 0],
    ['www 60', 'FIELD_COUNT', 4],
    ['www 60 IN', 'FIELD_COUNT', 7],
    ['www IN A 192.0.2.1', 'FIELD_COUNT', 0],
    ['www 60 IN NOSUCH x', 'UNKNOWN_TYPE', 10],
    ['www 60 60 A 192.0.2.1', 'UNKNOWN_TYPE', 7],
    ['www 60 IN IN A 192.0.2.1', 'UNKNOWN_TYPE', 10],
    ['www 60 "A" 192.0.2.1', 'UNKNOWN_TYPE', 7],
    ['www 2147483648 A 192.0.2.1', 'BAD_FIELD', 4],
    ['www 1x A 192.0.2.1', 'BAD_FIELD', 4],
    ['www 60 A', 'FIELD_COUNT', 7],
    ['www 60 A 192.0.2', 'BAD_FIELD', 9],
    ['a..b 60 A 192.0.2.1', 'NAME_EMPTY_LABEL', 2],
    ['www 60 A 192.0.2.1\nwww 60 A 192.0.2.2', 'UNBALANCED', 19],
  ])('%j fails with %s', (text, code, offset) => {
    expect(scanRecord(text)).toMatchObject({ code, offset });
  });
});
