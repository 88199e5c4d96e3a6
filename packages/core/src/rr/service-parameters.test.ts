import { describe, expect, it } from '@jest/globals';

import { isFailure } from '../failure.ts';
import { scanRdataText, printRdata } from './rdata-text.ts';
import { parseRdata } from './rdata-wire.ts';
import { TYPE } from './rr-type.ts';

function wireOf(text: string): unknown {
  const rdata = scanRdataText(TYPE.SVCB, text);
  return isFailure(rdata) ? rdata : Buffer.from(rdata).toString('hex');
}

function hex(...parts: string[]): string {
  return parts.join('').replaceAll(' ', '');
}

const FOO_COM = '03 66 6f 6f 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00';
const FOO_ORG = '03 66 6f 6f 07 65 78 61 6d 70 6c 65 03 6f 72 67 00';

describe('the test vectors of RFC 9460, appendix D', () => {
  it.each([
    ['D.1', '0 foo.example.com.', hex('0000', FOO_COM)],
    ['D.2', '1 .', '000100'],
    ['D.2', '16 foo.example.com. port=53', hex('0010', FOO_COM, '0003 0002 0035')],
    ['D.2', '1 foo.example.com. key667=hello', hex('0001', FOO_COM, '029b 0005 68656c6c6f')],
    ['D.2', '1 foo.example.com. key667="hello\\210qoo"', hex('0001', FOO_COM, '029b 0009 68656c6c6f d2 716f6f')],
    [
      'D.2',
      '1 foo.example.com. ( ipv6hint="2001:db8::1,2001:db8::53:1" )',
      hex('0001', FOO_COM, '0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001'),
    ],
    [
      'D.2',
      '1 example.com. ( ipv6hint="2001:db8:122:344::192.0.2.33" )',
      hex('0001 07 6578616d706c65 03 636f6d 00 0006 0010 20010db8012203440000 0000c0000221'),
    ],
    [
      'D.2',
      '16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )',
      hex('0010', FOO_ORG, '0000 0004 0001 0004', '0001 0009 02 6832 05 68332d3139', '0004 0004 c0000201'),
    ],
    ['D.2', '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"', hex('0010', FOO_ORG, '0001 000c 08 665c6f6f2c626172 02 6832')],
    ['D.2', '16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2', hex('0010', FOO_ORG, '0001 000c 08 665c6f6f2c626172 02 6832')],
  ])('%s: %s', (_, text, wire) => {
    expect(wireOf(text)).toBe(wire);
  });

  it.each([
    ['D.3', '1 foo.example.com. ( key123=abc key123=def )', 'key123 stands twice'],
    ['D.3', '1 foo.example.com. mandatory', 'mandatory: a key is expected'],
    ['D.3', '1 foo.example.com. alpn', 'alpn: a protocol name'],
    ['D.3', '1 foo.example.com. port', 'port: a port'],
    ['D.3', '1 foo.example.com. ipv4hint', 'ipv4hint: an IPv4 address'],
    ['D.3', '1 foo.example.com. ipv6hint', 'ipv6hint: an IPv6 address'],
    ['D.3', '1 foo.example.com. no-default-alpn=abc', 'no-default-alpn: no value is expected'],
    ['D.3', '1 foo.example.com. mandatory=key123', 'key123 is mandatory, but missing'],
    ['D.3', '1 foo.example.com. mandatory=mandatory', 'mandatory: it may not list itself'],
    ['D.3', '1 foo.example.com. ( mandatory=key123,key123 key123=abc )', 'mandatory: key123 stands twice'],
  ])('%s, a failure: %s', (_, text, message) => {
    const failure = scanRdataText(TYPE.SVCB, text);
    expect(failure).toMatchObject({ code: 'BAD_FIELD' });
    expect(isFailure(failure) ? failure.message : '').toContain(message);
  });
});

