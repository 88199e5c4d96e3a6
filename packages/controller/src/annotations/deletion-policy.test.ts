import { describe, expect, it } from '@jest/globals';

import { readDeletionPolicy } from './deletion-policy.ts';

const KEY = 'kubezone.io/deletion-policy';
const ANY = { namespace: 'default', name: 'web', createdAt: 0, deleting: false };

describe('the annotation kubezone.io/deletion-policy', () => {
  it.each([
    ['nothing', undefined, false],
    ['an empty value, as templates make it', '', false],
    ['delete', 'delete', false],
    ['Delete', 'Delete', false],
    ['retain', 'retain', true],
    ['Retain, as PersistentVolumes have it', 'Retain', true],
    ['retain with a space', 'retain ', true],
  ])('with %s is in order', (_what, value, retain) => {
    expect(readDeletionPolicy({ ...ANY, annotations: value === undefined ? {} : { [KEY]: value } })).toEqual({ retain });
  });

  it.each(['orphan', 'true', 'keep\u202e'])('with %j is reported, and nothing is deleted', (value) => {
    const { retain, problem } = readDeletionPolicy({ ...ANY, annotations: { [KEY]: value } });
    expect(retain).toBe(true);
    expect(problem).toMatchObject({ code: 'DELETION_POLICY_INVALID', path: `metadata.annotations["${KEY}"]` });
    expect(problem?.message).not.toContain('\u202e');
    expect(problem?.message).toMatch(/expected "retain" or "delete"; it counts as "retain"$/);
  });

  it('is not there at all on objects of which no annotations are kept', () => {
    expect(readDeletionPolicy(ANY)).toEqual({ retain: false });
  });
});
