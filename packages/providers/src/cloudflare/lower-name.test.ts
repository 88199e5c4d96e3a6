import { describe, expect, it } from '@jest/globals';

import { nameOf } from '@kubezone/core';

import { linesOf, stateOf } from '../testing/provided-text.ts';
import { lowerCloudflareName, type RecordDefaults } from './lower-name.ts';
import { PROPERTY } from './record-settings.ts';
import { zoneFacts } from './zone-facts.ts';

const PLAIN: RecordDefaults = { proxied: false, comment: '', tags: [] };

interface Case {
  readonly properties?: Readonly<Record<string, string>>;
  readonly defaults?: Partial<RecordDefaults>;
  readonly plan?: string;
}

/** What lines are lowered to, and what is said of those that are not. */
function lower(lines: readonly string[], { properties, defaults, plan = 'free' }: Case = {}): string[] {
  const owner = nameOf(lines[0]?.split(' ')[0] ?? '');
  const state = stateOf(...lines);
  const qualified = {
    ...state,
    rrsets: state.rrsets.map((rrset) => ({ ...rrset, ...(properties && { properties }) })),
    ...(state.aliases && { aliases: state.aliases.map((alias) => ({ ...alias, ...(properties && { properties }) })) }),
  };
  const { rrsets, rejected } = lowerCloudflareName(owner, qualified, zoneFacts(plan), { ...PLAIN, ...defaults });
  const short = linesOf(rrsets).map((line) => line.replaceAll('external-dns.kubernetes.io/cloudflare-', ''));
  return [...short, ...rejected.map(({ reason }) => `no: ${reason}`)];
}

const A = 'www.example.com. 300 A 192.0.2.1';
const proxied = (value: string): Case => ({ properties: { [PROPERTY.proxied]: value } });

