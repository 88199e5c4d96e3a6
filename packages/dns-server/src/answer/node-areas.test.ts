/** The cases that k8s-node-dns is known by, as far as the answering side decides them: its zone, as its flags and annotations make it. */
import { describe, expect, it } from '@jest/globals';
import { type NameState, nameOf, type OwnerName, type RRset } from '@kubezone/core';

import { ask, askOctets, composeQuery, contextOf, show } from '../testing/ask.ts';
import { describeCases } from '../testing/query-case.ts';
import { zoneOf } from '../testing/zone-text.ts';

const CONFIGURED = `
  $ORIGIN lb.test.
  @    30 SOA  ns1 admin 1750000000 3600 900 86400 30
  @    30 NS   ns1
  ns1  30 A    192.0.2.53
  ns1  30 AAAA 2001:db8::53
`;
const AREAS = `${CONFIGURED}
  home             30 A    1.2.3.4
  home             30 AAAA 2001:db8::1
  v6               30 A    1.2.3.5
  v6               30 AAAA 2001:db8::2
  v4.v6            30 A    1.2.3.5
  git.default      30 A    10.30.0.2
`;
const SOA = ['lb.test. 30 SOA ns1.lb.test. admin.lb.test. 1750000000 3600 900 86400 30'];
const NS = ['lb.test. 30 NS ns1.lb.test.'];
const GLUE = ['ns1.lb.test. 30 A 192.0.2.53', 'ns1.lb.test. 30 AAAA 2001:db8::53'];

describeCases('areas and services', () => contextOf([AREAS]), [
  { query: 'home.lb.test. A', because: 'an area holds the addresses of its nodes', answer: ['home.lb.test. 30 A 1.2.3.4'] },
  { query: 'HOME.lb.Test. A', because: 'the owner is spelled as asked', answer: ['home.lb.test. 30 A 1.2.3.4'] },
  {
    query: 'v4.home.lb.test. A',
    because: 'nothing makes the name here',
    rcode: 'NXDOMAIN',
    authority: SOA,
  },
  { query: 'v4.lb.test. A', because: 'no area, so no v4 of it', rcode: 'NXDOMAIN', authority: SOA },
  { query: 'v4.v6.lb.test. A', because: 'an area may be called v6', answer: ['v4.v6.lb.test. 30 A 1.2.3.5'] },
  { query: 'home.lb.test. TXT', because: 'no such type', authority: SOA },
  { query: 'home.lb.test. NS', because: 'no such type', authority: SOA },
  { query: 'home.lb.test. SOA', because: 'no such type', authority: SOA },
  { query: 'home.lb.test. HTTPS', because: 'no such type', authority: SOA },
  { query: 'home.lb.test. TYPE65280', because: 'no such type', authority: SOA },
  {
    query: 'lb.test. SOA',
    because: 'with the name servers and their addresses',
    answer: SOA,
    authority: NS,
    additional: GLUE,
  },
  { query: 'lb.test. NS', answer: NS, additional: GLUE },
  { query: 'lb.test. ANY', because: 'SOA and NS at the apex', answer: [...SOA, ...NS], additional: GLUE },
  { query: 'lb.test. A', authority: SOA },
  { query: 'home.lb.test. ANY', because: 'RFC 8482', answer: ['home.lb.test. 30 HINFO "RFC8482" ""'] },
  { query: 'ns1.lb.test. A', because: "the zone's own name servers have their glue", answer: ['ns1.lb.test. 30 A 192.0.2.53'] },
  {
    query: 'ns1.lb.test. AAAA',
    because: "the zone's own name servers have their glue",
    answer: ['ns1.lb.test. 30 AAAA 2001:db8::53'],
  },
  { query: 'default.lb.test. A', because: 'the namespace is an empty non-terminal', authority: SOA },
  { query: 'default.lb.test. ANY', because: 'and has nothing to say for ANY', authority: SOA },
  { query: 'home.lb.test. ANY A', because: 'class ANY counts as IN', answer: ['home.lb.test. 30 A 1.2.3.4'] },
  { query: 'home.lb.test. CH A', rcode: 'REFUSED', response: 'qr' },
  { query: 'lb.test. AXFR', because: 'no transfers', rcode: 'REFUSED', response: 'qr' },
  { query: 'lb.test. IXFR', rcode: 'REFUSED', response: 'qr' },
  {
    query: 'git.default.lb.test. A',
    because: 'a Service is a name in its namespace',
    answer: ['git.default.lb.test. 30 A 10.30.0.2'],
  },
  { query: 'home.lb.test. A', because: 'EDNS version 1', edns: { version: 1 }, rcode: 'BADVERS', response: 'qr' },
]);

