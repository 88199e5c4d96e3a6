import { describe, expect, it } from '@jest/globals';
import { CLASS, composeName, EDNS_OPTION, nameOf, type ResourceRecord, TYPE } from '@kubezone/core';

import { composeCookie } from '../cookies/server-cookie.ts';
import { ask, askOctets, composeQuery, contextOf, type QueryOptions, show, TEST_NOW } from '../testing/ask.ts';

const ZONE = `
  $ORIGIN example.
  @    SOA ns1 admin 1 3600 900 86400 300
  @    NS  ns1
  ns1  A   192.0.2.53
`;
const SECRET = new Uint8Array(16).fill(1);
const CLIENT_COOKIE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

function withOption(code: number, data: Uint8Array = new Uint8Array()): QueryOptions {
  return { edns: { options: [{ code, data }] } };
}

describe('the OPT record of a response', () => {
  it('says our own payload size, whatever the client’s is', () => {
    for (const udpPayloadSize of [0, 512, 4096, 65_535]) {
      expect(ask(contextOf([ZONE]), 'ns1.example. A', { edns: { udpPayloadSize } })?.edns).toBe('version=0 size=1232');
    }
    expect(ask(contextOf([ZONE], { udpPayloadSize: 1400 }), 'ns1.example. A', { edns: {} })?.edns).toBe('version=0 size=1400');
  });

  it.each([
    ['another zone’s name', 'www.example.net. A', 'REFUSED', 20],
    ['a class that is not served', 'ns1.example. CH TXT', 'REFUSED', 21],
    ['a transfer', 'example. AXFR', 'REFUSED', 18],
    ['an incremental transfer', 'example. IXFR', 'REFUSED', 18],
  ])('says why %s is refused, and only to who speaks EDNS', (_, query, rcode, code) => {
    const shown = ask(contextOf([ZONE]), query, { edns: {} });
    expect(shown).toMatchObject({ rcode, flags: 'qr', edns: `version=0 size=1232 ede=${code}` });
    expect(ask(contextOf([ZONE]), query)).toMatchObject({ rcode, flags: 'qr', additional: [] });
    expect(ask(contextOf([ZONE]), query)?.edns).toBeUndefined();
  });

  it('has the identifier for who asks for it, and for nobody else (RFC 5001)', () => {
    const context = contextOf([ZONE], { nsid: Buffer.from('ns-7') });
    expect(ask(context, 'ns1.example. A', withOption(EDNS_OPTION.NSID))?.edns).toBe(
      `version=0 size=1232 nsid=${toHex(Buffer.from('ns-7'))}`,
    );
    expect(ask(context, 'ns1.example. A', { edns: {} })?.edns).toBe('version=0 size=1232');
    expect(ask(contextOf([ZONE]), 'ns1.example. A', withOption(EDNS_OPTION.NSID))?.edns).toBe('version=0 size=1232');
  });

  it('says over TCP how long a connection may be idle, where that is asked for (RFC 7828)', () => {
    const query = withOption(EDNS_OPTION.TCP_KEEPALIVE);
    expect(ask(contextOf([ZONE]), 'ns1.example. A', { ...query, transport: 'tcp' })?.edns).toBe(
      'version=0 size=1232 keepalive=0064',
    );
    expect(ask(contextOf([ZONE]), 'ns1.example. A', query)?.edns).toBe('version=0 size=1232');
  });
});

describe('an OPT record of a later version', () => {
  it.each([
    ['with an option that ends after the record', Uint8Array.of(0, 10, 0, 9)],
    ['with half an option', Uint8Array.of(0, 10, 0)],
    ['with a cookie of a length that none has', Uint8Array.of(0, 10, 0, 1, 7)],
    ['without options', new Uint8Array()],
  ])('%s is answered BADVERS, for what it means is not known (RFC 6891, section 6.1.3)', (_, rdata) => {
    for (const version of [1, 255]) {
      const octets = composeQuery('ns1.example. A', { edns: { version } });
      const query = Uint8Array.of(...octets, ...rdata);
      query[octets.length - 1] = rdata.length;
      expect(show(askOctets(contextOf([ZONE]), query))).toEqual({
        rcode: 'BADVERS',
        flags: 'qr',
        question: 'ns1.example. IN A',
        answer: [],
        authority: [],
        additional: [],
        edns: 'version=0 size=1232',
      });
    }
  });

  it('is answered BADVERS without a question as well', () => {
    expect(ask(contextOf([ZONE]), '', { edns: { version: 1 } })).toMatchObject({ rcode: 'BADVERS', edns: 'version=0 size=1232' });
  });
});

