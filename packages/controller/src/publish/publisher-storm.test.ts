import {
  type ApplyResult,
  type ObservedRRset,
  type OwnerName,
  nameOf,
  type ProviderZone,
  ProviderError,
  TYPE,
} from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld } from './testing/publish-world.ts';
import { randomOf } from './testing/random-of.ts';

const NAMES = 12;
const STEPS = 60;
const SEEDS = Array.from({ length: Math.min(500, Number(process.env['KUBEZONE_TEST_RUNS'] ?? 4)) }, (_none, index) => index + 1);
const FOREIGN = [
  'other.example.com. 300 A 198.51.100.1',
  'n3.example.com. 60 TXT theirs',
  'n5.example.com. 60 MX 10 mx.example.net.',
];

let world: PublishWorld | undefined;

afterEach(async () => world?.stop());

interface Weather {
  readonly conditionalWrites: boolean;
  /** Whether listings and reads may show what was, for a while. */
  readonly isStale: boolean;
}

/** A provider at which everything fails that can, as often as it is told. */
function stormy({ conditionalWrites, isStale }: Weather, random: () => number) {
  const provider = new ModelProvider({
    zones: ['example.com'],
    traits: { conditionalWrites, maxNamesPerWrite: 3 },
    atomic: random() < 0.5,
  });
  const storm = { share: 0.3 };
  const happens = (): boolean => random() < storm.share;
  const down = (): never => {
    throw new ProviderError('PROVIDER_UNAVAILABLE', 'no route to host', random() < 0.3 ? { retryAfterMs: 2_000 } : {});
  };
  let old: ObservedRRset[] = [];
  const pages = async (zone: ProviderZone): Promise<ObservedRRset[]> => {
    const all: ObservedRRset[] = [];
    for await (const page of ModelProvider.prototype.list.call(provider, zone)) all.push(...page);
    return all;
  };
  provider.list = async function* list(zone) {
    if (happens()) down();
    const now = await pages(zone);
    yield isStale && happens() ? old : now;
    if (happens()) down();
    old = now;
  };
  provider.read = async (zone, owners) => {
    provider.calls.push({ kind: 'read', zone: zone.apex, owners });
    if (happens()) down();
    const now = await pages(zone);
    // Where writes have no condition, reads by name are all that keeps them from doing harm: the contract wants them to be true.
    return (isStale && conditionalWrites && happens() ? old : now).filter(({ owner }) => owners.includes(owner));
  };
  provider.hooks.before = ({ kind }) => {
    if (kind === 'apply' && happens()) down();
  };
  const apply = provider.apply.bind(provider);
  provider.apply = async (zone, writes, signal): Promise<readonly ApplyResult[]> => {
    if (happens()) return writes.map(({ owner }) => ({ kind: 'throttled', owner, afterMs: 1_000 }));
    const done = await apply(zone, writes, signal);
    if (happens()) down();
    return happens() ? done.map(({ owner }) => ({ kind: 'unknown', owner, reason: 'no reply' })) : done;
  };
  return { provider, storm };
}

const LINES: readonly ((name: string, value: number) => string[])[] = [
  (name, value) => [`${name}. 300 A 10.0.0.${value}`],
  (name, value) => [`${name}. 300 A 10.0.0.${value}`, `${name}. 60 AAAA 2001:db8::${value}`],
  (name, value) => [`${name}. 300 ALIAS lb${value}.example.net.`],
  () => [],
];

function wanted(asked: ReadonlyMap<number, readonly string[]>): string[] {
  return [...asked.values()].flat().map((line) => line.replace(' ALIAS ', ' CNAME '));
}

