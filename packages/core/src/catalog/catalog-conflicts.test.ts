import { describe, expect, it } from '@jest/globals';

import { type CatalogCase, runCase } from './testing/catalog-case.ts';

/** Who wins where several ask for one name. */
const CASES: readonly CatalogCase[] = [
  {
    rule: 'unites the addresses of one kind in canonical order, each once',
    given: {
      'service/b@2': ['www.example. 60 A 192.0.2.20', 'www.example. 60 AAAA 2001:db8::1'],
      'service/a@1': ['www.example. 60 A 192.0.2.100', 'www.example. 60 A 192.0.2.3'],
      'service/c@3': ['www.example. 60 A 192.0.2.20'],
    },
    holds: [
      'www.example. 60 IN A 192.0.2.3',
      'www.example. 60 IN A 192.0.2.20',
      'www.example. 60 IN A 192.0.2.100',
      'www.example. 60 IN AAAA 2001:db8::1',
    ],
    origins: ['a', 'b', 'c'],
  },
  {
    rule: 'uses the lowest TTL of a kind and tells whoever asked for more',
    given: { 'service/a@1': ['www.example. 300 A 192.0.2.1'], 'service/b@2': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2'],
    conflicts: ['TTL_DIFFERS a < b'],
    origins: ['a', 'b'],
  },
  {
    rule: 'gives addresses to the first kind in the order, whatever its age',
    given: {
      'ingress/old@1': ['www.example. 60 A 192.0.2.1', 'www.example. 60 AAAA 2001:db8::1'],
      'service/new@9': ['www.example. 60 A 192.0.2.9'],
    },
    holds: ['www.example. 60 IN A 192.0.2.9'],
    conflicts: ['LOWER_PRIORITY_SOURCE old < new', 'LOWER_PRIORITY_SOURCE old < new'],
    origins: ['new'],
  },
  {
    rule: 'keeps A and AAAA together: the first kind with either has both',
    given: { 'service/v6': ['www.example. 60 AAAA 2001:db8::1'], 'ingress/v4': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN AAAA 2001:db8::1'],
    conflicts: ['LOWER_PRIORITY_SOURCE v4 < v6'],
    origins: ['v6'],
  },
  {
    rule: 'lets a CNAME of an earlier kind win over addresses',
    given: { 'ingress/a': ['www.example. 60 A 192.0.2.1'], 'service/c': ['www.example. 60 CNAME lb.example.net.'] },
    holds: ['www.example. 60 IN CNAME lb.example.net.'],
    conflicts: ['LOWER_PRIORITY_SOURCE a < c'],
    origins: ['c'],
  },
  {
    rule: 'prefers, within a kind, addresses to a CNAME, be it older',
    given: { 'service/c@1': ['www.example. 60 CNAME lb.example.net.'], 'service/a@2': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN A 192.0.2.1'],
    conflicts: ['CNAME_AND_OTHER_DATA c < a'],
    origins: ['a'],
  },
  {
    rule: 'gives a CNAME to the oldest object',
    given: { 'service/a@2': ['www.example. 60 CNAME two.example.'], 'service/b@1': ['www.example. 60 CNAME one.example.'] },
    holds: ['www.example. 60 IN CNAME one.example.'],
    conflicts: ['NEWER_OBJECT a < b'],
    origins: ['b'],
  },
  {
    rule: 'decides between objects of one age by their names',
    given: { 'service/b@1': ['www.example. 60 DNAME b.example.'], 'service/a@1': ['www.example. 60 DNAME a.example.'] },
    holds: ['www.example. 60 IN DNAME a.example.'],
    conflicts: ['NEWER_OBJECT b < a'],
    origins: ['a'],
  },
  {
    rule: 'sees no conflict in two objects with one CNAME target',
    given: { 'service/a@1': ['www.example. 60 CNAME t.example.'], 'service/b@2': ['www.example. 30 CNAME T.example.'] },
    holds: ['www.example. 30 IN CNAME t.example.'],
    conflicts: ['TTL_DIFFERS a < b'],
    origins: ['a', 'b'],
  },
  {
    rule: 'takes the first of several CNAMEs of one object',
    given: { 'service/a': ['www.example. 60 CNAME b.example.', 'www.example. 60 CNAME a.example.'] },
    holds: ['www.example. 60 IN CNAME b.example.'],
    conflicts: ['NEWER_OBJECT a < a'],
    origins: ['a'],
  },
  {
    rule: 'decides every other type alone',
    given: {
      'record/r': ['www.example. 60 MX 10 mx.example.'],
      'service/s': ['www.example. 60 A 192.0.2.1', 'www.example. 60 MX 20 other.example.'],
      'ingress/i': ['www.example. 60 TXT "hello"'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN MX 10 mx.example.', 'www.example. 60 IN TXT "hello"'],
    conflicts: ['LOWER_PRIORITY_SOURCE s < r'],
    origins: ['r', 's', 'i'],
  },
  {
    rule: 'lets a CNAME exclude other types of its own kind and of later ones',
    given: {
      'service/c': ['www.example. 60 CNAME t.example.'],
      'service/t': ['www.example. 60 TXT "same kind"'],
      'ingress/t': ['www.example. 60 TXT "later kind"'],
    },
    holds: ['www.example. 60 IN CNAME t.example.'],
    conflicts: ['CNAME_AND_OTHER_DATA t < c', 'CNAME_AND_OTHER_DATA t < c'],
    origins: ['c'],
  },
  {
    rule: 'lets a CNAME lose to another type of an earlier kind',
    given: { 'service/c': ['www.example. 60 CNAME t.example.'], 'record/t': ['www.example. 60 TXT "x"'] },
    holds: ['www.example. 60 IN TXT "x"'],
    conflicts: ['CNAME_AND_OTHER_DATA c < t'],
    origins: ['t'],
  },
  {
    rule: 'gives the addresses of a later kind the place of a CNAME that cannot stand',
    given: {
      'record/t': ['www.example. 60 TXT "x"'],
      'service/c': ['www.example. 60 CNAME t.example.'],
      'ingress/a': ['www.example. 60 A 192.0.2.1'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN TXT "x"'],
    conflicts: ['CNAME_AND_OTHER_DATA c < t'],
    origins: ['t', 'a'],
  },
  {
    rule: 'lets signatures stand beside a CNAME',
    given: { 'record/c': ['www.example. 60 CNAME t.example.'], 'service/n': ['www.example. 60 NSEC a.example. CNAME NSEC'] },
    holds: ['www.example. 60 IN CNAME t.example.', 'www.example. 60 IN NSEC a.example. CNAME NSEC'],
    origins: ['c', 'n'],
  },
  {
    rule: 'keeps a name without addresses in existence',
    given: { 'service/s': ['www.example'] },
    holds: [],
    origins: ['s'],
  },
  {
    rule: 'lets mere existence lose to an address of any kind, without a conflict',
    given: { 'record/r': ['www.example'], 'ingress/i': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN A 192.0.2.1'],
    origins: ['i'],
  },
  {
    rule: 'puts the zone’s own data before all',
    given: { 'record/r@1': ['www.example. 60 A 192.0.2.1'], 'zone/z@9': ['www.example. 60 A 192.0.2.53'] },
    holds: ['www.example. 60 IN A 192.0.2.53'],
    conflicts: ['LOWER_PRIORITY_SOURCE r < z'],
    origins: ['z'],
  },
  {
    rule: 'takes addresses of one kind before its hostname targets, be they older',
    given: { 'service/h@1': ['www.example. 60 ALIAS lb.example.net.'], 'service/a@2': ['www.example. 60 AAAA 2001:db8::1'] },
    holds: ['www.example. 60 IN AAAA 2001:db8::1'],
    conflicts: ['ADDRESSES_BEFORE_HOSTNAMES h < a'],
    origins: ['a'],
  },
  {
    rule: 'takes hostname targets of an earlier kind before addresses',
    given: { 'service/h': ['www.example. 60 ALIAS lb.example.net.'], 'ingress/a': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN ALIAS lb.example.net.'],
    conflicts: ['LOWER_PRIORITY_SOURCE a < h'],
    origins: ['h'],
  },
  {
    rule: 'unites the hostname targets of one kind, the oldest object’s first, with the lowest TTL',
    given: {
      'service/b@2': ['www.example. 60 ALIAS a.example.net. b.example.net.'],
      'service/a@1': ['www.example. 90 ALIAS c.example.net. b.example.net.'],
    },
    holds: ['www.example. 60 IN ALIAS c.example.net. b.example.net. a.example.net.'],
    conflicts: ['TTL_DIFFERS a < b'],
    origins: ['a', 'b'],
  },
  {
    rule: 'lets hostname targets stand beside other types',
    given: { 'service/h': ['www.example. 60 ALIAS lb.example.net.'], 'record/t': ['www.example. 60 TXT "x"'] },
    holds: ['www.example. 60 IN TXT "x"', 'www.example. 60 IN ALIAS lb.example.net.'],
    origins: ['t', 'h'],
  },
  {
    rule: 'takes hostname targets before a CNAME of their own kind, which excludes more',
    given: { 'record/c@1': ['www.example. 60 CNAME t.example.'], 'record/h@2': ['www.example. 60 ALIAS lb.example.net.'] },
    holds: ['www.example. 60 IN ALIAS lb.example.net.'],
    conflicts: ['CNAME_AND_OTHER_DATA c < h'],
    origins: ['h'],
  },
  {
    rule: 'takes a CNAME of an earlier kind before hostname targets',
    given: { 'service/h@1': ['www.example. 60 ALIAS lb.example.net.'], 'record/c@2': ['www.example. 60 CNAME t.example.'] },
    holds: ['www.example. 60 IN CNAME t.example.'],
    conflicts: ['LOWER_PRIORITY_SOURCE h < c'],
    origins: ['c'],
  },
  {
    rule: 'gives hostname targets of a later kind the place of a CNAME that cannot stand',
    given: {
      'record/t': ['www.example. 60 TXT "x"'],
      'service/c': ['www.example. 60 CNAME t.example.'],
      'ingress/h': ['www.example. 60 ALIAS lb.example.net.'],
    },
    holds: ['www.example. 60 IN TXT "x"', 'www.example. 60 IN ALIAS lb.example.net.'],
    conflicts: ['CNAME_AND_OTHER_DATA c < t'],
    origins: ['t', 'h'],
  },
  {
    rule: 'lets mere existence lose to hostname targets, without a conflict',
    given: { 'record/r': ['www.example'], 'ingress/h': ['www.example. 60 ALIAS lb.example.net.'] },
    holds: ['www.example. 60 IN ALIAS lb.example.net.'],
    origins: ['h'],
  },
  {
    rule: 'takes a zone file’s place in the order for its data, and not before all',
    given: { ':zone-file/z@1': ['www.example. 60 A 192.0.2.53'], 'ingress/i@9': ['www.example. 60 A 192.0.2.1'] },
    holds: ['www.example. 60 IN A 192.0.2.1'],
    conflicts: ['LOWER_PRIORITY_SOURCE z < i'],
    origins: ['i'],
  },
  {
    rule: 'merges what objects of one kind in two clusters ask for',
    given: { 'east:service/s@2': ['www.example. 60 A 192.0.2.1'], 'west:service/s@1': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2'],
    origins: ['s', 's'],
  },
  {
    rule: 'follows the order of clusters within a kind, where there is one, whatever the objects’ age',
    options: { clusterOrder: ['east', 'west'] },
    given: { 'east:service/e@2': ['www.example. 60 A 192.0.2.1'], 'west:service/w@1': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.1'],
    conflicts: ['EARLIER_CLUSTER w < e'],
    origins: ['e'],
  },
  {
    rule: 'takes a hostname of an earlier cluster before addresses of a later one',
    options: { clusterOrder: ['east', 'west'] },
    given: { 'east:service/e': ['www.example. 60 ALIAS lb.example.net.'], 'west:service/w': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN ALIAS lb.example.net.'],
    conflicts: ['EARLIER_CLUSTER w < e'],
    origins: ['e'],
  },
  {
    rule: 'turns to a later cluster where an earlier one has no address',
    options: { clusterOrder: ['east', 'west'] },
    given: { 'east:service/e': ['www.example.'], 'west:service/w': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.2'],
    origins: ['w'],
  },
  {
    rule: 'puts the order of sources before the order of clusters',
    options: { clusterOrder: ['east', 'west'] },
    given: { 'east:ingress/e': ['www.example. 60 A 192.0.2.1'], 'west:service/w': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.2'],
    conflicts: ['LOWER_PRIORITY_SOURCE e < w'],
    origins: ['w'],
  },
  {
    rule: 'finds a zone file, which is of no cluster, its place among the sources, though clusters have an order',
    options: { clusterOrder: ['east', 'west'] },
    given: { 'west:ingress/w': ['www.example. 60 A 192.0.2.1'], ':zone-file/z': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.1'],
    conflicts: ['LOWER_PRIORITY_SOURCE z < w'],
    origins: ['w'],
  },
];

describe('a name', () => {
  it.each(CASES)('$rule', (one) => {
    const { holds, conflicts = [], origins } = one;
    for (const found of runCase(one)) expect(found).toEqual({ holds, conflicts, origins });
  });
});
