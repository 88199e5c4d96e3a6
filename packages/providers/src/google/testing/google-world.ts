import {
  type ApplyResult,
  nameOf,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type ProvidedRRset,
  providedKey,
  type Provider,
  type ProviderZone,
  type RRsetWrite,
} from '@kubezone/core';

import { GoogleSimulator, type GoogleSimulatorOptions } from '../../testing/google-simulator/google-simulator.ts';
import { stateOf } from '../../testing/provided-text.ts';
import { createGoogleProvider, type GoogleProviderOptions } from '../google-provider.ts';
import { RecordingLogger, TestClock } from './surroundings.ts';

/** Never aborted. */
export const SIGNAL: AbortSignal = new AbortController().signal;

/** The zone that a world has by default. */
export const ZONE: ProviderZone = { apex: nameOf('example.com'), id: 'example' };

/** A simulated Cloud DNS and a provider that talks to it. */
export class GoogleWorld {
  readonly simulator: GoogleSimulator;
  readonly provider: Provider;
  readonly clock: TestClock;
  readonly logger: RecordingLogger;

  static async open(
    simulated: Partial<GoogleSimulatorOptions> = {},
    options: Partial<GoogleProviderOptions> = {},
  ): Promise<GoogleWorld> {
    const simulator = await GoogleSimulator.start({ zones: [{ name: 'example', dnsName: 'example.com.' }], ...simulated });
    const credentialsFile = await simulator.writeCredentials();
    const common = { project: 'test-project', credentialsFile, apiEndpoint: simulator.url, requestsPerSecond: 10_000 };
    return new GoogleWorld(simulator, { ...common, ...options });
  }

  private constructor(simulator: GoogleSimulator, options: GoogleProviderOptions) {
    this.simulator = simulator;
    this.clock = new TestClock();
    this.logger = new RecordingLogger();
    this.provider = createGoogleProvider(options, { clock: this.clock, logger: this.logger });
  }

  /** How often the API has been asked for something since `forgetRequests`. */
  requests(method: 'GET' | 'POST'): number {
    return this.simulator.requests.filter(({ line }) => line.startsWith(method)).length;
  }

  async read(...names: readonly string[]): Promise<readonly ObservedRRset[]> {
    return await this.provider.read(ZONE, names.map(nameOf), SIGNAL);
  }

  async apply(...writes: readonly NameWrite[]): Promise<readonly ApplyResult[]> {
    return await this.provider.apply(ZONE, writes, SIGNAL);
  }

  /** A write that makes something of nothing. */
  create(...lines: readonly string[]): NameWrite {
    return this.write([], ...lines);
  }

  /** A write of the first line's name, from what was read to lines of a zone file. */
  write(before: readonly ObservedRRset[], ...lines: readonly string[]): NameWrite {
    const owners = new Map<OwnerName, string[]>();
    for (const line of lines) {
      const owner = nameOf(line.split(' ')[0] ?? '');
      owners.set(owner, [...(owners.get(owner) ?? []), line]);
    }
    const after = [...owners].flatMap(([owner, some]) => this.lower(owner, some));
    const owner = after[0]?.owner ?? before[0]?.owner ?? ZONE.apex;
    const [wanted, found] = [byKey(after), byKey(before)];
    const keys = [...new Set([...found.keys(), ...wanted.keys()])];
    return { owner, writes: keys.map((key): RRsetWrite => ({ before: found.get(key), after: wanted.get(key) })) };
  }

  lower(owner: OwnerName, lines: readonly string[]): readonly ProvidedRRset[] {
    return this.provider.lower(ZONE, owner, stateOf(...lines)).rrsets;
  }

  async close(): Promise<void> {
    await this.simulator.close();
  }
}

/** The kind of result that each name got: `www.example.com.: applied`. */
export function kindsOf(results: readonly ApplyResult[]): readonly string[] {
  return results.map(({ owner, kind }) => `${owner} ${kind}`).toSorted();
}

function byKey<T extends ProvidedRRset>(rrsets: readonly T[]): ReadonlyMap<string, T> {
  return new Map(rrsets.map((rrset) => [providedKey(rrset), rrset]));
}
