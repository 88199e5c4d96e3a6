import { describe, expect, it } from '@jest/globals';

import { ask, contextOf, type ShownResponse } from '../testing/ask.ts';
import { describeCases } from '../testing/query-case.ts';

/** A zone with one DNAME, at the apex or below. */
function zoneWithDname(apex: string, owner: string, target: string): string {
  return `${apex} SOA ns.invalid. admin.invalid. 1 3600 900 86400 300\n${owner} 120 DNAME ${target}\n`;
}

describe('the substitutions of RFC 6672, section 2.2, table 1', () => {
  it.each([
    ['com.', 'com.', 'example.com.', 'example.net.', undefined],
    ['com.', 'example.com.', 'example.com.', 'example.net.', undefined],
    ['com.', 'a.example.com.', 'example.com.', 'example.net.', 'a.example.net.'],
    ['com.', 'a.b.example.com.', 'example.com.', 'example.net.', 'a.b.example.net.'],
    ['com.', 'ab.example.com.', 'b.example.com.', 'example.net.', undefined],
    ['com.', 'foo.example.com.', 'example.com.', 'example.net.', 'foo.example.net.'],
    ['com.', 'a.x.example.com.', 'x.example.com.', 'example.net.', 'a.example.net.'],
    ['com.', 'a.example.com.', 'example.com.', 'y.example.net.', 'a.y.example.net.'],
    ['com.', 'cyc.example.com.', 'example.com.', 'example.com.', 'cyc.example.com.'],
    ['com.', 'cyc.example.com.', 'example.com.', 'c.example.com.', 'cyc.c.example.com.'],
    ['x.', 'shortloop.x.x.', 'x.', '.', 'shortloop.x.'],
    ['x.', 'shortloop.x.', 'x.', '.', 'shortloop.'],
  ])('zone %s: %s under %s DNAME %s', (apex, qname, owner, target, result) => {
    const shown = ask(contextOf([zoneWithDname(apex, owner, target)]), `${qname} A`) as ShownResponse;
    const substituted = result === undefined ? [] : [`${owner} 120 DNAME ${target}`, `${qname} 120 CNAME ${result}`];
    expect(shown.answer.slice(0, 2)).toEqual(substituted);
  });
});

const LONG_LABEL = 'a'.repeat(63);
const SOA = ['example. 300 SOA ns1.example. admin.example. 1 3600 900 86400 300'];

