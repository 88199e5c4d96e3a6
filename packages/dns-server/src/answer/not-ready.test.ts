import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { ask, contextOf, type TestContext } from '../testing/ask.ts';
import { describeCases } from '../testing/query-case.ts';

const ZONE = `
  $ORIGIN lb.test.
  @          30 SOA   ns1 admin 0 3600 900 86400 30
  @          30 NS    ns1
  ns1        30 A     192.0.2.53
  home       30 A     1.2.3.4
  *.wild     30 A     1.2.3.5
  alias      30 CNAME home
  dangling   30 CNAME nothing
  sub        30 NS    ns1
  tree       30 DNAME nowhere
  both       30 CNAME a.wild
`;
const unready = (): TestContext => contextOf([ZONE], { served: { complete: false } });
const WAIT = { rcode: 'SERVFAIL', response: 'qr' };

describeCases('before every source has listed, what is found is answered', unready, [
  { query: 'home.lb.test. A', answer: ['home.lb.test. 30 A 1.2.3.4'] },
  { query: 'alias.lb.test. A', answer: ['alias.lb.test. 30 CNAME home.lb.test.', 'home.lb.test. 30 A 1.2.3.4'] },
  {
    query: 'lb.test. SOA',
    because: 'SOA and NS come from the configuration',
    answer: ['lb.test. 30 SOA ns1.lb.test. admin.lb.test. 0 3600 900 86400 30'],
    authority: ['lb.test. 30 NS ns1.lb.test.'],
    additional: ['ns1.lb.test. 30 A 192.0.2.53'],
  },
  { query: 'lb.test. NS', answer: ['lb.test. 30 NS ns1.lb.test.'], additional: ['ns1.lb.test. 30 A 192.0.2.53'] },
  {
    query: 'a.sub.lb.test. A',
    response: 'qr',
    authority: ['sub.lb.test. 30 NS ns1.lb.test.'],
    additional: ['ns1.lb.test. 30 A 192.0.2.53'],
  },
  { query: 'home.lb.test. ANY', answer: ['home.lb.test. 30 HINFO "RFC8482" ""'] },
  { query: '*.wild.lb.test. A', because: 'the wildcard itself', answer: ['*.wild.lb.test. 30 A 1.2.3.5'] },
]);

describeCases('and what rests on absence waits', unready, [
  { query: 'area.lb.test. A', because: 'NXDOMAIN', ...WAIT },
  { query: 'home.lb.test. AAAA', because: 'NODATA: another source may have the type', ...WAIT },
  { query: 'lb.test. MX', because: 'NODATA at the apex', ...WAIT },
  { query: 'wild.lb.test. A', because: 'NODATA of an empty non-terminal', ...WAIT },
  { query: 'a.wild.lb.test. A', because: 'a wildcard: the name itself may still come', ...WAIT },
  { query: 'dangling.lb.test. A', because: 'an alias to what is not there yet', ...WAIT },
  { query: 'both.lb.test. A', because: 'an alias to what only a wildcard has', ...WAIT },
  { query: 'x.tree.lb.test. A', because: 'a DNAME to what is not there yet', ...WAIT },
  { query: 'example.com. A', because: 'but what is not ours is refused', rcode: 'REFUSED', response: 'qr' },
]);

describe('readiness', () => {
  it('is told as Extended DNS Error 14, and ends when the zone is complete', () => {
    const context = unready();
    expect(ask(context, 'area.lb.test. A', { edns: {} })?.edns).toBe('version=0 size=1232 ede=14');
    context.zones.setComplete(true);
    expect(ask(context, 'area.lb.test. A', { edns: {} })).toMatchObject({ rcode: 'NXDOMAIN', edns: 'version=0 size=1232' });
  });

  it('is a matter of each zone', () => {
    const context = contextOf([ZONE, '$ORIGIN other.test.\n@ SOA ns1 admin 1 2 3 4 5'], { served: { complete: false } });
    context.zones.setComplete(true, nameOf('other.test.'));
    expect(ask(context, 'area.lb.test. A')?.rcode).toBe('SERVFAIL');
    expect(ask(context, 'area.other.test. A')?.rcode).toBe('NXDOMAIN');
  });
});
