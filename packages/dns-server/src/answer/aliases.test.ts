import { describe, expect, it } from '@jest/globals';

import { ask, contextOf } from '../testing/ask.ts';
import { describeCases } from '../testing/query-case.ts';
import { MAX_ALIASES } from './solve.ts';

const ZONE = `
  $ORIGIN example.
  @        SOA   ns1 admin 1 3600 900 86400 300
  @        NS    ns1
  ns1      A     192.0.2.53
  www      A     192.0.2.1
  www      A     192.0.2.2
  alias    60    CNAME www
  alias2   CNAME alias
  tonothing CNAME nothing
  tonodata CNAME alias2
  outside  CNAME www.example.net.
  loop1    CNAME loop2
  loop2    CNAME loop1
  self     CNAME self
  signed   CNAME www
  signed   RRSIG CNAME 13 2 3600 20300101000000 20200101000000 1 example. AAAA
`;
const OTHER = `
  $ORIGIN example.net.
  @   SOA ns1.example. admin 1 3600 900 86400 300
  @   NS  ns1.example.
  www A   192.0.2.9
`;
const SOA = ['example. 300 SOA ns1.example. admin.example. 1 3600 900 86400 300'];
const WWW = ['www.example. 3600 A 192.0.2.1', 'www.example. 3600 A 192.0.2.2'];

describeCases('aliases', () => contextOf([ZONE, OTHER]), [
  { query: 'alias.example. A', answer: ['alias.example. 60 CNAME www.example.', ...WWW] },
  {
    query: 'alias2.example. A',
    answer: ['alias2.example. 3600 CNAME alias.example.', 'alias.example. 60 CNAME www.example.', ...WWW],
  },
  {
    query: 'alias2.example. CNAME',
    because: 'the alias itself is not followed',
    answer: ['alias2.example. 3600 CNAME alias.example.'],
  },
  { query: 'alias2.example. ANY', because: 'nor is it for ANY', answer: ['alias2.example. 3600 CNAME alias.example.'] },
  {
    query: 'tonothing.example. A',
    because: 'the rcode is that of the last name (RFC 6604)',
    rcode: 'NXDOMAIN',
    answer: ['tonothing.example. 3600 CNAME nothing.example.'],
    authority: SOA,
  },
  {
    query: 'alias.example. TXT',
    because: 'NODATA of the last name',
    answer: ['alias.example. 60 CNAME www.example.'],
    authority: SOA,
  },
  {
    query: 'outside.example. A',
    because: 'a chain that leaves the zone ends there, though the other zone is served too',
    answer: ['outside.example. 3600 CNAME www.example.net.'],
  },
  {
    query: 'loop1.example. A',
    because: 'a loop ends where a name comes again',
    answer: ['loop1.example. 3600 CNAME loop2.example.', 'loop2.example. 3600 CNAME loop1.example.'],
  },
  { query: 'self.example. A', answer: ['self.example. 3600 CNAME self.example.'] },
  {
    query: 'signed.example. RRSIG',
    because: 'RRSIG stands beside the CNAME (RFC 4034, section 3)',
    answer: ['signed.example. 3600 RRSIG CNAME 13 2 3600 20300101000000 20200101000000 1 example. AAAA'],
  },
  { query: 'alias.example. RRSIG', because: 'plain NODATA where there is none', authority: SOA },
  { query: 'alias.example. NSEC', authority: SOA },
]);

describe('a long chain', () => {
  const chain = Array.from({ length: 40 }, (_, index) => `c${index} CNAME c${index + 1}`).join('\n');
  const context = contextOf([`${ZONE}\n${chain}\nc40 A 192.0.2.40`]);

  it('is followed as far as it is not unreasonable', () => {
    const shown = ask(context, `c${40 - MAX_ALIASES}.example. A`);
    expect(shown?.answer).toHaveLength(MAX_ALIASES + 1);
    expect(shown?.answer.at(-1)).toBe('c40.example. 3600 A 192.0.2.40');
  });

  it('ends with the aliases found so far when it is longer, for the client to go on', () => {
    const shown = ask(context, 'c0.example. A');
    expect(shown).toMatchObject({ rcode: 'NOERROR', flags: 'qr aa', authority: [] });
    expect(shown?.answer).toHaveLength(MAX_ALIASES + 1);
    expect(shown?.answer.at(-1)).toBe(`c${MAX_ALIASES}.example. 3600 CNAME c${MAX_ALIASES + 1}.example.`);
  });
});
