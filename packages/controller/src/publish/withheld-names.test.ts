import { describe, expect, it } from '@jest/globals';
import { nameOf, type Withheld } from '@kubezone/core';

import { WithheldNames } from './withheld-names.ts';

const [A, B] = [nameOf('a.example.com'), nameOf('b.example.com')];

function withheld(code: Withheld['code'], source?: Withheld['source']): Withheld {
  const rest = { type: 1, setIdentifier: undefined, message: '', origins: [], ...(source !== undefined && { source }) };
  return { code, owner: A, ...rest };
}

/** `key: count since`. */
const groupsOf = (names: WithheldNames): string[] =>
  Array.from(names.groups, ([key, { count, since }]) => `${key}: ${count} ${since}`).toSorted();

describe('what is withheld', () => {
  it('is counted by code, and by source where it waits for one', () => {
    const names = new WithheldNames();
    const east = { source: 'service', cluster: 'c2' };
    names.note(A, [withheld('POLICY'), withheld('SOURCE_NOT_SYNCED', east)], 1);
    names.note(B, [withheld('SOURCE_NOT_SYNCED', east), withheld('SOURCE_NOT_SYNCED', { ...east, source: 'ingress' })], 2);
    expect(groupsOf(names)).toEqual(['POLICY: 1 1', 'SOURCE_NOT_SYNCED ingress c2: 1 2', 'SOURCE_NOT_SYNCED service c2: 2 1']);
    names.note(A, [], 3);
    names.forget(B);
    expect(groupsOf(names)).toEqual([]);
    expect(names.byName.size).toBe(0);
  });

  it('is withheld since the same time as long as the reasons are the same, whatever else of it changes', () => {
    const names = new WithheldNames();
    names.note(A, [withheld('POLICY')], 1);
    names.note(A, [{ ...withheld('POLICY'), message: 'otherwise' }], 2);
    expect(names.byName.get(A)).toMatchObject({ since: 1, withheld: [{ message: 'otherwise' }] });
    expect(groupsOf(names)).toEqual(['POLICY: 1 1']);
    names.note(A, [withheld('RETAINED')], 3);
    expect(names.byName.get(A)?.since).toBe(3);
    expect(groupsOf(names)).toEqual(['RETAINED: 1 3']);
  });
});
