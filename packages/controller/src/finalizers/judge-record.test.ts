import { describe, expect, it } from '@jest/globals';

import { nameOf } from '@kubezone/core';

import { finalizerOf } from './finalizer-name.ts';
import { judgeRecord, type RecordFacts, type RecordRemains } from './judge-record.ts';

const PATIENCE_MS = 300_000;

function facts(
  some: Partial<Omit<RecordFacts, 'worthIt' | 'asks' | 'remains'>> & {
    worthIt?: boolean;
    asks?: boolean;
    remains?: RecordRemains[];
  },
): RecordFacts {
  const { worthIt = true, asks = false, remains = [], ...rest } = some;
  return {
    waits: true,
    marked: true,
    outdated: false,
    goingMs: undefined,
    ...rest,
    worthIt: () => worthIt,
    asks: () => asks,
    remains: () => remains,
  };
}

function left(state: RecordRemains['state'], codes: RecordRemains['codes'] = [], messages: string[] = []): RecordRemains {
  return { owner: nameOf('www.example.com'), provider: 'route53', zone: nameOf('example.com'), state, codes, messages };
}

const judge = (some: Parameters<typeof facts>[0]): unknown => judgeRecord(facts(some), PATIENCE_MS);

describe('the finalizer of a Record that stays', () => {
  it.each([
    ['is set where something would be deleted for it', { marked: false }, { kind: 'set', marked: true }],
    ['is not set a second time', {}, { kind: 'none' }],
    ['is not set where nothing would be deleted', { marked: false, worthIt: false }, { kind: 'none' }],
    ['is taken off where nothing would be deleted any more', { worthIt: false }, { kind: 'set', marked: false }],
    ['is not set where nobody is to wait', { waits: false, marked: false }, { kind: 'none' }],
    ['is taken off where nobody is to wait any more', { waits: false }, { kind: 'set', marked: false }],
    ['takes the place of the one of an owner before', { marked: false, outdated: true }, { kind: 'set', marked: true }],
    ['of an owner before is taken off beside ours', { outdated: true }, { kind: 'set', marked: true }],
    [
      'of an owner before is taken off where nobody is to wait',
      { waits: false, marked: false, outdated: true },
      { kind: 'set', marked: false },
    ],
  ])('%s', (_what, some, expected) => expect(judge(some)).toEqual(expected));
});

describe('a Record that is going', () => {
  it.each([
    ['is left alone where it does not wait for us', { marked: false }, { kind: 'none' }],
    [
      'is let go at once where nobody is to wait any more',
      { waits: false, remains: [left('going')] },
      { kind: 'set', marked: false },
    ],
    ['is let go when nothing is left', {}, { kind: 'set', marked: false }],
    [
      'waits while its names still count, whatever is left of them',
      { asks: true },
      { kind: 'wait', why: 'its names still count' },
    ],
    [
      'waits for what is going, and says why it is not gone yet',
      { remains: [left('going', [], ['the provider is away'])] },
      { kind: 'wait', why: 'www.example.com. at route53 (zone example.com.): the provider is away' },
    ],
    [
      'waits as long as anything is going, whatever else stays',
      { remains: [left('staying', ['POLICY'], ['no']), left('going')] },
      {
        kind: 'wait',
        why: 'www.example.com. at route53 (zone example.com.) is to be deleted; www.example.com. at route53 (zone example.com.): no',
      },
    ],
    [
      'is let go at once with a warning where all that is left stays',
      { remains: [left('staying', ['DELETE_LIMIT'], ['too much'])] },
      {
        kind: 'set',
        marked: false,
        left: {
          type: 'Warning',
          code: 'DELETE_WITHHELD',
          message: 'what it published stays: www.example.com. at route53 (zone example.com.): too much',
        },
      },
    ],
    [
      'is let go without a warning where it wanted that',
      { remains: [left('staying', ['RETAINED'], ['kept'])] },
      {
        kind: 'set',
        marked: false,
        left: {
          type: 'Normal',
          code: 'DELETE_WITHHELD',
          message: 'what it published stays: www.example.com. at route53 (zone example.com.): kept',
        },
      },
    ],
  ])('%s', (_what, some, expected) => expect(judge({ goingMs: 1_000, ...some })).toEqual(expected));

  it('waits for five minutes at most, and it is told what is left', () => {
    const remains = [left('going', [], ['the provider is away'])];
    expect(judge({ goingMs: PATIENCE_MS - 1, remains })).toMatchObject({ kind: 'wait' });
    expect(judge({ goingMs: PATIENCE_MS, remains })).toEqual({
      kind: 'set',
      marked: false,
      left: {
        type: 'Warning',
        code: 'DELETE_UNCONFIRMED',
        message:
          'let go after 5 min, though it is not known that what it published is gone; it is deleted as soon as it can be: www.example.com. at route53 (zone example.com.): the provider is away',
      },
    });
    expect(judge({ goingMs: PATIENCE_MS, asks: true })).toMatchObject({ kind: 'set', marked: false });
  });
});

describe('the name of a finalizer', () => {
  it.each([
    ['prod', 'kubezone.io/published-by-prod'],
    ['Prod_1.eu', 'kubezone.io/published-by-Prod_1.eu'],
  ])('has the owner id %s in it', (owner, name) => expect(finalizerOf(owner)).toBe(name));

  it.each(['a'.repeat(63), 'ends-with-', 'dot.'])('has a hash of the owner id %s, which does not fit', (owner) => {
    expect(finalizerOf(owner)).toMatch(/^kubezone\.io\/published-by-[0-9a-f]{16}$/);
    expect(finalizerOf(owner)).not.toBe(finalizerOf(`${owner}x`));
  });
});
