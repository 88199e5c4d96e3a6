import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import type { ApiRequest } from '../cluster/kubernetes/api-writer.ts';
import { FakeTerm } from '../reporting/testing/fake-term.ts';
import { MemoryApi, refuse } from '../reporting/testing/memory-api.ts';
import { passTime } from '../reporting/testing/pass-time.ts';
import { SERVICES } from '../resources/service.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import type { EventText } from './compose-event.ts';
import { EventTeller } from './event-teller.ts';

const NAMES = ['team-a/one', 'team-a/two', 'closed/three'] as const;
/** An API server keeps an Event for an hour after it was told last. */
const KEPT_MS = 60 * 60_000;

/** What happens to a request: `lost` before it is done, `unheard` after; or the server's answer. */
const fate = fc.constantFrom('well', 'well', 'lost', 'unheard', 'unheard', 403, 404, 409, 422, 429, 500, 'empty');

/** What is in force of an object from some time on. */
const event = fc.record({
  name: fc.constantFrom(...NAMES),
  notes: fc.subarray(['a', 'b', 'c']),
  afterMs: fc.constantFrom(10, 300, 20_000, 600_000),
});

class World {
  readonly clock = new FakeClock();
  readonly api = new MemoryApi();
  readonly #term = new FakeTerm();
  readonly #inForce = new Map<string, readonly EventText[]>();
  /** When an Event was told last, by object and note. */
  readonly #toldAt = new Map<string, number>();
  readonly #teller: EventTeller;
  readonly #running: Promise<void>;

  /** @param isClosed whether no Event may ever be made in the namespace `closed` */
  constructor(fates: readonly (number | string)[], isClosed: boolean) {
    const left = [...fates];
    const unheard = new Set<ApiRequest>();
    this.api.fault = (request) => {
      const next = left.shift() ?? 'well';
      if (isClosed && /closed\/events/.test(request.path)) return refuse(403, 'events is forbidden');
      if (next === 'lost' || next === 429 || next === 500) throw new ApiError('API_ERROR', 'a test');
      if (next === 'unheard') unheard.add(request);
      if (next === 'empty') return { status: 200, body: {} };
      return typeof next === 'number' ? refuse(next, 'a test') : undefined;
    };
    this.api.afterwards = (request) => {
      if (request.method !== 'GET') this.#note();
      if (unheard.delete(request)) throw new ApiError('API_SILENT', 'a test');
    };
    const author = { controller: 'kubezone.io/resolver', instance: 'pod-1', action: 'Serve' };
    this.#teller = new EventTeller({
      writer: this.api,
      author,
      tellsNormal: false,
      clock: this.clock,
      logger: new RecordingLogger(),
      random: () => 0.5,
    });
    for (const name of NAMES) this.api.put(`/api/v1/namespaces/${name.replace('/', '/services/')}`, {});
    this.#running = this.#teller.run(this.#term);
  }

  put(name: string, notes: readonly string[]): void {
    const texts = notes.map((note): EventText => ({ type: 'Warning', reason: `Reason${note === 'a' ? 'A' : 'B'}`, note }));
    const [namespace = '', object = ''] = name.split('/');
    this.#inForce.set(name, texts);
    this.#teller.put(`Service/${name}`, { resource: SERVICES, namespace, name: object }, texts);
  }

  /** What is in force and was not told within an hour. */
  untold(places: readonly string[]): string[] {
    const since = this.clock.monotonic() - KEPT_MS;
    return [...this.#inForce]
      .filter(([name]) => places.includes(name))
      .flatMap(([name, texts]) => texts.map(({ note }) => `${name} ${note}`))
      .filter((key) => (this.#toldAt.get(key) ?? -Infinity) < since);
  }

  async end(): Promise<void> {
    this.#term.end();
    await this.#running;
  }

  #versions = new Map<string, unknown>();
  #note(): void {
    for (const { metadata, regarding, note } of this.api.list('/apis/events.k8s.io/v1/events')) {
      const { name, namespace, resourceVersion } = metadata as Readonly<Record<string, string>>;
      if (this.#versions.get(`${namespace}/${name}`) === resourceVersion) continue;
      this.#versions.set(`${namespace}/${name}`, resourceVersion);
      this.#toldAt.set(`${namespace}/${(regarding as { readonly name: string }).name} ${String(note)}`, this.clock.monotonic());
    }
  }
}

describe('a teller of Events, whatever happens to its requests', () => {
  it('has told what is in force within the last hour, some time after all goes well again, and at no higher rate than it may', async () => {
    const property = fc.asyncProperty(
      fc.array(fate, { maxLength: 15 }),
      fc.array(event, { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (fates, events, isClosed) => {
        const world = new World(fates, isClosed);
        for (const { name, notes, afterMs } of events) {
          await passTime(world.clock, afterMs, Math.max(10, afterMs / 10));
          // No two of one reason.
          world.put(name, notes.includes('b') ? notes.filter((note) => note !== 'c') : notes);
        }
        for (let waits = 0; waits <= fates.length && world.api.requests.length < fates.length; waits++)
          await passTime(world.clock, KEPT_MS, KEPT_MS / 60);
        await passTime(world.clock, KEPT_MS, KEPT_MS / 60);
        const open = NAMES.filter((name) => !isClosed || !name.startsWith('closed'));
        const sent = world.api.requests.length;
        for (let hours = 0; hours < 3; hours++) {
          await passTime(world.clock, KEPT_MS, KEPT_MS / 60);
          expect(world.untold(open)).toEqual([]);
        }
        // Six texts, each told four times at most in three hours, with three requests; and what is denied, every five minutes.
        expect(world.api.requests.length - sent).toBeLessThanOrEqual(6 * 4 * 4 + (isClosed ? 36 * 3 * 2 : 0));
        await world.end();
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
