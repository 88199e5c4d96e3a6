import { describe, expect, it } from '@jest/globals';

import { ask, contextOf } from '../testing/ask.ts';
import { describeCases } from '../testing/query-case.ts';

const PARENT = `
  $ORIGIN example.
  @            SOA   ns1 admin 1 3600 900 86400 300
  @            NS    ns1
  @            NS    ns2.example.net.
  ns1          A     192.0.2.53
  ns1          AAAA  2001:db8::53
  sub          NS    ns.sub
  sub          NS    ns.other
  sub          NS    ns.example.net.
  sub          DS    1 13 2 0123456789012345678901234567890123456789012345678901234567890123
  sub          TXT   "occluded"
  ns.sub       A     192.0.2.61
  www.sub      A     192.0.2.62
  deep.x.sub   A     192.0.2.63
  other        NS    ns.other
  ns.other     A     192.0.2.71
  ns.other     AAAA  2001:db8::71
  inner.other  NS    ns.inner.other
  *.wild       A     192.0.2.81
  viawild      NS    ns.wild
  occluded     NS    ns.occluded
  *.occluded   A     192.0.2.82
  glueless     NS    ns.glueless
  unsigned     NS    ns1
  selfcut      NS    selfcut
  selfcut      A     192.0.2.83
  dname        DNAME example.net.
  below.dname  A     192.0.2.84
  viadname     NS    below.dname
  viaalias     NS    alias
  alias        CNAME ns1
  tosub        CNAME www.sub
  tomx         CNAME mx
  mx           MX    10 ns1
  mx           MX    20 www.sub
  mx           MX    30 a.wild
`;
const SOA = ['example. 300 SOA ns1.example. admin.example. 1 3600 900 86400 300'];
const SUB_NS = [
  'sub.example. 3600 NS ns.sub.example.',
  'sub.example. 3600 NS ns.other.example.',
  'sub.example. 3600 NS ns.example.net.',
];
const SUB_GLUE = [
  'ns.sub.example. 3600 A 192.0.2.61',
  'ns.other.example. 3600 A 192.0.2.71',
  'ns.other.example. 3600 AAAA 2001:db8::71',
];
const SUB_DS = 'sub.example. 3600 DS 1 13 2 0123456789012345678901234567890123456789012345678901234567890123';

describeCases('delegations', () => contextOf([PARENT]), [
  {
    query: 'host.sub.example. A',
    because: 'a referral is not authoritative, and has glue, of siblings too',
    response: 'qr',
    authority: SUB_NS,
    additional: SUB_GLUE,
  },
  { query: 'sub.example. A', because: 'the cut itself is referred', response: 'qr', authority: SUB_NS, additional: SUB_GLUE },
  {
    query: 'sub.example. NS',
    because: 'its NS too: they are the child’s',
    response: 'qr',
    authority: SUB_NS,
    additional: SUB_GLUE,
  },
  { query: 'sub.example. ANY', response: 'qr', authority: SUB_NS, additional: SUB_GLUE },
  { query: 'sub.example. TXT', because: 'data at the cut is occluded', response: 'qr', authority: SUB_NS, additional: SUB_GLUE },
  { query: 'ns.sub.example. A', because: 'glue is no answer', response: 'qr', authority: SUB_NS, additional: SUB_GLUE },
  {
    query: 'x.sub.example. A',
    because: 'an occluded empty non-terminal',
    response: 'qr',
    authority: SUB_NS,
    additional: SUB_GLUE,
  },
  { query: 'sub.example. DS', because: 'DS at the cut is the parent’s (RFC 4035, section 3.1.4.1)', answer: [SUB_DS] },
  { query: 'unsigned.example. DS', because: 'and so is its absence', authority: SOA },
  {
    query: 'host.sub.example. DS',
    because: 'below the cut DS is the child’s',
    response: 'qr',
    authority: SUB_NS,
    additional: SUB_GLUE,
  },
  { query: 'sub.example. DNSKEY', response: 'qr', authority: SUB_NS, additional: SUB_GLUE },
  {
    query: 'a.inner.other.example. A',
    because: 'the topmost cut counts',
    response: 'qr',
    authority: ['other.example. 3600 NS ns.other.example.'],
    additional: ['ns.other.example. 3600 A 192.0.2.71', 'ns.other.example. 3600 AAAA 2001:db8::71'],
  },
  {
    query: 'a.viawild.example. A',
    because: 'a name server’s address may come from a wildcard',
    response: 'qr',
    authority: ['viawild.example. 3600 NS ns.wild.example.'],
    additional: ['ns.wild.example. 3600 A 192.0.2.81'],
  },
  {
    query: 'a.occluded.example. A',
    because: 'also from an occluded one: it is glue',
    response: 'qr',
    authority: ['occluded.example. 3600 NS ns.occluded.example.'],
    additional: ['ns.occluded.example. 3600 A 192.0.2.82'],
  },
  { query: 'glueless.example. A', response: 'qr', authority: ['glueless.example. 3600 NS ns.glueless.example.'] },
  {
    query: 'selfcut.example. A',
    response: 'qr',
    authority: ['selfcut.example. 3600 NS selfcut.example.'],
    additional: ['selfcut.example. 3600 A 192.0.2.83'],
  },
  {
    query: 'viadname.example. A',
    because: 'names below a DNAME have no address',
    response: 'qr',
    authority: ['viadname.example. 3600 NS below.dname.example.'],
  },
  {
    query: 'viaalias.example. A',
    because: 'an alias is not followed for glue',
    response: 'qr',
    authority: ['viaalias.example. 3600 NS alias.example.'],
  },
  {
    query: 'tosub.example. A',
    because: 'an alias into a delegation: the alias is authoritative, the rest a referral',
    answer: ['tosub.example. 3600 CNAME www.sub.example.'],
    authority: SUB_NS,
    additional: SUB_GLUE,
  },
]);

