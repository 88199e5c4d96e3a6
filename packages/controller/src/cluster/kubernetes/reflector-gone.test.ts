import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { passTime } from '../../reporting/testing/pass-time.ts';
import { RECORDS } from '../../resources/record.ts';
import type { ObjectKey } from '../../resources/resource.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import type { ClusterSink } from '../cluster.ts';
import type { OpenAnswer } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { Reflector } from './reflector.ts';

const RECORD = {
  apiVersion: RECORDS.apiVersion,
  kind: RECORDS.kind,
  metadata: { name: 'www', namespace: 'a', resourceVersion: '7' },
  spec: { fqdn: 'www.example.com', type: 'A', value: ['192.0.2.1'] },
};

let clock: FakeClock;
let logger: RecordingLogger;
let abort: AbortController;
let running: Promise<void>;
/** What requests come to; undefined: the server does well. */
let fault: ApiError | undefined;
let gone: boolean;
let asked: number;
let listings: string[];
let said: string[];

const isWell = (): boolean => fault === undefined;

/** The server lists one Record, and ends each watch by `fault`. */
async function open(path: string): Promise<OpenAnswer> {
  if (fault !== undefined) throw fault;
  const isWatch = path.includes('watch=true');
  async function* body(): AsyncGenerator<Buffer> {
    if (!isWatch) {
      yield Buffer.from(JSON.stringify({ kind: 'RecordList', metadata: { resourceVersion: '9' }, items: [RECORD] }));
      return;
    }
    while (isWell()) await new Promise((resolve) => setImmediate(resolve));
    throw new ApiError('API_UNREACHABLE', 'reset');
  }
  return { server: 'here', body: body(), allowSilence: () => undefined, close: () => undefined };
}

beforeEach(async () => {
  clock = new FakeClock();
  logger = new RecordingLogger();
  abort = new AbortController();
  [fault, gone, asked, listings, said] = [undefined, true, 0, [], []];
  const nothing = (): void => undefined;
  const sink: ClusterSink = {
    upserted: nothing,
    deleted: nothing,
    reported: nothing,
    state: (_scope, state, failure) => void said.push(`${state} ${failure?.message ?? ''}`.trim()),
    failed: nothing,
    together: (report) => report(),
    listed: (_scope, keys: ReadonlySet<ObjectKey>) => void listings.push([...keys].join(' ')),
  };
  const reflector = new Reflector({
    scope: { resource: RECORDS },
    keep: { annotations: new Set(), annotationPrefixes: [], labels: new Set() },
    client: { open },
    isGone: async () => {
      asked++;
      return gone;
    },
    renew: nothing,
    sink,
    clock,
    random: () => 0,
    logger,
  });
  running = reflector.run(abort.signal);
  await passTime(clock, 100);
});

afterEach(async () => {
  fault = new ApiError('API_UNREACHABLE', 'refused');
  abort.abort();
  await passTime(clock, 100);
  await running;
});

const MISSING = new ApiError('API_NOT_FOUND', 'the API server answered 404: 404 page not found');

describe('a resource that the API has no more', () => {
  it('takes its objects with it once it has been missing for a minute, and the API says that it is gone', async () => {
    expect(listings).toEqual(['a/www']);
    fault = MISSING;
    await passTime(clock, 55_000, 1_000);
    expect(listings).toEqual(['a/www']);
    await passTime(clock, 60_000, 1_000);
    expect(listings).toEqual(['a/www', '']);
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'a resource is gone from the API, and its objects with it',
    ]);
    expect(said.at(-1)).toBe(
      'absent the API has no records.syntixi.io (syntixi.io/v1alpha1); is its CustomResourceDefinition installed?',
    );
    // Said once.
    await passTime(clock, 600_000, 10_000);
    expect(listings).toEqual(['a/www', '']);
    expect(asked).toBe(1);
  });

  it('is listed, not only watched, when it is back: its objects may be as they were', async () => {
    fault = MISSING;
    await passTime(clock, 120_000, 1_000);
    fault = undefined;
    await passTime(clock, 60_000, 1_000);
    expect(listings).toEqual(['a/www', '', 'a/www']);
  });

  it('leaves everything as it is where only the path is missing', async () => {
    gone = false;
    fault = MISSING;
    await passTime(clock, 300_000, 5_000);
    expect(asked).toBeGreaterThan(1);
    expect(listings).toEqual(['a/www']);
  });

  it('is not taken for gone because the API is away, forbids it, or is missing it now and then', async () => {
    for (const code of ['API_UNREACHABLE', 'API_FORBIDDEN'] as const) {
      fault = MISSING;
      await passTime(clock, 50_000, 1_000);
      fault = new ApiError(code, 'no');
      await passTime(clock, 70_000, 1_000);
    }
    expect(asked).toBe(0);
    expect(listings).toEqual(['a/www']);
  });
});
