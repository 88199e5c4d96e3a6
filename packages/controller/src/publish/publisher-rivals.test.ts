import { afterEach, describe, expect, it } from '@jest/globals';

import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld } from './testing/publish-world.ts';
import { randomOf } from './testing/random-of.ts';

const NAMES = 8;
const STEPS = 40;
const SEEDS = Array.from({ length: Math.min(500, Number(process.env['KUBEZONE_TEST_RUNS'] ?? 4)) }, (_none, index) => index + 1);

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

describe.each([true, false])(
  'two owners that want the same names at one provider (conditional writes: %s)',
  (conditionalWrites) => {
    it.each(SEEDS)('%i: have each name whole, one or the other, whatever comes between their reads and writes', async (seed) => {
      const random = randomOf(seed);
      const pick = (below: number): number => Math.floor(random() * below);
      const first = new ModelProvider({ zones: ['example.com'], traits: { conditionalWrites, maxNamesPerWrite: 3 } });
      const rivals = [first, first.reborn()].map((provider, at) => {
        // Calls take their time, before and after they do anything.
        const linger = async (): Promise<void> => {
          for (let turn = pick(6); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
        };
        provider.hooks.before = linger;
        provider.hooks.after = async (_call, results) => {
          await linger();
          return results;
        };
        const world = new PublishWorld({
          provider,
          publisher: {
            random,
            intervalMs: 20_000,
            settings: { owner: `owner${at}`, deleteLimits: { max: { share: 1 }, windowMs: 600_000, minRecords: 0 } },
          },
        });
        worlds.push(world);
        world.publisher.start();
        return { world, asked: new Map<number, string>(), network: `10.0.${at}` };
      });
      for (let step = 0; step < STEPS; step++) {
        for (const { world, asked, network } of rivals) {
          const at = pick(NAMES);
          const line = random() < 0.3 ? undefined : `n${at}.example.com. 300 A ${network}.${1 + pick(250)}`;
          if (line === undefined) asked.delete(at);
          else asked.set(at, line);
          world.ask(`service/n${at}`, ...(line === undefined ? [] : [line]));
        }
        for (let turn = pick(20); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
        const ms = pick(3_000);
        for (const { world } of rivals) world.clock.advance(ms);
      }
      for (let seconds = 0; seconds < 300; seconds += 2) {
        for (const { world } of rivals) world.clock.advance(2_000);
        for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      const dump = first.dump();
      for (let at = 0; at < NAMES; at++) {
        const wanted = rivals.flatMap(({ asked }) => asked.get(at) ?? []);
        const data = dump.filter((line) => line.startsWith(`n${at}.`));
        const markers = dump.filter((line) => line.startsWith(`_owner.n${at}.`));
        expect({ at, data: data.length, markers: markers.length }).toEqual({
          at,
          data: Math.min(1, wanted.length),
          markers: Math.min(1, wanted.length),
        });
        expect([at, [...wanted, ...data]]).toEqual([at, expect.arrayContaining(data)]);
        expect(wanted).toEqual(expect.arrayContaining(data));
        const owner = data.map((line) => (line.includes(' 10.0.0.') ? 'owner=owner0,' : 'owner=owner1,'));
        expect(markers.filter((line) => owner.some((one) => line.includes(one)))).toEqual(markers);
      }
    });
  },
);
