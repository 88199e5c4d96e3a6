import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import type { Fields } from '../resources/fields.ts';
import { NODES } from '../resources/node.ts';
import { SERVICES } from '../resources/service.ts';
import { FakeTerm } from '../reporting/testing/fake-term.ts';
import { MemoryApi, refuse } from '../reporting/testing/memory-api.ts';
import { passTime } from '../reporting/testing/pass-time.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import type { EventText } from './compose-event.ts';
import { EventTeller, MOST_TOPICS } from './event-teller.ts';

const EVENTS = '/apis/events.k8s.io/v1/namespaces/team-a/events';

let clock: FakeClock;
let api: MemoryApi;
let logger: RecordingLogger;
let term: FakeTerm;
let running: Promise<void>;

beforeEach(() => {
  clock = new FakeClock();
  api = new MemoryApi();
  logger = new RecordingLogger();
  term = new FakeTerm();
});

afterEach(async () => {
  term.end();
  await running;
});

function begin(options: { readonly tellsNormal?: boolean } = {}): EventTeller {
  const author = { controller: 'kubezone.io/resolver', instance: 'pod-1', action: 'Serve' };
  const teller = new EventTeller({ writer: api, author, tellsNormal: false, clock, logger, random: () => 0, ...options });
  running = teller.run(term);
  return teller;
}

function warn(note: string, reason = 'NewerObject'): EventText {
  return { type: 'Warning', reason, note };
}

function broken(): never {
  throw new ApiError('API_ERROR', 'failed calling webhook');
}

/** Puts texts about a Service. */
function put(teller: EventTeller, name: string, ...texts: readonly EventText[]): boolean {
  return teller.put(`Service/team-a/${name}`, { resource: SERVICES, namespace: 'team-a', name }, texts);
}

function exist(...names: readonly string[]): void {
  for (const name of names) api.put(`/api/v1/namespaces/team-a/services/${name}`, { metadata: { name } });
}

/** The Events there are: `web: NewerObject a (2)`. */
function told(collection = EVENTS): string[] {
  return api.list(collection).map(({ regarding, reason, note, series, type }) => {
    const { count = 1 } = (series ?? {}) as { readonly count?: number };
    const { name } = regarding as { readonly name: string };
    const normal = type === 'Normal' ? 'Normal ' : '';
    return `${name}: ${normal}${String(reason)} ${String(note)}${count === 1 ? '' : ` (${count})`}`;
  });
}

