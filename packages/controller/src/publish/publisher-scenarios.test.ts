import { type LookUp, type ObservedRRset, printRdata, printRRType, scanAddress, isFailure } from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';

import { ARES_SCENARIOS } from './testing/ares-scenarios.ts';
import { EXTERNAL_DNS_SCENARIOS } from './testing/external-dns-scenarios.ts';
import { MATE_SCENARIOS } from './testing/mate-scenarios.ts';
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
import { VENDOR_SCENARIOS } from './testing/vendor-scenarios.ts';

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
    ...(addresses && { lookUp: lookUpOf(addresses) }),
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

/** Every name has these addresses of IPv4, and none of IPv6. */
function lookUpOf(addresses: readonly string[]): LookUp {
  const rdatas = addresses.map((text) => {
    const address = scanAddress(text);
    if (isFailure(address)) throw new RangeError(address.message);
    return address.rdata;
  });
  return {
    addresses: (_name, type) => Promise.resolve(type === 1 ? { kind: 'addresses', ttl: 300, rdatas } : { kind: 'none' }),
    alias: () => Promise.resolve({ kind: 'none' }),
    stop: () => undefined,
  };
}

describe.each([
  ['compares before it writes', true],
  ['does not', false],
])('at a provider that %s', (_what, conditionalWrites) => {
  describe.each([
    ['external-dns users', EXTERNAL_DNS_SCENARIOS],
    ['Mate users', MATE_SCENARIOS],
    ['ARES users', ARES_SCENARIOS],
    ['users of several vendors', VENDOR_SCENARIOS],
  ])('what %s know', (_who, scenarios) => {
    it.each(scenarios)('$rule', async (scenario) => {
      expect(await run(scenario, conditionalWrites)).toEqual(expectedOf(scenario));
    });
  });
});
