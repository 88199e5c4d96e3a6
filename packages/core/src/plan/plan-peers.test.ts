/**
 * What external-dns and Mate do with a zone, by their own tests and users' reports, held against our plan. Owner `me` stands for their owner or group. Where
 * we differ on purpose the rule says so.
 */
import { describe, expect, it } from '@jest/globals';

import { type PlanCase, runPlanCase } from './testing/plan-case.ts';

function check(cases: readonly PlanCase[]): void {
  it.each(cases)('$rule', (one) => {
    const { writes, withheld, again } = runPlanCase(one);
    expect(writes).toEqual(one.writes.toSorted());
    expect(withheld).toEqual((one.withheld ?? []).toSorted());
    expect(again).toEqual([]);
  });
}

/** A name `foo` or `bar` that is ours, with these types. */
const mine = (types: string, name = 'foo'): string => `_owner.${name}.example. @me ${types}/service`;
const wants = (data: string, name = 'foo'): string => `${name}.example. 300 ${data} < service/n/a`;
const holds = (data: string, name = 'foo'): string => `${name}.example. 300 ${data}`;

describe('external-dns’s plan', () => {
  const [a, aaaa, cname] = ['A 192.0.2.5', 'AAAA 2001:db8::1', 'CNAME v1.example.'];
  check([
    {
      rule: 'a target that differs is updated, whichever object it was of',
      observed: [holds('CNAME v2.example.'), mine('CNAME')],
      desired: [wants('CNAME v1.example.')],
      writes: [`- ${holds('CNAME v2.example.')}`, `+ ${holds('CNAME v1.example.')}`],
    },
    {
      rule: 'a TTL that differs is updated',
      observed: ['foo.example. 60 A 192.0.2.5', mine('A')],
      desired: [wants(a)],
      writes: ['- foo.example. 60 A 192.0.2.5', `+ ${holds(a)}`],
    },
    {
      rule: 'a property with another value is updated',
      observed: [`${holds(a)} ; proxied=true`, mine('A')],
      desired: ['foo.example. 300 A 192.0.2.5 ; proxied=false < service/n/a'],
      writes: ['- foo.example. 300 A 192.0.2.5 proxied="true"', '+ foo.example. 300 A 192.0.2.5 proxied="false"'],
    },
    {
      rule: 'a property that nobody wants any more is updated',
      observed: [`${holds(a)} ; proxied=true`, mine('A')],
      desired: [wants(a)],
      writes: ['- foo.example. 300 A 192.0.2.5 proxied="true"', `+ ${holds(a)}`],
    },
    {
      rule: 'a property that is new is updated',
      observed: [holds(a), mine('A')],
      desired: ['foo.example. 300 A 192.0.2.5 ; proxied=true < service/n/a'],
      writes: [`- ${holds(a)}`, '+ foo.example. 300 A 192.0.2.5 proxied="true"'],
    },
    {
      rule: 'properties in another order are no change',
      observed: [`${holds(a)} ; a=1 b=2`, mine('A')],
      desired: ['foo.example. 300 A 192.0.2.5 ; b=2 a=1 < service/n/a'],
      writes: [],
    },
    {
      rule: 'a CNAME becomes an A',
      observed: [holds(cname), mine('CNAME')],
      desired: [wants(a)],
      writes: [`- ${holds(cname)}`, `+ ${holds(a)}`, `- ${mine('CNAME')}`, `+ ${mine('A')}`],
    },
    {
      rule: 'A and AAAA become a CNAME',
      observed: [holds(a), holds(aaaa), mine('A.AAAA')],
      desired: [wants(cname)],
      writes: [`- ${holds(a)}`, `- ${holds(aaaa)}`, `+ ${holds(cname)}`, `- ${mine('A.AAAA')}`, `+ ${mine('CNAME')}`],
    },
    {
      rule: 'of a CNAME and an A that are both ours the CNAME goes alone',
      observed: [holds(a), holds(cname), mine('A.CNAME')],
      desired: [wants(a)],
      writes: [`- ${holds(cname)}`, `- ${mine('A.CNAME')}`, `+ ${mine('A')}`],
    },
    {
      rule: 'a CNAME becomes A and AAAA',
      observed: [holds(cname), mine('CNAME')],
      desired: [wants(a), wants(aaaa)],
      writes: [`- ${holds(cname)}`, `+ ${holds(a)}`, `+ ${holds(aaaa)}`, `- ${mine('CNAME')}`, `+ ${mine('A.AAAA')}`],
    },
    {
      rule: 'an AAAA is added beside an A that stays',
      observed: [holds(a), mine('A')],
      desired: [wants(a), wants(aaaa)],
      writes: [`+ ${holds(aaaa)}`, `- ${mine('A')}`, `+ ${mine('A.AAAA')}`],
    },
    {
      rule: 'an A of somebody else blocks our A and our AAAA',
      observed: [holds(a), '_owner.foo.example. @other A/service'],
      desired: [wants(a), wants(aaaa)],
      writes: [],
      withheld: ['FOREIGN_ADDRESSES foo.example. AAAA', 'OTHER_OWNER foo.example. A'],
    },
    {
      rule: 'create-only leaves an A that differs',
      observed: [holds('A 192.0.2.1'), mine('A')],
      desired: [wants('A 192.0.2.2')],
      settings: { policy: 'create-only' },
      writes: [],
      withheld: ['POLICY foo.example. A'],
    },
    {
      rule: 'upsert-only updates it',
      observed: [holds('A 192.0.2.1'), mine('A')],
      desired: [wants('A 192.0.2.2')],
      settings: { policy: 'upsert-only' },
      writes: [`- ${holds('A 192.0.2.1')}`, `+ ${holds('A 192.0.2.2')}`],
    },
    {
      rule: 'a set is added to a set',
      observed: [`${holds(a)} ; a`, mine('A#a')],
      desired: ['foo.example. 300 A 192.0.2.5 ; a < service/n/a', 'foo.example. 300 A 192.0.2.6 ; b < service/n/b'],
      writes: ['+ foo.example. 300 A "b" 192.0.2.6', `- ${mine('A#a')}`, `+ _owner.foo.example. @me A#a/service;A#b/service`],
    },
    {
      rule: 'a plain A takes the place of a set',
      observed: [`${holds(a)} ; a`, mine('A#a')],
      desired: [wants(a)],
      writes: ['- foo.example. 300 A "a" 192.0.2.5', `+ ${holds(a)}`, `- ${mine('A#a')}`, `+ ${mine('A')}`],
    },
    { rule: '≠ what is not ours is never deleted, not even without an owner filter', observed: [holds(a)], writes: [] },
    {
      rule: 'both record and marker that were removed by hand come back',
      desired: [wants(a)],
      writes: [`+ ${holds(a)}`, `+ ${mine('A')}`],
    },
    {
      rule: '≠ a marker that was removed by hand leaves its record foreign',
      observed: [holds(a)],
      desired: [wants(a)],
      writes: [],
      withheld: ['FOREIGN_RRSET foo.example. A'],
    },
    {
      rule: 'TXT of others at the place of a marker are plain TXT',
      observed: [
        '_owner.foo.example. 300 TXT "heritage=mate"',
        '_owner.foo.example. 300 TXT "heritage=external-dns,external-dns/owner=me"',
        holds(a),
      ],
      desired: [wants('A 192.0.2.9')],
      writes: [],
      withheld: ['FOREIGN_RRSET foo.example. A'],
    },
    {
      rule: '≠ the marker of the apex lies in the zone',
      desired: ['example. 300 A 192.0.2.1 < service/n/a'],
      writes: ['+ example. 300 A 192.0.2.1', '+ _owner.example. @me A/service'],
    },
    {
      rule: '≠ a label of 63 octets has a marker like any other',
      desired: [wants(a, 'x'.repeat(63))],
      writes: [`+ ${holds(a, 'x'.repeat(63))}`, `+ ${mine('A', 'x'.repeat(63))}`],
    },
    {
      rule: '≠ a delete does not name records that do not exist',
      observed: [mine('A.AAAA'), holds(a)],
      writes: [`- ${holds(a)}`, `- ${mine('A.AAAA')}`],
    },
  ]);
});

