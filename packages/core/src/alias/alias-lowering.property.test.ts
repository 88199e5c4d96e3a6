import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { AliasWorld } from './testing/alias-world.ts';

const NAMES = ['a', 'b', 'c', 'x.a', '*.a', '*', 'sub', 'lb.sub'].map((label) => `${label}.example`);
const ELSEWHERE = {
  'one.test': '60 192.0.2.1',
  'two.test': 'CNAME a.example',
  'three.test': 'ETIMEOUT',
  'lb.sub.example': '60 192.0.2.3',
};
const TARGETS = [...NAMES.filter((name) => !name.startsWith('*')), 'y.x.a.example', 'z.example', ...Object.keys(ELSEWHERE)];

const target = fc.constantFrom(...TARGETS);
const content = fc.oneof(
  fc.constantFrom('60 A 192.0.2.66', '60 AAAA 2001:db8::66', '60 TXT "x"', '60 NS ns.test.'),
  target.map((to) => `60 CNAME ${to}.`),
  fc.uniqueArray(target, { minLength: 1, maxLength: 3 }).map((to) => `60 ALIAS ${to.join(' ')}`),
);
/** One object asks for something else at one name, or for nothing any more. */
const step = fc.record({ name: fc.constantFrom(...NAMES), content: fc.option(content, { nil: undefined }) });

async function worldAfter(
  steps: readonly { readonly name: string; readonly content: string | undefined }[],
  mode: 'flatten' | 'cname',
): Promise<AliasWorld> {
  const world = new AliasWorld({ mode });
  for (const [name, answer] of Object.entries(ELSEWHERE)) world.elsewhere.set(name, answer);
  for (const { name, content: line } of steps) {
    world.ask(`service/ns/${name}`, ...(line === undefined ? [] : [`${name} ${line}`]));
    world.clock.step(0);
    await world.settle();
  }
  // Whether a CNAME of somebody's leads into our zones is found out with the next question: delegations come and go.
  for (let round = 0; round < 2; round++) {
    world.clock.step(61_000);
    await world.settle();
  }
  return world;
}

function sizesOf({ lowering }: AliasWorld): readonly number[] {
  const { targets, obstructed, aliases } = lowering.statistics();
  return [targets, obstructed, aliases];
}

it.each(['flatten', 'cname'] as const)(
  'what names hold depends on what is asked for, not on how that came about (%s)',
  async (mode) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const last = new Map(steps.map((each) => [each.name, each]));
        const lived = await worldAfter(steps, mode);
        const fresh = await worldAfter([...last.values()].toReversed(), mode);
        expect(lived.all()).toEqual(fresh.all());
        expect(lived.problems()).toEqual(fresh.problems());
        expect(sizesOf(lived)).toEqual(sizesOf(fresh));
        lived.lowering.stop();
        fresh.lowering.stop();
      }),
      { numRuns: 150 },
    );
  },
);
