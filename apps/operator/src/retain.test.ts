import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { eventually } from '@kubezone/app/testing';
import { nameOf } from '@kubezone/core';
import { MemoryProvider } from '@kubezone/providers';

import { contentOf, namesIn, OperatorWorld } from './testing/operator-world.ts';

const CONFIG = `
sources: [record, ingress]
record: {pods: false}
owner: {id: me}
interval: 1s
providers: [{selector: [example.com], provider: memory, providerOptions: {zones: [example.com]}}]
`;
const WWW = 'www.example.com. 300 A';
const API = 'api.example.com. 300 A';
const DB = 'db.example.com. 300 A';

let world: OperatorWorld;
let provider: MemoryProvider;

beforeEach(async () => {
  world = await OperatorWorld.make();
  provider = new MemoryProvider({ zones: [nameOf('example.com')] });
});

afterEach(() => world.end());

const policy = (value: string): string => `annotations: {kubezone.io/deletion-policy: ${value}}`;
const ingress = (name: string, annotations = ''): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: shop, ${annotations}}
spec: {rules: [{host: ${name}.example.com}]}
status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}
`;
const record = (name: string, annotations = ''): string => `
apiVersion: syntixi.io/v1alpha1
kind: Record
metadata: {name: ${name}, namespace: shop, ${annotations}}
spec: {fqdn: ${name}.example.com, type: A, value: [192.0.2.2]}
`;

const start = (): Promise<unknown> => world.start(world.config(CONFIG), new Map([['memory', provider]]));
const until = (...expected: string[]): Promise<unknown> =>
  eventually(
    `${expected.join()} at the provider`,
    10_000,
    () => namesIn(provider, 'example.com'),
    (found) => found.join() === expected.join(),
  );
const markers = async (): Promise<string> => (await contentOf(provider, 'example.com')).join('\n');

it('what an object wants kept stays when it goes, over restarts, until it comes back without the wish', async () => {
  await world.put('www.yaml', ingress('www', policy('retain')));
  await world.put('db.yaml', record('db'));
  await world.put('api.yaml', ingress('api'));
  await start();
  await until(API, DB, WWW);
  expect(await markers()).toContain('own=A/ingress!');
  // The wish may come later than the name.
  await world.put('db.yaml', record('db', policy('Retain')));
  await eventually('the wish in the marker', 10_000, markers, (text) => text.includes('own=A/record!'));

  await world.remove('www.yaml');
  await world.remove('db.yaml');
  await world.remove('api.yaml');
  await world.put('other.yaml', ingress('other'));
  await until(DB, 'other.example.com. 300 A', WWW);

  await world.stopAll();
  await world.remove('other.yaml');
  await world.put('last.yaml', ingress('last'));
  await start();
  await until(DB, 'last.example.com. 300 A', WWW);

  // Who asks for the name again has it, and its wishes count.
  await world.put('www.yaml', ingress('www'));
  await eventually('the marker without the wish', 10_000, markers, (text) => !text.includes('own=A/ingress!'));
  await world.remove('www.yaml');
  await until(DB, 'last.example.com. 300 A');
}, 60_000);

it('a wish that cannot be read keeps the name, and is told', async () => {
  await world.put('www.yaml', ingress('www', policy('orphan')));
  await world.put('api.yaml', ingress('api'));
  const operator = await world.start(world.config(CONFIG), new Map([['memory', provider]]));
  await until(API, WWW);
  expect(world.logger.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ code: 'DELETION_POLICY_INVALID' }) }),
  );
  await world.remove('www.yaml');
  await world.remove('api.yaml');
  await world.put('db.yaml', record('db'));
  await until(DB, WWW);
  expect(operator.publisher.plans()[0]?.names).toMatchObject([{ owner: 'www.example.com.', withheld: [{ code: 'RETAINED' }] }]);
}, 60_000);
