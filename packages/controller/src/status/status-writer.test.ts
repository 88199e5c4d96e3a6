import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import { DNS_ENDPOINTS } from '../resources/dns-endpoint.ts';
import { RECORDS } from '../resources/record.ts';
import { FakeTerm } from '../reporting/testing/fake-term.ts';
import { MemoryApi, refuse } from '../reporting/testing/memory-api.ts';
import { passTime } from '../reporting/testing/pass-time.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { type Condition, conditionPart, type HeldCondition, readCondition } from './condition.ts';
import { OBSERVED_GENERATION } from './observed-generation.ts';
import { StatusWriter } from './status-writer.ts';

const ALL = '/apis/syntixi.io/v1alpha1/records';
const TEAM = '/apis/syntixi.io/v1alpha1/namespaces/team-a/records';

let clock: FakeClock;
let api: MemoryApi;
let logger: RecordingLogger;
let term: FakeTerm;
let running: Promise<void>;
let wanted: Map<string, Condition>;

beforeEach(() => {
  clock = new FakeClock();
  api = new MemoryApi();
  logger = new RecordingLogger();
  term = new FakeTerm();
  wanted = new Map();
  running = Promise.resolve();
});

afterEach(async () => {
  term.end();
  await running;
});

/** @param options.everywhere whether Records of all namespaces are read, not those of some */
function begin({
  everywhere = false,
  namespaces = ['team-a'],
}: { readonly everywhere?: boolean; readonly namespaces?: readonly string[] } = {}): StatusWriter<Condition, HeldCondition> {
  const writer = new StatusWriter({
    writer: api,
    resource: RECORDS,
    ...(everywhere ? {} : { namespaces }),
    part: conditionPart('Served'),
    fieldManager: 'kubezone-resolver',
    wanted: (key) => wanted.get(key),
    clock,
    logger,
    random: () => 0,
  });
  running = writer.run(term);
  return writer;
}

function want(writer: StatusWriter<Condition, HeldCondition>, name: string, condition: Partial<Condition> = {}): void {
  const usual: Condition = { type: 'Served', status: 'True', reason: 'Served', message: 'all is well', observedGeneration: 1 };
  wanted.set(`team-a/${name}`, { ...usual, ...condition });
  writer.touch(`team-a/${name}`);
}

function exist(name: string, status: object = {}): void {
  api.put(`${TEAM}/${name}`, { metadata: { name, namespace: 'team-a' }, status });
}

function held(name: string): string {
  const condition = readCondition(api.get(`${TEAM}/${name}`) ?? {}, 'Served');
  return condition === undefined ? 'none' : `${condition.status} ${condition.reason} ${condition.observedGeneration}`;
}

