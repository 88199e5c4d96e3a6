import { describe, expect, it } from '@jest/globals';

import { composeEvent, countEvent, joinMessages, reasonOf } from './compose-event.ts';

const NOW = Date.parse('2026-11-22T10:00:00.123Z');
const AUTHOR = { controller: 'kubezone.io/resolver', instance: 'pod-1_uuid', action: 'Serve' };
const WEB = { apiVersion: 'v1', kind: 'Service', namespace: 'team-a', name: 'web', uid: 'u1' };
const TEXT = { type: 'Warning', reason: 'NewerObject', note: 'an older Service holds it' } as const;

const nameOf = (about: Partial<typeof WEB> = {}, text: Partial<{ note: string; reason: string }> = {}, author = AUTHOR): string =>
  composeEvent({ ...WEB, ...about }, { ...TEXT, ...text }, author, NOW).name;

describe('an Event', () => {
  it('says what, of whom, why and who says so', () => {
    const { collection, name, event } = composeEvent(WEB, TEXT, AUTHOR, NOW);
    expect(collection).toBe('/apis/events.k8s.io/v1/namespaces/team-a/events');
    expect(event).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace: 'team-a' },
      eventTime: '2026-11-22T10:00:00.123000Z',
      type: 'Warning',
      reason: 'NewerObject',
      note: 'an older Service holds it',
      action: 'Serve',
      reportingController: 'kubezone.io/resolver',
      reportingInstance: 'pod-1_uuid',
      regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'team-a', name: 'web', uid: 'u1' },
    });
  });

  it('lies in the namespace default where the object lies in none', () => {
    const { collection, event } = composeEvent({ ...WEB, kind: 'Node', namespace: '', name: 'n1' }, TEXT, AUTHOR, NOW);
    expect(collection).toBe('/apis/events.k8s.io/v1/namespaces/default/events');
    expect(event['regarding']).toEqual({ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: 'u1' });
  });

  it('has the same name whoever says the same of the same object, and another one else', () => {
    const name = nameOf();
    expect(name).toMatch(/^web\.[0-9a-f]{16}$/);
    expect(nameOf({}, {}, { ...AUTHOR, instance: 'pod-2' })).toBe(name);
    const others = [
      nameOf({ uid: 'u2' }),
      nameOf({}, { note: 'x' }),
      nameOf({}, { reason: 'X' }),
      nameOf({}, {}, { ...AUTHOR, controller: 'o' }),
    ];
    expect(new Set([name, ...others]).size).toBe(5);
  });

  it.each([
    ['a'.repeat(253), /^a{236}\.[0-9a-f]{16}$/],
    [`${'a'.repeat(235)}.${'b'.repeat(10)}`, /^a{235}\.[0-9a-f]{16}$/],
    [`${'a'.repeat(233)}-.-b`, /^a{233}\.[0-9a-f]{16}$/],
  ])('has a name that is a subdomain however long the name of the object is', (name, expected) => {
    expect(nameOf({ name })).toMatch(expected);
  });

  it('is counted from two on', () => {
    const lastObservedTime = '2026-11-22T10:00:00.123000Z';
    expect(countEvent({}, NOW)).toEqual({ series: { count: 2, lastObservedTime } });
    expect(countEvent({ series: { count: 7 } }, NOW)).toEqual({ series: { count: 8, lastObservedTime } });
  });
});

describe('a note', () => {
  it('is cut at 1,024 octets, and never within a character', () => {
    for (const character of ['a', 'é', '€', '😀']) {
      for (const shift of ['', 'x', 'xx', 'xxx']) {
        const { event } = composeEvent(WEB, { ...TEXT, note: shift + character.repeat(2_000) }, AUTHOR, NOW);
        const note = String(event['note']);
        expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
        expect(Buffer.byteLength(note)).toBeGreaterThan(1_016);
        expect(note.replace(/^x*/, '').replaceAll(character, '')).toBe('...');
      }
    }
  });

  it('lists messages in an order of its own, each once', () => {
    expect(joinMessages(['b', 'a', 'b'])).toBe('a; b');
    expect(joinMessages(['only'])).toBe('only');
    expect(joinMessages([])).toBe('');
  });

  it('counts those for which it has no room', () => {
    const messages = Array.from({ length: 500 }, (_, index) => `message ${String(index).padStart(3, '0')}`);
    const note = joinMessages(messages);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    const listed = note.split('; ');
    expect(listed.at(0)).toBe('message 000');
    expect(listed.at(-1)).toBe(`and ${500 - (listed.length - 1)} more`);
    expect(Buffer.byteLength(joinMessages(['x'.repeat(5_000), 'y']))).toBeLessThanOrEqual(1_024);
  });
});

describe('a reason', () => {
  it.each([
    ['LOWER_PRIORITY_SOURCE', 'LowerPrioritySource'],
    ['TTL_DIFFERS', 'TtlDiffers'],
    ['NOT_CLAIMED', 'NotClaimed'],
  ])('%s becomes %s', (code, reason) => {
    expect(reasonOf(code)).toBe(reason);
  });
});
