import { afterEach, describe, expect, it } from '@jest/globals';

import { ProviderError } from '@kubezone/core';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import { ModelProvider } from '../publish/testing/model-provider.ts';
import { refuse } from '../reporting/testing/memory-api.ts';
import { aRecord, FinalizerWorld, type FinalizerWorldOptions, OURS, THEIRS } from './testing/finalizer-world.ts';

const WWW = 'www.example.com. 60 A 192.0.2.1';
const MINUTE = 60_000;

const worlds: FinalizerWorld[] = [];
const started = async (options: FinalizerWorldOptions = {}, ...records: readonly object[]): Promise<FinalizerWorld> => {
  const world = await FinalizerWorld.started(options, ...records);
  worlds.push(world);
  return world;
};
const next = async (world: FinalizerWorld, options: FinalizerWorldOptions = {}): Promise<FinalizerWorld> => {
  await world.end();
  const other = await world.next(options);
  worlds.push(other);
  return other;
};

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.end()));
});

/** The provider does not answer. */
function down({ provider }: FinalizerWorld): void {
  provider.hooks.before = () => {
    throw new ProviderError('PROVIDER_UNAVAILABLE', 'the provider is away');
  };
}

describe('a Record that is deleted', () => {
  it('stays until the provider has acknowledged that its name is gone', async () => {
    const world = await started({}, aRecord('www', { finalizers: [THEIRS] }));
    expect(world.provider.data()).toEqual([WWW]);
    expect(world.finalizersOf('www')).toEqual([THEIRS, OURS]);

    const { promise, resolve } = Promise.withResolvers<void>();
    world.provider.hooks.before = ({ kind }) => (kind === 'apply' ? promise : undefined);
    world.remove('www');
    await world.pass(30_000);
    expect(world.provider.count('apply')).toBe(2);
    expect(world.finalizersOf('www')).toEqual([THEIRS, OURS]);
    resolve();
    await world.pass(2_000);
    expect(world.provider.data()).toEqual([]);
    // Whoever else waits for something goes on.
    expect(world.finalizersOf('www')).toEqual([THEIRS]);
    expect(world.events()).toEqual([]);
    expect(world.said()).toEqual([]);
  });

  it('does not wait until a thousand others have got their finalizers', async () => {
    const others = Array.from({ length: 1000 }, (_none, index) => aRecord(`n${index}`));
    const world = await started({}, ...others);
    const marked = (): number => others.filter((_none, index) => world.finalizersOf(`n${index}`)?.includes(OURS)).length;
    expect(marked()).toBeLessThan(500);
    world.remove('n0');
    await world.pass(3_000, 100);
    expect(world.finalizersOf('n0')).toBeUndefined();
    expect(marked()).toBeLessThan(600);
    const markedWhenSettled = world.finalizers.settled().then(marked);
    await world.pass(25_000, 250);
    expect(await markedWhenSettled).toBe(999);
  });

  it('is let go by the next process, where that has deleted its name', async () => {
    const world = await started({}, aRecord('www'), aRecord('api'));
    await world.end();
    world.remove('www');
    const other = await next(world);
    await other.pass(2_000);
    expect(other.provider.data()).toEqual(['api.example.com. 60 A 192.0.2.1']);
    expect([other.finalizersOf('www'), other.finalizersOf('api')]).toEqual([undefined, [OURS]]);
    expect(other.events()).toEqual([]);
  });

  it('waits for five minutes at most for a provider that is away, says so meanwhile, and loses its name when that is back', async () => {
    const world = await started({}, aRecord('www'));
    down(world);
    world.remove('www');
    await world.pass(4 * MINUTE, 5_000);
    expect(world.finalizersOf('www')).toEqual([OURS]);
    expect([...world.finalizers.complaints()]).toMatchObject([
      {
        code: 'DELETE_PENDING',
        cluster: 'prod',
        object: 'Record/team/www',
        message:
          'it is kept until what it published is gone: www.example.com. at model (zone example.com.): the provider is away',
      },
    ]);
    await world.pass(MINUTE + 5_000, 1_000);
    expect(world.finalizersOf('www')).toBeUndefined();
    expect(world.events()).toEqual([
      'Record/www DeleteUnconfirmed: let go after 5 min, though it is not known that what it published is gone; it is deleted as soon as it can be: www.example.com. at model (zone example.com.): the provider is away',
    ]);
    expect(world.said()).toEqual(['Records are let go, and something of what they published is left']);
    expect([...world.finalizers.complaints()]).toEqual([]);
    world.provider.hooks.before = undefined;
    await world.pass(MINUTE, 5_000);
    expect(world.provider.data()).toEqual([]);
  });

  it('waits five minutes in all, over processes that find the provider away', async () => {
    const world = await started({}, aRecord('www'));
    await world.end();
    world.remove('www');
    const provider = world.provider.reborn();
    provider.hooks.before = () => {
      throw new ProviderError('PROVIDER_UNAVAILABLE', 'the provider is away');
    };
    const other = await next(world, { provider });
    await other.pass(3 * MINUTE, 5_000);
    expect(other.finalizersOf('www')).toEqual([OURS]);
    const third = await next(other, { provider });
    await third.pass(MINUTE, 5_000);
    expect(third.finalizersOf('www')).toEqual([OURS]);
    await third.pass(MINUTE + 5_000, 5_000);
    expect(third.finalizersOf('www')).toBeUndefined();
    expect(third.events()).toEqual([expect.stringMatching(/^Record\/www DeleteUnconfirmed: .* at model: the provider is away$/)]);
  });

  it('waits while a source is not synced that wanted its name as well, and the provider refuses to delete', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await started({ provider }, aRecord('www'));
    world.publishing.states.set('record@prod', 'failing');
    world.remove('www');
    await world.pass(MINUTE, 5_000);
    expect(world.finalizersOf('www')).toEqual([OURS]);
    expect([...world.finalizers.complaints()][0]?.message).toContain('record');
    world.publishing.states.set('record@prod', 'synced');
    await world.pass(5_000);
    expect(world.finalizersOf('www')).toBeUndefined();
    expect(provider.data()).toEqual([]);
  });

  it('does not wait where another Record has the name, but until its own part of it is gone', async () => {
    const text = aRecord('text', {}, { fqdn: 'www.example.com', type: 'TXT', value: ['hello'] });
    const world = await started({}, aRecord('www'), aRecord('same', {}, { fqdn: 'www.example.com' }), text);
    world.remove('same');
    await world.pass(2_000);
    expect(world.finalizersOf('same')).toBeUndefined();
    expect(world.provider.data()).toContain(WWW);
    world.provider.hooks.before = ({ kind }) => {
      if (kind === 'apply') throw new ProviderError('PROVIDER_UNAVAILABLE', 'the provider is away');
    };
    world.remove('www');
    await world.pass(MINUTE, 5_000);
    expect(world.finalizersOf('www')).toEqual([OURS]);
    world.provider.hooks.before = undefined;
    await world.pass(MINUTE, 5_000);
    expect(world.finalizersOf('www')).toBeUndefined();
    expect(world.provider.data()).toEqual(['www.example.com. 60 TXT hello']);
    expect(world.events()).toEqual([]);
  });

  it.each<[string, FinalizerWorldOptions, string]>([
    ['a policy', { routes: [{ policy: 'upsert-only' }] }, 'the policy upsert-only deletes nothing'],
    ['a dry run', { routes: [{ dryRun: true }] }, 'the entry is a dry run, and writes nothing'],
  ])('is let go at once with an Event where %s keeps its name', async (_what, options, why) => {
    const world = await started({}, aRecord('www'), aRecord('api'));
    await world.end();
    world.remove('www');
    const other = await next(world, options);
    await other.pass(2_000);
    expect(other.finalizersOf('www')).toBeUndefined();
    expect(other.events()).toEqual([
      `Record/www DeleteWithheld: what it published stays: www.example.com. at model (zone example.com.): ${why}`,
    ]);
    // Nor do others wait in vain.
    expect(other.finalizersOf('api')).toEqual([]);
    expect(other.provider.data()).toContain(WWW);
  });

  it('is let go at once with an Event where too much would be deleted', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `r${index}`);
    const world = await started({ publisher: { settings: { owner: 'me' } } }, ...names.map((name) => aRecord(name)));
    world.remove(...names);
    await world.pass(5_000);
    expect(names.map((name) => world.finalizersOf(name))).toEqual(names.map(() => undefined));
    expect(world.provider.data().length).toBeGreaterThan(10);
    expect(world.events().length).toBeGreaterThan(10);
    expect(world.events()[0]).toMatch(/^Record\/r\d+ DeleteWithheld: what it published stays: r\d+\.example\.com\. at model/);
    expect(world.said()).toHaveLength(1);
  });

  it('is let go at once where it wanted its name kept, which is nothing to warn of', async () => {
    const metadata = { annotations: { 'kubezone.io/deletion-policy': 'retain' } };
    const world = await started({ finalizers: { events: 'all' } }, aRecord('www', metadata), aRecord('api'));
    expect(world.finalizersOf('www')).toEqual([]);
    // The wish comes when the finalizer is there already, and is gone before that is taken off.
    world.api.fault = ({ method, path }) =>
      method === 'PATCH' && path.includes('/records/api') ? refuse(409, 'busy') : undefined;
    world.put(aRecord('api', metadata));
    await world.pass(5_000);
    expect(world.finalizersOf('api')).toEqual([OURS]);
    world.remove('api');
    world.api.fault = () => undefined;
    await world.pass(2_000);
    expect(world.finalizersOf('api')).toBeUndefined();
    expect(world.provider.data()).toContain('api.example.com. 60 A 192.0.2.1');
    expect(world.events()).toEqual([expect.stringContaining('Record/api DeleteWithheld: what it published stays')]);
    expect(world.publishing.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it.each([
    ['asks for a name that cannot be', { fqdn: '-.example.com' }],
    ['asks for a name in no zone', { fqdn: 'www.example.org' }],
    ['asks for nothing', { type: 'A', value: ['not an address'] }],
  ])('does not wait where it %s', async (_what, spec) => {
    const world = await started({}, aRecord('www', { finalizers: [OURS, THEIRS] }, spec));
    world.remove('www');
    await world.pass(2_000);
    expect(world.finalizersOf('www')).toEqual([THEIRS]);
    expect(world.events()).toEqual([]);
  });

  it('is told of at the Lease where its namespace is being deleted, many at once', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `r${index}`);
    const world = await started({}, ...names.map((name) => aRecord(name)));
    down(world);
    world.api.fault = ({ method, path }) =>
      method === 'POST' && path.includes('/namespaces/team/events')
        ? refuse(403, 'namespace team is being terminated')
        : undefined;
    world.remove(...names);
    await world.pass(6 * MINUTE, 5_000);
    expect(names.filter((name) => world.finalizersOf(name) !== undefined)).toEqual([]);
    const [told = '', ...more] = world.events();
    expect(more).toEqual([]);
    expect(told).toMatch(/^Lease\/kubezone-operator DeleteUnconfirmed: Record\/team\/r0 in cluster prod: let go after 5 min/);
    expect(told).toMatch(/; and \d+ more$/);
    expect(world.said()).toHaveLength(1);
  });
});