describe('lowering for Cloudflare', () => {
  it.each<[string, readonly string[], Case, readonly string[]]>([
    ['keeps what it can hold', [A], {}, [A]],
    [
      'writes a host name as a CNAME',
      ['www.example.com. 300 ALIAS lb.example.net.'],
      {},
      ['www.example.com. 300 CNAME lb.example.net.'],
    ],
    ['and at the apex too', ['example.com. 300 ALIAS lb.example.net.'], {}, ['example.com. 300 CNAME lb.example.net.']],
    [
      'and beside mail',
      ['example.com. 300 ALIAS lb.example.net.', 'example.com. 300 MX 10 mail.example.com.'],
      {},
      ['example.com. 300 CNAME lb.example.net.', 'example.com. 300 MX 10 mail.example.com.'],
    ],
    [
      'but not beside name servers',
      ['www.example.com. 300 ALIAS lb.example.net.', 'www.example.com. 300 NS ns.example.net.'],
      {},
      [
        'www.example.com. 300 NS ns.example.net.',
        'no: its target lb.example.net. would be a CNAME, which cannot stand beside NS',
      ],
    ],
    [
      'raises TTLs',
      ['www.example.com. 59 A 192.0.2.1', 'www.example.com. 0 AAAA ::1'],
      {},
      ['www.example.com. 60 A 192.0.2.1', 'www.example.com. 60 AAAA ::1'],
    ],
    [
      'down to 30 for those who pay most',
      ['www.example.com. 10 A 192.0.2.1'],
      { plan: 'enterprise' },
      ['www.example.com. 30 A 192.0.2.1'],
    ],
    ['lowers TTLs', ['www.example.com. 604800 A 192.0.2.1'], {}, ['www.example.com. 86400 A 192.0.2.1']],
    ['keeps the automatic TTL', ['www.example.com. 1 A 192.0.2.1'], {}, ['www.example.com. 1 A 192.0.2.1']],
    ['keeps the TTL of what is not proxied', ['www.example.com. 120 A 192.0.2.1'], {}, ['www.example.com. 120 A 192.0.2.1']],
    ['gives what is proxied the automatic TTL', [A], proxied('true'), ['www.example.com. 1 A 192.0.2.1 ; proxied=true']],
    ['proxies by default where told so', [A], { defaults: { proxied: true } }, ['www.example.com. 1 A 192.0.2.1 ; proxied=true']],
    ['and not where the record says no', [A], { ...proxied('false'), defaults: { proxied: true } }, [A]],
    [
      'and where it says nothing that can be understood',
      [A],
      { ...proxied('asfasdfa'), defaults: { proxied: true } },
      ['www.example.com. 1 A 192.0.2.1 ; proxied=true'],
    ],
    [
      'proxies a host name',
      ['www.example.com. 300 ALIAS lb.example.net.'],
      proxied('True'),
      ['www.example.com. 1 CNAME lb.example.net. ; proxied=true'],
    ],
    ['comments', [A], { defaults: { comment: 'by kubezone' } }, [`${A} ; record-comment=by kubezone`]],
    [
      'as the record says',
      [A],
      { defaults: { comment: 'x' }, properties: { [PROPERTY.comment]: 'one\nline' } },
      [`${A} ; record-comment=one line`],
    ],
    [
      'in no more characters than are free',
      [A],
      { defaults: { comment: '🦊'.repeat(101) } },
      [`${A} ; record-comment=${'🦊'.repeat(100)}`],
    ],
    [
      'in more where they are paid for',
      [A],
      { plan: 'pro', defaults: { comment: 'c'.repeat(501) } },
      [`${A} ; record-comment=${'c'.repeat(500)}`],
    ],
    [
      'tags where the plan has tags',
      [A],
      { plan: 'pro', properties: { [PROPERTY.tags]: 'Team:Web, env:prod,,team:Web' } },
      [`${A} ; tags=env:prod,team:Web`],
    ],
    ['and not where it has none', [A], { properties: { [PROPERTY.tags]: 'team:web' }, defaults: { tags: ['a:b'] } }, [A]],
    ['leaves other vendors’ properties out', [A], { properties: { 'aws/weight': '10' } }, [A]],
    [
      'says which types there are',
      ['www.example.com. 300 DNAME example.net.'],
      {},
      [
        'no: Cloudflare has no records of type DNAME; it has A, AAAA, CAA, CERT, CNAME, DNSKEY, DS, HTTPS, LOC, MX, NAPTR, NS, OPENPGPKEY, PTR, SMIMEA, SRV, SSHFP, SVCB, TLSA, TXT, URI',
      ],
    ],
    [
      'refuses names that it has no form for',
      ['a\\.b.example.com. 300 A 192.0.2.1'],
      {},
      ["no: the name a\\.b.example.com. has characters that need escapes, which Cloudflare's API has no form for"],
    ],
  ])('%s', (_, lines, given, expected) => {
    expect(lower(lines, given)).toEqual(expected);
  });

  it.each([
    'MX 10 mail.example.com.',
    'TXT "text"',
    'NS ns.example.net.',
    'SRV 0 0 5060 sip.example.com.',
    'LOC 31 58 52.100 S 115 49 11.700 E 20.00m 10m 10m 2m',
  ])('never proxies %s', (record) => {
    const line = `www.example.com. 300 ${record}`;
    expect(lower([line], { ...proxied('true'), defaults: { proxied: true } })).toEqual([line]);
  });

  it('refuses sets, of which the vendor has none', () => {
    const [rrset] = stateOf(A).rrsets;
    if (rrset === undefined) throw new RangeError('no RRset');
    const state = { exists: true, rrsets: [{ ...rrset, setIdentifier: 'blue' }] };
    expect(lowerCloudflareName(rrset.owner, state, zoneFacts('free'), PLAIN)).toEqual({
      rrsets: [],
      rejected: [
        { type: 1, setIdentifier: 'blue', reason: 'it has the set identifier "blue", and Cloudflare\'s records have none' },
      ],
    });
  });
});
