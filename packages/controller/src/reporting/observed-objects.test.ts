import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { DNS_ENDPOINTS } from '../resources/dns-endpoint.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { type EditedObject, ObservedObjects } from './observed-objects.ts';
import { FakeTerm } from './testing/fake-term.ts';
import { MemoryApi, refuse } from './testing/memory-api.ts';
import { passTime } from './testing/pass-time.ts';

const COLLECTION = '/apis/externaldns.k8s.io/v1alpha1/namespaces/team/dnsendpoints';

let api: MemoryApi;
let clock: FakeClock;
let logger: RecordingLogger;
let term: FakeTerm;
let running: Promise<void>;
let objects: EditedObject[];
let observed: ObservedObjects;

beforeEach(() => {
  api = new MemoryApi();
  clock = new FakeClock();
  logger = new RecordingLogger();
  term = new FakeTerm();
  objects = [];
  observed = new ObservedObjects({
    writer: api,
    resource: DNS_ENDPOINTS,
    fieldManager: 'kubezone-operator',
    objects: () => objects,
    pause: () => Promise.resolve(),
    clock,
    logger,
    random: () => 0,
  });
  running = observed.run(term);
});

afterEach(async () => {
  term.end();
  await running;
});

/** An object, in the API server too, with what it says of itself there. */
function exist(name: string, generation: number, status: object = {}): EditedObject {
  const path = `${COLLECTION}/${name}`;
  if (api.get(path) === undefined) api.put(path, { metadata: { name, namespace: 'team' }, status });
  return { namespace: 'team', name, createdAt: 0, deleting: false, generation };
}

async function look(): Promise<void> {
  await observed.look();
  await passTime(clock, 1_000);
}

const said = (name: string): unknown =>
  (api.get(`${COLLECTION}/${name}`)?.['status'] as { observedGeneration?: number } | undefined)?.observedGeneration;

it('the newest edition is written, once, and not what another has written already', async () => {
  objects = [exist('new', 1), exist('known', 4, { observedGeneration: 4 }), exist('edited', 3, { observedGeneration: 2 })];
  await look();
  expect(['new', 'known', 'edited'].map(said)).toEqual([1, 4, 3]);
  expect(api.count('PATCH')).toBe(2);
  await look();
  expect(api.count('PATCH')).toBe(2);
  objects = [exist('new', 2)];
  await look();
  expect(said('new')).toBe(2);
  expect(api.count('PATCH')).toBe(3);
});

it('an object that was deleted and made again between two looks begins anew', async () => {
  objects = [exist('www', 1)];
  await look();
  expect(said('www')).toBe(1);
  api.delete(`${COLLECTION}/www`);
  objects = [{ ...exist('www', 1), createdAt: 60_000 }];
  await look();
  expect(said('www')).toBe(1);
});

it('nothing is written of what is going, and of manifests, which have no editions', async () => {
  objects = [{ ...exist('going', 2), deleting: true }, exist('file', 0)];
  await look();
  expect(api.requests).toEqual([]);
});

it('what is denied is tried again after five minutes, and said once', async () => {
  api.fault = ({ method }) => (method === 'PATCH' ? refuse(403, 'dnsendpoints/status is forbidden') : undefined);
  objects = [exist('www', 1)];
  for (let minutes = 0; minutes < 11; minutes++) {
    await observed.look();
    await passTime(clock, 60_000, 1_000);
  }
  expect(api.count('PATCH')).toBe(3);
  expect(logger.lines.map(({ message }) => message)).toEqual(['observed generations cannot be written']);
});

it('a definition without a status is asked once for each edition', async () => {
  api.fault = ({ method }) => (method === 'PATCH' ? refuse(404, 'page not found') : undefined);
  objects = [exist('www', 1)];
  for (let looks = 0; looks < 5; looks++) await look();
  expect(api.count('PATCH')).toBe(1);
  expect(logger.lines).toEqual([]);
});
