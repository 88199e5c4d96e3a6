import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '@kubezone/app/testing';
import { nameOf } from '@kubezone/core';
import { MemoryProvider } from '@kubezone/providers';

import { loadConfig } from './config/load-config.ts';
import { configOf as startOf } from './testing/load-text.ts';
import { contentOf, namesIn, OperatorWorld, putTxt } from './testing/operator-world.ts';

const MEMORY = `
sources: [service, ingress, httproute]
owner: {id: me}
interval: 1s
providers: [{selector: [example.com], provider: memory, providerOptions: {zones: [example.com]}}]
`;

let world: OperatorWorld;
let provider: MemoryProvider;

beforeEach(async () => {
  world = await OperatorWorld.make();
  provider = new MemoryProvider({ zones: [nameOf('example.com')] });
});

afterEach(() => world.end());

function ingress(name: string, address: string, host: string = `${name}.example.com`): string {
  return `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: shop}
spec: {rules: [{host: ${host}}]}
status: {loadBalancer: {ingress: [{ip: ${address}}]}}
`;
}

const providers = (): ReadonlyMap<string, MemoryProvider> => new Map([['memory', provider]]);
const held = (): Promise<string[]> => namesIn(provider, 'example.com');
const until = (expected: readonly string[]): Promise<string[]> =>
  eventually(`${expected.join()} at the provider`, 10_000, held, (found) => found.join() === expected.join());

