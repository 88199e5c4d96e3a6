import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import type { CatalogOptions } from './catalog.ts';
import { type CatalogCase, catalogOf, originOf, printConflicts, runCase } from './testing/catalog-case.ts';
import { desiredText } from './testing/desired-text.ts';

/** Claims of lines such as `team-a: *.a.example www.example`. */
function claimed(...lines: readonly string[]): Partial<CatalogOptions> {
  const claims = lines.map((line) => {
    const [namespaces = '', names = ''] = line.split(': ');
    return { namespaces: namespaces.split(' '), names: names.split(' ').map(nameOf) };
  });
  return { claims };
}

const DENY = { claimsDefault: 'deny' } as const;
const apart = { crossNamespaceMerge: false } as const;
const A = 'x.a.example';

/** Which namespaces may use which names. */
const CLAIMS: readonly CatalogCase[] = [
  {
    rule: 'a claimed name is its namespace’s',
    options: claimed('team-a: *.a.example'),
    given: { 'ingress/team-a/web': ['x.a.example. 60 A 192.0.2.1'] },
    at: A,
    holds: ['x.a.example. 60 IN A 192.0.2.1'],
  },
  {
    rule: 'nobody else gets it, not even by a more important source or an older object',
    options: claimed('team-a: *.a.example'),
    given: { 'record/team-b/old@1': ['x.a.example. 60 A 192.0.2.2'], 'ingress/team-a/web@2': ['x.a.example. 60 A 192.0.2.1'] },
    at: A,
    holds: ['x.a.example. 60 IN A 192.0.2.1'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/old < -'],
  },
  {
    rule: 'nobody else adds addresses to it',
    options: claimed('team-a: *.a.example'),
    given: { 'ingress/team-b/web': ['x.a.example. 60 A 192.0.2.2'], 'ingress/team-a/web': ['x.a.example. 60 A 192.0.2.1'] },
    at: A,
    holds: ['x.a.example. 60 IN A 192.0.2.1'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/web < -'],
  },
  {
    rule: 'what is refused does not even make the name exist',
    options: claimed('team-a: *.a.example'),
    given: { 'ingress/team-b/web': ['x.a.example.'] },
    at: A,
    holds: ['-'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/web < -'],
  },
  {
    rule: 'the other names of an object are not touched by one that is refused',
    options: claimed('team-a: *.a.example'),
    given: { 'ingress/team-b/web': ['x.a.example. 60 A 192.0.2.2', 'x.b.example. 60 A 192.0.2.2'] },
    at: 'x.b.example',
    holds: ['x.b.example. 60 IN A 192.0.2.2'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/web < -'],
  },
  {
    rule: 'a wildcard covers names at any depth, the wildcard itself included',
    options: claimed('team-a: *.a.example'),
    given: {
      'ingress/team-b/web': ['y.x.a.example. 60 A 192.0.2.2', '*.a.example. 60 A 192.0.2.2', '*.x.a.example. 60 A 192.0.2.2'],
    },
    at: 'y.x.a.example',
    holds: ['-'],
    conflicts: Array.from({ length: 3 }, () => 'CLAIMED_BY_OTHERS team-b/web < -'),
  },
  {
    rule: 'a wildcard does not cover the name above it, nor names that merely end alike',
    options: claimed('team-a: *.a.example'),
    given: { 'ingress/team-b/web': ['a.example. 60 A 192.0.2.2', 'xa.example. 60 A 192.0.2.2'] },
    at: 'a.example',
    holds: ['a.example. 60 IN A 192.0.2.2'],
  },
  {
    rule: 'a longer wildcard comes before a shorter one',
    options: claimed('platform: *.example', 'team-a: *.a.example'),
    given: { 'ingress/platform/web': ['x.a.example. 60 A 192.0.2.9'], 'ingress/team-a/web': ['x.a.example. 60 A 192.0.2.1'] },
    at: A,
    holds: ['x.a.example. 60 IN A 192.0.2.1'],
    conflicts: ['CLAIMED_BY_OTHERS platform/web < -'],
  },
  {
    rule: 'the name itself comes before every wildcard',
    options: claimed('team-a: *.a.example', 'team-b: x.a.example'),
    given: { 'ingress/team-a/web': ['x.a.example. 60 A 192.0.2.1'], 'ingress/team-b/web': ['x.a.example. 60 A 192.0.2.2'] },
    at: A,
    holds: ['x.a.example. 60 IN A 192.0.2.2'],
    conflicts: ['CLAIMED_BY_OTHERS team-a/web < -'],
  },
  {
    rule: 'several namespaces may share a claim, in one line or in two',
    options: claimed('team-a team-b: *.a.example', 'team-c: *.a.example'),
    given: {
      'ingress/team-a/web': ['x.a.example. 60 A 192.0.2.1'],
      'ingress/team-b/web': ['x.a.example. 60 A 192.0.2.2'],
      'ingress/team-c/web': ['x.a.example. 60 A 192.0.2.3'],
    },
    at: A,
    holds: ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => `x.a.example. 60 IN A ${address}`),
  },
  {
    rule: 'an unclaimed name is open',
    options: claimed('team-a: *.a.example'),
    given: { 'ingress/team-b/web': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.2'],
  },
  {
    rule: 'an unclaimed name is nobody’s where that is the default',
    options: { ...claimed('team-a: *.a.example'), ...DENY },
    given: { 'ingress/team-a/web': ['www.example. 60 A 192.0.2.1'], 'ingress/team-b/web': ['www.example. 60 A 192.0.2.2'] },
    holds: ['-'],
    conflicts: ['NOT_CLAIMED team-a/web < -', 'NOT_CLAIMED team-b/web < -'],
  },
  {
    rule: 'without any claim the default counts all the same',
    options: DENY,
    given: { 'ingress/team-a/web': ['www.example. 60 A 192.0.2.1'] },
    holds: ['-'],
    conflicts: ['NOT_CLAIMED team-a/web < -'],
  },
  {
    rule: 'an asterisk stands for every namespace',
    options: { ...claimed('*: *.open.example'), ...DENY },
    given: { 'ingress/team-b/web': ['x.open.example. 60 A 192.0.2.2'] },
    at: 'x.open.example',
    holds: ['x.open.example. 60 IN A 192.0.2.2'],
  },
  {
    rule: 'nodes, zone files and a zone’s own data are exempt',
    options: { ...claimed('team-a: *.a.example'), ...DENY },
    given: {
      'node-area/n1': ['x.a.example. 60 A 192.0.2.1'],
      ':zone-file/z': ['x.a.example. 60 MX 1 mx.example.'],
      ':zone/z': ['x.a.example. 60 TXT "x"'],
    },
    at: A,
    holds: ['x.a.example. 60 IN A 192.0.2.1', 'x.a.example. 60 IN MX 1 mx.example.', 'x.a.example. 60 IN TXT "x"'],
  },
  {
    rule: 'a wildcard above a claim would answer for claimed names, and is refused',
    options: claimed('team-a: *.a.example'),
    given: { 'ingress/team-b/web': ['*.example. 60 A 192.0.2.2'] },
    at: '*.example',
    holds: ['-'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/web < -'],
  },
  {
    rule: 'a wildcard above a claim stands where it is claimed itself',
    options: claimed('team-a: *.a.example', 'platform: *.example'),
    given: { 'ingress/platform/web': ['*.example. 60 A 192.0.2.2'] },
    at: '*.example',
    holds: ['*.example. 60 IN A 192.0.2.2'],
  },
  {
    rule: 'a wildcard above its own namespace’s claims stands, if they are no others’',
    options: claimed('team-a team-b: *.a.example', 'team-a: b.example'),
    given: { 'ingress/team-a/web': ['*.example. 60 A 192.0.2.1'], 'ingress/team-b/web': ['*.example. 60 A 192.0.2.2'] },
    at: '*.example',
    holds: ['*.example. 60 IN A 192.0.2.1'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/web < -'],
  },
  {
    rule: 'a delegation above a claim would take claimed names away, and is refused',
    options: claimed('team-a: x.a.example'),
    given: { 'record/team-b/ns': ['a.example. 60 NS ns.evil.example.'] },
    at: 'a.example',
    holds: ['-'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/ns < -'],
  },
  {
    rule: 'a DNAME above a claim would too',
    options: claimed('team-a: x.a.example'),
    given: { 'record/team-b/dn': ['a.example. 60 DNAME evil.example.'], 'record/team-b/a': ['a.example. 60 A 192.0.2.2'] },
    at: 'a.example',
    holds: ['a.example. 60 IN A 192.0.2.2'],
    conflicts: ['CLAIMED_BY_OTHERS team-b/dn < -'],
  },
  {
    rule: 'a delegation or DNAME above a claim is refused to who holds its name by a broader claim, too',
    options: claimed('platform: *.example', 'team-a: *.a.example'),
    given: {
      'record/platform/ns': ['a.example. 60 NS ns.evil.example.'],
      'record/platform/b': ['b.example. 60 NS ns.b.example.'],
    },
    at: 'a.example',
    holds: ['-'],
    conflicts: ['CLAIMED_BY_OTHERS platform/ns < -'],
  },
  {
    rule: 'a delegation above a claim stands where exactly its name is claimed',
    options: claimed('platform: a.example', 'team-a: *.a.example'),
    given: { 'record/platform/ns': ['a.example. 60 NS ns.a.example.'] },
    at: 'a.example',
    holds: ['a.example. 60 IN NS ns.a.example.'],
  },
  {
    rule: 'a delegation elsewhere, and another type above a claim, are open',
    options: claimed('team-a: x.a.example'),
    given: { 'record/team-b/ns': ['b.example. 60 NS ns.b.example.', 'a.example. 60 MX 1 mx.example.'] },
    at: 'b.example',
    holds: ['b.example. 60 IN NS ns.b.example.'],
  },
];

describe('a claim:', () => {
  it.each(CLAIMS)('$rule', expectCase);

  it('is told of with its pattern and its namespaces', () => {
    const catalog = catalogOf(
      { 'ingress/Ingress/team-b/web': ['x.a.example. 60 A 192.0.2.2'] },
      claimed('team-c team-a: *.a.example'),
    );
    expect(Array.from(catalog.conflicts(), ({ message }) => message)).toEqual([
      'ingress Ingress/team-b/web (cluster prod) asks for A 192.0.2.2 at x.a.example.: ' +
        'the name belongs to namespaces team-a, team-c by the claim of *.a.example.',
    ]);
  });

  it('frees the list of conflicts when the object asks no more', () => {
    const catalog = catalogOf(
      { 'ingress/team-b/web': ['x.a.example. 60 A 192.0.2.2', 'x.a.example. 60 TXT "x"'] },
      claimed('team-a: *.a.example'),
    );
    expect(catalog.conflictCount).toBe(2);
    expect(catalog.put(originOf('ingress/team-b/web'), desiredText('x.a.example. 60 A 192.0.2.3'))).toEqual([]);
    expect(printConflicts(catalog)).toEqual(['CLAIMED_BY_OTHERS team-b/web < -']);
    expect(catalog.remove(originOf('ingress/team-b/web'))).toEqual([]);
    expect(catalog.conflictCount).toBe(0);
  });
});

/** Whose addresses are merged. */
const MERGES: readonly CatalogCase[] = [
  {
    rule: 'objects of two namespaces merge, where nothing else is said',
    given: { 'ingress/team-a/web': ['www.example. 60 A 192.0.2.1'], 'ingress/team-b/web': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2'],
  },
  {
    rule: 'the oldest object’s namespace has the addresses alone',
    options: apart,
    given: {
      'ingress/team-b/web@2': ['www.example. 60 A 192.0.2.2', 'www.example. 60 AAAA 2001:db8::2'],
      'ingress/team-a/web@1': ['www.example. 60 A 192.0.2.1'],
      'ingress/team-a/more@3': ['www.example. 60 A 192.0.2.3'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.3'],
    conflicts: ['OTHER_NAMESPACE team-b/web < team-a/web', 'OTHER_NAMESPACE team-b/web < team-a/web'],
  },
  {
    rule: 'addresses of another namespace do not beat hostnames of the oldest object’s',
    options: apart,
    given: {
      'ingress/team-a/web@1': ['www.example. 60 ALIAS lb.example.net.'],
      'ingress/team-b/web@2': ['www.example. 60 A 192.0.2.2'],
    },
    holds: ['www.example. 60 IN ALIAS lb.example.net.'],
    conflicts: ['OTHER_NAMESPACE team-b/web < team-a/web'],
  },
  {
    rule: 'another set identifier is no way around it',
    options: { ...apart, setIdentifiers: 'separate' },
    given: {
      'ingress/team-a/web@1': ['www.example. 60 A 192.0.2.1 ; blue'],
      'ingress/team-b/web@2': ['www.example. 60 A 192.0.2.2 ; green'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1 ; blue'],
    conflicts: ['OTHER_NAMESPACE team-b/web < team-a/web'],
  },
  {
    rule: 'other types are each one namespace’s, by themselves',
    options: apart,
    given: {
      'record/team-a/a@1': ['www.example. 60 A 192.0.2.1'],
      'record/team-b/mx@2': ['www.example. 60 MX 1 b.example.'],
      'record/team-a/mx@3': ['www.example. 60 MX 1 a.example.'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN MX 1 b.example.'],
    conflicts: ['OTHER_NAMESPACE team-a/mx < team-b/mx'],
  },
  {
    rule: 'one namespace in two clusters is one namespace',
    options: apart,
    given: {
      'east:ingress/team-a/web@1': ['www.example. 60 A 192.0.2.1'],
      'west:ingress/team-a/web@2': ['www.example. 60 A 192.0.2.2'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2'],
  },
  {
    rule: 'objects outside namespaces merge with all',
    options: apart,
    given: {
      'record/n1@1': ['www.example. 60 A 192.0.2.1'],
      'record/team-a/x@2': ['www.example. 60 A 192.0.2.2'],
      'record/team-b/x@3': ['www.example. 60 A 192.0.2.3'],
    },
    holds: ['www.example. 60 IN A 192.0.2.1', 'www.example. 60 IN A 192.0.2.2'],
    conflicts: ['OTHER_NAMESPACE team-b/x < team-a/x'],
  },
  {
    rule: 'between sources the order decides, whatever the namespaces',
    options: apart,
    given: { 'ingress/team-a/web@1': ['www.example. 60 A 192.0.2.1'], 'service/team-b/web@2': ['www.example. 60 A 192.0.2.2'] },
    holds: ['www.example. 60 IN A 192.0.2.2'],
    conflicts: ['LOWER_PRIORITY_SOURCE team-a/web < team-b/web'],
  },
];

describe('merging over namespaces:', () => {
  it.each(MERGES)('$rule', expectCase);
});

function expectCase(one: CatalogCase): void {
  const { holds, conflicts = [] } = one;
  for (const found of runCase(one)) expect(found).toEqual(expect.objectContaining({ holds, conflicts }));
}
