import { describe, expect, it } from '@jest/globals';

import {
  deadlineOf,
  type ElectionAction,
  type ElectionOutcome,
  type ElectionState,
  electionStep,
  FIRST_ELECTION_STATE,
  mayWrite,
  USUAL_TIMING,
} from './election-step.ts';
import { type Lease, readLease } from './lease.ts';

const WALL = 1_800_000_000_000;

/** A Lease as it stands: who holds it, and its how manieth renewal this is. */
function lease(holder: string, renewal = 1, spec: object = {}): Lease {
  const renewTime = `2026-11-22T10:00:${String(renewal).padStart(2, '0')}.000000Z`;
  return readLease({ spec: { holderIdentity: holder, leaseDurationSeconds: 15, renewTime, ...spec } });
}

const released = (): Lease => lease('', 1, { leaseDurationSeconds: 1 });
const found = (one: Lease): ElectionOutcome => ({ kind: 'found', lease: one });
const held = (at: number, renewal = 1): ElectionOutcome => ({
  kind: 'held',
  lease: lease('me', renewal),
  sent: { monotonic: at, wall: WALL + at },
});

/** Outcomes, each with when (ms) it came. */
type Script = readonly (readonly [at: number, outcome: ElectionOutcome])[];

function play(script: Script, random = 0): ElectionState {
  let state = FIRST_ELECTION_STATE;
  for (const [now, outcome] of script) {
    state = electionStep(state, outcome, { identity: 'me', timing: USUAL_TIMING, now, random });
  }
  return state;
}

function print(action: ElectionAction): string {
  return action.kind === 'wait' ? `wait ${action.delayMs}` : action.kind;
}

const WAITED: ElectionOutcome = { kind: 'waited' };
const MISSING: ElectionOutcome = { kind: 'missing' };
const OVERTAKEN: ElectionOutcome = { kind: 'overtaken' };
const FAILED: ElectionOutcome = { kind: 'failed' };
/** Took over a Lease that was given back, at 0. */
const LEADS: Script = [
  [0, found(released())],
  [0, held(0)],
];

describe('a step of an election', () => {
  const cases: readonly [sentence: string, script: Script, action: string][] = [
    ['reads the Lease first', [], 'read'],
    ['makes a Lease that is missing', [[0, MISSING]], 'create'],
    ['takes a Lease that was given back', [[0, found(released())]], 'replace'],
    ['leaves alone what another holds, and looks again', [[0, found(lease('you'))]], 'wait 2000'],
    ['does not trust the time in a Lease', [[900_000, found(lease('you'))]], 'wait 2000'],
    [
      'takes a Lease that has stood unchanged for as long as it counts',
      [
        [0, found(lease('you'))],
        [2_000, WAITED],
        [15_000, found(lease('you'))],
      ],
      'replace',
    ],
    [
      'looks again when the Lease would run out, if that is sooner',
      [
        [0, found(lease('you'))],
        [14_000, found(lease('you'))],
      ],
      'wait 1000',
    ],
    [
      'begins to wait anew with every renewal',
      [
        [0, found(lease('you', 1))],
        [10_000, found(lease('you', 2))],
        [16_000, found(lease('you', 2))],
      ],
      'wait 2000',
    ],
    [
      "waits as long as the holder's own word has it",
      [
        [0, found(lease('you', 1, { leaseDurationSeconds: 60 }))],
        [59_000, found(lease('you', 1, { leaseDurationSeconds: 60 }))],
      ],
      'wait 1000',
    ],
    ['renews some seconds after it has renewed', LEADS, 'wait 2000'],
    ['renews without looking', [...LEADS, [2_000, WAITED]], 'replace'],
    ['looks when another was faster', [...LEADS, [2_000, WAITED], [2_000, OVERTAKEN]], 'read'],
    [
      'looks before it writes where others are faster again and again',
      [...LEADS, [2_000, OVERTAKEN], [2_000, found(lease('me'))], [2_000, OVERTAKEN], [2_200, WAITED]],
      'read',
    ],
    ['does not run in circles', [...LEADS, [2_000, OVERTAKEN], [2_000, found(lease('me'))], [2_000, OVERTAKEN]], 'wait 200'],
    [
      'renews a Lease in which another has changed something else',
      [...LEADS, [2_000, OVERTAKEN], [2_000, found(lease('me'))]],
      'replace',
    ],
    ['is a candidate again when another holds it', [...LEADS, [9_000, OVERTAKEN], [9_000, found(lease('you'))]], 'wait 2000'],
    ['makes the Lease again when it was deleted', [...LEADS, [2_000, MISSING]], 'create'],
    [
      'tries again soon where it leads',
      [...LEADS, [2_000, FAILED], [2_100, FAILED], [2_300, FAILED], [2_700, FAILED], [3_500, FAILED]],
      'wait 1600',
    ],
    ['takes its time where it does not', [[0, FAILED]], 'wait 2000'],
    ['does as the server wishes where it does not lead', [[0, { kind: 'failed', retryAfterMs: 7_000 }]], 'wait 7000'],
    ['has no time for wishes where it leads', [...LEADS, [2_000, { kind: 'failed', retryAfterMs: 60_000 }]], 'wait 2000'],
    ['takes a Lease of which nobody knows whose it is', [[0, found(readLease({ spec: 'what?' }))]], 'replace'],
  ];
  it.each(cases)('%s', (_sentence, script, action) => {
    expect(print(play(script).action)).toBe(action);
  });

  it('scatters the candidates', () => {
    expect(print(play([[0, found(lease('you'))]], 0.5).action)).toBe('wait 3000');
  });
});