describe('the operator', () => {
  it('publishes, follows changes, and deletes what is gone, printing each change', async () => {
    await world.put('www.yaml', ingress('www', '192.0.2.1'));
    await world.put('app.yaml', ingress('app', '192.0.2.2'));
    await world.start(world.config(MEMORY, '--plan-output', 'text'), providers());
    await until(['app.example.com. 300 A', 'www.example.com. 300 A']);
    expect(await contentOf(provider, 'example.com')).toContain(
      '_owner.www.example.com. 300 TXT heritage=kubezone,v=1,owner=me,cluster=manifests,own=A/ingress',
    );
    expect(world.take().split('\n').toSorted().slice(1)).toEqual([
      'memory + app.example.com. 300 A 192.0.2.2 (manifests/Ingress/shop/app)',
      'memory + www.example.com. 300 A 192.0.2.1 (manifests/Ingress/shop/www)',
    ]);
    await world.put('www.yaml', ingress('www', '192.0.2.9'));
    await eventually(
      'the change',
      10_000,
      async () => world.printed.join(''),
      (text) => text.includes('→'),
    );
    expect(world.take()).toBe('memory ~ www.example.com. 300 A 192.0.2.1 → 300 A 192.0.2.9 (manifests/Ingress/shop/www)\n');
    await world.remove('www.yaml');
    await until(['app.example.com. 300 A']);
    expect(world.take()).toBe('memory - www.example.com. 300 A 192.0.2.9\n');
    expect((await contentOf(provider, 'example.com')).join()).not.toContain('www');
  }, 60_000);

  it('prints changes as documents', async () => {
    await world.put('www.yaml', ingress('www', '192.0.2.1'));
    const operator = await world.start(world.config(MEMORY, '--once', '--plan-output', 'json'), providers());
    expect(await operator.done).toBe(0);
    expect(
      world
        .take()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      {
        zone: 'example.com.',
        provider: 'memory',
        summary: { create: 1, update: 0, delete: 0 },
        changes: [{ action: 'create', owner: 'www.example.com.', objects: ['manifests/Ingress/shop/www'] }],
      },
    ]);
  });

  it('writes nothing in a dry run, and prints what it would write', async () => {
    await world.put('www.yaml', ingress('www', '192.0.2.1'));
    const operator = await world.start(world.config(MEMORY, '--once', '--dry-run'), providers());
    expect(await operator.done).toBe(0);
    expect(world.take()).toBe(
      'zone example.com. at memory: 1 to create, 0 to update, 0 to delete, 0 to adopt, 0 withheld\n+ www.example.com. 300 A 192.0.2.1 (manifests/Ingress/shop/www)\n',
    );
    expect(await contentOf(provider, 'example.com')).toEqual([]);
  });

  it('prints the plan of a dry run that goes on anew when it changes', async () => {
    await world.put('www.yaml', ingress('www', '192.0.2.1'));
    await world.start(world.config(MEMORY, '--dry-run'), providers());
    await eventually(
      'the plan',
      10_000,
      async () => world.printed.join(''),
      (text) => text.includes('+ www'),
    );
    await world.put('app.yaml', ingress('app', '192.0.2.2'));
    await eventually(
      'the next plan',
      10_000,
      async () => world.printed.at(-1) ?? '',
      (text) => text.includes('+ app'),
    );
    expect(await contentOf(provider, 'example.com')).toEqual([]);
  }, 30_000);

  it('ends with 4 where a foreign record is in the way, and leaves that as it is', async () => {
    await putTxt(provider, 'example.com', nameOf('www.example.com'), 'somebody else');
    await world.put(
      'www.yaml',
      ingress('www', '192.0.2.1').replace('[{ip: 192.0.2.1}]', '[{hostname: lb.example.net}]') +
        `---${ingress('app', '192.0.2.2')}`,
    );
    const operator = await world.start(world.config(MEMORY, '--once', '--plan-output', 'text'), providers());
    expect(await operator.done).toBe(4);
    expect(world.take()).toMatch(/^! www\.example\.com\. .*FOREIGN/m);
    expect((await held()).filter((line) => line.startsWith('www'))).toEqual(['www.example.com. 60 TXT somebody else']);
  });

  it('ends with 3 where deletes are held, and lets go exactly those that are confirmed', async () => {
    for (let index = 0; index < 12; index++) await world.put(`i${index}.yaml`, ingress(`i${index}`, `192.0.2.${index}`));
    const first = await world.start(world.config(MEMORY, '--once'), providers());
    expect(await first.done).toBe(0);
    await first.stop();
    for (let index = 0; index < 8; index++) await world.remove(`i${index}.yaml`);
    const second = await world.start(world.config(MEMORY, '--once', '--plan-output', 'text'), providers());
    expect(await second.done).toBe(3);
    await second.stop();
    expect(await held()).toHaveLength(12);
    const [, sha = ''] = /kubezone-operator confirm ([0-9a-f]{64})/.exec(world.take()) ?? [];
    const wrong = await world.start(world.config(MEMORY, '--once', '--confirm', '0'.repeat(64)), providers());
    expect(await wrong.done).toBe(3);
    await wrong.stop();
    const third = await world.start(world.config(MEMORY, '--once', '--confirm', sha), providers());
    expect(await third.done).toBe(0);
    expect(await held()).toHaveLength(4);
  }, 60_000);

  it('publishes one route to two views, by the Gateways it has', async () => {
    await world.put(
      'route.yaml',
      `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: shop}
spec: {hostnames: [web.example.com], parentRefs: [{name: inner}, {name: outer}]}
status:
  parents:
    - {parentRef: {name: inner}, controllerName: c.example/x, conditions: [{type: Accepted, status: "True"}]}
    - {parentRef: {name: outer}, controllerName: c.example/x, conditions: [{type: Accepted, status: "True"}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: inner, namespace: shop}
spec: {gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP}]}
status: {addresses: [{type: IPAddress, value: 10.0.0.1}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: outer, namespace: shop, labels: {view: outer}}
spec: {gatewayClassName: x, listeners: [{name: http, port: 80, protocol: HTTP}]}
status: {addresses: [{type: Hostname, value: lb.example.net}]}
`,
    );
    const inner = new MemoryProvider({ name: 'inner', zones: [nameOf('example.com')] });
    const outer = new MemoryProvider({ name: 'outer', zones: [nameOf('example.com')] });
    const entry = (name: string, zone: string, gateways: string): string =>
      `{name: ${name}, view: ${name}, selector: [example.com], provider: memory, providerOptions: {zones: [${zone}]}, filters: {gateways: {${gateways}}}}`;
    const config = world.config(
      `sources: [httproute]\nowner: {id: me}\nproviders: [${entry('inner', 'example.com', 'names: [inner]')}, ${entry('outer', 'other.test', 'labels: "view=outer"')}]`,
      '--once',
    );
    const operator = await world.start(
      config,
      new Map([
        ['inner', inner],
        ['outer', outer],
      ]),
    );
    expect(await operator.done).toBe(0);
    expect(await namesIn(inner, 'example.com')).toEqual(['web.example.com. 300 A']);
    expect(await namesIn(outer, 'example.com')).toEqual(['web.example.com. 300 CNAME']);
  });

  it('takes over the names of others that it is told to', async () => {
    await putTxt(provider, 'example.com', nameOf('_owner.www.example.com'), 'ares');
    await world.put('www.yaml', ingress('www', '192.0.2.1'));
    const operator = await world.start(world.config(MEMORY, '--once', '--adopt', 'ares'), providers());
    expect(await operator.done).toBe(0);
    expect((await contentOf(provider, 'example.com')).join()).toContain('owner=me');
  });

  it('publishes at intervals alone, where that is asked for', async () => {
    await world.put('www.yaml', ingress('www', '192.0.2.1'));
    const config = world.config(MEMORY.replace('interval: 1s', 'interval: 3s'), '--sync-only', '--metrics', '127.0.0.1:0');
    const operator = await world.start(config, providers());
    await until(['www.example.com. 300 A']);
    await world.put('app.yaml', ingress('app', '192.0.2.2'));
    const metrics = async (): Promise<string> =>
      (await fetch(`http://127.0.0.1:${operator.probeAddresses[0]?.port}/metrics`)).text();
    const isSeen = (text: string): boolean => /kubezone_source_contributing_objects\{[^}]*source="ingress"[^}]*\} 2/.test(text);
    await eventually('the Ingress to be seen', 10_000, metrics, isSeen);
    expect(await held()).toEqual(['www.example.com. 300 A']);
    await until(['app.example.com. 300 A', 'www.example.com. 300 A']);
  }, 30_000);

  it('serves health, conflicts and metrics', async () => {
    await world.put('www.yaml', ingress('www', '192.0.2.1'));
    const operator = await world.start(world.config(MEMORY, '--metrics', '127.0.0.1:0'), providers());
    await until(['www.example.com. 300 A']);
    const at = `http://127.0.0.1:${operator.probeAddresses[0]?.port}`;
    const get = async (path: string): Promise<string> => (await fetch(`${at}${path}`)).text();
    expect(await get('/healthz')).toBe('ok\n');
    expect(await get('/readyz')).toBe('ok\n');
    expect(JSON.parse(await get('/debug/conflicts'))).toEqual({ total: 0, conflicts: [], withheld: [], held: [] });
    const metrics = await get('/metrics');
    expect(metrics).toContain('kubezone_changes_total{provider="memory",zone="example.com.",action="create"} 1');
    expect(metrics).toContain('kubezone_publish_lag_seconds_count{provider="memory",zone="example.com."}');
  });
});

describe('examples/operator.yaml', () => {
  it('is in order, and nothing in the examples is complained of', async () => {
    const file = join(import.meta.dirname, '..', '..', '..', 'examples', 'operator.yaml');
    const loaded = loadConfig(['--config', file, '--once', '--dry-run'], {
      folder: '/',
      version: 'test',
      environment: () => undefined,
      readFile: (path) => readFileSync(path, 'utf8'),
      problem: () => undefined,
    });
    const operator = await world.start(startOf(loaded));
    expect(await operator.done).toBe(0);
    expect(world.take()).toContain('+ shop.lab.example. 300 A 203.0.113.30 (manifests/Ingress/shop/shop)');
    expect(world.logger.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });
});
