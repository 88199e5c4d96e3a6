import {
  type ApplyResult,
  type ChangeHistory,
  nameOf,
  type NameWrite,
  ProviderError,
  type ProviderZone,
  TYPE,
} from '@kubezone/core';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { goOn } from '../reporting/testing/pass-time.ts';
import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld } from './testing/publish-world.ts';

/** Longer than anything waits for: no audit mends what was forgotten. */
const AUDIT_MS = 24 * 3_600_000;
const ZONES_MS = 60_000;
/** The longest wait after failures, or after some refusals, and the next question which zones there are. */
const CALM_MS = 400_000;
/** Four names are tried four times each where they are in conflict, with two or three calls, until they wait; and the first pauses after failures are a fifth of a second. */
const MOST_A_SECOND = 80;
const FOREIGN = ['other.example.com. 300 A 198.51.100.1', 'n0.example.net. 300 MX 10 mx.example.net.'];

/** What happens to a call: `lost` before it is done, `unheard` after, `none` and `part`: an answer with nothing in it, or half; to a write besides, what the provider says of each name. */
const FATES = [
  'well',
  'well',
  'well',
  'lost',
  'unheard',
  'later',
  'none',
  'part',
  'conflict',
  'throttled',
  'unknown',
  'refused',
] as const;
type Fate = (typeof FATES)[number];
const fates = fc.array(fc.record({ fate: fc.constantFrom(...FATES), times: fc.constantFrom(1, 1, 2, 8, 60) }), { maxLength: 6 });
const saves = fc.array(fc.constantFrom('well', 'lost', 'unheard', 'hangs'), { maxLength: 8 });

/** What happens besides. `term`: this process leads no more, and then again. `meddled`: somebody takes our records away. */
const event = fc.record({
  kind: fc.constantFrom('ask', 'ask', 'ask', 'drop', 'term', 'meddled', 'zone gone', 'zone back'),
  name: fc.constantFrom('n0.example.com', 'n1.example.com', 'n0.example.net', 'n1.example.net'),
  value: fc.constantFrom(1, 2),
  afterMs: fc.constantFrom(0, 100, 2_000, 70_000),
});

/** A provider at which each call has a fate, as long as there are any. */
class FatefulProvider extends ModelProvider {
  readonly askedAt: number[] = [];
  hidden = false;
  readonly #left: Fate[];
  readonly #now: () => number;

  constructor(left: readonly Fate[], conditionalWrites: boolean, now: () => number) {
    super({ zones: ['example.com', 'example.net'], traits: { conditionalWrites, maxNamesPerWrite: 2 } });
    this.#left = [...left];
    this.#now = now;
    this.put(...FOREIGN);
  }

  get isLeftAlone(): boolean {
    return this.#left.length === 0;
  }

  override async zones(): Promise<readonly ProviderZone[]> {
    const fate = this.#begin();
    const all = (await super.zones()).filter(({ apex }) => !this.hidden || apex !== nameOf('example.net'));
    if (fate === 'unheard') throw away();
    return fate === 'none' ? [] : fate === 'part' ? all.slice(1) : all;
  }

  override async *list(zone: ProviderZone): ReturnType<ModelProvider['list']> {
    const fate = this.#begin();
    for await (const page of super.list(zone)) {
      yield fate === 'part' ? page.slice(0, 1) : page;
      if (fate === 'part' || fate === 'unheard') throw away();
    }
  }

  override async read(...args: Parameters<ModelProvider['read']>): ReturnType<ModelProvider['read']> {
    const fate = this.#begin();
    const found = await super.read(...args);
    if (fate === 'unheard') throw away();
    return found;
  }

  override async apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    const fate = this.#begin();
    const reason = 'a test';
    const all = (make: (owner: NameWrite['owner']) => ApplyResult): ApplyResult[] => writes.map(({ owner }) => make(owner));
    if (fate === 'conflict' || fate === 'refused') return all((owner) => ({ kind: fate, owner, reason }));
    if (fate === 'throttled') return all((owner) => ({ kind: 'throttled', owner, afterMs: 1_000 }));
    const done = await super.apply(zone, fate === 'part' ? writes.slice(1) : writes, signal);
    if (fate === 'unheard') throw away();
    if (fate === 'unknown') return all((owner) => ({ kind: 'unknown', owner, reason }));
    return fate === 'none' ? [] : done;
  }

  #begin(): Fate {
    this.askedAt.push(this.#now());
    const fate = this.#left.shift() ?? 'well';
    if (fate === 'lost') throw away();
    if (fate === 'later') throw new ProviderError('PROVIDER_THROTTLED', 'not so often', { retryAfterMs: 3_000 });
    return fate;
  }
}