describe.each([
  { conditionalWrites: true, isStale: false },
  { conditionalWrites: true, isStale: true },
  { conditionalWrites: false, isStale: false },
  { conditionalWrites: false, isStale: true },
])('in a storm of failures (conditional writes: $conditionalWrites, old answers: $isStale)', (weather) => {
  it.each(SEEDS)(
    '%i: nothing of others is touched, nothing is called published that is not, and in the end all is',
    async (seed) => {
      const random = randomOf(seed);
      const pick = (below: number): number => Math.floor(random() * below);
      const { provider, storm } = stormy(weather, random);
      provider.put(...FOREIGN);
      const make = (before?: PublishWorld): PublishWorld =>
        new PublishWorld({
          provider,
          ...(before && { catalog: before.catalog, clock: before.clock }),
          publisher: {
            random,
            intervalMs: 20_000,
            settings: { owner: 'me', deleteLimits: { max: { share: 1 }, windowMs: 600_000, minRecords: 0 } },
          },
        });
      let current = make();
      world = current;
      current.publisher.start();
      const asked = new Map<number, readonly string[]>();
      const drifted = new Set<number>();
      for (let step = 0; step < STEPS; step++) {
        for (let times = pick(4); times > 0; times--) {
          const at = pick(NAMES);
          // Nothing but addresses can stand beside what others have.
          const lines =
            (at === 3 || at === 5 ? LINES[pick(2)] : LINES[pick(LINES.length)])?.(`n${at}.example.com`, 1 + pick(250)) ?? [];
          asked.set(at, lines);
          current.ask(`service/n${at}`, ...lines);
        }
        for (let turn = pick(30); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
        if (random() < 0.5) {
          current.clock.advance(pick(8_000));
          for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
        }
        if (random() < 0.05) {
          await current.stop();
          current = make(current);
          world = current;
          current.publisher.start();
        }
        if (weather.conditionalWrites && random() < 0.1) {
          // Somebody changes a record of ours by hand; nobody hears of it before the next audit. Without conditions both would stay where it falls between read and write.
          const at = pick(NAMES);
          if (provider.data().some((line) => line.startsWith(`n${at}.example.com. 300 A `))) {
            provider.drop(`n${at}.example.com`, TYPE.A);
            if (random() < 0.5) provider.put(`n${at}.example.com. 300 A 198.51.100.${pick(250)}`);
            drifted.add(at);
          }
        }
        const data = provider.data();
        expect(data).toEqual(expect.arrayContaining(FOREIGN));
        const steady = new Map([...asked].filter(([at]) => !drifted.has(at)));
        if (!weather.isStale) expectTruth(current, steady, data, step);
        expectMarked(provider.dump());
      }
      storm.share = 0;
      await current.pass(240_000, 2_000);
      expect(provider.data()).toEqual([...FOREIGN, ...wanted(asked)].toSorted());
      expect(current.withheld()).toEqual([]);
      for (const [at, lines] of asked) {
        const states = current.publisher.outcomes(nameOf(`n${at}.example.com`)).map(({ state }) => state);
        expect({ at, states }).toEqual({ at, states: lines.length === 0 ? [] : ['published'] });
      }
      const markers = provider.dump().filter((line) => line.includes('heritage=kubezone'));
      expect(markers).toHaveLength([...asked.values()].filter((lines) => lines.length > 0).length);
      const writes = provider.count('apply');
      await current.pass(60_000, 5_000);
      expect(provider.count('apply')).toBe(writes);
    },
  );
});

/** What is said to be published is there, exactly. */
function expectTruth(
  of: PublishWorld,
  asked: ReadonlyMap<number, readonly string[]>,
  data: readonly string[],
  step: number,
): void {
  for (const [at, lines] of asked) {
    const name = `n${at}.example.com`;
    const [outcome] = of.publisher.outcomes(nameOf(name));
    if (outcome?.state !== 'published') continue;
    const there = data.filter((line) => line.startsWith(`${name}. `) && !FOREIGN.includes(line));
    expect({ step, name, there }).toEqual({ step, name, there: wanted(new Map([[at, lines]])).toSorted() });
  }
}

/** Data of ours is never without a marker. */
function expectMarked(dump: readonly string[]): void {
  const marked = new Set(
    dump.filter((line) => line.startsWith('_owner.')).map((line) => (line.split(' ')[0] ?? '').slice(7) as OwnerName),
  );
  const bare = dump
    .filter((line) => /^n\d+\.example\.com\. /.test(line) && !FOREIGN.includes(line))
    .filter((line) => !marked.has((line.split(' ')[0] ?? '') as OwnerName));
  expect(bare).toEqual([]);
}
