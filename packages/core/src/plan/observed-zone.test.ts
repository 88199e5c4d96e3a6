import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { ObservedZone } from './observed-zone.ts';
import { namesToPlan } from './plan-zone.ts';
import { runPlanCase, SETTINGS } from './testing/plan-case.ts';
import { observedOf, zoneOf } from './testing/plan-text.ts';

const HASHED = '_owner-5s2gs0hmu90l2cdn76jj2fd8bj.example.';

describe('the picture of a zone', () => {
  it('is made of pages, in which the RRsets of one name may be apart', () => {
    const zone = new ObservedZone({ apex: nameOf('example'), id: 'Z' });
    zone.add(observedOf('www.example. 300 A 192.0.2.1'));
    zone.add(observedOf('www.example. 300 AAAA 2001:db8::1', 'a.example. 300 A 192.0.2.1'));
    expect(zone.at(nameOf('www.example')).map(({ type }) => type)).toEqual([1, 28]);
    expect([zone.size, [...zone.names()]]).toEqual([3, ['www.example.', 'a.example.']]);
  });

  it('follows what is read: a name of which nothing is shown holds nothing', () => {
    const zone = zoneOf('www.example. 300 A 192.0.2.1', 'a.example. 300 A 192.0.2.1');
    zone.replace([nameOf('www.example'), nameOf('b.example')], observedOf('b.example. 300 A 192.0.2.2'));
    expect([zone.size, [...zone.names()]]).toEqual([2, ['a.example.', 'b.example.']]);
    zone.replace([nameOf('a.example'), nameOf('b.example')], []);
    expect([zone.size, [...zone.names()]]).toEqual([0, []]);
  });

  it('knows whether any marker stands under a digest', () => {
    const zone = zoneOf('www.example. 300 A 192.0.2.1', '_owner.www.example. @me A/ingress');
    expect(zone.hasHashedPlaces).toBe(false);
    zone.replace([nameOf(HASHED)], observedOf(`${HASHED} @me NS/record name=sub.example.`));
    zone.replace([nameOf(HASHED)], observedOf(`${HASHED} @me A/record name=sub.example.`));
    expect(zone.hasHashedPlaces).toBe(true);
    zone.replace([nameOf(HASHED)], []);
    expect(zone.hasHashedPlaces).toBe(false);
  });

  it('lists what is below a name, label by label', () => {
    const zone = zoneOf('a.b.example. 300 A 192.0.2.1', 'b.example. 300 A 192.0.2.1', 'ab.example. 300 A 192.0.2.1');
    expect([...zone.below(nameOf('b.example'))]).toEqual(['a.b.example.']);
  });
});

describe('the names of a zone that are planned', () => {
  it('are those that are desired and those that have a marker, each once', () => {
    const held = zoneOf(
      'www.example. 300 A 192.0.2.1',
      '_owner.www.example. @me A/ingress',
      '_owner.old.example. @me A/ingress',
      '_owner._wildcard.example. @me A/ingress',
      '_owner.sub.example. @me NS/record',
      `${HASHED} @me NS/record name=sub.example.`,
      'theirs.example. 300 A 192.0.2.1',
    );
    const desired = new Map([[nameOf('www.example'), { owner: nameOf('www.example'), rrsets: [] }]]);
    expect([...namesToPlan({ desired, held, settings: SETTINGS })]).toEqual([
      'www.example.',
      'old.example.',
      '*.example.',
      'sub.example.',
    ]);
  });

  it('tell how many RRsets are ours before and after', () => {
    const { plans } = runPlanCase({
      observed: [
        'www.example. 300 A 192.0.2.1',
        'www.example. 300 AAAA 2001:db8::1',
        'www.example. 300 MX 10 mx.example.',
        '_owner.www.example. @me A.AAAA/ingress',
      ],
      desired: ['www.example. 300 A 192.0.2.1 < ingress/n/a'],
    });
    expect(plans.map(({ owned }) => owned)).toEqual([{ before: 2, after: 1 }]);
  });

  it('tell whether the name is claimed for the first time', () => {
    const desired = ['www.example. 300 A 192.0.2.1 < ingress/n/a'];
    expect(runPlanCase({ desired }).plans.map(({ firstClaim }) => firstClaim)).toEqual([true]);
    expect(
      runPlanCase({ observed: ['_owner.www.example. @me A/service'], desired }).plans.map(({ firstClaim }) => firstClaim),
    ).toEqual([false]);
  });
});