function away(): ProviderError {
  return new ProviderError('PROVIDER_UNAVAILABLE', 'a test');
}

class World {
  readonly provider: FatefulProvider;
  readonly world: PublishWorld;
  kept: ReadonlyMap<string, ChangeHistory> = new Map();
  readonly #asked = new Map<string, string>();
  #stop = new AbortController();
  #leading: Promise<void>;

  constructor(left: readonly Fate[], saving: readonly string[], conditionalWrites: boolean) {
    this.provider = new FatefulProvider(left, conditionalWrites, () => this.world.clock.monotonic());
    const savesLeft = [...saving];
    this.world = new PublishWorld({
      provider: this.provider,
      routes: [{ selectors: ['.'] }],
      publisher: {
        settings: { owner: 'me', deleteLimits: { max: { count: 1_000 }, windowMs: 600_000, minRecords: 0 } },
        intervalMs: AUDIT_MS,
        zonesIntervalMs: ZONES_MS,
        historyOf: (key) => this.kept.get(key),
        saveHistories: async (histories) => {
          const fate = savesLeft.shift() ?? 'well';
          if (fate === 'hangs') await new Promise<void>((resolve) => void this.world.clock.after(5_000, resolve));
          if (fate !== 'lost') this.kept = new Map(histories);
          if (fate !== 'well') throw new Error('a test');
        },
        pause: () => Promise.resolve(),
      },
    });
    this.#leading = this.#lead();
  }

  async happen({ kind, name, value }: { readonly kind: string; readonly name: string; readonly value: number }): Promise<void> {
    if (kind === 'ask' || kind === 'drop') {
      const line = `${name}. 300 A 10.0.0.${value}`;
      this.world.ask(`service/${name}`, ...(kind === 'ask' ? [line] : []));
      if (kind === 'ask') this.#asked.set(name, line);
      else this.#asked.delete(name);
    } else if (kind === 'term') {
      this.#stop.abort();
      await this.pass(10_000);
      await this.#leading;
      this.#leading = this.#lead();
    } else if (kind === 'meddled') this.provider.drop(name, TYPE.A);
    else this.provider.hidden = kind === 'zone gone';
  }

  async pass(ms: number, steps = 10): Promise<void> {
    for (let step = 0; step < steps; step++) {
      await goOn();
      this.world.clock.advance(ms / steps);
    }
    for (let turn = 0; turn < 5; turn++) await goOn();
  }

  get wanted(): string[] {
    return [...this.#asked.values(), ...FOREIGN].toSorted();
  }

  get found(): string[] {
    return this.provider.data();
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#leading;
  }

  #lead(): Promise<void> {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    return this.world.publisher.lead({ signal, mayWrite: () => !signal.aborted });
  }
}

/** Most calls that there were within a second. */
function mostAtOnce(asked: readonly number[]): number {
  return Math.max(0, ...asked.map((at, index) => asked.slice(index).findLastIndex((other) => other < at + 1_000) + 1));
}

describe('a publisher, whatever happens to its calls', () => {
  it('has published what is asked for some time after all goes well again, without an audit, and never runs in circles', async () => {
    const property = fc.asyncProperty(
      fates,
      saves,
      fc.array(event, { maxLength: 10 }),
      fc.boolean(),
      async (parts, saving, events, conditionalWrites) => {
        const left = parts.flatMap(({ fate, times }) => Array.from({ length: fate === 'refused' ? 1 : times }, () => fate));
        const world = new World(left, saving, conditionalWrites);
        // What others take away is found by listing alone.
        const isMeddled = events.some(({ kind }) => kind === 'meddled');
        for (const one of events) {
          await world.pass(one.afterMs);
          await world.happen(one);
        }
        await world.happen({ kind: 'zone back', name: '', value: 0 });
        for (let waits = 0; waits < 1_000 && !world.provider.isLeftAlone; waits++) {
          if (waits % 5 === 0) world.world.publisher.audit();
          await world.pass(CALM_MS);
        }
        if (isMeddled) world.world.publisher.audit();
        await world.pass(CALM_MS, 40);
        expect(world.found).toEqual(world.wanted);
        expect(world.world.publisher.isSettled).toBe(true);
        expect(mostAtOnce(world.provider.askedAt)).toBeLessThanOrEqual(MOST_A_SECOND);
        const sent = world.provider.askedAt.length;
        await world.pass(CALM_MS);
        expect(world.provider.askedAt.length - sent).toBeLessThanOrEqual(CALM_MS / ZONES_MS + 1);
        await world.end();
      },
    );
    await fc.assert(property, { numRuns: 250 });
  });
});
