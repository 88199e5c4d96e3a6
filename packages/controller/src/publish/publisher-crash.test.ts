import { type ApplyResult, type ChangeHistory, ProviderError } from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';

import { type ModelCall, ModelProvider } from './testing/model-provider.ts';
import { PublishWorld } from './testing/publish-world.ts';

const NAMES = 260;
const BATCH = 5;
const FOREIGN = ['other.example.com. 300 A 198.51.100.1', 'www.example.com. 60 TXT theirs', 'n7.example.com. 60 TXT v=spf1'];

const addressOf = (index: number, generation: number): string => `192.0.${generation}.${index % 256}`;

/** What the first process has published: 200 names. */
function asked(index: number): readonly string[] {
  return index < 200 ? [`n${index}.example.com. 300 A ${addressOf(index, 1)}`] : [];
}

/** What is asked for then, in 200 changes: 50 names go, 50 change their addresses, 40 become aliases, 60 stay, 60 are new. */
function askedThen(index: number): readonly string[] {
  if (index < 50) return [];
  if (index < 100) return [`n${index}.example.com. 300 A ${addressOf(index, 2)}`];
  if (index < 140) return [`n${index}.example.com. 300 ALIAS lb${index}.example.net.`];
  return [`n${index}.example.com. 300 A ${addressOf(index, 1)}`];
}

interface Scene {
  readonly world: PublishWorld;
  readonly histories: Map<string, ChangeHistory>;
}

/** A zone as the first process has left it, and everything that is to change by the next one. */
async function scene(conditionalWrites: boolean): Promise<Scene> {
  const provider = new ModelProvider({ zones: ['example.com'], traits: { conditionalWrites, maxNamesPerWrite: BATCH } });
  provider.put(...FOREIGN);
  const histories = new Map<string, ChangeHistory>();
  const first = new PublishWorld({ provider });
  for (let index = 0; index < NAMES; index++) first.ask(`ingress/n${index}`, ...asked(index));
  first.publisher.start();
  await first.quiet();
  await first.stop();
  for (let index = 0; index < NAMES; index++) first.ask(`ingress/n${index}`, ...askedThen(index));
  return { world: next({ world: first, histories }), histories };
}

/** A new process with the same API server and provider. */
function next({ world, histories }: Scene): PublishWorld {
  return new PublishWorld({
    provider: world.provider.reborn(),
    catalog: world.catalog,
    clock: world.clock,
    publisher: {
      historyOf: (key) => histories.get(key),
      saveHistories: (saved) => {
        for (const [key, history] of saved) histories.set(key, history);
        return Promise.resolve();
      },
    },
  });
}

const DEATHS = ['before it is sent', 'after it was applied, before its reply', 'after its reply'] as const;

/** Makes a process stand still for ever at one of its writes. */
function killAt({ provider }: PublishWorld, nth: number, death: (typeof DEATHS)[number]): void {
  let seen = 0;
  const never = new Promise<never>(() => undefined);
  const isTheOne = (call: ModelCall): boolean => call.kind === 'apply' && ++seen === nth;
  if (death === 'before it is sent') provider.hooks.before = (call) => (isTheOne(call) ? never : undefined);
  else if (death === 'after its reply')
    provider.hooks.before = (call) => (call.kind === 'apply' && ++seen > nth ? never : undefined);
  else
    provider.hooks.after = (call, results): Promise<readonly ApplyResult[]> | readonly ApplyResult[] =>
      isTheOne(call) ? never : results;
}

/** What there is when nothing has gone wrong. */
async function expected(conditionalWrites: boolean): Promise<{ readonly dump: readonly string[]; readonly writes: number }> {
  const { world } = await scene(conditionalWrites);
  world.publisher.start();
  await world.quiet();
  await world.stop();
  return { dump: world.provider.dump(), writes: world.provider.count('apply') };
}

describe.each([
  ['a provider that compares before it writes', true],
  ['a provider that does not', false],
])('a process that is killed, at %s', (_what, conditionalWrites) => {
  it.each(DEATHS)(
    'at each of its writes %s leaves work that the next one finishes',
    async (death) => {
      const { dump, writes } = await expected(conditionalWrites);
      expect(dump.filter((line) => FOREIGN.includes(line))).toEqual(FOREIGN.toSorted());
      expect(dump.filter((line) => line.includes('heritage'))).toHaveLength(210);
      expect(dump).toHaveLength(FOREIGN.length + 2 * 210);
      expect(writes).toBeGreaterThanOrEqual(40);
      // Every one of them where it matters most; reading before each write makes a run longer, and nothing else of it different.
      for (let nth = 1; nth <= writes; nth += conditionalWrites ? 1 : 4) {
        const before = await scene(conditionalWrites);
        killAt(before.world, nth, death);
        before.world.publisher.start();
        await before.world.quiet();
        const after = next(before);
        after.publisher.start();
        await after.quiet();
        expect({ nth, dump: after.provider.dump() }).toEqual({ nth, dump });
        await after.stop();
      }
    },
    300_000,
  );

  it('goes on by reading where a reply is lost, and writes nothing twice', async () => {
    const { dump } = await expected(conditionalWrites);
    const { world } = await scene(conditionalWrites);
    let calls = 0;
    world.provider.hooks.after = (_call, results) => {
      if (++calls % 3 === 0) throw new ProviderError('PROVIDER_UNAVAILABLE', 'the connection was reset');
      return results;
    };
    world.publisher.start();
    await world.pass(120_000, 1_000);
    expect(world.provider.dump()).toEqual(dump);
    await world.stop();
  });
});
