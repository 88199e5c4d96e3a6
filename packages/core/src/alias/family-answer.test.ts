import { describe, expect, it } from '@jest/globals';

import { printAddress } from '../rr/address.ts';
import { type FamilyAnswer, learn } from './family-answer.ts';
import type { FoundAddresses } from './look-up.ts';

const KEEPING = { staleForMs: 600_000, goneForMs: 60_000 };

const found = (ttl: number, ...last: readonly number[]): FoundAddresses => ({
  kind: 'addresses',
  ttl,
  rdatas: last.map((octet) => Uint8Array.of(192, 0, 2, octet)),
});
const NONE: FoundAddresses = { kind: 'none' };
const FAILURE: FoundAddresses = { kind: 'failure', code: 'ETIMEOUT' };

/** What is known after several questions, each at a second. */
function after(...questions: readonly (readonly [number, FoundAddresses])[]): FamilyAnswer {
  return questions.reduce<FamilyAnswer | undefined>(
    (known, [second, one]) => learn(known, one, second * 1000, KEEPING),
    undefined,
  ) as FamilyAnswer;
}

function printed({ rdatas, ttl, restMs }: FamilyAnswer): string {
  return `${ttl} ${rdatas.map(printAddress).join(' ')} rest ${restMs / 1000}`;
}

describe('what is known of addresses', () => {
  it.each<[string, (readonly [number, FoundAddresses])[], string]>([
    ['is sorted, each once', [[0, found(60, 2, 1, 2)]], '60 192.0.2.1 192.0.2.2 rest 60'],
    ['has a rounded TTL, and is asked for again when its own is over', [[0, found(59, 1)]], '30 192.0.2.1 rest 59'],
    ['lasts five seconds at least', [[0, found(0, 1)]], '5 192.0.2.1 rest 5'],
    ['lasts an hour at most', [[0, found(86_400, 1)]], '3600 192.0.2.1 rest 3600'],
    [
      'is replaced by what is found later',
      [
        [0, found(60, 1)],
        [60, found(60, 2)],
      ],
      '60 192.0.2.2 rest 60',
    ],
    [
      'stays while nobody can be asked, to be asked for soon again',
      [
        [0, found(60, 1)],
        [60, FAILURE],
      ],
      '30 192.0.2.1 rest 5',
    ],
    [
      'stays then with a TTL that is lower anyway',
      [
        [0, found(10, 1)],
        [10, FAILURE],
      ],
      '10 192.0.2.1 rest 5',
    ],
    [
      'stays then for as long as is configured',
      [
        [0, found(60, 1)],
        [60, FAILURE],
        [659, FAILURE],
      ],
      '30 192.0.2.1 rest 10',
    ],
    [
      'and no longer',
      [
        [0, found(60, 1)],
        [60, FAILURE],
        [660, FAILURE],
      ],
      '0  rest 10',
    ],
    [
      'stays for a while though there is said to be none',
      [
        [0, found(60, 1)],
        [60, NONE],
        [119, NONE],
      ],
      '30 192.0.2.1 rest 10',
    ],
    [
      'and no longer, beginning with the first that said so',
      [
        [0, found(60, 1)],
        [60, NONE],
        [120, NONE],
      ],
      '0  rest 10',
    ],
    [
      'stays away when it was gone, whoever cannot be asked then',
      [
        [0, found(60, 1)],
        [60, NONE],
        [120, NONE],
        [130, FAILURE],
      ],
      '0  rest 20',
    ],
    [
      'stays for a failure in that while',
      [
        [0, found(60, 1)],
        [60, NONE],
        [130, FAILURE],
      ],
      '30 192.0.2.1 rest 10',
    ],
    [
      'comes back',
      [
        [0, found(60, 1)],
        [60, NONE],
        [120, NONE],
        [130, found(60, 1)],
      ],
      '60 192.0.2.1 rest 60',
    ],
    [
      'has its full time again after it has come back',
      [
        [0, found(60, 1)],
        [60, NONE],
        [65, found(60, 1)],
        [125, NONE],
        [184, NONE],
      ],
      '30 192.0.2.1 rest 10',
    ],
    ['is nothing from the start', [[0, NONE]], '0  rest 5'],
    ['is asked for less and less often', Array.from({ length: 9 }, () => [0, FAILURE] as const), '0  rest 60'],
  ])('%s', (_, questions, expected) => {
    expect(printed(after(...questions))).toBe(expected);
  });

  it('is the same list where it is the same', () => {
    const first = after([0, found(60, 1, 2)]);
    expect(learn(first, found(60, 2, 1), 60_000, KEEPING).rdatas).toBe(first.rdatas);
  });

  it('may be kept for ever', () => {
    const keeping = { staleForMs: Number.POSITIVE_INFINITY, goneForMs: 0 };
    const first = learn(undefined, found(60, 1), 0, keeping);
    const failing = learn(first, FAILURE, 60_000, keeping);
    expect(learn(failing, FAILURE, 1e15, keeping).rdatas).toHaveLength(1);
    expect(learn(first, NONE, 60_000, keeping).rdatas).toEqual([]);
  });
});