describeCases('names outside the zone', () => contextOf(['$ORIGIN test.example.com.\n@ SOA ns1 admin 1 2 3 4 5']), [
  { query: 'nottest.example.com. A', because: 'only whole labels match', rcode: 'REFUSED', response: 'qr' },
  { query: 'example.com. A', rcode: 'REFUSED', response: 'qr' },
  { query: '. NS', rcode: 'REFUSED', response: 'qr' },
]);

describe('the wire', () => {
  it('no question, and two questions, are FORMERR', () => {
    const query = composeQuery('home.lb.test. A');
    const none = Uint8Array.from(query.subarray(0, 12), (octet, at) => (at === 5 ? 0 : octet));
    const two = Uint8Array.of(...query, ...query.subarray(12)).map((octet, at) => (at === 5 ? 2 : octet));
    for (const octets of [none, two]) expect(show(askOctets(contextOf([AREAS]), octets))?.rcode).toBe('FORMERR');
  });

  it('echoes the case of the question, and owner names point to it', () => {
    const response = askOctets(contextOf([AREAS]), composeQuery('HoMe.Lb.TeSt. A')) as Uint8Array;
    expect(show(response)?.question).toBe('HoMe.Lb.TeSt. IN A');
    // The record after the question (12 + 14 + 4 octets) begins with a pointer to it.
    expect([...response.subarray(30, 32)]).toEqual([0xc0, 12]);
  });

  it('fifty addresses are truncated over UDP without EDNS, and complete over TCP', () => {
    const records = Array.from({ length: 50 }, (_, index) => `home 30 A 10.0.0.${index}`);
    const context = contextOf([`${CONFIGURED}\n${records.join('\n')}`]);
    const udp = askOctets(context, composeQuery('home.lb.test. A')) as Uint8Array;
    expect(udp.length).toBeLessThanOrEqual(512);
    expect(show(udp)).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa tc' });
    const tcp = ask(context, 'home.lb.test. A', { transport: 'tcp' });
    expect(tcp?.flags).toBe('qr aa');
    expect(tcp?.answer).toHaveLength(50);
  });
});

describe('an area that comes and goes', () => {
  const home = nameOf('home.lb.test.');
  const absent: NameState = { exists: false, rrsets: [] };
  const state = (text: string, owner: OwnerName): NameState => ({ exists: true, rrsets: rrsetsAt(text, owner) });
  const address = (ip: string): NameState => state(`home 30 A ${ip}`, home);

  it('is served, changed, emptied to NODATA and gone to NXDOMAIN, each with a new serial', () => {
    const context = contextOf([CONFIGURED]);
    const steps: readonly (readonly [NameState, object])[] = [
      [address('1.2.3.4'), { rcode: 'NOERROR', answer: ['home.lb.test. 30 A 1.2.3.4'] }],
      [address('1.2.3.9'), { rcode: 'NOERROR', answer: ['home.lb.test. 30 A 1.2.3.9'] }],
      [
        { exists: true, rrsets: [] },
        { rcode: 'NOERROR', answer: [], authority: [soaWith(1_750_000_003)] },
      ],
      [absent, { rcode: 'NXDOMAIN', answer: [], authority: [soaWith(1_750_000_004)] }],
    ];
    let before = absent;
    for (const [after, expected] of steps) {
      context.zones.apply([{ owner: home, before, after, origins: [] }], 1_750_000_000);
      expect(ask(context, 'home.lb.test. A')).toMatchObject(expected);
      before = after;
    }
  });

  function soaWith(serial: number): string {
    return `lb.test. 30 SOA ns1.lb.test. admin.lb.test. ${serial} 3600 900 86400 30`;
  }

  function rrsetsAt(text: string, owner: OwnerName): readonly RRset[] {
    return zoneOf(`${CONFIGURED}\n${text}`).node(owner)?.rrsets ?? [];
  }
});