describe('writing conditions', () => {
  it('applies them to the status, as a manager of its own', async () => {
    exist('www');
    const writer = begin();
    want(writer, 'www');
    await passTime(clock, 1_000);
    expect(held('www')).toBe('True Served 1');
    expect(api.requests.at(-1)).toEqual({
      method: 'PATCH',
      path: `${TEAM}/www/status?fieldManager=kubezone-resolver&force=true`,
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: 'syntixi.io/v1alpha1',
        kind: 'Record',
        metadata: { name: 'www', namespace: 'team-a' },
        status: {
          conditions: [
            {
              type: 'Served',
              status: 'True',
              reason: 'Served',
              message: 'all is well',
              observedGeneration: 1,
              lastTransitionTime: '2027-01-15T08:00:00Z',
            },
          ],
        },
      },
    });
  });

  it.each([
    ['unheard', () => Promise.reject(new ApiError('API_SILENT', 'no answer'))],
    ['refused', () => refuse(422, 'invalid')],
  ])('remembers nothing of an object that goes while a write to it is %s', async (_, answer) => {
    exist('www');
    const writer = begin();
    api.fault = ({ method }) => {
      if (method !== 'PATCH') return undefined;
      wanted.clear();
      writer.forget('team-a/www');
      return answer() as ReturnType<typeof refuse>;
    };
    want(writer, 'www');
    await passTime(clock, 400_000, 1_000);
    expect([writer.remembered, writer.status().waiting]).toEqual([0, 0]);
  });

  it('writes only what differs, also where another process has written it', async () => {
    exist('www');
    const writer = begin();
    want(writer, 'www');
    await passTime(clock, 1_000);
    want(writer, 'www');
    await passTime(clock, 1_000);
    expect(api.count('PATCH')).toBe(1);
    writer.clear();
    term.end();
    await running;
    term = new FakeTerm();
    const next = begin();
    want(next, 'www');
    await passTime(clock, 1_000);
    expect(api.count('PATCH')).toBe(1);
    want(next, 'www', { observedGeneration: 2 });
    await passTime(clock, 1_000);
    expect(held('www')).toBe('True Served 2');
  });

  it('remembers nothing of an object that is gone by the time its write is answered: it may come again', async () => {
    exist('www');
    const writer = begin();
    api.fault = ({ method }) => {
      if (method === 'PATCH') {
        wanted.delete('team-a/www');
        writer.forget('team-a/www');
      }
      return undefined;
    };
    want(writer, 'www');
    await passTime(clock, 1_000);
    api.fault = () => undefined;
    expect(api.count('PATCH')).toBe(1);
    exist('www');
    want(writer, 'www');
    await passTime(clock, 1_000);
    expect(held('www')).toBe('True Served 1');
  });

  it('keeps the time at which the status changed, through a new process', async () => {
    const lastTransitionTime = '2026-01-01T00:00:00Z';
    exist('www', {
      conditions: [
        { type: 'Served', status: 'True', reason: 'Served', message: 'as ever', observedGeneration: 1, lastTransitionTime },
      ],
    });
    const writer = begin();
    want(writer, 'www', { observedGeneration: 2 });
    await passTime(clock, 1_000);
    expect(readCondition(api.get(`${TEAM}/www`) ?? {}, 'Served')).toMatchObject({ observedGeneration: 2, lastTransitionTime });
  });

  it('reads what all objects hold once, by pages, and none of them by itself', async () => {
    api.fault = ({ method, path }) => {
      if (method !== 'GET') return undefined;
      const [name, token] = path.includes('continue=next') ? ['two', undefined] : ['one', 'next'];
      const items = [{ metadata: { name, namespace: 'team-a' } }];
      return { status: 200, body: { metadata: token === undefined ? {} : { continue: token }, items } };
    };
    exist('one');
    exist('two');
    const writer = begin({ everywhere: true });
    want(writer, 'one');
    want(writer, 'two');
    await passTime(clock, 2_000);
    const reads = api.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(reads).toEqual([`${ALL}?limit=500`, `${ALL}?limit=500&continue=next`]);
    expect([held('one'), held('two')]).toEqual(['True Served 1', 'True Served 1']);
  });

  it('writes what is to be said when its turn comes, not what was', async () => {
    exist('www');
    api.fault = ({ method }) => {
      if (method === 'PATCH') throw new ApiError('API_UNREACHABLE', 'refused');
      return undefined;
    };
    const writer = begin();
    for (const observedGeneration of [1, 2, 3]) {
      want(writer, 'www', { observedGeneration });
      await passTime(clock, 1_000);
    }
    api.fault = () => undefined;
    await passTime(clock, 60_000, 1_000);
    expect(held('www')).toBe('True Served 3');
    expect(logger.lines).toHaveLength(1);
  });

  it('takes back what may have been written without an answer, though the object held before what it is to hold again', async () => {
    exist('www');
    const writer = begin();
    want(writer, 'www');
    await passTime(clock, 1_000);
    api.afterwards = () => {
      throw new ApiError('API_SILENT', 'no answer');
    };
    want(writer, 'www', { observedGeneration: 2 });
    await passTime(clock, 0);
    api.afterwards = () => undefined;
    expect(held('www')).toBe('True Served 2');
    want(writer, 'www');
    await passTime(clock, 1_000);
    expect(held('www')).toBe('True Served 1');
  });

  it('does not take an object for a failure that was deleted meanwhile', async () => {
    const writer = begin();
    want(writer, 'www');
    await passTime(clock, 10_000);
    expect(writer.status()).toEqual({ written: 0, waiting: 0, failed: 0 });
    expect(logger.lines).toEqual([]);
    // Made again under its name.
    exist('www');
    want(writer, 'www');
    await passTime(clock, 1_000);
    expect(held('www')).toBe('True Served 1');
  });

  it('writes nothing of which nothing is to be said', async () => {
    exist('www');
    const writer = begin();
    writer.touch('team-a/www');
    await passTime(clock, 1_000);
    expect(api.count('PATCH')).toBe(0);
    expect(writer.status().waiting).toBe(0);
  });

  it('is held to a rate', async () => {
    for (let index = 0; index < 300; index++) exist(`r${index}`);
    const writer = begin();
    for (let index = 0; index < 300; index++) want(writer, `r${index}`);
    await passTime(clock, 5_000);
    expect(api.count('PATCH')).toBeGreaterThan(100);
    expect(api.count('PATCH')).toBeLessThanOrEqual(151);
    await passTime(clock, 10_000);
    expect(api.count('PATCH')).toBe(300);
  });

  it('asks again after five minutes where RBAC denies it, and the log says so once', async () => {
    exist('www');
    api.fault = ({ method }) => (method === 'PATCH' ? refuse(403, 'records/status is forbidden') : undefined);
    const writer = begin();
    want(writer, 'www');
    await passTime(clock, 11 * 60_000, 1_000);
    expect(api.count('PATCH')).toBe(3);
    expect(logger.lines).toHaveLength(1);
    api.fault = () => undefined;
    await passTime(clock, 5 * 60_000, 1_000);
    expect(held('www')).toBe('True Served 1');
  });

  it('keeps nobody waiting with a condition that the server finds invalid', async () => {
    exist('bad');
    exist('www');
    api.fault = ({ method, path }) => (method === 'PATCH' && path.includes('/bad/') ? refuse(422, 'invalid') : undefined);
    const writer = begin();
    want(writer, 'bad');
    want(writer, 'www');
    await passTime(clock, 10_000);
    expect(held('www')).toBe('True Served 1');
    expect(api.count('PATCH')).toBe(2);
    await passTime(clock, 900_000, 1_000);
    expect(api.count('PATCH')).toBe(5);
    expect(logger.lines).toHaveLength(1);
    // Somebody has mended the definition.
    api.fault = () => undefined;
    await passTime(clock, 300_000, 1_000);
    expect(held('bad')).toBe('True Served 1');
  });

  it('keeps nobody waiting with an object that is denied, nor with a namespace that may not be read', async () => {
    for (const name of ['bad', 'worse', 'www']) exist(name);
    api.fault = ({ method, path }) => {
      if (method === 'GET' && path.includes('/closed/')) return refuse(403, 'records is forbidden');
      return method === 'PATCH' && /bad|worse/.test(path) ? refuse(403, 'admission webhook denied the request') : undefined;
    };
    const writer = begin({ namespaces: ['closed', 'team-a'] });
    wanted.set('closed/x', { type: 'Served', status: 'True', reason: 'Served', message: '', observedGeneration: 1 });
    writer.touch('closed/x');
    for (const name of ['bad', 'worse', 'www']) want(writer, name);
    await passTime(clock, 10_000);
    expect(held('www')).toBe('True Served 1');
    expect(api.count('PATCH')).toBe(3);
    expect(writer.status()).toEqual({ written: 1, waiting: 3, failed: 3 });
    // And what comes later does not wait either.
    want(writer, 'www', { observedGeneration: 2 });
    await passTime(clock, 1_000);
    expect(held('www')).toBe('True Served 2');
    await passTime(clock, 300_000, 1_000);
    expect(api.count('PATCH')).toBe(6);
  });

  it('keeps what changes waiting for no more than a pause, however many there are of which each write fails', async () => {
    const bad = Array.from({ length: 20 }, (_none, index) => `bad${index}`);
    for (const name of [...bad, 'www']) exist(name);
    api.fault = ({ method, path }) => {
      if (method === 'PATCH' && path.includes('/bad')) throw new ApiError('API_ERROR', 'failed calling webhook');
      return undefined;
    };
    const writer = begin();
    for (const name of bad) want(writer, name);
    await passTime(clock, 600_000, 1_000);
    want(writer, 'www');
    await passTime(clock, 31_000, 1_000);
    expect(held('www')).toBe('True Served 1');
    api.fault = () => undefined;
    await passTime(clock, 60_000, 1_000);
    expect(bad.map(held)).toEqual(bad.map(() => 'True Served 1'));
  });

  it('has nothing to read where there is no such resource', async () => {
    api.fault = ({ method }) => (method === 'GET' ? refuse(404, 'page not found') : undefined);
    const writer = begin();
    want(writer, 'www');
    await passTime(clock, 60_000, 1_000);
    expect(api.count('GET')).toBe(1);
    expect(writer.status()).toEqual({ written: 0, waiting: 0, failed: 0 });
  });

  it('looks at the end of the term right before a write, and does not run in circles', async () => {
    exist('www');
    const writer = begin();
    await passTime(clock, 100);
    term.isLate = true;
    want(writer, 'www');
    await passTime(clock, 5_000);
    expect(api.count('PATCH')).toBe(0);
    term.isLate = false;
    await passTime(clock, 1_000);
    expect(held('www')).toBe('True Served 1');
  });

  it('writes any other part in the same way, and leaves alone a kind that has no status to write', async () => {
    const collection = '/apis/externaldns.k8s.io/v1alpha1/namespaces/team-a/dnsendpoints';
    const generations = new Map([
      ['team-a/www', 3],
      ['team-a/old', 2],
    ]);
    for (const name of ['www', 'old'])
      api.put(`${collection}/${name}`, { metadata: { name, namespace: 'team-a' }, status: { observedGeneration: 2 } });
    const writer = new StatusWriter({
      writer: api,
      resource: DNS_ENDPOINTS,
      part: OBSERVED_GENERATION,
      fieldManager: 'kubezone-operator',
      wanted: (key) => generations.get(key),
      clock,
      logger,
      random: () => 0,
    });
    running = writer.run(term);
    for (const key of generations.keys()) writer.touch(key);
    await passTime(clock, 1_000);
    expect(api.requests.filter(({ method }) => method === 'PATCH')).toMatchObject([
      { path: `${collection}/www/status?fieldManager=kubezone-operator&force=true`, body: { status: { observedGeneration: 3 } } },
    ]);
    expect(api.get(`${collection}/www`)).toMatchObject({ status: { observedGeneration: 3 } });
    // A definition without the subresource.
    api.fault = ({ method, path }) =>
      method === 'PATCH' && path.includes('/status') ? refuse(404, 'page not found') : undefined;
    generations.set('team-a/old', 4);
    writer.touch('team-a/old');
    await passTime(clock, 600_000, 1_000);
    expect(api.count('PATCH')).toBe(2);
    expect(writer.status()).toMatchObject({ waiting: 0, failed: 0 });
    expect(logger.lines).toEqual([]);
  });
});
