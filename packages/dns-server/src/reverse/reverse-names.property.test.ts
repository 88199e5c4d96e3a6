import { expect, it } from '@jest/globals';
import { compareNames, type NameState, nameOf, type Origin, type OwnerName } from '@kubezone/core';
import * as fc from 'fast-check';

import { name, originOf, printState, stateOf } from '../testing/name-states.ts';
import { MAX_NAMES_OF_ADDRESS, ReverseNames } from './reverse-names.ts';

const SOURCES = ['node', 'service', 'ingress'];
const APEX = nameOf('2.0.192.in-addr.arpa');
const ABSENT: NameState = { exists: false, rrsets: [] };

/** What one name holds from now on, and by whom. */
interface Step {
  readonly owner: string;
  readonly addresses: readonly number[];
  readonly ttl: number;
  readonly source: string;
  readonly createdAt: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  owner: fc.constantFrom(...Array.from({ length: 12 }, (_, index) => `h${index}`)),
  addresses: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
  ttl: fc.constantFrom(30, 60),
  source: fc.constantFrom(...SOURCES),
  createdAt: fc.integer({ min: 0, max: 2 }),
});

/** The names of an address, from all names at once. */
function calledBy(last: ReadonlyMap<string, Step>, address: number): string[] {
  const holders = [...last.values()].filter(({ addresses }) => addresses.includes(address));
  const rank = Math.min(...holders.map(({ source }) => SOURCES.indexOf(source)));
  const best = holders
    .filter(({ source }) => SOURCES.indexOf(source) === rank)
    .toSorted((one, other) => one.createdAt - other.createdAt || compareNames(name(one.owner), name(other.owner)))
    .slice(0, MAX_NAMES_OF_ADDRESS);
  const ttl = Math.min(...best.map((each) => each.ttl));
  return best.length === 0 ? ['NXDOMAIN'] : best.map(({ owner }) => `${ttl} PTR ${owner}.example.com.`);
}

it('whatever the changes, each address is called as by all names at once', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (steps, batch) => {
      const reverse = new ReverseNames({ zones: new Set([nameOf('example.com')]), reverseZones: [APEX], sources: SOURCES });
      const last = new Map<string, Step>();
      const asked = new Map<OwnerName, string[]>();
      for (let at = 0; at < steps.length; at += batch) {
        const changes = steps.slice(at, at + batch).map((each) => {
          last.set(each.owner, each);
          const owner = name(each.owner);
          const after =
            each.addresses.length === 0
              ? ABSENT
              : stateOf(owner, ...each.addresses.map((octet) => `${each.ttl} A 192.0.2.${octet}`));
          const origins: Origin[] = [originOf(each.source, 'x', each.createdAt)];
          return { owner, before: ABSENT, after, origins };
        });
        for (const { desired, origin } of reverse.update(changes)) {
          const owner = nameOf(`${origin.object.slice('Address/192.0.2.'.length)}.2.0.192.in-addr.arpa`);
          const rrsets = desired.flatMap((one) => (one.kind === 'rrset' ? [one] : []));
          asked.set(owner, printState(rrsets.length === 0 ? ABSENT : { exists: true, rrsets }));
        }
      }
      for (const address of [1, 2, 3]) {
        expect(asked.get(nameOf(`${address}.2.0.192.in-addr.arpa`)) ?? ['NXDOMAIN']).toEqual(calledBy(last, address));
      }
    }),
  );
});