describe('cookies', () => {
  const context = contextOf([ZONE], { cookieSecrets: [SECRET] });
  const address = Uint8Array.of(192, 0, 2, 200);
  const cookie = toHex(composeCookie(CLIENT_COOKIE, address, TEST_NOW, SECRET));

  it('gives a server cookie to a client that sends its own', () => {
    const shown = ask(context, 'ns1.example. A', withOption(EDNS_OPTION.COOKIE, CLIENT_COOKIE));
    expect(shown).toMatchObject({ rcode: 'NOERROR', edns: `version=0 size=1232 cookie=${cookie}` });
  });

  it('answers a wrong server cookie as if there were none', () => {
    const wrong = Uint8Array.of(...CLIENT_COOKIE, ...new Uint8Array(16));
    expect(ask(context, 'ns1.example. A', withOption(EDNS_OPTION.COOKIE, wrong))).toMatchObject({
      rcode: 'NOERROR',
      answer: ['ns1.example. 3600 A 192.0.2.53'],
      edns: `version=0 size=1232 cookie=${cookie}`,
    });
  });

  it('binds the cookie to the client’s address, of IPv6 with a zone too', () => {
    const ipv6 = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    const expected = toHex(composeCookie(CLIENT_COOKIE, ipv6, TEST_NOW, SECRET));
    const options = { ...withOption(EDNS_OPTION.COOKIE, CLIENT_COOKIE), address: 'fe80::1%eth0' };
    expect(ask(context, 'ns1.example. A', options)?.edns).toBe(`version=0 size=1232 cookie=${expected}`);
  });

  it('gives one with a refusal as well', () => {
    const shown = ask(context, 'example.net. A', withOption(EDNS_OPTION.COOKIE, CLIENT_COOKIE));
    expect(shown).toMatchObject({ rcode: 'REFUSED', edns: `version=0 size=1232 cookie=${cookie} ede=20` });
  });

  it('gives one to a query without a question (RFC 7873, section 5.4)', () => {
    const shown = ask(context, '', withOption(EDNS_OPTION.COOKIE, CLIENT_COOKIE));
    expect(shown).toMatchObject({ rcode: 'NOERROR', flags: 'qr', answer: [], edns: `version=0 size=1232 cookie=${cookie}` });
  });

  it('are ignored where the server has no secret', () => {
    const shown = ask(contextOf([ZONE]), 'ns1.example. A', withOption(EDNS_OPTION.COOKIE, CLIENT_COOKIE));
    expect(shown).toMatchObject({ rcode: 'NOERROR', edns: 'version=0 size=1232' });
    expect(ask(contextOf([ZONE]), '', withOption(EDNS_OPTION.COOKIE, CLIENT_COOKIE))?.rcode).toBe('FORMERR');
  });
});

describe('TSIG', () => {
  const tsig: ResourceRecord = {
    owner: nameOf('key.example.'),
    type: TYPE.TSIG,
    class: CLASS.ANY,
    ttl: 0,
    // Algorithm, then: time signed, fudge, MAC of 4 octets, original id, error, other length.
    rdata: Uint8Array.of(
      ...composeName(nameOf('hmac-sha256.')),
      ...Buffer.from('00006553f100012c0004090909092a1700000000', 'hex'),
    ),
  };

  it.each([['ns1.example. A'], ['example. AXFR'], ['example.net. A']])(
    'is answered BADKEY for %s, unsigned: the server has no keys (RFC 8945, section 5.2.1)',
    (query) => {
      const shown = ask(contextOf([ZONE]), query, { tsig, edns: {} });
      expect(shown).toMatchObject({
        rcode: 'NOTAUTH',
        flags: 'qr',
        answer: [],
        additional: ['key.example. 0 TSIG hmac-sha256. 1700000000 300 0 10775 BADKEY 0'],
        edns: 'version=0 size=1232',
      });
    },
  );

  it('comes before the EDNS version', () => {
    expect(ask(contextOf([ZONE]), 'ns1.example. A', { tsig, edns: { version: 1 } })?.rcode).toBe('NOTAUTH');
  });

  describe('with the longest names of key and algorithm', () => {
    const label = 'k'.repeat(63);
    const owner = nameOf(`${label}.${label}.${label}.${'k'.repeat(60)}.`);
    const rdata = Uint8Array.of(...composeName(owner), ...tsig.rdata.subarray(13));
    const long = { ...tsig, owner, rdata };
    const longest = nameOf(`${'q'.repeat(63)}.${'q'.repeat(63)}.${'q'.repeat(63)}.${'q'.repeat(60)}.`);

    it.each([
      ['without EDNS', 'ns1.example.', undefined, undefined],
      ['with EDNS of 512 octets', 'ns1.example.', { udpPayloadSize: 512 }, 'version=0 size=1232'],
      ['with the longest question', longest, undefined, undefined],
      ['with the longest question and EDNS of 512 octets', longest, { udpPayloadSize: 512 }, 'version=0 size=1232'],
    ])('%s is left out, and the response truncated, with question and OPT', (_, name, edns, shownEdns) => {
      const shown = ask(contextOf([ZONE]), `${name} A`, { tsig: long, ...(edns && { edns }) });
      expect(shown).toMatchObject({ rcode: 'NOTAUTH', flags: 'qr tc', question: `${name} IN A`, additional: [] });
      expect(shown?.edns).toBe(shownEdns);
    });

    it('stands in the response where it fits', () => {
      for (const options of [{ edns: {} }, { transport: 'tcp' as const }]) {
        const shown = ask(contextOf([ZONE]), `${longest} A`, { tsig: long, ...options });
        expect(shown).toMatchObject({ rcode: 'NOTAUTH', flags: 'qr', question: `${longest} IN A` });
        expect(shown?.additional).toHaveLength(1);
      }
    });
  });
});
