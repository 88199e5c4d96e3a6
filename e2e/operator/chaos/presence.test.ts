import { describe, expect, it } from '@jest/globals';

import { Presence, viewOf } from './presence.ts';

const MARKER = '_owner.www.a.test. 300 TXT "heritage=kubezone,v=1,owner=chaos,cluster=1,own=A/service"';
const ADDRESS = 'www.a.test. 300 A 192.0.2.1';
const THEIRS = 'www.a.test. 60 TXT "theirs"';

/** A zone that holds one listing after the other. */
function zoneOf(...listings: readonly (readonly string[])[]) {
  const left = [...listings];
  return { apex: 'a.test.', dump: async () => left.shift() ?? [] };
}

describe('names that are asked for the whole time', () => {
  it('are published when they hold what is wanted: what is left from an object before may go', async () => {
    const presence = new Presence(() => [ADDRESS]);
    presence.asked('www.a.test.');
    const zone = zoneOf(
      ['www.a.test. 300 A 192.0.2.9', MARKER],
      [],
      [ADDRESS, MARKER],
      ['www.a.test. 300 A 192.0.2.9', MARKER],
      [],
    );
    for (let look = 0; look < 4; look++) await presence.look(zone);
    expect(presence.absences).toEqual([]);
    await presence.look(zone);
    expect(presence.absences).toHaveLength(1);
  });

  it('may be absent before they were first published, and when nobody asks for them any more', async () => {
    const presence = new Presence(() => [ADDRESS]);
    presence.asked('www.a.test.');
    const zone = zoneOf([], [ADDRESS, MARKER], []);
    await presence.look(zone);
    expect(presence.isPublished('www.a.test.')).toBe(false);
    await presence.look(zone);
    expect(presence.isPublished('www.a.test.')).toBe(true);
    presence.unasked('www.a.test.');
    await presence.look(zone);
    expect(presence.absences).toEqual([]);
  });

  it('are seen to be absent afterwards, each time, also where data of others and a marker are left', async () => {
    const presence = new Presence(() => [ADDRESS]);
    presence.foreign.add(THEIRS);
    presence.asked('www.a.test.');
    presence.asked('www.b.test.');
    const there = [ADDRESS, MARKER];
    const zone = zoneOf(there, [THEIRS, MARKER], [], there, []);
    for (let look = 0; look < 5; look++) await presence.look(zone);
    expect(presence.absences.map(({ name }) => name)).toEqual(['www.a.test.', 'www.a.test.']);
  });
});

describe('a listing', () => {
  it('is parted into data by name and markers of ours by what they mark', () => {
    const { data, marked } = viewOf([ADDRESS, THEIRS, MARKER]);
    expect([...data]).toEqual([['www.a.test.', [ADDRESS, THEIRS]]]);
    expect([...marked]).toEqual(['www.a.test.']);
  });
});
