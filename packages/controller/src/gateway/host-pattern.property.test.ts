import { describe, expect, it } from '@jest/globals';
import { isBelow, isWildcard, nameOf, type OwnerName, parentOf, ROOT } from '@kubezone/core';
import * as fc from 'fast-check';

import { intersectHosts } from './host-pattern.ts';

const hosts = fc.array(fc.constantFrom('a', 'b', 'com'), { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const patterns = fc.tuple(fc.boolean(), hosts).map(([wild, host]) => nameOf(wild ? `*.${host}` : host));
const names = hosts.map((host) => nameOf(host));

/** The definition, name by name. */
const matches = (pattern: OwnerName, name: OwnerName): boolean =>
  isWildcard(pattern) ? isBelow(name, parentOf(pattern) ?? ROOT) : pattern === name;

describe('what two host names have in common', () => {
  it('matches exactly the names that both match', () => {
    fc.assert(
      fc.property(patterns, patterns, names, (one, other, name) => {
        const common = intersectHosts(one, other);
        expect(common !== undefined && matches(common, name)).toBe(matches(one, name) && matches(other, name));
      }),
    );
  });
});
