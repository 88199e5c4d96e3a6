import { CloudflareSimulator, GoogleSimulator, recordJson, Route53Simulator } from '@kubezone/providers/testing';

import { SIMULATED_AWS } from './built-operator.ts';
import { VendorRelay } from './vendor-relay.ts';
import type { ZoneHost } from './zone-host.ts';

/** The vendors there are simulators of. */
export type VendorName = 'route53' | 'google' | 'cloudflare';

/** A simulated vendor with the zone `example.com`. It runs in this process, and says at once what it holds. */
export interface SimulatedVendor extends ZoneHost {
  readonly name: VendorName;
  /** Where it listens. */
  readonly address: string;
  /** `providerOptions` of a process that is to reach it at an address: its own, or one that leads there. */
  options(address: string): Readonly<Record<string, unknown>>;
  seed(lines: readonly string[]): void;
  dump(): readonly string[];
  stored(name: string, type: string): string;
}

const ZONE = 'example.com.';
const TOKEN = 'token-of-the-simulator';
/** So many requests a second are no limit to these tests. */
const UNLIMITED = { requestsPerSecond: 1000 };

/** Starts one in this process. */
export async function startVendor(name: VendorName): Promise<SimulatedVendor> {
  const vendor = await STARTERS[name]();
  return {
    ...vendor,
    openRelay: async () => {
      const relay = await VendorRelay.open(vendor.address);
      return { relay, options: vendor.options(relay.url) };
    },
  };
}

const STARTERS: Readonly<Record<VendorName, () => Promise<Omit<SimulatedVendor, 'openRelay'>>>> = {
  route53: async () => {
    const id = 'ZEXAMPLE';
    const simulator = await Route53Simulator.start({ zones: [{ id, name: ZONE }] });
    return {
      name: 'route53',
      address: simulator.endpoint,
      environment: SIMULATED_AWS,
      options: (endpoint) => ({ endpoint, ...UNLIMITED }),
      seed: (lines) => simulator.seed(id, lines),
      dump: () => simulator.dump(id),
      stored: (owner, type) => {
        const sets = simulator.zone(id).sets();
        return JSON.stringify(sets.filter(({ Name, Type }) => Name === owner && Type === type));
      },
      close: () => simulator.close(),
    };
  },
  google: async () => {
    const zone = 'example';
    const simulator = await GoogleSimulator.start({ zones: [{ name: zone, dnsName: ZONE }] });
    const credentialsFile = await simulator.writeCredentials();
    return {
      name: 'google',
      address: simulator.url,
      environment: {},
      options: (apiEndpoint) => ({ project: 'test-project', credentialsFile, apiEndpoint, ...UNLIMITED }),
      seed: (lines) => simulator.seed(zone, lines),
      dump: () => simulator.dump(zone),
      stored: (owner, type) => JSON.stringify(simulator.get(zone, owner, type)),
      close: () => simulator.close(),
    };
  },
  cloudflare: async () => {
    const simulator = await CloudflareSimulator.start({ token: TOKEN, rate: { requests: 1_000_000, windowMs: 1000 } });
    const zone = simulator.addZone(ZONE.slice(0, -1));
    const { origin, pathname } = new URL(simulator.baseUrl);
    return {
      name: 'cloudflare',
      address: origin,
      environment: {},
      options: (address) => ({ apiToken: TOKEN, baseUrl: `${address}${pathname}`, ...UNLIMITED }),
      seed: (lines) => {
        zone.clear();
        simulator.seed(zone, lines);
      },
      dump: () => simulator.dump(zone),
      stored: (owner, type) => {
        const records = zone.records.filter((record) => `${record.name}.` === owner && record.type === type);
        return JSON.stringify(records.map((record) => recordJson(record)));
      },
      close: () => simulator.close(),
    };
  },
};
