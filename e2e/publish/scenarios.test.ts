/**
 * What users of external-dns, Mate and ARES know, at every provider: the real publisher and the real provider, over HTTP or DNS.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { dataOf, endOf, EVERY_SCENARIO, fixedLookUp, heldRecords, type PublishScenario } from '@kubezone/controller/testing';

import { describeEveryServer } from './every-server.ts';
import { Publishing, type PublishingOptions } from './publishing.ts';
import type { ZoneServer } from './zone-server.ts';

// external-dns's program is built the first time.
jest.setTimeout(600_000);

const running: Publishing[] = [];

async function start(...args: Parameters<typeof Publishing.started>): Promise<Publishing> {
  const publishing = await Publishing.started(...args);
  running.push(publishing);
  return publishing;
}

/** What is there in the end, and what was asked of the server beyond that. */
interface Outcome extends ReturnType<typeof endOf> {
  /** Where there is nothing to write, nothing was written. */
  readonly leftAlone: boolean;
  /** Whether the audit, and the new process, have looked. */
  readonly looked: boolean;
  readonly furtherWrites: readonly string[];
}

/** Publishes a scenario, and lets an audit and a new process look at what there is. */
async function publish(scenario: PublishScenario, server: ZoneServer): Promise<Outcome> {
  const { asked, afterwards = {}, adopt, addresses, policy, excludeNames, recordTypes, minTtl } = scenario;
  await server.seed(heldRecords(scenario));
  server.gate.forget();
  const options = (): PublishingOptions => ({
    provider: server.connect(),
    route: {
      ...(policy && { policy }),
      ...(recordTypes && { recordTypes: new Set(recordTypes) }),
      ...(minTtl !== undefined && { minTtl }),
    },
    ...(excludeNames && { excludeNames }),
    ...(adopt && { settings: { adopt } }),
    ...(addresses && { publisher: { lookUp: fixedLookUp(addresses) } }),
  });
  const writes = (): string[] => server.gate.requests.filter((request) => server.writes.test(request));

  const publishing = await start(options(), asked);
  const leftAlone = scenario.unwritten !== true || writes().length === 0;
  await publishing.publish(afterwards);
  const held = (await server.dump()).toSorted();
  await server.verify?.(held);
  const withheld = publishing.withheld();

  server.gate.forget();
  await publishing.audit();
  await publishing.stop();
  const looked = server.gate.requests.length > 0;
  await start({ ...options(), catalog: publishing.catalog });
  return { holds: dataOf(held), withheld, leftAlone, looked, furtherWrites: writes() };
}

function expectedOf(scenario: PublishScenario, { kind }: ZoneServer): Outcome {
  return { ...endOf(scenario, kind), leftAlone: true, looked: true, furtherWrites: [] };
}

describeEveryServer((open) => {
  let server: ZoneServer;
  beforeAll(async () => {
    server = await open();
  });
  afterEach(() => Promise.all(running.splice(0).map((publishing) => publishing.stop())));
  afterAll(() => server.close());

  describe.each(EVERY_SCENARIO)('what %s know', (_who, scenarios) => {
    it.each(scenarios)('$rule', async (scenario) => {
      expect(await publish(scenario, server)).toEqual(expectedOf(scenario, server));
    });
  });
});