describe('the time in which one may write', () => {
  const at = (monotonic: number, wall = WALL + monotonic) => ({ monotonic, wall });
  const cases: readonly [sentence: string, script: Script, at: { monotonic: number; wall: number }, may: boolean][] = [
    ['has not begun for a candidate', [[0, found(lease('you'))]], at(0), false],
    ['begins at once with a Lease that was given back', LEADS, at(1), true],
    [
      'begins at once with a Lease that has run out',
      [
        [0, found(lease('you'))],
        [15_000, found(lease('you'))],
        [15_010, held(15_000)],
      ],
      at(15_010),
      true,
    ],
    [
      'begins a whole duration later with a Lease that was missing',
      [
        [0, MISSING],
        [10, held(0)],
        [14_000, held(14_000, 2)],
      ],
      at(14_999),
      false,
    ],
    [
      'has begun then',
      [
        [0, MISSING],
        [10, held(0)],
        [14_000, held(14_000, 2)],
      ],
      at(15_000),
      true,
    ],
    [
      'begins later too with a Lease that nobody ever held',
      [
        [0, found(readLease({}))],
        [10, held(0)],
      ],
      at(20),
      false,
    ],
    [
      'begins later too where it was taken by a write whose outcome was not heard of',
      [
        [0, MISSING],
        [5_000, FAILED],
        [7_000, found(lease('me'))],
        [7_010, held(7_000, 2)],
      ],
      at(15_000),
      false,
    ],
    [
      'lasts for ten seconds from when the renewal was sent, not from when it was answered',
      [
        [0, found(released())],
        [4_000, held(0)],
      ],
      at(9_999),
      true,
    ],
    [
      'is over then',
      [
        [0, found(released())],
        [4_000, held(0)],
      ],
      at(10_000),
      false,
    ],
    ['is prolonged by every renewal', [...LEADS, [9_000, held(8_000, 2)]], at(17_999), true],
    ['outlasts failures', [...LEADS, [2_000, FAILED], [4_000, FAILED]], at(9_999), true],
    ['outlasts a write of another to the same Lease', [...LEADS, [2_000, OVERTAKEN]], at(2_000), true],
    [
      'is over as soon as another holds the Lease',
      [...LEADS, [2_000, OVERTAKEN], [2_010, found(lease('you'))]],
      at(2_010),
      false,
    ],
    ['is over as soon as the Lease is gone', [...LEADS, [2_000, MISSING]], at(2_000), false],
    ['is over where the machine has slept, and its steady clock with it', LEADS, at(1_000, WALL + 3_600_000), false],
    ['is over although the clock on the wall was set back', LEADS, at(10_000, WALL - 3_600_000), false],
    [
      'goes on with the first renewal after an outage, if nobody took the Lease meanwhile',
      [...LEADS, [10_000, FAILED], [30_000, WAITED], [30_010, held(30_000, 2)]],
      at(30_010),
      true,
    ],
  ];
  it.each(cases)('%s', (_sentence, script, moment, may) => {
    expect(mayWrite(play(script), USUAL_TIMING, moment)).toBe(may);
  });

  it('ends when the last renewal says', () => {
    const state = play([...LEADS, [9_000, held(8_000, 2)]]);
    expect(deadlineOf(state, USUAL_TIMING, 9_000)).toBe(18_000);
  });
});