describe('Mate’s sync', () => {
  const own = (name: string): string => mine('A', name);
  const at = (name: string, target: string): string => `${name}.example. 0 A ALIAS ${target}.elb.example.net. zone=Z`;
  const shown = (name: string, target: string): string => `${name}.example. 0 A ALIAS ${target}.elb.example.net. (zone Z)`;
  const want = (name: string, target: string): string => `${at(name, target)} < service/n/${name}`;
  /** The zone of Mate's tests: who owns `test` and `update`, and who does not own the others. */
  const zone = [
    holds('A 192.168.0.1', 'public-ip'),
    at('test', '404'),
    own('test'),
    at('update', '302'),
    own('update'),
    at('another', '200'),
    'another.example. 300 TXT "ignored"',
    holds('CNAME some-elb.example.net.', 'cname'),
    holds('TXT "lonely"', 'without-a'),
    at('without-txt', 'random'),
  ];
  check([
    {
      rule: 'updates what is ours, leaves what is not',
      observed: zone,
      desired: [want('test', '301'), want('update', 'new'), want('without-txt', 'other')],
      writes: [
        `- ${shown('test', '404')}`,
        `+ ${shown('test', '301')}`,
        `- ${shown('update', '302')}`,
        `+ ${shown('update', 'new')}`,
      ],
      withheld: ['FOREIGN_RRSET without-txt.example. A'],
    },
    {
      rule: 'leaves what is as wanted',
      observed: zone,
      desired: [want('test', '404'), want('update', 'new')],
      writes: [`- ${shown('update', '302')}`, `+ ${shown('update', 'new')}`],
    },
    {
      rule: 'deletes what is ours and not wanted, leaves others’ names to others',
      observed: zone,
      desired: [want('another', 'abc'), want('cname', 'hello')],
      writes: [`- ${shown('test', '404')}`, `- ${own('test')}`, `- ${shown('update', '302')}`, `- ${own('update')}`],
      withheld: ['FOREIGN_DATA_AND_CNAME cname.example. A', 'FOREIGN_RRSET another.example. A'],
    },
    {
      rule: 'creates a name together with its marker',
      desired: [want('process', 'cool')],
      writes: [`+ ${shown('process', 'cool')}`, `+ ${own('process')}`],
    },
    {
      rule: 'writes nothing where all is as wanted',
      observed: [at('test', '404'), own('test')],
      desired: [want('test', '404')],
      writes: [],
    },
    {
      rule: 'finishes a marker without its record',
      observed: [own('test')],
      desired: [want('test', '404')],
      writes: [`+ ${shown('test', '404')}`],
    },
    {
      rule: '≠ a wildcard is no endless update',
      observed: [at('*', '404'), '_owner._wildcard.example. @me A/service'],
      desired: [want('*', '404')],
      writes: [],
    },
    {
      rule: '≠ two addresses of one name are one RRset',
      desired: [wants('A 192.0.2.1', 'a'), wants('A 192.0.2.2', 'a')],
      writes: [`+ ${holds('A 192.0.2.1', 'a')}`, `+ ${holds('A 192.0.2.2', 'a')}`, `+ ${mine('A', 'a')}`],
    },
    {
      rule: '≠ other types at a name of ours stay when it goes',
      observed: [at('test', '404'), own('test'), holds('MX 10 mx.example.', 'test'), holds('TXT "v=spf1 -all"', 'test')],
      writes: [`- ${shown('test', '404')}`, `- ${own('test')}`],
    },
  ]);
});