describeCases('the apex', () => contextOf([PARENT]), [
  {
    query: 'example. NS',
    answer: ['example. 3600 NS ns1.example.', 'example. 3600 NS ns2.example.net.'],
    additional: ['ns1.example. 3600 A 192.0.2.53', 'ns1.example. 3600 AAAA 2001:db8::53'],
  },
  { query: 'example. DS', because: 'no parent is served here: NODATA of the child', authority: SOA },
  { query: 'example. A', authority: SOA },
]);

describeCases('additional addresses', () => contextOf([PARENT]), [
  {
    query: 'mx.example. MX',
    because: 'of targets in the zone, by wildcards too, but not glue (RFC 2181, section 5.4.1)',
    answer: [
      'mx.example. 3600 MX 10 ns1.example.',
      'mx.example. 3600 MX 20 www.sub.example.',
      'mx.example. 3600 MX 30 a.wild.example.',
    ],
    additional: ['ns1.example. 3600 A 192.0.2.53', 'ns1.example. 3600 AAAA 2001:db8::53', 'a.wild.example. 3600 A 192.0.2.81'],
  },
  {
    query: 'tomx.example. MX',
    because: 'behind an alias as well',
    answer: [
      'tomx.example. 3600 CNAME mx.example.',
      'mx.example. 3600 MX 10 ns1.example.',
      'mx.example. 3600 MX 20 www.sub.example.',
      'mx.example. 3600 MX 30 a.wild.example.',
    ],
    additional: ['ns1.example. 3600 A 192.0.2.53', 'ns1.example. 3600 AAAA 2001:db8::53', 'a.wild.example. 3600 A 192.0.2.81'],
  },
]);