describe('parameters in presentation format', () => {
  it.each([
    ['unknown keys have a number', '1 . nosuch=1', 'no parameter'],
    ['keys are in lower case', '1 . ALPN=h2', 'no parameter'],
    ['numbers have no leading zero', '1 . key07=x', 'no parameter'],
    ['numbers end at 65535', '1 . key65536=x', 'no parameter'],
    ['a parameter is not quoted as a whole', '1 . "alpn=h2"', 'no parameter'],
    ['a port is a number', '1 . port=65536', 'a port from 0 to 65535'],
    ['an address is one', '1 . ipv4hint=192.0.2.1,', 'an IPv4 address is expected, "" found'],
    ['an IPv6 address is one', '1 . ipv6hint=192.0.2.1', 'an IPv6 address is expected'],
    ['protocols are not empty', '1 . alpn=h2,,h3', 'a protocol name'],
    ['protocols are at most 255 octets long', `1 . alpn=${'a'.repeat(256)}`, 'a protocol name'],
    ['a list escapes commas and backslashes alone', '1 . alpn=a\\\\b', 'escapes only a comma or a backslash'],
    ['ech is Base 64', '1 . ech=A', 'whole octets'],
    ['ech is not empty', '1 . ech=', 'a configuration list'],
    ['no-default-alpn needs alpn', '1 . no-default-alpn', 'stands without alpn'],
    ['ohttp has no value', '1 . ohttp=1', 'ohttp: no value'],
    ['dohpath has the variable dns', '1 . alpn=h2 dohpath=/q', 'no variable "dns"'],
    ['dohpath is relative', '1 . alpn=h2 dohpath=https://a/{?dns}', 'begins with /'],
    ['a known key by its number is checked too', '1 . key3=abc', 'key3: one port number'],
    ['a known key and its number are the same key', '1 . port=1 key3=\\000\\001', 'port stands twice'],
  ])('%s', (_, text, message) => {
    const failure = scanRdataText(TYPE.HTTPS, text);
    expect(isFailure(failure) ? failure.message : 'no failure').toContain(message);
  });

  it('points at the parameter that is wrong', () => {
    expect(scanRdataText(TYPE.HTTPS, '1 . alpn=h2 port=x')).toMatchObject({ offset: 12 });
  });

  it('are printed in the order of their keys', () => {
    const rdata = scanRdataText(
      TYPE.HTTPS,
      '1 . ipv6hint=::1 port=8443 key9=x alpn=h3,h2 mandatory=port,alpn ohttp',
    ) as Uint8Array;
    expect(printRdata(TYPE.HTTPS, rdata)).toBe('1 . mandatory=alpn,port alpn="h3,h2" port=8443 ipv6hint=::1 ohttp key9="x"');
  });
});

describe('dohpath', () => {
  const wireOfPath = (path: string): Uint8Array => {
    const value = Buffer.from(path);
    return Uint8Array.from([0, 1, 0, 0, 7, value.length >> 8, value.length & 0xff, ...value]);
  };
  const check = (path: string): unknown => {
    const octets = wireOfPath(path);
    const rdata = parseRdata(TYPE.SVCB, octets, 0, octets.length);
    return isFailure(rdata) ? rdata.code : 'accepted';
  };

  it.each(['/{?dns}', '/q{?dns}', '/{dns}', '/{x}{?a,dns}', '/{&dns*}', '/{?dns:64,b}', '/{{?dns}', '/}{?dns}'])(
    '%s is accepted',
    (path) => {
      expect(check(path)).toBe('accepted');
    },
  );

  it.each(['/', '/dns', '/{?dns', '/?dns}', '/{?dnsx}', '/{?a.dns}', '/{?xdns}', '/{?}dns{?}', '/{dns{?x}'])(
    '%s has no variable dns',
    (path) => {
      expect(check(path)).toBe('BAD_FIELD');
    },
  );

  it.each([
    ['an expression that is never closed', '/{', 'dns ', ''],
    ['an expression of many names', '/{x', ',dnsx', '}'],
    ['an expression of many words', '/{x', ' dns', '}'],
    ['braces that open only', '/', '{dns', '}'],
    ['braces that close only', '/', 'dns}', ''],
    ['empty expressions', '/', '{}', ''],
  ])('of 64 KB is checked in time that grows with its length alone, where it consists of %s', (_, head, part, tail) => {
    const octets = wireOfPath(head + part.repeat(Math.floor(65_000 / part.length)) + tail);
    const start = performance.now();
    for (let round = 0; round < 10; round++) parseRdata(TYPE.SVCB, octets, 0, octets.length);
    // Linear is some milliseconds a round; quadratic was more than a second.
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('parameters on the wire', () => {
  it.each([
    ['keys that do not rise', '0001 00 0003 0002 0035 0001 0003 026832', 'alpn stands after port'],
    ['a key twice', '0001 00 0003 0002 0035 0003 0002 0035', 'port stands after port'],
    ['a value cut off', '0001 00 0003 0002 00', 'the rdata ends inside a parameter'],
    ['a key cut off', '0001 00 0003 00', 'the rdata ends inside a parameter'],
    ['a port of one octet', '0001 00 0003 0001 35', 'port: one port number'],
    ['an address of five octets', '0001 00 0004 0005 c000020101', 'ipv4hint: one or more'],
    ['no address', '0001 00 0006 0000', 'ipv6hint: one or more'],
    ['a protocol cut off', '0001 00 0001 0003 036832', 'alpn: it ends inside'],
    ['mandatory keys that do not rise', '0001 00 0000 0004 0003 0001 0001 0003 026832 0003 0002 0035', 'alpn stands after port'],
    ['half a mandatory key', '0001 00 0000 0003 000300', 'one or more keys'],
    ['a mandatory key that is missing', '0001 00 0000 0002 0003', 'port is mandatory, but missing'],
    ['dohpath with octets that are not UTF-8', '0001 00 0007 0008 2f 7b3f646e737d ff', 'a path in UTF-8'],
  ])('with %s are refused', (_, text, message) => {
    const octets = new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
    const failure = parseRdata(TYPE.SVCB, octets, 0, octets.length);
    expect(isFailure(failure) ? failure.message : 'no failure').toContain(message);
  });
});