describe('finalizers', () => {
  it.each<[string, FinalizerWorldOptions]>([
    ['a policy deletes nothing', { routes: [{ policy: 'upsert-only' }] }],
    ['the only entry is a dry run', { routes: [{ dryRun: true }] }],
    ['no entry selects the name', { routes: [{ selectors: ['.other.example.com'] }] }],
    ['nobody is to wait', { finalizers: { waits: false } }],
  ])('are not set where %s', async (_what, options) => {
    const world = await started(options, aRecord('www'));
    await world.pass(MINUTE, 10_000);
    expect(world.finalizersOf('www')).toEqual([]);
    expect(world.api.count('PATCH')).toBe(0);
  });

  it('are taken off where nobody is to wait any more, of Records that stay and of those that go, and others are left alone', async () => {
    const world = await started({}, aRecord('www', { finalizers: [THEIRS] }), aRecord('api'), aRecord('db'));
    down(world);
    world.remove('api');
    await world.pass(2_000);
    const other = await next(world, { provider: world.provider, finalizers: { waits: false } });
    expect(['www', 'api', 'db'].map((name) => other.finalizersOf(name))).toEqual([[THEIRS], undefined, []]);
  });

  it('of an owner id from which this one takes over are taken off', async () => {
    const world = await started({}, aRecord('www'), aRecord('api'));
    world.remove('api');
    const other = await next(world, { finalizers: { owner: 'you', formerOwners: ['me'] } });
    await other.pass(2_000);
    expect(other.finalizersOf('www')).toEqual(['kubezone.io/published-by-you']);
    const third = await next(other, { finalizers: { owner: 'he' } });
    await third.pass(2_000);
    expect(third.finalizersOf('www')).toEqual(['kubezone.io/published-by-you', 'kubezone.io/published-by-he']);
  });

  it('are changed once more where somebody else changes the Record at the same time', async () => {
    const world = await started();
    let contested = 2;
    world.api.fault = ({ method, path }) => {
      if (method === 'PATCH' && contested-- > 0) {
        const object = world.api.get(path) ?? {};
        world.api.put(path, { ...object, metadata: { ...(object['metadata'] as object), finalizers: [THEIRS] } });
      }
      return undefined;
    };
    world.put(aRecord('www'));
    await world.pass(2_000);
    expect(world.finalizersOf('www')).toEqual([THEIRS, OURS]);
    expect(world.api.count('PATCH')).toBe(3);
  });

  it('are not changed of a Record that was made anew under its name', async () => {
    const world = await started({}, aRecord('www'));
    world.api.fault = ({ method, path }) => {
      if (method !== 'GET' || !path.includes('/records?')) return undefined;
      return {
        status: 200,
        body: { items: [{ metadata: { name: 'www', uid: 'another', resourceVersion: '99', finalizers: [OURS] } }] },
      };
    };
    const patches = world.api.count('PATCH');
    world.remove('www');
    await world.pass(10_000);
    expect(world.api.count('PATCH')).toBe(patches);
  });

  it('that may not be written are said in the log, and keep nobody else waiting', async () => {
    const world = await started();
    world.api.fault = ({ method, path }) =>
      method === 'PATCH' && path.endsWith('/www') ? refuse(403, 'records is forbidden') : undefined;
    world.put(aRecord('www'));
    world.put(aRecord('api'));
    await world.pass(13 * MINUTE, 10_000);
    expect(world.finalizersOf('api')).toEqual([OURS]);
    expect(world.api.requests.filter(({ method, path }) => method === 'PATCH' && path.endsWith('/www'))).toHaveLength(3);
    expect(new Set(world.said())).toEqual(new Set(['finalizers of Records cannot be written']));
    expect(world.provider.data()).toHaveLength(2);
  });

  it('that the server finds invalid are said once in five minutes', async () => {
    const world = await started();
    world.api.fault = ({ method }) => (method === 'PATCH' ? refuse(422, 'spec is invalid') : undefined);
    world.put(aRecord('www'));
    await world.pass(4 * MINUTE, 10_000);
    expect(world.api.count('PATCH')).toBe(1);
    expect(world.said()).toEqual(['the finalizers of a Record are not taken']);
  });

  it('keep nobody waiting where each write of some Records fails: they are tried when the others are done', async () => {
    const world = await started({}, aRecord('a'), aRecord('b'), aRecord('c'));
    world.api.fault = ({ method, path }) => {
      if (method === 'PATCH' && /records\/[ab]$/.test(path)) throw new ApiError('API_ERROR', 'failed calling webhook');
      return undefined;
    };
    for (const name of ['a', 'b', 'c']) world.remove(name);
    world.put(aRecord('d'));
    await world.pass(30_000, 500);
    expect(['a', 'b', 'c', 'd'].map((name) => world.finalizersOf(name))).toEqual([[OURS], [OURS], undefined, [OURS]]);
    world.api.fault = () => undefined;
    await world.pass(30_000, 500);
    expect(['a', 'b'].map((name) => world.finalizersOf(name))).toEqual([undefined, undefined]);
  });

  it('are written when the API server can be reached again', async () => {
    const world = await started();
    world.api.fault = ({ method }) => {
      if (method === 'PATCH') throw new ApiError('API_UNREACHABLE', 'refused');
      return undefined;
    };
    world.put(aRecord('www'));
    await world.pass(MINUTE, 5_000);
    world.api.fault = () => undefined;
    await world.pass(MINUTE, 5_000);
    expect(world.finalizersOf('www')).toEqual([OURS]);
    expect(world.said()).toEqual(['finalizers of Records cannot be written']);
  });

  it('are not written once the term may be over', async () => {
    const world = await started({}, aRecord('www'));
    world.term.isLate = true;
    world.put(aRecord('api'));
    world.remove('www');
    await world.pass(10 * MINUTE, 60_000);
    expect([world.finalizersOf('www'), world.finalizersOf('api')]).toEqual([[OURS], []]);
  });

  it('cost nothing while nothing happens', async () => {
    const world = await started({}, aRecord('www'));
    const before = world.api.requests.length;
    await world.pass(30 * MINUTE, MINUTE);
    expect(world.api.requests.length).toBe(before);
  });
});
