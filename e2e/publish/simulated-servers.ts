import { printRdata } from '@kubezone/core';
import { createCloudflareProvider, createGoogleProvider, createRoute53Provider } from '@kubezone/providers';
import {
  CloudflareSimulator,
  GoogleSimulator,
  Route53Simulator,
  silentLogger,
  systemClock,
  TokenBucket,
} from '@kubezone/providers/testing';

import { HttpGate } from './http-gate.ts';
import { APEXES, byZone, recordOf, zoneOf, type ZoneServer } from './zone-server.ts';

const context = { clock: systemClock(), logger: silentLogger };
/** Requests a second, and at once: as many as there can be. */
const BOUNDLESS = { capacity: 100_000, perSecond: 100_000 };

export async function route53Server(): Promise<ZoneServer> {
  const ids = new Map(APEXES.map((apex, index) => [apex, `ZSCENARIO${index}`]));
  const idOf = (name: string): string => ids.get(zoneOf(recordOf(name).owner)) ?? '';
  const simulator = await Route53Simulator.start({ zones: Array.from(ids, ([name, id]) => ({ id, name })) });
  const gate = await HttpGate.open(simulator.endpoint);
  const credentials = () => Promise.resolve({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' });
  return {
    kind: 'route53',
    connect: () => createRoute53Provider({ endpoint: gate.url, rate: BOUNDLESS }, { ...context, credentials }),
    gate,
    writes: /^POST .*\/rrset/,
    async seed(lines) {
      for (const [apex, some] of byZone(lines)) simulator.seed(ids.get(apex) ?? '', some);
    },
    async replace(name, type, lines) {
      const id = idOf(`${name} 0 A 192.0.2.1`);
      const others = simulator.dump(id).filter((line) => !line.startsWith(`${name} `) || line.split(' ')[2] !== type);
      simulator.seed(id, [...others, ...lines]);
    },
    dump: () => Promise.resolve([...ids.values()].flatMap((id) => simulator.dump(id))),
    async close() {
      await gate.close();
      await simulator.close();
    },
  };
}

export async function googleServer(): Promise<ZoneServer> {
  const names = new Map(APEXES.map((apex, index) => [apex, `scenario-${index}`]));
  const simulator = await GoogleSimulator.start({ zones: Array.from(names, ([dnsName, name]) => ({ name, dnsName })) });
  const gate = await HttpGate.open(simulator.url);
  const credentialsFile = await simulator.writeCredentials();
  const dumpOf = (zone: string): readonly string[] => simulator.dump(zone);
  return {
    kind: 'google',
    connect: () =>
      createGoogleProvider(
        { project: 'test-project', credentialsFile, apiEndpoint: gate.url, requestsPerSecond: 10_000 },
        context,
      ),
    gate,
    writes: /^POST .*\/changes/,
    async seed(lines) {
      for (const [apex, some] of byZone(lines)) simulator.seed(names.get(apex) ?? '', some);
    },
    async replace(name, type, lines) {
      const zone = names.get(zoneOf(recordOf(`${name} 0 A 192.0.2.1`).owner)) ?? '';
      const others = dumpOf(zone).filter((line) => !line.startsWith(`${name} `) || line.split(' ')[2] !== type);
      simulator.seed(zone, [...others, ...lines]);
    },
    dump: () => Promise.resolve([...names.values()].flatMap(dumpOf)),
    async close() {
      await gate.close();
      await simulator.close();
    },
  };
}

export async function cloudflareServer(): Promise<ZoneServer> {
  const token = 'a-token-of-tests';
  const simulator = await CloudflareSimulator.start({ token, rate: { requests: 100_000, windowMs: 1000 } });
  const gate = await HttpGate.open(simulator.baseUrl);
  const zones = new Map(APEXES.map((apex) => [apex, simulator.addZone(apex.slice(0, -1))]));
  return {
    kind: 'cloudflare',
    connect: () =>
      createCloudflareProvider(
        { apiToken: token, baseUrl: `${gate.url}/client/v4` },
        { ...context, bucket: new TokenBucket(context.clock, BOUNDLESS) },
      ),
    gate,
    writes: /^POST .*\/batch/,
    async seed(lines) {
      for (const [apex, some] of byZone(lines)) {
        const zone = zones.get(apex);
        if (zone === undefined) continue;
        zone.clear();
        simulator.seed(zone, some);
      }
    },
    // As people do in the vendor's dashboard: a record keeps its id when it is edited.
    async replace(name, type, lines) {
      const zone = zones.get(zoneOf(recordOf(`${name} 0 A 192.0.2.1`).owner));
      if (zone === undefined) return;
      const held = zone.records.filter((record) => `${record.name}.` === name && record.type === type);
      for (const [at, line] of lines.entries()) {
        const { ttl, type: number, rdata } = recordOf(line);
        const id = held[at]?.id;
        if (id === undefined) simulator.seed(zone, [line]);
        else zone.patch({ id, content: printRdata(number, rdata), ttl });
      }
      for (const { id } of held.slice(lines.length)) zone.delete(id);
    },
    dump: () => Promise.resolve([...zones.values()].flatMap((zone) => simulator.dump(zone))),
    async close() {
      await gate.close();
      await simulator.close();
    },
  };
}