describeCases(
  'additional addresses of other types',
  () =>
    contextOf([
      `
      $ORIGIN example.
      @      SOA   ns1 admin 1 3600 900 86400 300
      @      NS    ns1
      ns1    A     192.0.2.53
      www    A     192.0.2.1
      www    AAAA  2001:db8::1
      _s._tcp SRV  1 1 80 www
      _s._tcp SRV  2 1 81 www
      none   SRV   0 0 0 .
      svc    SVCB  1 www alpn=h2
      https  HTTPS 1 .
      https  A     192.0.2.2
      ptr    PTR   www
      out    MX    1 mail.example.net.
      `,
    ]),
  [
    {
      query: '_s._tcp.example. SRV',
      because: 'each address once',
      answer: ['_s._tcp.example. 3600 SRV 1 1 80 www.example.', '_s._tcp.example. 3600 SRV 2 1 81 www.example.'],
      additional: ['www.example. 3600 A 192.0.2.1', 'www.example. 3600 AAAA 2001:db8::1'],
    },
    { query: 'none.example. SRV', answer: ['none.example. 3600 SRV 0 0 0 .'] },
    {
      query: 'svc.example. SVCB',
      answer: ['svc.example. 3600 SVCB 1 www.example. alpn="h2"'],
      additional: ['www.example. 3600 A 192.0.2.1', 'www.example. 3600 AAAA 2001:db8::1'],
    },
    {
      query: 'https.example. HTTPS',
      because: 'the target "." is the owner, whose addresses are asked for anyway',
      answer: ['https.example. 3600 HTTPS 1 .'],
    },
    { query: 'ptr.example. PTR', answer: ['ptr.example. 3600 PTR www.example.'] },
    { query: 'out.example. MX', answer: ['out.example. 3600 MX 1 mail.example.net.'] },
  ],
);

describe('addresses of very many targets', () => {
  const hosts = Array.from(
    { length: 3000 },
    (_, index) => `big SRV 0 0 ${index} h${index}\nh${index} A 10.0.${index >> 8}.${index & 255}`,
  );
  const context = contextOf([`${PARENT}\n${hosts.join('\n')}`]);

  it('are given along for some of them only, since they are not needed', () => {
    const shown = ask(context, 'big.example. SRV', { transport: 'tcp' });
    expect(shown).toMatchObject({ flags: 'qr aa tc' });
    const fewer = contextOf([`${PARENT}\n${hosts.slice(0, 200).join('\n')}`]);
    expect(ask(fewer, 'big.example. SRV', { transport: 'tcp' })).toMatchObject({ flags: 'qr aa' });
    expect(ask(fewer, 'big.example. SRV', { transport: 'tcp' })?.additional).toHaveLength(64);
  });
});

const CHILD = `
  $ORIGIN sub.example.
  @    SOA ns admin 1 3600 900 86400 60
  @    NS  ns
  ns   A   192.0.2.61
  www  A   192.0.2.200
`;
const CHILD_SOA = ['sub.example. 60 SOA ns.sub.example. admin.sub.example. 1 3600 900 86400 60'];

describeCases('a zone and its child, served side by side', () => contextOf([PARENT, CHILD]), [
  { query: 'www.sub.example. A', because: 'the longest match answers', answer: ['www.sub.example. 3600 A 192.0.2.200'] },
  { query: 'none.sub.example. A', rcode: 'NXDOMAIN', authority: CHILD_SOA },
  {
    query: 'sub.example. NS',
    answer: ['sub.example. 3600 NS ns.sub.example.'],
    additional: ['ns.sub.example. 3600 A 192.0.2.61'],
  },
  { query: 'sub.example. DS', because: 'but DS comes from the parent', answer: [SUB_DS] },
  { query: 'www.sub.example. DS', authority: CHILD_SOA },
  {
    query: 'tosub.example. A',
    because: 'an alias is not followed into another zone',
    answer: ['tosub.example. 3600 CNAME www.sub.example.'],
  },
  { query: 'notsub.example. A', because: 'names match by labels, not by characters', rcode: 'NXDOMAIN', authority: SOA },
  { query: 'nosub.example.net. A', rcode: 'REFUSED', response: 'qr' },
]);

