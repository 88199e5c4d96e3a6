import { describe, expect, it } from '@jest/globals';

import { ModelProvider } from './testing/model-provider.ts';
import { EXTERNAL_DNS_SCENARIOS, MATE_SCENARIOS, type PublishScenario } from './testing/publish-scenarios.ts';
import { PublishWorld } from './testing/publish-world.ts';

/** `NAME @OWNER OWN` as a marker's record. */
function recordOf(line: string): string {
  const [, name, owner, own] = /^(\S+) @(\w+) (\S+)$/.exec(line) ?? [];
  return own === undefined ? line : `${name} 300 TXT "heritage=kubezone,v=1,owner=${owner},cluster=c1,own=${own}"`;
}

interface Run {
  /** In the end, all data, what is withheld, and how many writes followed that nothing asked for. */
  readonly holds: readonly string[];
  readonly withheld: readonly string[];
  readonly furtherWrites: number;
}

async function run(scenario: PublishScenario, conditionalWrites: boolean): Promise<Run> {
  const { held = [], asked = {}, afterwards = {} } = scenario;
  const { policy, adopt, excludeNames, recordTypes, minTtl } = scenario;
  const provider = new ModelProvider({ zones: ['example.com', 'foo.example', 'sub.example.com'], traits: { conditionalWrites } });
  provider.put(...held.map(recordOf));
  const world = await PublishWorld.started(
    {
      provider,
      routes: [
        {
          selectors: ['.'],
          ...(policy && { policy }),
          ...(excludeNames && { excludeNames }),
          ...(recordTypes && { recordTypes: new Set(recordTypes) }),
          ...(minTtl !== undefined && { minTtl }),
        },
      ],
      publisher: { settings: { owner: 'me', adopt: adopt ?? [] } },
    },
    asked,
  );
  for (const [object, lines] of Object.entries(afterwards)) world.ask(object, ...lines);
  await world.quiet();
  const found = { holds: provider.data(), withheld: world.withheld() };
  // Level-based: nothing is left to do, for this process or another.
  const writes = provider.count('apply');
  await world.pass(180_000, 60_000);
  await world.stop();
  const again = await PublishWorld.started({
    provider,
    catalog: world.catalog,
    routes: [
      {
        selectors: ['.'],
        ...(policy && { policy }),
        ...(excludeNames && { excludeNames }),
        ...(recordTypes && { recordTypes: new Set(recordTypes) }),
        ...(minTtl !== undefined && { minTtl }),
      },
    ],
  });
  await again.stop();
  return { ...found, furtherWrites: provider.count('apply') - writes };
}

function expectedOf({ holds, withheld = [] }: PublishScenario): Run {
  return { holds: holds.toSorted(), withheld, furtherWrites: 0 };
}

describe.each([
  ['compares before it writes', true],
  ['does not', false],
])('at a provider that %s', (_what, conditionalWrites) => {
  describe('what external-dns users know', () => {
    it.each(EXTERNAL_DNS_SCENARIOS)('$rule', async (scenario) => {
      expect(await run(scenario, conditionalWrites)).toEqual(expectedOf(scenario));
    });
  });

  describe('what Mate users know', () => {
    it.each(MATE_SCENARIOS)('$rule', async (scenario) => {
      expect(await run(scenario, conditionalWrites)).toEqual(expectedOf(scenario));
    });
  });
});
