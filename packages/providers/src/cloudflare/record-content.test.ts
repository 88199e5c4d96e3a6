import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure, printRdata, rdataKey, scanRdataText, scanRRType, TYPE } from '@kubezone/core';

import { composeContent, type RecordContent, scanContent } from './record-content.ts';

/** Presentation format of what the vendor shows; `no` where it is malformed. */
function shown(type: string, content: RecordContent): string {
  const number = scanRRType(type) ?? 0;
  const rdata = scanContent(number, content);
  return isFailure(rdata) ? 'no' : printRdata(number, rdata);
}

describe('the content of a record', () => {
  it.each<[string, string, RecordContent]>([
    ['A', '192.0.2.1', { content: '192.0.2.1' }],
    ['AAAA', '2001:db8::1', { content: '2001:db8::1' }],
    ['CNAME', 'lb.example.net.', { content: 'lb.example.net' }],
    ['MX', '10 mail.example.com.', { content: 'mail.example.com', priority: 10 }],
    ['MX', '0 .', { content: '.', priority: 0 }],
    ['TXT', '"v=spf1 -all"', { content: '"v=spf1 -all"' }],
    ['TXT', String.raw`"say \"yes\" \\ or; no" "\200"`, { content: String.raw`"say \"yes\" \\ or; no" "\200"` }],
    ['SRV', '0 1 443 caldav.fastmail.com.', { data: { priority: 0, weight: 1, port: 443, target: 'caldav.fastmail.com' } }],
    ['SRV', '0 0 0 .', { data: { priority: 0, weight: 0, port: 0, target: '.' } }],
    ['CAA', String.raw`0 issue "ca.example.net; x=\"1\""`, { data: { flags: 0, tag: 'issue', value: 'ca.example.net; x="1"' } }],
    ['CERT', 'PKIX 1 8 AAAA', { data: { type: 1, key_tag: 1, algorithm: 8, certificate: 'AAAA' } }],
    [
      'DS',
      '1 13 2 B5BB9D8014A0F9B1D61E21E796D78DCCDF1352F23CD32812F4850B878AE4944C',
      {
        data: {
          key_tag: 1,
          algorithm: 13,
          digest_type: 2,
          digest: 'B5BB9D8014A0F9B1D61E21E796D78DCCDF1352F23CD32812F4850B878AE4944C',
        },
      },
    ],
    [
      'NAPTR',
      '30 100 "S" "SIP+D2T" "" _sip._tls.unit.tests.',
      { data: { order: 30, preference: 100, flags: 'S', service: 'SIP+D2T', regex: '', replacement: '_sip._tls.unit.tests' } },
    ],
    ['HTTPS', '1 . alpn="h3,h2"', { data: { priority: 1, target: '.', value: 'alpn="h3,h2"' } }],
    ['SVCB', '0 svc.example.net.', { data: { priority: 0, target: 'svc.example.net', value: '' } }],
    ['URI', '10 1 "https://www.example.com/"', { data: { weight: 1, target: 'https://www.example.com/' }, priority: 10 }],
    [
      'LOC',
      '31 58 52.100 S 115 49 11.700 E 20.00m 10m 10m 2m',
      {
        data: {
          lat_degrees: 31,
          lat_minutes: 58,
          lat_seconds: 52.1,
          lat_direction: 'S',
          long_degrees: 115,
          long_minutes: 49,
          long_seconds: 11.7,
          long_direction: 'E',
          altitude: 20,
          size: 10,
          precision_horz: 10,
          precision_vert: 2,
        },
      },
    ],
  ])('of type %s is sent and read back: %s', (type, text, content) => {
    const rdata = scanRdataText(scanRRType(type) ?? 0, text);
    if (isFailure(rdata)) throw new RangeError(rdata.message);
    expect(composeContent(scanRRType(type) ?? 0, rdata)).toEqual(content);
    expect(shown(type, content)).toBe(text);
  });

  // As octodns-cloudflare's fixtures and public issues quote the vendor's answers.
  it.each<[string, string, RecordContent, string]>([
    ['TXT from before it had quotes', 'TXT', { content: 'v=spf1 ip4:192.168.0.1/16 -all' }, '"v=spf1 ip4:192.168.0.1/16 -all"'],
    ['TXT with an escape, and no quotes', 'TXT', { content: String.raw`v=DKIM1\; k=rsa` }, '"v=DKIM1; k=rsa"'],
    ['long TXT without quotes', 'TXT', { content: 'a'.repeat(300) }, `"${'a'.repeat(255)}" "${'a'.repeat(45)}"`],
    ['a long string of TXT', 'TXT', { content: `"${'a'.repeat(300)}"` }, `"${'a'.repeat(255)}" "${'a'.repeat(45)}"`],
    ['an empty string of TXT', 'TXT', { content: '""' }, '""'],
    ['TXT with an umlaut', 'TXT', { content: '"grün"' }, String.raw`"gr\195\188n"`],
    ['TXT whose quotes do not close', 'TXT', { content: '"open' }, 'no'],
    [
      'SRV with more keys, and content without its priority',
      'SRV',
      {
        content: '20\t30\tfoo-2.unit.tests',
        data: {
          service: '_srv',
          proto: '_tcp',
          name: 'unit.tests',
          priority: 12,
          weight: 20,
          port: 30,
          target: 'foo-2.unit.tests',
        },
      },
      '12 20 30 foo-2.unit.tests.',
    ],
    [
      'a name with its final dot',
      'NAPTR',
      { data: { flags: 'S', order: 30, preference: 100, regex: '', replacement: '_sip._tls.unit.tests.', service: 'SIP+D2T' } },
      '30 100 "S" "SIP+D2T" "" _sip._tls.unit.tests.',
    ],
    [
      'LOC with a prefix in its content',
      'LOC',
      {
        content: 'IN LOC 53 14 10 N 2 18 26 W 20m 10m 1000m 2m',
        data: {
          lat_degrees: 53,
          lat_minutes: 13,
          lat_seconds: 10,
          lat_direction: 'N',
          long_degrees: 2,
          long_minutes: 18,
          long_seconds: 26,
          long_direction: 'W',
          altitude: 20,
          size: 10,
          precision_horz: 1000,
          precision_vert: 2,
        },
      },
      '53 13 10.000 N 2 18 26.000 W 20.00m 10m 1000m 2m',
    ],
    ['structured data in content alone', 'CAA', { content: '0 issue "ca.unit.tests"' }, '0 issue "ca.unit.tests"'],
    ['SRV of three fields', 'SRV', { content: '0 1 caldav.fastmail.com' }, 'no'],
    ['an address that is none', 'A', { content: 'not-an-ip' }, 'no'],
    ['no content', 'A', {}, 'no'],
    ['data of another shape', 'SRV', { data: { port: {}, target: null } }, 'no'],
  ])('is read where it is %s', (_, type, content, expected) => {
    expect(shown(type, content)).toBe(expected);
  });

  it('of TXT comes back octet by octet', () => {
    const strings = fc.array(fc.uint8Array({ maxLength: 255 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(strings, (some) => {
        const rdata = Uint8Array.from(some.flatMap((string) => [string.length, ...string]));
        const read = scanContent(TYPE.TXT, composeContent(TYPE.TXT, rdata));
        expect(isFailure(read) ? read.message : rdataKey(TYPE.TXT, read)).toBe(rdataKey(TYPE.TXT, rdata));
      }),
    );
  });
});
