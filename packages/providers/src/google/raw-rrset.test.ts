import { describe, expect, it } from '@jest/globals';
import { sameProvided } from '@kubezone/core';

import { linesOf } from '../testing/provided-text.ts';
import { composeRRset, googleForm, observeRRset, observeWritten, type RawRRset } from './raw-rrset.ts';

const raw = (type: string, ...rrdatas: readonly string[]): RawRRset => ({ name: 'www.example.com.', type, ttl: 300, rrdatas });

describe('an RRset of Cloud DNS', () => {
  it.each<readonly [raw: RawRRset, ...lines: readonly string[]]>([
    [raw('A', '192.0.2.2', '192.0.2.1'), 'www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 A 192.0.2.2'],
    [raw('AAAA', '2001:0DB8:0::1'), 'www.example.com. 300 AAAA 2001:db8::1'],
    [raw('CNAME', 'LB.Example.NET.'), 'www.example.com. 300 CNAME lb.example.net.'],
    [raw('TXT', '"a b" "c"'), 'www.example.com. 300 TXT "a b" "c"'],
    [raw('TXT', 'unquoted words'), 'www.example.com. 300 TXT "unquoted" "words"'],
    [raw('TXT', '"v=DKIM1\\; p=x"'), 'www.example.com. 300 TXT "v=DKIM1; p=x"'],
    [raw('MX', '10 Mail.example.com.'), 'www.example.com. 300 MX 10 mail.example.com.'],
    [{ ...raw('A', '192.0.2.1'), name: '*.Dev.example.com.' }, '*.dev.example.com. 300 A 192.0.2.1'],
    [{ ...raw('A', '192.0.2.1'), name: '\\042.example.com.' }, '*.example.com. 300 A 192.0.2.1'],
  ])('%j is read', (rrset, ...lines) => {
    const observed = observeRRset(rrset);
    expect(observed && linesOf([observed])).toEqual(lines);
    expect(observed && googleForm(observed)).toEqual({ deletion: rrset });
  });

  it('whose name is none is not read', () => {
    expect(observeRRset({ name: 'a..b.', type: 'A', ttl: 1, rrdatas: ['192.0.2.1'] })).toBeUndefined();
  });

  it('whose data is not understood is shown without it, and is left alone', () => {
    const observed = observeRRset(raw('A', 'not-an-address'));
    expect(observed).toMatchObject({ type: 1, rdatas: [], properties: { 'google/type': 'A' } });
    expect(observed && googleForm(observed).untouchable).toContain('not understood');
  });

  it.each([
    ['geo', { geo: { items: [{ location: 'us-east1', rrdatas: ['192.0.2.1'] }] } }, ['192.0.2.1']],
    [
      'primaryBackup',
      {
        kind: 'dns#rRSetRoutingPolicy',
        healthCheck: 'x',
        primaryBackup: {
          primaryTargets: { internalLoadBalancers: [{ ipAddress: '10.0.0.1' }] },
          backupGeoTargets: { items: [{ rrdatas: ['192.0.2.9'] }] },
        },
      },
      ['192.0.2.9'],
    ],
    ['somethingNew', { somethingNew: {} }, []],
    ['unknown', {}, []],
  ])('with a routing policy %s is left alone, and shows its addresses', (kind, routingPolicy, addresses) => {
    const observed = observeRRset({ name: 'www.example.com.', type: 'A', ttl: 300, routingPolicy });
    expect(observed && linesOf([observed])).toEqual(
      addresses.map((address) => `www.example.com. 300 A ${address} ; google/routing-policy=${kind}`),
    );
    expect(observed && googleForm(observed).untouchable).toBe('it has a routing policy');
  });

  it('that is written is observed as it will be read', () => {
    const first = observeRRset(raw('TXT', '"say \\"yes\\""', '"b"'));
    if (first === undefined) throw new Error('not read');
    const written = observeWritten(first);
    const read = observeRRset(composeRRset(first));
    expect(read && sameProvided(written, read)).toBe(true);
    expect(read && googleForm(read)).toEqual(googleForm(written));
  });
});
