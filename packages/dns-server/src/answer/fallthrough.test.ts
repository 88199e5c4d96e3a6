/** Which queries are relayed to other servers (k8s_gateway's `fallthrough`), and what is answered where they cannot be. */
import { describe, expect, it } from '@jest/globals';

import { ask, contextOf, isRelayed, type TestContext } from '../testing/ask.ts';

const ZONE = `
  $ORIGIN example.com.
  @          60 SOA   ns1 admin 1 3600 900 86400 30
  @          60 NS    ns1
  @          60 NS    ns.gone
  @          60 NS    ns.elsewhere.test.
  ns1        60 A     192.0.2.53
  web        60 A     192.0.2.1
  a.b        60 A     192.0.2.2
  *.wild     60 A     192.0.2.3
  sub        60 NS    ns1
  tree       60 DNAME elsewhere
  alias      60 CNAME nobody
  chain      60 CNAME alias
  outward    60 CNAME www.elsewhere.test.
  alias-ns   60 CNAME ns.gone
`;
const OTHER = `
  $ORIGIN other.test.
  @          60 SOA   ns1 admin 1 3600 900 86400 30
`;
const context = (served: { readonly complete?: boolean } = {}): TestContext =>
  contextOf([ZONE], { served: { fallthrough: true, ...served } });

describe('with fallthrough, a query', () => {
  it.each<[string, boolean, string]>([
    ['nobody.example.com. A', true, 'nobody knows the name'],
    ['NoBody.Example.COM. AAAA', true, 'nobody knows the name, however it is written'],
    ['a.nobody.example.com. TXT', true, 'nobody knows a name above it either'],
    ['nobody.example.com. TYPE65400', true, 'any type that data can have'],
    ['nobody.example.com. DS', true, 'which is the parent zone’s data, and that is here'],
    ['below.web.example.com. A', true, 'a name that exists knows nothing of those below it'],
    ['*.example.com. A', true, 'the asterisk is a label like any other to whoever is asked'],
    ['web.example.com. A', false, 'it has an answer'],
    ['web.example.com. MX', false, 'the name is known: NODATA'],
    ['b.example.com. A', false, 'the name exists, since one below it does'],
    ['any.wild.example.com. A', false, 'the wildcard answers'],
    ['any.wild.example.com. TXT', false, 'the wildcard answers: NODATA'],
    ['wild.example.com. A', false, 'the name exists, since the wildcard does'],
    ['example.com. A', false, 'the apex always exists'],
    ['example.com. SOA', false, 'the apex is ours'],
    ['example.com. NS', false, 'the apex is ours'],
    ['ns1.example.com. AAAA', false, 'the name server is known'],
    ['ns.gone.example.com. A', false, 'a name server of the zone is nobody else’s to know'],
    ['foo.ns1.example.com. A', false, 'nor is what stands below one'],
    ['foo.ns.gone.example.com. A', false, 'nor is what stands below one'],
    ['gone.example.com. A', true, 'what stands above one is a name like any other'],
    ['sub.example.com. A', false, 'the zone is delegated'],
    ['x.sub.example.com. A', false, 'the zone is delegated'],
    ['x.tree.example.com. A', false, 'the DNAME leads elsewhere'],
    ['alias.example.com. A', false, 'the alias is known: whoever asks goes on from its target'],
    ['outward.example.com. A', false, 'the alias is known'],
    ['nobody.example.com. ANY', false, 'ANY has no answer that others could give'],
    ['nobody.example.com. AXFR', false, 'transfers are refused'],
    ['nobody.example.com. IXFR', false, 'transfers are refused'],
    ['nobody.example.com. TYPE0', false, 'no data can have this type'],
    ['nobody.example.com. OPT', false, 'no data can have this type'],
    ['nobody.example.com. TSIG', false, 'no data can have this type'],
    ['nobody.example.com. ANY A', false, 'only we answer class ANY as class IN'],
    ['nobody.example.com. CH TXT', false, 'another class'],
    ['nobody.elsewhere.test. A', false, 'the name is in no zone'],
  ])('for %s is relayed: %s (%s)', (query, relays) => {
    expect(isRelayed(context(), query)).toBe(relays);
  });

  it.each([
    ['NOTIFY', 4],
    ['UPDATE', 5],
    ['STATUS', 2],
  ])('with the opcode %s is not relayed', (_, opcode) => {
    expect(isRelayed(context(), 'nobody.example.com. A', { opcode })).toBe(false);
  });

  it('with a TSIG is answered that the key is unknown', () => {
    const tsig = { owner: '.', type: 250, class: 255, ttl: 0, rdata: TSIG } as never;
    expect(isRelayed(context(), 'nobody.example.com. A', { tsig })).toBe(false);
    expect(ask(context(), 'nobody.example.com. A', { tsig })?.rcode).toBe('NOTAUTH');
  });

  it('with EDNS of another version is answered BADVERS', () => {
    expect(isRelayed(context(), 'nobody.example.com. A', { edns: { version: 1 } })).toBe(false);
  });

  it('is answered SERVFAIL before every source has listed: it may be ours', () => {
    const unready = context({ complete: false });
    expect(isRelayed(unready, 'nobody.example.com. A')).toBe(false);
    expect(ask(unready, 'nobody.example.com. A')?.rcode).toBe('SERVFAIL');
  });

  it('is not relayed in a zone without fallthrough', () => {
    expect(isRelayed(contextOf([ZONE]), 'nobody.example.com. A')).toBe(false);
    expect(isRelayed(contextOf([OTHER]), 'nobody.other.test. A')).toBe(false);
  });
});

describe('with fallthrough, an alias to a name that nobody here knows', () => {
  it.each([
    ['alias.example.com. A', ['alias.example.com. 60 CNAME nobody.example.com.']],
    [
      'chain.example.com. A',
      ['chain.example.com. 60 CNAME alias.example.com.', 'alias.example.com. 60 CNAME nobody.example.com.'],
    ],
    [
      'x.tree.example.com. A',
      ['tree.example.com. 60 DNAME elsewhere.example.com.', 'x.tree.example.com. 60 CNAME x.elsewhere.example.com.'],
    ],
  ])('ends there, so that whoever follows it asks for that name: %s', (query, answer) => {
    expect(ask(context(), query)).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa', answer, authority: [] });
  });

  it('is denied where the name is the zone’s own to give', () => {
    expect(ask(context(), 'alias-ns.example.com. A')?.rcode).toBe('NXDOMAIN');
    expect(ask(contextOf([ZONE]), 'alias.example.com. A')?.rcode).toBe('NXDOMAIN');
  });
});

describe('with fallthrough, what is answered where a query cannot be relayed', () => {
  it('is what is known here', () => {
    expect(ask(context(), 'nobody.example.com. A')).toMatchObject({
      rcode: 'NXDOMAIN',
      flags: 'qr aa',
      authority: ['example.com. 30 SOA ns1.example.com. admin.example.com. 1 3600 900 86400 30'],
    });
  });
});

/** hmac-sha256, no MAC, id 0x2a17. */
const TSIG = Uint8Array.from(Buffer.from('0b686d61632d73686132353600000065000000012c00002a1700000000', 'hex'));
