import { describe, expect, it } from '@jest/globals';
import { nameOf, type NameWrite, type ObservedRRset, type ProvidedRRset, providedKey, type RRsetWrite } from '@kubezone/core';

import { stateOf } from '../testing/provided-text.ts';
import { changesOf, phasesOf, progressOf } from './change-phases.ts';
import { composeEndpoint, observeEndpoints } from './endpoint-rrset.ts';
import { LearnedForms } from './learned-forms.ts';

const rrset = (...lines: readonly string[]): ProvidedRRset => stateOf(...lines).rrsets[0] as ProvidedRRset;
const held = (...lines: readonly string[]): ObservedRRset =>
  observeEndpoints([composeEndpoint(rrset(...lines))]).rrsets[0] as ObservedRRset;
const A = 'www.example.com. 300 A 192.0.2.1';
const CNAME = 'www.example.com. 300 CNAME lb.example.net.';
const OURS = '_owner.www.example.com. 300 TXT "ours"';
const FORMER = 'a-www.example.com. 300 TXT "former"';

const shown = (...writes: readonly RRsetWrite[]): unknown => {
  const write: NameWrite = { owner: nameOf('www.example.com'), writes };
  const phases = phasesOf(write, new LearnedForms());
  if (typeof phases === 'string') return phases;
  return phases.map((steps) =>
    Object.entries(changesOf(steps)).flatMap(([kind, endpoints]) =>
      (endpoints as readonly { readonly recordType: string }[]).map(({ recordType }) => `${kind} ${recordType}`),
    ),
  );
};

describe('a name’s write', () => {
  it.each<readonly [string, readonly RRsetWrite[], unknown]>([
    [
      'a new name: the marker first',
      [
        { before: undefined, after: rrset(OURS) },
        { before: undefined, after: rrset(A) },
      ],
      [[], ['create TXT'], ['create A']],
    ],
    [
      'a new address: one request',
      [{ before: held(A), after: rrset('www.example.com. 300 A 192.0.2.2') }],
      [[], [], ['updateOld A', 'updateNew A']],
    ],
    [
      'another type: what goes, the marker, what comes',
      [
        { before: held(A), after: undefined },
        { before: held(OURS), after: rrset('_owner.www.example.com. 300 TXT "ours, otherwise"') },
        { before: undefined, after: rrset(CNAME) },
      ],
      [['delete A'], ['updateOld TXT', 'updateNew TXT'], ['create CNAME']],
    ],
    [
      'a takeover: our marker before the former one goes',
      [
        { before: undefined, after: rrset(OURS) },
        { before: held(FORMER), after: undefined },
        { before: held(A), after: rrset('www.example.com. 300 A 192.0.2.2') },
      ],
      [[], ['create TXT'], ['updateOld A', 'updateNew A', 'delete TXT']],
    ],
    [
      'a name that goes: the marker last',
      [
        { before: held(A), after: undefined },
        { before: held(OURS), after: undefined },
      ],
      [['delete A'], ['delete TXT'], []],
    ],
    ['what is as it shall be: nothing', [{ before: held(A), after: rrset(A) }], [[], [], []]],
  ])('is divided: %s', (_, writes, expected) => {
    expect(shown(...writes)).toEqual(expected);
  });

  it('is refused where it would replace what is not understood', () => {
    const [fancy] = observeEndpoints([{ dnsName: 'www.example.com', recordType: 'FANCY', targets: ['x'] }]).rrsets;
    expect(shown({ before: fancy, after: undefined })).toBe(
      'www.example.com. cannot be changed: its FANCY data "x" is not understood',
    );
  });
});

describe('after a request that failed, a name', () => {
  const other = (ttl: number, address: string): string => `www.example.com. ${ttl} A ${address}`;

  it.each<readonly [string, string | undefined, string | undefined, string | undefined, string]>([
    ['that was to be made and is not there', undefined, A, undefined, 'untouched'],
    ['that was to be made and is there', undefined, A, A, 'done'],
    ['that was to be made and is there with a TTL of the webhook’s own', undefined, A, other(600, '192.0.2.1'), 'done'],
    ['that was to be made and holds something else', undefined, A, other(300, '192.0.2.66'), 'mixed'],
    ['that was to go and is gone', A, undefined, undefined, 'done'],
    ['that was to go and is there', A, undefined, A, 'untouched'],
    ['that was to go and holds something else', A, undefined, other(300, '192.0.2.66'), 'mixed'],
    ['that was to change and has changed', A, other(300, '192.0.2.2'), other(300, '192.0.2.2'), 'done'],
    ['that was to change and has not', A, other(300, '192.0.2.2'), A, 'untouched'],
    ['that was to change and is gone', A, other(300, '192.0.2.2'), undefined, 'mixed'],
    ['whose TTL was to change and is a third one', A, other(60, '192.0.2.1'), other(600, '192.0.2.1'), 'mixed'],
  ])('%s', (_, before, after, now, expected) => {
    const writes = [
      { before: before === undefined ? undefined : held(before), after: after === undefined ? undefined : rrset(after) },
    ];
    const phases = phasesOf({ owner: nameOf('www.example.com'), writes }, new LearnedForms());
    const found = now === undefined ? [] : [held(now)];
    const steps = typeof phases === 'string' ? [] : phases.flat();
    const keyOf = (): string => providedKey(rrset(A));
    expect(progressOf(steps, keyOf, new Map(found.map((one) => [providedKey(one), one])))).toBe(expected);
  });
});