describe('telling by Events', () => {
  it('tells of each object what is in force, each once', async () => {
    exist('web', 'git');
    const teller = begin();
    put(teller, 'web', warn('a'), warn('b', 'TtlDiffers'));
    put(teller, 'git', warn('c'));
    await passTime(clock, 10_000);
    put(teller, 'web', warn('a'), warn('b', 'TtlDiffers'));
    await passTime(clock, 10_000);
    expect(told()).toEqual(['web: NewerObject a', 'git: NewerObject c', 'web: TtlDiffers b']);
    expect(teller.status()).toEqual({ written: 3, waiting: 0, failed: 0 });
  });

  it('carries the uid of the object, asked for just before', async () => {
    exist('web');
    const teller = begin();
    put(teller, 'web', warn('a'));
    await passTime(clock, 1_000);
    expect(api.list(EVENTS)).toMatchObject([
      { regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'team-a', name: 'web', uid: 'uid-web' } },
    ]);
    expect(api.requests[0]?.path).toBe('/api/v1/namespaces/team-a/services?fieldSelector=metadata.name%3Dweb&limit=1');
  });

  it('tells nothing of an object that is gone by then', async () => {
    const teller = begin();
    put(teller, 'web', warn('a'));
    await passTime(clock, 10_000);
    expect(api.count('POST')).toBe(0);
    expect(teller.status()).toEqual({ written: 0, waiting: 0, failed: 0 });
  });

  it('tells of objects outside namespaces in the namespace default', async () => {
    api.put('/api/v1/nodes/n1', { metadata: { name: 'n1' } });
    const teller = begin();
    teller.put('Node/n1', { resource: NODES, namespace: '', name: 'n1' }, [warn('a')]);
    await passTime(clock, 1_000);
    expect(told('/apis/events.k8s.io/v1/namespaces/default/events')).toEqual(['n1: NewerObject a']);
  });

  it('counts an Event that is there already, whoever wrote it', async () => {
    exist('web');
    const teller = begin();
    put(teller, 'web', warn('a'));
    await passTime(clock, 1_000);
    // Another term, perhaps of another process.
    teller.clear();
    put(teller, 'web', warn('a'));
    await passTime(clock, 1_000);
    expect(told()).toEqual(['web: NewerObject a (2)']);
    teller.clear();
    put(teller, 'web', warn('a'));
    await passTime(clock, 1_000);
    expect(told()).toEqual(['web: NewerObject a (3)']);
  });

  it('writes an Event anew that expired while it was counted', async () => {
    exist('web');
    const teller = begin();
    put(teller, 'web', warn('a'));
    await passTime(clock, 1_000);
    const [name = ''] = api.list(EVENTS).map(({ metadata }) => String((metadata as Fields)['name']));
    teller.clear();
    api.fault = ({ method }) => {
      if (method === 'GET') return undefined;
      if (method === 'PATCH') {
        api.delete(`${EVENTS}/${name}`);
        api.fault = () => undefined;
      }
      return undefined;
    };
    put(teller, 'web', warn('a'));
    await passTime(clock, 5_000);
    expect(told()).toEqual(['web: NewerObject a']);
  });

  it('lets what is urgent go before all that waits, and has room for it always', async () => {
    const names = Array.from({ length: MOST_TOPICS }, (_, index) => `n${index}`);
    exist(...names, 'lease');
    const teller = begin();
    for (const name of names) expect(put(teller, name, warn('a'))).toBe(true);
    expect(put(teller, 'one-more', warn('a'))).toBe(false);
    const reference = { resource: SERVICES, namespace: 'team-a', name: 'lease' };
    expect(teller.put('Service/team-a/lease', reference, [warn('held', 'DeletesHeld')], true)).toBe(true);
    await passTime(clock, 200);
    expect(told()[0]).toBe('lease: DeletesHeld held');
  });

  it('tells again before an Event expires what is still in force, and nothing else', async () => {
    exist('web', 'git');
    const teller = begin();
    put(teller, 'web', warn('a'));
    put(teller, 'git', warn('b'));
    await passTime(clock, 1_000);
    put(teller, 'git');
    await passTime(clock, 46 * 60_000, 10_000);
    expect(told()).toEqual(['web: NewerObject a (2)', 'git: NewerObject b']);
  });

  it('tells what is in force when its turn comes, not what was', async () => {
    exist('web');
    const teller = begin();
    api.fault = () => {
      throw new ApiError('API_UNREACHABLE', 'refused');
    };
    for (const note of ['a', 'b', 'c']) {
      put(teller, 'web', warn(note));
      await passTime(clock, 1_000);
    }
    api.fault = () => undefined;
    await passTime(clock, 60_000);
    expect(told()).toEqual(['web: NewerObject c']);
    expect(logger.lines.map(({ message }) => message)).toEqual(['Events cannot be written']);
  });

  it('tells that something is over only where everything is told', async () => {
    exist('web', 'git');
    const teller = begin({ tellsNormal: true });
    put(teller, 'web', warn('a'));
    await passTime(clock, 1_000);
    put(teller, 'web');
    // Never told, never over.
    put(teller, 'git', warn('b'));
    put(teller, 'git');
    await passTime(clock, 1_000);
    expect(told()).toEqual(['web: NewerObject a', 'web: Normal NewerObject over: a']);
  });
});

