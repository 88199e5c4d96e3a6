import { contextOf } from '../testing/ask.ts';
import { describeCases } from '../testing/query-case.ts';

/** The zone of RFC 4592, section 2.2.1. */
const RFC_4592 = contextOf([
  `
  $ORIGIN example.
  example.                 3600 IN SOA ns.example.com. hostmaster.example.com. 1 3600 900 86400 300
  example.                 3600    NS  ns.example.com.
  example.                 3600    NS  ns.example.net.
  *.example.               3600    TXT "this is a wildcard"
  *.example.               3600    MX  10 host1.example.
  sub.*.example.           3600    TXT "this is not a wildcard"
  host1.example.           3600    A   192.0.2.1
  _ssh._tcp.host1.example. 3600    SRV 0 0 22 host1.example.
  _ssh._tcp.host2.example. 3600    SRV 0 0 22 host2.example.
  subdel.example.          3600    NS  ns.example.com.
  subdel.example.          3600    NS  ns.example.net.
  `,
]);
const SOA = ['example. 300 SOA ns.example.com. hostmaster.example.com. 1 3600 900 86400 300'];

describeCases('the queries of RFC 4592, section 2.2.1', () => RFC_4592, [
  {
    query: 'host3.example. MX',
    because: 'synthesized from *.example.',
    answer: ['host3.example. 3600 MX 10 host1.example.'],
    additional: ['host1.example. 3600 A 192.0.2.1'],
  },
  { query: 'host3.example. A', because: 'no data: the wildcard has no A', authority: SOA },
  {
    query: 'foo.bar.example. TXT',
    because: 'synthesized: bar.example. does not exist, but the wildcard does',
    answer: ['foo.bar.example. 3600 TXT "this is a wildcard"'],
  },
  { query: 'host1.example. MX', because: 'not synthesized: host1.example. exists', authority: SOA },
  { query: 'sub.*.example. MX', because: 'not synthesized: sub.*.example. exists', authority: SOA },
  {
    query: '_telnet._tcp.host1.example. SRV',
    because: 'not synthesized: _tcp.host1.example. exists, without data',
    rcode: 'NXDOMAIN',
    authority: SOA,
  },
  {
    query: 'host.subdel.example. A',
    because: 'not synthesized: subdel.example. is a zone cut',
    response: 'qr',
    authority: ['subdel.example. 3600 NS ns.example.com.', 'subdel.example. 3600 NS ns.example.net.'],
  },
  { query: 'ghost.*.example. MX', because: 'not synthesized: *.example. exists', rcode: 'NXDOMAIN', authority: SOA },
]);

describeCases('the same zone, asked more closely', () => RFC_4592, [
  {
    query: '*.example. TXT',
    because: 'a wildcard is found by its own name',
    answer: ['*.example. 3600 TXT "this is a wildcard"'],
  },
  { query: 'sub.*.example. TXT', answer: ['sub.*.example. 3600 TXT "this is not a wildcard"'] },
  { query: '_tcp.host1.example. SRV', because: 'an empty non-terminal exists (RFC 8020)', authority: SOA },
  { query: 'host2.example. A', because: 'an empty non-terminal shadows the wildcard', authority: SOA },
  { query: 'host2.example. TXT', because: 'an empty non-terminal shadows the wildcard, also for its types', authority: SOA },
  { query: 'a.b.c.d.example. TXT', because: 'at any depth', answer: ['a.b.c.d.example. 3600 TXT "this is a wildcard"'] },
  {
    query: 'x.host1.example. TXT',
    because: 'the closest encloser is host1, which has no wildcard',
    rcode: 'NXDOMAIN',
    authority: SOA,
  },
  {
    query: '*.host3.example. TXT',
    because: 'an asterisk label in a query is a label',
    answer: ['*.host3.example. 3600 TXT "this is a wildcard"'],
  },
]);

const SPECIAL_SOA = ['example. 300 SOA ns1.example. admin.example. 1 3600 900 86400 300'];

describeCases(
  'wildcards with special types',
  () =>
    contextOf([
      `
      $ORIGIN example.
      @               SOA   ns1 admin 1 3600 900 86400 300
      @               NS    ns1
      ns1             A     192.0.2.53
      www             A     192.0.2.1
      *.alias         CNAME www
      *.loop          CNAME x.loop
      *.self          CNAME a.b.self
      *.cut           NS    ns.cut
      ns.cut          A     192.0.2.9
      *.tree          DNAME www.example.
      b.*.empty       A     192.0.2.2
      *.deep          A     192.0.2.3
      x.y.deep        A     192.0.2.4
      `,
    ]),
  [
    {
      query: 'a.alias.example. A',
      because: 'a wildcard CNAME is followed (RFC 4592, section 4.3)',
      answer: ['a.alias.example. 3600 CNAME www.example.', 'www.example. 3600 A 192.0.2.1'],
    },
    { query: 'a.alias.example. CNAME', answer: ['a.alias.example. 3600 CNAME www.example.'] },
    { query: '*.alias.example. CNAME', answer: ['*.alias.example. 3600 CNAME www.example.'] },
    {
      query: 'alias.example. A',
      because: 'a wildcard does not stand for its parent',
      authority: SPECIAL_SOA,
    },
    {
      query: 'a.loop.example. A',
      because: 'a loop ends where a name comes again',
      answer: ['a.loop.example. 3600 CNAME x.loop.example.', 'x.loop.example. 3600 CNAME x.loop.example.'],
    },
    {
      query: 'a.self.example. A',
      answer: ['a.self.example. 3600 CNAME a.b.self.example.', 'a.b.self.example. 3600 CNAME a.b.self.example.'],
    },
    {
      query: 'a.cut.example. NS',
      because: 'NS at a wildcard is data: no label has matched it, so it is no cut (RFC 4592, section 4.2)',
      answer: ['a.cut.example. 3600 NS ns.cut.example.'],
      additional: ['ns.cut.example. 3600 A 192.0.2.9'],
    },
    { query: 'a.cut.example. A', authority: SPECIAL_SOA },
    {
      query: '*.cut.example. A',
      because: 'the wildcard itself, asked for by name, is a cut',
      response: 'qr',
      authority: ['*.cut.example. 3600 NS ns.cut.example.'],
      additional: ['ns.cut.example. 3600 A 192.0.2.9'],
    },
    { query: 'a.tree.example. DNAME', answer: ['a.tree.example. 3600 DNAME www.example.'] },
    {
      query: 'b.a.tree.example. A',
      because: 'a DNAME at a wildcard redirects nothing',
      authority: SPECIAL_SOA,
    },
    {
      query: 'b.*.tree.example. A',
      because: 'but below the asterisk itself it does',
      rcode: 'NXDOMAIN',
      answer: ['*.tree.example. 3600 DNAME www.example.', 'b.*.tree.example. 3600 CNAME b.www.example.'],
      authority: SPECIAL_SOA,
    },
    {
      query: 'a.empty.example. A',
      because: 'a wildcard that is an empty non-terminal stands for the name, without data',
      authority: SPECIAL_SOA,
    },
    { query: 'z.deep.example. A', answer: ['z.deep.example. 3600 A 192.0.2.3'] },
    {
      query: 'z.y.deep.example. A',
      because: 'y.deep.example. exists as an empty non-terminal and is the closest encloser',
      rcode: 'NXDOMAIN',
      authority: SPECIAL_SOA,
    },
  ],
);
