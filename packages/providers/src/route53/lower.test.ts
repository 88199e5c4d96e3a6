import { describe, expect, it } from '@jest/globals';
import { type HeldAlias, nameOf, type NameState, type ProviderZone } from '@kubezone/core';

import { linesOf, stateOf } from '../testing/provided-text.ts';
import { lowerForRoute53, type LowerSettings } from './lower.ts';

const ZONE: ProviderZone = { apex: nameOf('example.com'), id: 'ZEXAMPLE' };
const ELB = 'web-1.eu-central-1.elb.amazonaws.com.';

/** Every RRset and alias of the lines, with some properties and a set identifier. */
function qualified(lines: readonly string[], properties: Readonly<Record<string, string>>, setIdentifier?: string): NameState {
  const { rrsets, aliases = [] } = stateOf(...lines);
  const qualifiers = { properties, ...(setIdentifier === undefined ? {} : { setIdentifier }) };
  return {
    exists: true,
    rrsets: rrsets.map((rrset) => ({ ...rrset, ...qualifiers })),
    aliases: aliases.map((alias): HeldAlias => ({ ...alias, ...qualifiers })),
  };
}

function lower(
  state: NameState,
  owner = 'www.example.com',
  settings: Partial<LowerSettings> = {},
): { lines: string[]; rejected: string[] } {
  const { rrsets, rejected } = lowerForRoute53(ZONE, nameOf(owner), state, {
    evaluateTargetHealth: true,
    isPrivate: false,
    ...settings,
  });
  return { lines: linesOf(rrsets), rejected: rejected.map(({ reason }) => reason) };
}

const health = 'aws/evaluate-target-health=true';