describe('the rate of Events', () => {
  it('is a few of one object at once, then one in five minutes', async () => {
    exist('web');
    const teller = begin();
    for (let round = 0; round < 60; round++) {
      put(teller, 'web', warn(`note ${round}`));
      await passTime(clock, 10_000, 1_000);
    }
    // 5 at once, and 2 in ten minutes.
    expect(api.count('POST')).toBeLessThanOrEqual(7);
    expect(api.count('POST')).toBeGreaterThanOrEqual(6);
  });

  it('is not forgotten while an object is in order for a moment', async () => {
    exist('web');
    const teller = begin();
    for (let round = 0; round < 20; round++) {
      put(teller, 'web', warn(`note ${round}`));
      await passTime(clock, 1_000);
      put(teller, 'web');
    }
    expect(api.count('POST')).toBe(5);
  });

  it('is five a second of all objects, and no object waits for another that has used up its own', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `web-${index}`);
    exist(...names);
    const teller = begin();
    for (const name of names) put(teller, name, warn('a'));
    await passTime(clock, 10_000);
    expect(api.count('POST')).toBeGreaterThan(55);
    expect(api.count('POST')).toBeLessThanOrEqual(61);
    await passTime(clock, 10_000);
    expect(told()).toHaveLength(100);
  });

  it('has a limit for how many objects are remembered, and room again when some are in order', async () => {
    const teller = begin();
    for (let index = 0; index < MOST_TOPICS; index++) expect(put(teller, `web-${index}`, warn('a'))).toBe(true);
    expect(put(teller, 'late', warn('a'))).toBe(false);
    put(teller, 'web-7');
    expect(put(teller, 'late', warn('a'))).toBe(true);
  });
});

