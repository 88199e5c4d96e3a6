import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ObservedRRset, type ProvidedRRset } from '@kubezone/core';

import { stateOf } from '../testing/provided-text.ts';
import { LearnedForms } from './learned-forms.ts';

const rrset = (ttl: number, address = '192.0.2.1', properties?: Readonly<Record<string, string>>): ProvidedRRset => ({
  ...(stateOf(`www.example.com. ${ttl} A ${address}`).rrsets[0] as ProvidedRRset),
  ...(properties === undefined ? {} : { properties }),
});
const held = (...given: Parameters<typeof rrset>): ObservedRRset => ({ ...rrset(...given), vendor: undefined });

describe('a TTL that comes back otherwise', () => {
  let learned: LearnedForms;
  const writeAndSee = (times: number, wanted: ProvidedRRset, seen: ObservedRRset): void => {
    for (let count = 0; count < times; count++) {
      learned.wrote(wanted);
      learned.saw(seen);
    }
  };
  beforeEach(() => {
    learned = new LearnedForms();
  });

  it('once is written again', () => {
    writeAndSee(1, rrset(300), held(600));
    expect(learned.shown(rrset(300))).toEqual(rrset(300));
  });

  it('twice is what the webhook makes of it, and what is sent is what was wanted', () => {
    writeAndSee(2, rrset(300), held(600));
    expect(learned.shown(rrset(300))).toEqual(rrset(600));
    expect(learned.sent(rrset(600))).toEqual(rrset(300));
  });

  it('is so for other data too, and not for another TTL', () => {
    writeAndSee(2, rrset(300), held(0));
    expect(learned.shown(rrset(300, '192.0.2.9'))).toEqual(rrset(0, '192.0.2.9'));
    expect(learned.sent(rrset(0, '192.0.2.9'))).toEqual(rrset(300, '192.0.2.9'));
    expect(learned.shown(rrset(60))).toEqual(rrset(60));
  });

  it('is read as often as one likes, and counts once', () => {
    learned.wrote(rrset(300));
    for (let count = 0; count < 5; count++) learned.saw(held(600));
    expect(learned.shown(rrset(300))).toEqual(rrset(300));
  });

  it('does not count where the data are not ours', () => {
    writeAndSee(2, rrset(300), held(600, '192.0.2.66'));
    expect(learned.shown(rrset(300))).toEqual(rrset(300));
  });

  it('is forgotten when it comes back as it was wanted, or is removed', () => {
    writeAndSee(2, rrset(300), held(600));
    learned.saw(held(300));
    expect(learned.shown(rrset(300))).toEqual(rrset(300));
    writeAndSee(2, rrset(300), held(600));
    learned.removed(rrset(300));
    expect(learned.shown(rrset(300))).toEqual(rrset(300));
  });

  it('must be the same both times', () => {
    writeAndSee(1, rrset(300), held(600));
    writeAndSee(1, rrset(300), held(700));
    expect(learned.shown(rrset(300))).toEqual(rrset(300));
  });

  it('is learned with properties of the webhook’s own', () => {
    writeAndSee(2, rrset(300), held(300, '192.0.2.1', { 'webhook/added': 'x' }));
    expect(learned.shown(rrset(300))).toEqual(rrset(300, '192.0.2.1', { 'webhook/added': 'x' }));
  });
});
