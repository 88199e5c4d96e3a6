import { type ObservedRRset, printRdata, printRRType } from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';

import { EVERY_SCENARIO } from './testing/every-scenario.ts';
import { fixedLookUp } from './testing/fixed-look-up.ts';
import { ModelProvider } from './testing/model-provider.ts';
import {
  dataOf,
  endOf,
  heldRecords,
  type PublishScenario,
  SCENARIO_OWNER,
  SCENARIO_ZONES,
  type ScenarioEnd,
  withheldOf,
} from './testing/publish-scenario.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

/** In the end, whether what needed no write had none, and how many writes followed that nothing asked for. */
interface Run extends Required<ScenarioEnd> {
  readonly leftAlone: boolean;
  readonly furtherWrites: number;
}

async function run(scenario: PublishScenario, conditionalWrites: boolean): Promise<Run> {
  const { rule: _rule, asked = {}, afterwards = {}, adopt = [], addresses, policy, excludeNames, recordTypes, minTtl } = scenario;
  const provider = new ModelProvider({ zones: SCENARIO_ZONES, traits: { conditionalWrites } });
  provider.put(...heldRecords(scenario));
  const options: PublishWorldOptions = {
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
    ...(addresses && { lookUp: fixedLookUp(addresses) }),
    publisher: { settings: { owner: SCENARIO_OWNER, adopt } },
  };
  const world = await PublishWorld.started(options, asked);
  const leftAlone = scenario.unwritten !== true || provider.count('apply') === 0;
  for (const [object, lines] of Object.entries(afterwards)) world.ask(object, ...lines);
  await world.quiet();
  const found = { holds: dataOf(await recordsOf(provider)), withheld: withheldOf(world.publisher.plans()), leftAlone };
  // Level-based: nothing is left to do, for this process or another.
  const writes = provider.count('apply');
  await world.pass(180_000, 60_000);
  await world.stop();
  const again = await PublishWorld.started({ ...options, catalog: world.catalog });
  await again.stop();
  return { ...found, furtherWrites: provider.count('apply') - writes };
}

function expectedOf(scenario: PublishScenario): Run {
  return { ...endOf(scenario, 'memory'), leftAlone: true, furtherWrites: 0 };
}

async function recordsOf(provider: ModelProvider): Promise<string[]> {
  const records: string[] = [];
  for (const zone of await provider.zones()) {
    for await (const page of provider.list(zone)) records.push(...page.flatMap(linesOf));
  }
  return records;
}

function linesOf({ owner, ttl, type, rdatas }: ObservedRRset): string[] {
  return rdatas.map((rdata) => `${owner} ${ttl} ${printRRType(type)} ${printRdata(type, rdata)}`);
}

describe.each([
  ['compares before it writes', true],
  ['does not', false],
])('at a provider that %s', (_what, conditionalWrites) => {
  describe.each(EVERY_SCENARIO)('what %s know', (_who, scenarios) => {
    it.each(scenarios)('$rule', async (scenario) => {
      expect(await run(scenario, conditionalWrites)).toEqual(expectedOf(scenario));
    });
  });
});