describe('an API server that does not take Events', () => {
  it('is remembered of those objects alone that are told of, or were lately, however many come and go', async () => {
    const teller = begin();
    for (let round = 0; round < 30; round++) {
      exist(`a${round}`);
      put(teller, `a${round}`, warn('a'));
      put(teller, `gone${round}`, warn('b'));
      await passTime(clock, 60_000, 30_000);
      put(teller, `a${round}`);
      put(teller, `gone${round}`);
    }
    // Five minutes' worth of Events that were written, and the last round.
    expect(teller.status().written).toBe(30);
    expect(teller.remembered).toBeLessThanOrEqual(8);
  });

  it('is asked again after five minutes where RBAC denies it, and the log says so once', async () => {
    exist('web');
    api.fault = ({ method }) => (method === 'POST' ? refuse(403, 'events is forbidden') : undefined);
    const teller = begin();
    put(teller, 'web', warn('a'));
    await passTime(clock, 12 * 60_000, 1_000);
    expect(api.count('POST')).toBe(3);
    expect(logger.lines).toHaveLength(1);
    api.fault = () => undefined;
    await passTime(clock, 5 * 60_000, 1_000);
    expect(told()).toEqual(['web: NewerObject a']);
  });

  it('keeps nobody waiting in other namespaces, nor behind one object, where it denies', async () => {
    exist('web', 'git');
    api.put('/api/v1/namespaces/full/services/one', { metadata: { name: 'one' } });
    api.fault = ({ method, path, body }) =>
      method === 'POST' && (path.includes('/full/') || JSON.stringify(body).includes('"web"'))
        ? refuse(403, 'exceeded quota: count/events')
        : undefined;
    const teller = begin();
    teller.put('Service/full/one', { resource: SERVICES, namespace: 'full', name: 'one' }, [warn('a')]);
    put(teller, 'web', warn('a'));
    put(teller, 'git', warn('b'));
    await passTime(clock, 10_000);
    expect(told()).toEqual(['git: NewerObject b']);
    expect(logger.lines.map(({ fields }) => fields['namespace'])).toEqual(['full', 'team-a']);
    expect(teller.status()).toEqual({ written: 1, waiting: 2, failed: 2 });
  });

  it('is not asked for one object all the time, while others wait, where it fails on that', async () => {
    exist('web', 'git');
    api.fault = ({ method, body }) => (method === 'POST' && JSON.stringify(body).includes('"web"') ? broken() : undefined);
    const teller = begin();
    put(teller, 'web', warn('a'));
    put(teller, 'git', warn('b'));
    await passTime(clock, 10_000);
    expect(told()).toEqual(['git: NewerObject b']);
  });

  it('keeps nobody waiting for more than a pause, however many there are on which it fails', async () => {
    const bad = Array.from({ length: 20 }, (_none, index) => `bad${index}`);
    exist(...bad, 'git');
    api.fault = ({ method, body }) => (method === 'POST' && JSON.stringify(body).includes('"bad') ? broken() : undefined);
    const teller = begin();
    for (const name of bad) put(teller, name, warn('a'));
    await passTime(clock, 600_000, 1_000);
    put(teller, 'git', warn('b'));
    await passTime(clock, 31_000, 1_000);
    expect(told()).toEqual(['git: NewerObject b']);
    api.fault = () => undefined;
    await passTime(clock, 60_000, 1_000);
    expect(told()).toHaveLength(21);
  });

  it('goes on with the others, and comes back to what is urgent before they are done, where that fails', async () => {
    const others = Array.from({ length: 200 }, (_none, index) => `other${index}`);
    exist(...others, 'web');
    let isBroken = true;
    api.fault = ({ method, body }) =>
      isBroken && method === 'POST' && JSON.stringify(body).includes('"web"') ? broken() : undefined;
    const teller = begin();
    for (const name of others) put(teller, name, warn('a'));
    teller.put('Service/team-a/web', { resource: SERVICES, namespace: 'team-a', name: 'web' }, [warn('b')], true);
    await passTime(clock, 10_000);
    expect(told().length).toBeGreaterThan(20);
    isBroken = false;
    await passTime(clock, 1_000);
    expect(told()).toContain('web: NewerObject b');
    expect(told().length).toBeLessThan(100);
  });

  it('is not asked again where the namespace is being deleted', async () => {
    exist('web', 'git');
    api.fault = ({ method, body }) =>
      method === 'POST' && JSON.stringify(body).includes('"web"')
        ? { status: 403, body: { details: { causes: [{ reason: 'NamespaceTerminating' }] } } }
        : undefined;
    const teller = begin();
    put(teller, 'web', warn('a'));
    put(teller, 'git', warn('b'));
    await passTime(clock, 60_000, 1_000);
    expect(told()).toEqual(['git: NewerObject b']);
    expect(api.count('POST')).toBe(2);
    expect(logger.lines).toEqual([]);
  });

  it('keeps nobody waiting with an Event that it finds invalid', async () => {
    exist('web', 'git');
    api.fault = ({ method, body }) =>
      method === 'POST' && JSON.stringify(body).includes('"web"') ? refuse(422, 'invalid') : undefined;
    const teller = begin();
    put(teller, 'web', warn('a'));
    put(teller, 'git', warn('b'));
    await passTime(clock, 60_000, 1_000);
    expect(told()).toEqual(['git: NewerObject b']);
    expect(api.count('POST')).toBe(2);
    expect(teller.status()).toEqual({ written: 1, waiting: 0, failed: 1 });
  });
});

describe('the end of a term', () => {
  it('is looked at right before the write, after the object was asked for', async () => {
    exist('web');
    api.afterwards = ({ method }) => {
      if (method === 'GET') term.isLate = true;
    };
    const teller = begin();
    put(teller, 'web', warn('a'));
    await passTime(clock, 5_000);
    expect(api.count('POST')).toBe(0);
    // Prolonged after all.
    api.afterwards = () => undefined;
    term.isLate = false;
    await passTime(clock, 5_000);
    expect(told()).toEqual(['web: NewerObject a']);
  });

  it('ends the work', async () => {
    const teller = begin();
    term.end();
    await running;
    put(teller, 'web', warn('a'));
    await passTime(clock, 5_000);
    expect(api.requests).toEqual([]);
  });
});