describe('a host name', () => {
  it('is a CNAME where it is none of AWS', () => {
    expect(lower(stateOf('www.example.com. 60 ALIAS foo.example.net.'))).toEqual({
      lines: ['www.example.com. 60 CNAME foo.example.net.'],
      rejected: [],
    });
  });

  it('is an alias for both families where it is a load balancer, and asks for its health', () => {
    expect(lower(stateOf(`www.example.com. 60 ALIAS ${ELB}`))).toEqual({
      lines: [`www.example.com. 0 A ALIAS ${ELB} ; ${health}`, `www.example.com. 0 AAAA ALIAS ${ELB} ; ${health}`],
      rejected: [],
    });
  });

  it.each([
    ['the object says no', { 'aws/evaluate-target-health': 'false' }, true],
    ['the provider says no', {}, false],
  ])('does not ask for health where %s', (_, properties, evaluateTargetHealth) => {
    const { lines } = lower(qualified([`www.example.com. 60 ALIAS ${ELB}`], properties), undefined, { evaluateTargetHealth });
    expect(lines).toEqual([`www.example.com. 0 A ALIAS ${ELB}`, `www.example.com. 0 AAAA ALIAS ${ELB}`]);
  });

  it('asks for health where the object alone says so, but never of CloudFront', () => {
    const yes = { 'aws/evaluate-target-health': 'true' };
    expect(
      lower(qualified([`www.example.com. 60 ALIAS ${ELB}`], yes), undefined, { evaluateTargetHealth: false }).lines[0],
    ).toContain(health);
    expect(lower(qualified(['www.example.com. 60 ALIAS d1.cloudfront.net.'], yes)).lines[0]).toBe(
      'www.example.com. 0 A ALIAS d1.cloudfront.net.',
    );
  });

  it('is a CNAME all the same where the object wants no alias', () => {
    expect(lower(qualified([`www.example.com. 60 ALIAS ${ELB}`], { alias: 'false' })).lines).toEqual([
      `www.example.com. 60 CNAME ${ELB}`,
    ]);
  });

  it('is an alias to a name of the zone where the object wants one, of type A alone', () => {
    expect(lower(qualified(['www.example.com. 60 ALIAS web.example.com.'], { alias: 'true' })).lines).toEqual([
      `www.example.com. 0 A ALIAS web.example.com. ; ${health}`,
    ]);
  });

  it('is an alias to whatever zone the object names', () => {
    const { rrsets } = lowerForRoute53(
      ZONE,
      nameOf('www.example.com'),
      qualified(['www.example.com. 60 ALIAS web.example.net.'], { 'aws/target-hosted-zone': 'ZOTHER' }),
      {
        evaluateTargetHealth: true,
        isPrivate: false,
      },
    );
    expect(rrsets.map(({ alias }) => alias)).toEqual([
      { name: 'web.example.net.', zoneId: 'ZOTHER' },
      { name: 'web.example.net.', zoneId: 'ZOTHER' },
    ]);
  });

  it('is refused where an alias is wanted and none can be', () => {
    expect(lower(qualified(['www.example.com. 60 ALIAS web.example.net.'], { alias: 'true' }))).toEqual({
      lines: [],
      rejected: [expect.stringContaining('lies neither in the zone example.com. nor in one of AWS')],
    });
  });

  it('stands at the apex as an alias, and not as a CNAME', () => {
    expect(lower(stateOf(`example.com. 60 ALIAS ${ELB}`), 'example.com').rejected).toEqual([]);
    expect(lower(stateOf('example.com. 60 ALIAS foo.example.net.'), 'example.com')).toEqual({
      lines: [],
      rejected: ['it would be a CNAME, which cannot stand at the apex of a zone, beside SOA and NS'],
    });
  });

  it('stands beside other types as an alias, and not as a CNAME', () => {
    const txt = 'www.example.com. 300 TXT "x"';
    expect(lower(stateOf(txt, `www.example.com. 60 ALIAS ${ELB}`)).lines).toHaveLength(3);
    expect(lower(stateOf(txt, 'www.example.com. 60 ALIAS foo.example.net.'))).toEqual({
      lines: [txt],
      rejected: ['it would be a CNAME, which cannot stand beside TXT'],
    });
  });

  it('at CloudFront is a CNAME in a private zone', () => {
    expect(lower(stateOf('www.example.com. 60 ALIAS d1.cloudfront.net.'), undefined, { isPrivate: true }).lines).toEqual([
      'www.example.com. 60 CNAME d1.cloudfront.net.',
    ]);
  });

  it('is the first of several: the oldest object wins', () => {
    const aliases = [{ ttl: 60, targets: [nameOf('one.example.net'), nameOf('two.example.net')] }];
    expect(lower({ exists: true, rrsets: [], aliases }).lines).toEqual(['www.example.com. 60 CNAME one.example.net.']);
  });

  it('that somebody wrote as a CNAME stays one, unless he wants an alias', () => {
    const cname = [`www.example.com. 60 CNAME ${ELB}`];
    expect(lower(stateOf(...cname)).lines).toEqual(cname);
    expect(lower(qualified(cname, { alias: 'true' })).lines).toEqual([
      `www.example.com. 0 A ALIAS ${ELB} ; ${health}`,
      `www.example.com. 0 AAAA ALIAS ${ELB} ; ${health}`,
    ]);
  });
});

describe('a type', () => {
  it.each([
    'www.example.com. 300 DNAME example.net.',
    'www.example.com. 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m',
  ])('that Route 53 does not have is refused: %s', (line) => {
    expect(lower(stateOf(line))).toEqual({ lines: [], rejected: [expect.stringContaining('Route 53 does not take the type')] });
  });
});

const A = ['www.example.com. 60 A 192.0.2.1'];

