/** The zones of the chaos test: one at each simulated vendor, and one at Knot. */
import { CloudflareSimulator, GoogleSimulator, KEYS, Route53Simulator, startDnsServer } from '@kubezone/providers/testing';

import { linesOfZone } from '../../../packages/providers/src/testing/cloudflare-simulator/simulated-zone.ts';
import { SIMULATED_AWS } from '../../support/built-operator.ts';
import { DnsRelay } from '../../support/dns-relay.ts';
import { VendorRelay, type WriteHooks } from '../../support/vendor-relay.ts';
import type { Chance } from './chance.ts';
import { cloudflareFault, googleFault, route53Fault } from './vendor-faults.ts';

/** A way to a zone that sees whole writes. */
export interface WritesSeen {
  /** Where the next leg of the way begins: a URL or `host:port`. */
  readonly address: string;
  readonly hooks: WriteHooks;
  close(): Promise<void>;
}

/** A zone, and what others may do to it. */
export interface ChaosZone {
  /** With its final dot. */
  readonly apex: string;
  readonly provider: string;
  readonly environment: Readonly<Record<string, string>>;
  openWrites(): Promise<WritesSeen>;
  /** `providerOptions`, given where the vendor seems to be: `127.0.0.1:port`. */
  options(address: string): Readonly<Record<string, unknown>>;
  /** All but SOA and NS of the apex: lines of a zone file. */
  dump(): Promise<readonly string[]>;
  /** Takes lines away, and adds others, behind the operator's back and in one go. */
  edit(gone: readonly string[], come: readonly string[]): Promise<void>;
  /** Lets something go wrong at the vendor with one of the next requests; undefined where only the way there can be disturbed. */
  readonly spoil: ((chance: Chance) => void) | undefined;
  /** Forgets faults that have not struck. */
  calm(): void;
  close(): Promise<void>;
}

const UNLIMITED = { requestsPerSecond: 1000, batchChangeSize: 8 };
const TOKEN = 'token-of-the-simulator';

/** Starts all of them. */
export async function openZones(): Promise<readonly ChaosZone[]> {
  return [
    await route53Zone('route.test.'),
    await googleZone('goog.test.'),
    await cloudflareZone('flare.test.'),
    await knotZone(),
  ];
}

/** Edits of a listing: what is left, in place of what was. */
function edited(lines: readonly string[], gone: readonly string[], come: readonly string[]): readonly string[] {
  return [...lines.filter((line) => !gone.includes(line)), ...come];
}

async function route53Zone(apex: string): Promise<ChaosZone> {
  const id = 'ZCHAOS';
  const simulator = await Route53Simulator.start({ zones: [{ id, name: apex }] });
  return {
    apex,
    provider: 'route53',
    environment: SIMULATED_AWS,
    openWrites: () => httpWrites(simulator.endpoint),
    options: (address) => ({ endpoint: `http://${address}`, zoneIds: [id], ...UNLIMITED }),
    dump: async () => simulator.dump(id),
    edit: async (gone, come) => simulator.seed(id, edited(simulator.dump(id), gone, come)),
    spoil: (chance) => simulator.inject(route53Fault(chance)),
    calm: () => simulator.forget(),
    close: () => simulator.close(),
  };
}

async function googleZone(apex: string): Promise<ChaosZone> {
  const zone = 'chaos';
  const simulator = await GoogleSimulator.start({ zones: [{ name: zone, dnsName: apex }] });
  const credentialsFile = await simulator.writeCredentials();
  let calm = false;
  return {
    apex,
    provider: 'google',
    environment: {},
    openWrites: () => httpWrites(simulator.url),
    options: (address) => ({ project: 'test-project', credentialsFile, apiEndpoint: `http://${address}`, ...UNLIMITED }),
    dump: async () => simulator.dump(zone),
    edit: async (gone, come) => simulator.seed(zone, edited(simulator.dump(zone), gone, come)),
    spoil: (chance) => simulator.inject(googleFault(chance, () => !calm)),
    calm: () => {
      calm = true;
    },
    close: () => simulator.close(),
  };
}

async function cloudflareZone(apex: string): Promise<ChaosZone> {
  const simulator = await CloudflareSimulator.start({ token: TOKEN, rate: { requests: 1_000_000, windowMs: 1000 } });
  const zone = simulator.addZone(apex.slice(0, -1));
  const { origin, pathname } = new URL(simulator.baseUrl);
  let calm = false;
  return {
    apex,
    provider: 'cloudflare',
    environment: {},
    openWrites: () => httpWrites(origin),
    options: (address) => ({ apiToken: TOKEN, baseUrl: `http://${address}${pathname}`, ...UNLIMITED }),
    dump: async () => simulator.dump(zone),
    edit: async (gone, come) => {
      // Whatever stays keeps its id.
      for (const record of zone.records) {
        const [line = ''] = linesOfZone({ records: [record] } as unknown as typeof zone);
        if (gone.includes(line)) zone.delete(record.id);
      }
      simulator.seed(zone, come);
    },
    spoil: (chance) => simulator.inject(cloudflareFault(chance), () => !calm),
    calm: () => {
      calm = true;
    },
    close: () => simulator.close(),
  };
}

async function knotZone(): Promise<ChaosZone> {
  const apex = 'foo.com.';
  const server = await startDnsServer('knot');
  /** One at a time: a listing during an edit would be neither old nor new. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = last.then(act);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    apex,
    provider: 'rfc2136',
    environment: {},
    openWrites: async () => {
      const relay = await DnsRelay.open(server.port);
      return { address: relay.address, hooks: relay.hooks, close: () => relay.close() };
    },
    options: (address) => ({ servers: [address], zones: [apex], tsig: KEYS.sha256, batchChangeSize: 8 }),
    dump: () => inTurn(() => server.dump(apex)),
    edit: (gone, come) =>
      inTurn(() =>
        server.update(
          `zone ${apex}`,
          ...gone.map((line) => `update delete ${line}`),
          ...come.map((line) => `update add ${line}`),
        ),
      ),
    spoil: undefined,
    calm: () => undefined,
    close: () => server.stop(),
  };
}

async function httpWrites(target: string): Promise<WritesSeen> {
  const relay = await VendorRelay.open(target);
  return { address: relay.url, hooks: relay.hooks, close: () => relay.close() };
}