describeCases(
  'DNAME',
  () =>
    contextOf([
      `
      $ORIGIN example.
      @            SOA   ns1 admin 1 3600 900 86400 300
      @            NS    ns1
      ns1          A     192.0.2.53
      www.new      A     192.0.2.1
      old          60    DNAME new
      old          A     192.0.2.2
      www.old      A     192.0.2.3
      *.old        A     192.0.2.4
      older        DNAME old
      out          DNAME example.net.
      sub          NS    ns1
      x.sub        DNAME new
      tosub        DNAME sub
      long         DNAME ${LONG_LABEL}.${LONG_LABEL}.${LONG_LABEL}.new
      alias        CNAME www.old
      growing      DNAME x.growing
      twice        DNAME target
      one.target   CNAME two.twice
      two.target   A     192.0.2.5
      cut          NS    ns1
      cut          DNAME new
      `,
    ]),
  [
    {
      query: 'www.old.example. A',
      because: 'the CNAME has the DNAME’s TTL; data below the DNAME is occluded',
      answer: [
        'old.example. 60 DNAME new.example.',
        'www.old.example. 60 CNAME www.new.example.',
        'www.new.example. 3600 A 192.0.2.1',
      ],
    },
    { query: 'old.example. A', because: 'the owner itself is not redirected', answer: ['old.example. 3600 A 192.0.2.2'] },
    { query: 'old.example. DNAME', answer: ['old.example. 60 DNAME new.example.'] },
    { query: 'old.example. MX', authority: SOA },
    {
      query: 'none.old.example. A',
      because: 'nor does a wildcard below it count',
      rcode: 'NXDOMAIN',
      answer: ['old.example. 60 DNAME new.example.', 'none.old.example. 60 CNAME none.new.example.'],
      authority: SOA,
    },
    {
      query: 'x.old.example. DNAME',
      because: 'a query for DNAME below is redirected as well',
      rcode: 'NXDOMAIN',
      answer: ['old.example. 60 DNAME new.example.', 'x.old.example. 60 CNAME x.new.example.'],
      authority: SOA,
    },
    {
      query: 'www.old.example. CNAME',
      because: 'the synthesized CNAME is what was asked for, and not followed',
      answer: ['old.example. 60 DNAME new.example.', 'www.old.example. 60 CNAME www.new.example.'],
    },
    {
      query: 'www.older.example. A',
      because: 'one DNAME may lead to another',
      answer: [
        'older.example. 3600 DNAME old.example.',
        'www.older.example. 3600 CNAME www.old.example.',
        'old.example. 60 DNAME new.example.',
        'www.old.example. 60 CNAME www.new.example.',
        'www.new.example. 3600 A 192.0.2.1',
      ],
    },
    {
      query: 'alias.example. A',
      because: 'and a CNAME to a DNAME',
      answer: [
        'alias.example. 3600 CNAME www.old.example.',
        'old.example. 60 DNAME new.example.',
        'www.old.example. 60 CNAME www.new.example.',
        'www.new.example. 3600 A 192.0.2.1',
      ],
    },
    {
      query: 'a.out.example. A',
      because: 'out of the zone the client goes on',
      answer: ['out.example. 3600 DNAME example.net.', 'a.out.example. 3600 CNAME a.example.net.'],
    },
    {
      query: 'a.x.sub.example. A',
      because: 'a cut above occludes it',
      response: 'qr',
      authority: ['sub.example. 3600 NS ns1.example.'],
      additional: ['ns1.example. 3600 A 192.0.2.53'],
    },
    {
      query: 'a.cut.example. A',
      because: 'a cut at the same name goes first (RFC 1034, section 4.3.2, step 3b)',
      response: 'qr',
      authority: ['cut.example. 3600 NS ns1.example.'],
      additional: ['ns1.example. 3600 A 192.0.2.53'],
    },
    {
      query: 'a.tosub.example. A',
      answer: ['tosub.example. 3600 DNAME sub.example.', 'a.tosub.example. 3600 CNAME a.sub.example.'],
      authority: ['sub.example. 3600 NS ns1.example.'],
      additional: ['ns1.example. 3600 A 192.0.2.53'],
    },
    {
      query: `${LONG_LABEL}.long.example. A`,
      because: 'a target that would be too long: YXDOMAIN, with the DNAME (RFC 6672, section 2.2)',
      rcode: 'YXDOMAIN',
      answer: [`long.example. 3600 DNAME ${LONG_LABEL}.${LONG_LABEL}.${LONG_LABEL}.new.example.`],
    },
    {
      query: 'one.twice.example. A',
      because: 'one DNAME used twice stands in the answer once',
      answer: [
        'twice.example. 3600 DNAME target.example.',
        'one.twice.example. 3600 CNAME one.target.example.',
        'one.target.example. 3600 CNAME two.twice.example.',
        'two.twice.example. 3600 CNAME two.target.example.',
        'two.target.example. 3600 A 192.0.2.5',
      ],
    },
  ],
);

describeCases(
  'a DNAME at the apex',
  () =>
    contextOf([
      '$ORIGIN example.\n@ SOA ns.invalid. admin.invalid. 1 3600 900 86400 300\n@ NS ns.invalid.\n@ DNAME example.net.',
    ]),
  [
    {
      query: 'www.example. A',
      because: 'redirects everything below (RFC 6672, section 2.3)',
      answer: ['example. 3600 DNAME example.net.', 'www.example. 3600 CNAME www.example.net.'],
    },
    { query: 'example. NS', answer: ['example. 3600 NS ns.invalid.'] },
    { query: 'example. A', authority: ['example. 300 SOA ns.invalid. admin.invalid. 1 3600 900 86400 300'] },
  ],
);

describe('a DNAME that feeds itself', () => {
  it('ends: each target is a new name, so the length of the chain is what stops it', () => {
    const shown = ask(contextOf([zoneWithDname('example.', 'growing.example.', 'x.growing.example.')]), 'a.growing.example. A');
    expect(shown?.rcode).toBe('NOERROR');
    expect(shown?.answer.filter((line) => line.includes(' DNAME '))).toHaveLength(1);
    expect(shown?.answer.length).toBeLessThan(20);
  });
});
