import {
  type ApplyResult,
  nameOf,
  type NameState,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type ProvidedRRset,
  providedKey,
  type Provider,
  type ProviderZone,
} from '@kubezone/core';

import { TokenBucket } from '../../rate/token-bucket.ts';
import { CloudflareSimulator, type SimulatorOptions } from '../../testing/cloudflare-simulator/cloudflare-simulator.ts';
import type { SimulatedZone } from '../../testing/cloudflare-simulator/simulated-zone.ts';
import { linesOf, stateOf } from '../../testing/provided-text.ts';
import type { CloudflareOptions } from '../cloudflare-options.ts';
import { type CloudflareDependencies, createCloudflareProvider } from '../cloudflare-provider.ts';
import { recordingLogger } from './recording-logger.ts';
import { StandingClock } from './standing-clock.ts';

export const TOKEN = 'sEcReT-tOkEn-0123456789';
const SIGNAL = new AbortController().signal;

/** A simulator with the zone `example.com`, and a provider in front of it. */
export interface CloudflareWorld {
  readonly simulator: CloudflareSimulator;
  readonly simulated: SimulatedZone;
  readonly provider: Provider;
  readonly zone: ProviderZone;
  readonly clock: StandingClock;
  readonly logLines: readonly string[];
  /** The name is read, and what is written is what it takes to make it hold these lines. */
  write(name: string, lines: readonly string[], signal?: AbortSignal): Promise<ApplyResult>;
  /** Several such writes in one call, by names. */
  writeAll(wanted: Readonly<Record<string, readonly string[]>>): Promise<readonly ApplyResult[]>;
  read(...names: readonly string[]): Promise<string[]>;
  list(): Promise<string[]>;
  dump(): string[];
  /** Requests since the last call, as `GET /zones/…`: identifiers left out. */
  requests(): string[];
}

export interface WorldOptions {
  readonly simulator?: SimulatorOptions;
  readonly plan?: 'free' | 'pro' | 'enterprise';
  readonly options?: Partial<CloudflareOptions>;
  readonly dependencies?: Partial<CloudflareDependencies>;
}

const open: CloudflareSimulator[] = [];

export async function openCloudflare({
  simulator: given,
  plan,
  options,
  dependencies,
}: WorldOptions = {}): Promise<CloudflareWorld> {
  const simulator = await CloudflareSimulator.start({ token: TOKEN, ...given });
  open.push(simulator);
  const simulated = simulator.addZone('example.com', { plan: plan ?? 'free' });
  const clock = new StandingClock();
  const { logger, lines: logLines } = recordingLogger();
  const bucket = new TokenBucket(clock, { capacity: 100_000, perSecond: 1 });
  const provider = createCloudflareProvider(
    { apiToken: TOKEN, baseUrl: simulator.baseUrl, ...options },
    { clock, logger, bucket, ...dependencies },
  );
  const zone = { apex: nameOf('example.com'), id: simulated.id };
  await provider.zones(SIGNAL);
  let seen = simulator.requests.length;

  const writesOf = async (wanted: Readonly<Record<string, readonly string[]>>): Promise<readonly NameWrite[]> => {
    const names = Object.entries(wanted).map(([name, lines]) => {
      const owner = nameOf(name);
      return { owner, lines, owners: [...new Set([owner, ...lines.map(ownerOf)])] };
    });
    const before = await provider.read(
      zone,
      names.flatMap(({ owners }) => owners),
      SIGNAL,
    );
    return names.map(({ owner, lines, owners }) => {
      const after = owners.flatMap((one) =>
        lowered(provider, zone, one, stateOf(...lines.filter((line) => ownerOf(line) === one))),
      );
      const held = before.filter((rrset) => owners.includes(rrset.owner));
      return { owner, writes: rrsetWrites(held, after) };
    });
  };

  return {
    simulator,
    simulated,
    provider,
    zone,
    clock,
    logLines,
    async write(name, lines, signal = SIGNAL) {
      const [result] = await provider.apply(zone, await writesOf({ [name]: lines }), signal);
      if (result === undefined) throw new RangeError('no result');
      return result;
    },
    async writeAll(wanted) {
      const writes = await writesOf(wanted);
      seen = simulator.requests.length;
      return provider.apply(zone, writes, SIGNAL);
    },
    async read(...names) {
      return linesOf(await provider.read(zone, names.map(nameOf), SIGNAL));
    },
    async list() {
      const all: ObservedRRset[] = [];
      for await (const page of provider.list(zone, SIGNAL)) all.push(...page);
      return linesOf(all);
    },
    dump: () => simulator.dump(simulated),
    requests() {
      const some = simulator.requests.slice(seen);
      seen = simulator.requests.length;
      return some.map(({ method, path }) => `${method} ${path.replaceAll(/[0-9a-f]{32}/g, '…')}`);
    },
  };
}

function ownerOf(line: string): OwnerName {
  return nameOf(line.split(' ')[0] ?? '');
}

/** Ends every simulator that was started. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
}

export function lowered(provider: Provider, zone: ProviderZone, owner: OwnerName, state: NameState): readonly ProvidedRRset[] {
  const { rrsets, rejected } = provider.lower(zone, owner, state);
  if (rejected.length > 0) throw new RangeError(rejected.map(({ reason }) => reason).join('; '));
  return rrsets;
}

/** From what was read to what is wanted. */
export function rrsetWrites(before: readonly ObservedRRset[], after: readonly ProvidedRRset[]): NameWrite['writes'] {
  const found = new Map(before.map((rrset) => [providedKey(rrset), rrset]));
  const wanted = new Map(after.map((rrset) => [providedKey(rrset), rrset]));
  return [...new Set([...found.keys(), ...wanted.keys()])].map((key) => ({ before: found.get(key), after: wanted.get(key) }));
}