const NESTING = `
  $ORIGIN example.
  @         60 SOA   ns1 admin 1 2 3 4 60
  @         60 NS    ns1
  ns1       60 A     192.0.2.53
  sub       60 NS    ns.sub
  sub       60 DS    1 13 2 0123456789012345678901234567890123456789012345678901234567890123
  ns.sub    60 A     192.0.2.61
  www.sub   60 A     192.0.2.62
  unsigned  60 NS    ns1
  tochild   60 CNAME www.sub
  tonothing 60 CNAME nothing.sub
  toapex    60 CNAME sub
  tree      60 DNAME sub
  x         60 MX    1 www.sub
`;
const NESTING_SOA = ['example. 60 SOA ns1.example. admin.example. 1 2 3 4 60'];
const UNDELEGATING = `
  $ORIGIN example.
  @         60 SOA   ns1 admin 1 2 3 4 60
  @         60 NS    ns1
  ns1       60 A     192.0.2.53
  tochild   60 CNAME www.sub
`;
const NESTED = `
  $ORIGIN sub.example.
  @    60 SOA   ns admin 1 2 3 4 60
  @    60 NS    ns
  ns   60 A     192.0.2.61
  www  60 A     192.0.2.200
  up   60 CNAME ns1.example.
`;
const DEEP = `
  $ORIGIN deep.sub.example.
  @    60 SOA   ns.example.net. admin 1 2 3 4 60
  @    60 NS    ns.example.net.
`;
const NESTED_SOA = 'sub.example. 60 SOA ns.sub.example. admin.sub.example. 1 2 3 4 60';
const NESTED_NS = ['sub.example. 60 NS ns.sub.example.'];
const NESTED_ADDRESS = ['ns.sub.example. 60 A 192.0.2.61'];
const NESTED_DS = 'sub.example. 60 DS 1 13 2 0123456789012345678901234567890123456789012345678901234567890123';

// The same as NSD 4.6.1, Knot 3.2.6 and BIND 9.18 answer from the same two files, where they agree. Where they do not: BIND and NSD end chains of aliases at
// the child's edge as we do, and Knot adds the referral; BIND and Knot follow an alias to the child's DS, NSD does not; Knot alone gives glue for MX.
describeCases('a cut whose child is served too, by type', () => contextOf([NESTING, NESTED]), [
  { query: 'sub.example. DS', answer: [NESTED_DS] },
  { query: 'sub.example. A', because: 'all else at the apex is the child’s', authority: [NESTED_SOA] },
  { query: 'sub.example. SOA', answer: [NESTED_SOA], authority: NESTED_NS, additional: NESTED_ADDRESS },
  { query: 'unsigned.example. DS', because: 'a child without DS: NODATA of the parent', authority: NESTING_SOA },
  { query: 'a.sub.example. DS', because: 'below the apex DS is the child’s', rcode: 'NXDOMAIN', authority: [NESTED_SOA] },
  { query: 'tochild.example. A', answer: ['tochild.example. 60 CNAME www.sub.example.'] },
  {
    query: 'tonothing.example. A',
    because: 'the rcode of a name that the child has to deny is not known',
    answer: ['tonothing.example. 60 CNAME nothing.sub.example.'],
  },
  { query: 'toapex.example. A', answer: ['toapex.example. 60 CNAME sub.example.'] },
  {
    query: 'toapex.example. DS',
    because: 'but the DS is the parent’s own',
    answer: ['toapex.example. 60 CNAME sub.example.', NESTED_DS],
  },
  {
    query: 'a.tree.example. A',
    because: 'through a DNAME too',
    answer: ['tree.example. 60 DNAME sub.example.', 'a.tree.example. 60 CNAME a.sub.example.'],
  },
  {
    query: 'up.sub.example. A',
    because: 'and from the child into its parent',
    answer: ['up.sub.example. 60 CNAME ns1.example.'],
  },
  {
    query: 'x.example. MX',
    answer: ['x.example. 60 MX 1 www.sub.example.'],
    because: 'nothing below the cut is given along but glue',
  },
]);

describeCases('a zone above that does not delegate', () => contextOf([UNDELEGATING, NESTED]), [
  { query: 'sub.example. DS', because: 'it could only deny the name: the child answers', authority: [NESTED_SOA] },
  {
    query: 'tochild.example. A',
    because: 'nor does it deny what the child has',
    answer: ['tochild.example. 60 CNAME www.sub.example.'],
  },
  { query: 'www.sub.example. A', answer: ['www.sub.example. 60 A 192.0.2.200'] },
]);

describeCases('a zone above whose delegation is further up', () => contextOf([`${UNDELEGATING}\nsub NS ns.example.net.`, DEEP]), [
  {
    query: 'deep.sub.example. DS',
    because: 'the DS is in neither zone: a referral to who has it',
    response: 'qr',
    authority: ['sub.example. 3600 NS ns.example.net.'],
  },
  { query: 'deep.sub.example. A', authority: ['deep.sub.example. 60 SOA ns.example.net. admin.deep.sub.example. 1 2 3 4 60'] },
]);