describe('a routing policy', () => {
  it.each([
    [{ 'aws/weight': '010' }, 'aws/weight=10'],
    [{ 'aws/region': 'EU-West-1' }, 'aws/region=eu-west-1'],
    [{ 'aws/failover': 'primary' }, 'aws/failover=PRIMARY'],
    [{ 'aws/geolocation-continent-code': 'eu' }, 'aws/geolocation-continent-code=EU'],
    [{ 'aws/geolocation-country-code': '*' }, 'aws/geolocation-country-code=*'],
    [
      { 'aws/geolocation-country-code': 'US', 'aws/geolocation-subdivision-code': 'ny' },
      'aws/geolocation-country-code=US aws/geolocation-subdivision-code=NY',
    ],
    [{ 'aws/geoproximity-region': 'us-east-1', 'aws/geoproximity-bias': '0' }, 'aws/geoproximity-region=us-east-1'],
    [
      { 'aws/geoproximity-coordinates': '48.85, 2.35', 'aws/geoproximity-bias': '+10' },
      'aws/geoproximity-bias=10 aws/geoproximity-coordinates=48.85,2.35',
    ],
    [{ 'aws/multi-value-answer': 'True' }, 'aws/multi-value-answer=true'],
    [{ 'aws/weight': '1', 'aws/health-check-id': 'abc-1' }, 'aws/health-check-id=abc-1 aws/weight=1'],
    [{ 'aws/weight': '1', 'aws/evaluate-target-health': 'true', 'scw/weight': '2' }, 'aws/weight=1'],
    [
      { 'aws/cidr-collection-id': '0123ABCD-0123-0123-0123-0123456789ab' },
      'aws/cidr-collection-id=0123abcd-0123-0123-0123-0123456789ab aws/cidr-location-name=*',
    ],
  ])('%j is written in one way', (properties, expected) => {
    expect(lower(qualified(A, properties, 'blue'))).toEqual({ lines: [`${A[0]} ; blue ${expected}`], rejected: [] });
  });

  it.each([
    [{ 'aws/weight': '256' }, 'its property aws/weight is "256"; expected a whole number from 0 to 255'],
    [{ 'aws/weight': 'heavy' }, 'its property aws/weight is "heavy"'],
    [{ 'aws/failover': 'tertiary' }, 'expected PRIMARY or SECONDARY'],
    [{ 'aws/geoproximity-coordinates': '48.8566,2.3522' }, 'with at most two decimals'],
    [{ 'aws/evaluate-target-health': 'maybe' }, 'expected "true" or "false"'],
    [
      { 'aws/weight': '1', 'aws/region': 'eu-west-1' },
      'it asks for several routing policies: weight, region; Route 53 takes one',
    ],
    [{}, 'it has the set identifier "blue", but no routing policy'],
    [{ 'aws/multi-value-answer': 'false' }, 'it has the set identifier "blue", but no routing policy'],
    [{ 'aws/weight': '1', 'aws/hosted-zone-id': 'ZOTHER' }, 'wants it in the hosted zone ZOTHER alone'],
  ])('%j is refused in words', (properties, reason) => {
    expect(lower(qualified(A, properties, 'blue'))).toEqual({ lines: [], rejected: [expect.stringContaining(reason)] });
  });

  it('without a set identifier is refused', () => {
    expect(lower(qualified(A, { 'aws/weight': '1' })).rejected).toEqual([
      'it asks for the routing policy weight, but has no set identifier',
    ]);
  });

  it('goes with an alias, but not for multivalue answers', () => {
    const alias = [`www.example.com. 60 ALIAS ${ELB}`];
    expect(lower(qualified(alias, { 'aws/weight': '1' }, 'blue')).lines[0]).toBe(
      `www.example.com. 0 A ALIAS ${ELB} ; blue aws/evaluate-target-health=true aws/weight=1`,
    );
    expect(lower(qualified(alias, { 'aws/multi-value-answer': 'true' }, 'blue')).rejected).toEqual([
      expect.stringContaining('cannot have the routing policy'),
    ]);
  });

  it('of one RRset excludes an RRset of that type without', () => {
    const sets = qualified(A, { 'aws/weight': '1' }, 'blue').rrsets;
    const { lines, rejected } = lower({
      exists: true,
      rrsets: [...sets, ...stateOf('www.example.com. 60 A 192.0.2.9', 'www.example.com. 60 TXT "x"').rrsets],
    });
    expect(lines).toEqual(['www.example.com. 60 A 192.0.2.1 ; blue aws/weight=1', 'www.example.com. 60 TXT "x"']);
    expect(rejected).toEqual(['it has no set identifier, and other RRsets of type A at its name have one']);
  });

  it('lets CNAMEs stand side by side', () => {
    const blue = qualified(['www.example.com. 60 ALIAS blue.example.net.'], { 'aws/weight': '1' }, 'blue').aliases ?? [];
    const green = qualified(['www.example.com. 60 ALIAS green.example.net.'], { 'aws/weight': '2' }, 'green').aliases ?? [];
    expect(lower({ exists: true, rrsets: [], aliases: [...blue, ...green] })).toEqual({
      lines: [
        'www.example.com. 60 CNAME blue.example.net. ; blue aws/weight=1',
        'www.example.com. 60 CNAME green.example.net. ; green aws/weight=2',
      ],
      rejected: [],
    });
  });
});
