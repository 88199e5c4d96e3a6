import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import type { ApiRequest } from '../cluster/kubernetes/api-writer.ts';
import { DENIED_MS } from '../cluster/kubernetes/denials.ts';
import { FakeTerm } from '../reporting/testing/fake-term.ts';
import { MemoryApi, refuse } from '../reporting/testing/memory-api.ts';
import { passTime } from '../reporting/testing/pass-time.ts';
import { RECORDS } from '../resources/record.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { type Condition, conditionPart, type HeldCondition, readCondition } from './condition.ts';
import { StatusWriter } from './status-writer.ts';

const TEAM = '/apis/syntixi.io/v1alpha1/namespaces/team-a/records';
const NAMES = ['one', 'two'] as const;
/** What is denied or refused waits for five minutes, and then perhaps for a pause after failures. */
const CALM_MS = DENIED_MS + 60_000;

/** What happens to a request: `lost` before it is done, `unheard` after; or the server's answer. */
const fate = fc.constantFrom(
  'well',
  'well',
  'well',
  'well',
  'well',
  'lost',
  'unheard',
  'unheard',
  'unheard',
  403,
  409,
  410,
  422,
  429,
  500,
  'empty',
);

/** What is to be said of an object from some time on, or that it is deleted and made again. */
const event = fc.record({
  name: fc.constantFrom(...NAMES),
  message: fc.constantFrom('a', 'a', 'b', 'b', 'again'),
  afterMs: fc.constantFrom(10, 50, 300, 20_000),
});

class World {
  readonly clock = new FakeClock();
  readonly api = new MemoryApi();
  readonly #term = new FakeTerm();
  readonly #wanted = new Map<string, Condition>();
  readonly #writer: StatusWriter<Condition, HeldCondition>;
  readonly #running: Promise<void>;

  constructor(fates: readonly (number | string)[]) {
    const left = [...fates];
    const unheard = new Set<ApiRequest>();
    this.api.fault = (request) => {
      const next = left.shift() ?? 'well';
      if (next === 'lost' || next === 429 || next === 500) throw new ApiError('API_ERROR', 'a test');
      if (next === 'unheard') unheard.add(request);
      if (next === 'empty' && request.method === 'GET') return { status: 200, body: {} };
      return typeof next === 'number' ? refuse(next, 'a test') : undefined;
    };
    this.api.afterwards = (request) => {
      if (unheard.delete(request)) throw new ApiError('API_SILENT', 'a test');
    };
    this.#writer = new StatusWriter({
      writer: this.api,
      resource: RECORDS,
      part: conditionPart('Served'),
      fieldManager: 'kubezone-resolver',
      wanted: (key) => this.#wanted.get(key),
      clock: this.clock,
      logger: new RecordingLogger(),
      random: () => 0.5,
    });
    for (const name of NAMES) this.#make(name);
    this.#running = this.#writer.run(this.#term);
  }

  happen(name: string, message: string): void {
    const key = `team-a/${name}`;
    if (message === 'again') {
      this.#make(name);
      this.#writer.forget(key);
    }
    this.#wanted.set(key, { type: 'Served', status: 'True', reason: 'Served', message, observedGeneration: 1 });
    this.#writer.touch(key);
  }

  /** Objects that do not hold what they should. */
  wrong(): string[] {
    return NAMES.filter((name) => {
      const held = readCondition(this.api.get(`${TEAM}/${name}`) ?? {}, 'Served');
      return held?.message !== this.#wanted.get(`team-a/${name}`)?.message;
    });
  }

  async end(): Promise<void> {
    this.#term.end();
    await this.#running;
  }

  #make(name: string): void {
    this.api.put(`${TEAM}/${name}`, { metadata: { name, namespace: 'team-a' } });
  }
}

describe('a status writer, whatever happens to its requests', () => {
  it('has every object say what it is to say, some time after all goes well again, and then rests', async () => {
    const property = fc.asyncProperty(
      fc.array(fate, { maxLength: 20 }),
      fc.array(event, { minLength: 1, maxLength: 8 }),
      async (fates, events) => {
        const world = new World(fates);
        for (const { name, message, afterMs } of events) {
          await passTime(world.clock, afterMs, Math.max(10, afterMs / 10));
          world.happen(name, message);
        }
        // However they were spread: each request uses one up.
        for (let waits = 0; waits < fates.length && world.api.requests.length < fates.length; waits++)
          await passTime(world.clock, CALM_MS, CALM_MS / 10);
        await passTime(world.clock, CALM_MS, CALM_MS / 20);
        expect(world.wrong()).toEqual([]);
        const sent = world.api.requests.length;
        expect(sent).toBeLessThanOrEqual(fates.length + 2 * events.length + 2);
        await passTime(world.clock, 2 * CALM_MS, CALM_MS / 2);
        expect(world.api.requests).toHaveLength(sent);
        await world.end();
      },
    );
    await fc.assert(property, { numRuns: 1000 });
  });
});
