import { isFailure, type LookUp, type Origin, scanAddress } from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import { scanTargetPattern } from './shape-state.ts';
import { ModelProvider } from './testing/model-provider.ts';
import { desiredOf, makeCatalog, originOf, PublishWorld, type RouteText } from './testing/publish-world.ts';

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

async function start(routes: readonly RouteText[], asked: Readonly<Record<string, readonly string[]>>): Promise<PublishWorld> {
  const world = await PublishWorld.started({ routes }, asked);
  worlds.push(world);
  return world;
}

/** A feed of its own: what one entry's sources and filters see. */
function feedOf(name: string, asked: Readonly<Record<string, readonly string[]>>) {
  const catalog = makeCatalog();
  for (const [object, lines] of Object.entries(asked)) catalog.put(originOf(object), desiredOf(lines));
  return { name, catalog };
}

interface RoutingCase {
  readonly rule: string;
  /** Selectors of two entries of one view. */
  readonly selectors: readonly [readonly string[], readonly string[]];
  readonly exclude?: readonly string[];
  readonly name: string;
  /** Which of the two publish it. */
  readonly goesTo: readonly ('a' | 'b')[];
}

const ROUTING: readonly RoutingCase[] = [
  { rule: 'to the more specific', selectors: [['example.com'], ['sub.example.com']], name: 'x.sub.example.com', goesTo: ['b'] },
  { rule: 'to whom alone selects it', selectors: [['example.com'], ['sub.example.com']], name: 'x.example.com', goesTo: ['a'] },
  {
    rule: 'to all that are as specific',
    selectors: [['example.com'], ['example.com']],
    name: 'x.example.com',
    goesTo: ['a', 'b'],
  },
  { rule: 'not across half a label', selectors: [['example.com'], ['ample.com']], name: 'x.example.com', goesTo: ['a'] },
  { rule: 'with a leading dot, below alone', selectors: [['.example.com'], ['net']], name: 'example.com', goesTo: [] },
  { rule: 'with a leading dot, at any depth', selectors: [['.example.com'], ['net']], name: 'a.b.example.com', goesTo: ['a'] },
  {
    rule: 'a leading dot makes nothing more specific',
    selectors: [['.example.com'], ['example.com']],
    name: 'x.example.com',
    goesTo: ['a', 'b'],
  },
  { rule: 'by any of several selectors', selectors: [['net', 'example.com'], ['org']], name: 'x.example.com', goesTo: ['a'] },
  {
    rule: 'to the next where it is excluded',
    selectors: [['sub.example.com'], ['example.com']],
    exclude: ['x.sub.example.com'],
    name: 'x.sub.example.com',
    goesTo: ['b'],
  },
  {
    rule: 'a leading dot excludes what is below alone',
    selectors: [['example.com'], ['org']],
    exclude: ['.api.example.com'],
    name: 'api.example.com',
    goesTo: ['a'],
  },
  {
    rule: 'a leading dot excludes what is below',
    selectors: [['example.com'], ['org']],
    exclude: ['.api.example.com'],
    name: 'foo.api.example.com',
    goesTo: [],
  },
  { rule: 'the root selects all', selectors: [['.'], ['org']], name: 'x.example.com', goesTo: ['a'] },
];

describe('a name goes', () => {
  it.each(ROUTING)('$rule', async ({ selectors: [first, second], exclude = [], name, goesTo }) => {
    const [a, b] = [
      new ModelProvider({ name: 'a', zones: ['example.com'] }),
      new ModelProvider({ name: 'b', zones: ['example.com'] }),
    ];
    await start(
      [
        { provider: a, selectors: first, excludeNames: exclude },
        { provider: b, selectors: second },
      ],
      { 'ingress/x': [`${name}. 300 A 192.0.2.1`] },
    );
    expect([a, b].filter((provider) => provider.data().length > 0).map((provider) => provider.name)).toEqual(goesTo);
  });

  it.each([
    ['name.example.com', 'example.com.'],
    ['name.example.test.com', 'test.com.'],
    ['name.sub.test.com', 'sub.test.com.'],
    ['name.long-sub1.internal.example.com', 'long-sub1.internal.example.com.'],
    ['sub.test.com', 'sub.test.com.'],
    ['www.badexample.com', undefined],
  ])('at its provider to the longest zone: %s to %s', async (name, zone) => {
    const provider = new ModelProvider({ zones: ['example.com', 'test.com', 'sub.test.com', 'long-sub1.internal.example.com'] });
    const world = await start([{ provider, selectors: ['.'] }], { 'ingress/x': [`${name}. 300 A 192.0.2.1`] });
    expect(provider.calls.filter(({ kind }) => kind === 'apply').map((call) => call.zone)).toEqual(
      zone === undefined ? [] : [zone],
    );
    expect(world.publisher.outcomes(`${name}.` as Parameters<typeof world.publisher.outcomes>[0]).map((one) => one.zone)).toEqual(
      [zone],
    );
    expect([...world.publisher.complaints()].map(({ code }) => code)).toEqual(zone === undefined ? ['NO_PROVIDER_ZONE'] : []);
  });

  it('to another entry when the more specific one does not ask for it any more, and is deleted where it was', async () => {
    const [a, b] = [
      new ModelProvider({ name: 'a', zones: ['example.com'] }),
      new ModelProvider({ name: 'b', zones: ['example.com'] }),
    ];
    const other = { 'ingress/y': ['y.sub.example.com. 300 A 192.0.2.9'] };
    const inner = feedOf('inner', { 'ingress/x': ['x.sub.example.com. 300 A 192.0.2.1'], ...other });
    const outer = feedOf('outer', { 'ingress/x': ['x.sub.example.com. 300 A 192.0.2.2'], ...other });
    const world = await start(
      [
        { provider: a, selectors: ['sub.example.com'], feed: inner },
        { provider: b, selectors: ['example.com'], feed: outer },
      ],
      {},
    );
    expect([a.data(), b.data()].map((data) => data.length)).toEqual([2, 0]);
    const gone: Origin = originOf('ingress/x');
    world.publisher.apply(inner.catalog.remove(gone));
    await world.quiet();
    expect(a.data()).toEqual(['y.sub.example.com. 300 A 192.0.2.9']);
    expect(b.data()).toEqual(['x.sub.example.com. 300 A 192.0.2.2']);
  });
});

describe('entries', () => {
  it('of two views publish one name differently: split horizon', async () => {
    const inside = new ModelProvider({ name: 'inside', zones: ['example.com'] });
    const outside = new ModelProvider({ name: 'outside', zones: ['example.com'] });
    await start(
      [
        { provider: inside, view: 'internal', feed: feedOf('internal', { 'ingress/web': ['www.example.com. 300 A 10.0.0.1'] }) },
        {
          provider: outside,
          view: 'external',
          feed: feedOf('external', { 'ingress/web': ['www.example.com. 300 ALIAS lb.example.net.'] }),
        },
      ],
      {},
    );
    expect(inside.data()).toEqual(['www.example.com. 300 A 10.0.0.1']);
    expect(outside.data()).toEqual(['www.example.com. 300 CNAME lb.example.net.']);
  });

  it('that want one name in one zone, and not alike, are told of by what the later one asks for', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const [web, alike] = ['www.example.com. 300 A 10.0.0.1', 'same.example.com. 300 A 192.0.2.9'];
    const inner = feedOf('inner', { 'ingress/web': [web], 'ingress/same': [alike] });
    const outer = feedOf('outer', { 'service/other': ['www.example.com. 300 A 192.0.2.1'], 'service/same': [alike] });
    const world = await start(
      [
        { provider, view: 'internal', feed: inner },
        { provider, view: 'external', feed: outer },
      ],
      {},
    );
    expect(provider.data()).toEqual([alike, web]);
    expect([...world.publisher.complaints()]).toMatchObject([
      { code: 'OTHER_ENTRY', object: 'other', message: expect.stringContaining('www.example.com.: several entries') },
    ]);
    expect(world.publisher.plans().at(-1)).toMatchObject({ zone: '(none)', adoptable: [{ code: 'OTHER_ENTRY' }] });
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { message: 'a name is not published as it is asked for', fields: { name: 'www.example.com.', code: 'OTHER_ENTRY' } },
    ]);
    world.publisher.apply(inner.catalog.remove(originOf('ingress/web')));
    await world.quiet();
    expect([...world.publisher.complaints()]).toEqual([]);
    expect(provider.data()).toEqual([alike, 'www.example.com. 300 A 192.0.2.1']);
  });

  it('whose provider has no zone for a name tell so in the log, a few one by one, and in plans', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `n${index}.test. 300 A 192.0.2.1`);
    const world = await start([{ provider: new ModelProvider({ zones: ['example.com'] }), selectors: ['.'] }], {
      'ingress/x': names,
    });
    expect(world.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(21);
    expect(world.publisher.plans().at(-1)?.adoptable).toHaveLength(30);
    const none = await start([{ provider: new ModelProvider({ zones: [] }), selectors: ['.'] }], { 'ingress/x': names });
    expect(await none.publisher.settled()).toEqual({ held: false, failed: true });
  });

  it('that share a zone do not delete each other’s names', async () => {
    const provider = new ModelProvider({ zones: ['example.com'] });
    const world = await start(
      [
        {
          provider,
          selectors: ['example.com'],
          feed: feedOf('all', {
            'service/a': ['a.example.com. 300 A 192.0.2.1'],
            'service/b': ['b.app.example.com. 300 A 192.0.2.2'],
          }),
        },
        {
          provider,
          selectors: ['app.example.com'],
          feed: feedOf('app', { 'ingress/c': ['c.app.example.com. 300 A 192.0.2.3'] }),
        },
      ],
      {},
    );
    await world.pass(180_000, 60_000);
    expect(provider.data()).toEqual([
      'a.example.com. 300 A 192.0.2.1',
      'b.app.example.com. 300 A 192.0.2.2',
      'c.app.example.com. 300 A 192.0.2.3',
    ]);
    expect(provider.count('apply')).toBe(1);
  });

  it('publish the targets that they include, and their default where none is left', async () => {
    const pattern = (text: string) => {
      const scanned = scanTargetPattern(text);
      if (isFailure(scanned)) throw new RangeError(scanned.message);
      return scanned;
    };
    const address = scanAddress('198.51.100.1');
    if (isFailure(address)) throw new RangeError(address.message);
    const world = await start(
      [
        {
          targets: {
            include: [pattern('192.0.2.0/25'), pattern('.elb.example.net')],
            exclude: [pattern('192.0.2.1'), pattern('bad.elb.example.net')],
            default: [{ kind: 'address', ...address }],
          },
        },
      ],
      {
        'ingress/a': ['a.example.com. 60 A 192.0.2.1'],
        'ingress/b': ['b.example.com. 60 A 192.0.2.2'],
        'service/b2': ['b2.example.com. 60 A 192.0.2.200'],
        'ingress/c': ['c.example.com. 60 ALIAS x.elb.example.net.'],
        'ingress/d': ['d.example.com. 60 ALIAS bad.elb.example.net.'],
        'ingress/e': ['e.example.com.'],
        'ingress/f': ['f.example.com. 60 TXT hello'],
      },
    );
    expect(world.provider.data()).toEqual([
      'a.example.com. 300 A 198.51.100.1',
      'b.example.com. 60 A 192.0.2.2',
      'b2.example.com. 300 A 198.51.100.1',
      'c.example.com. 60 CNAME x.elb.example.net.',
      'd.example.com. 300 A 198.51.100.1',
      'e.example.com. 300 A 198.51.100.1',
      'f.example.com. 300 A 198.51.100.1',
      'f.example.com. 60 TXT hello',
    ]);
  });

  it('that are only to show what they would do write nothing, and show it', async () => {
    const world = await start([{ dryRun: true }], { 'ingress/a': ['a.example.com. 60 A 192.0.2.1'] });
    expect(world.provider.dump()).toEqual([]);
    expect(
      world.publisher.plans().flatMap(({ names }) => names.flatMap(({ changes }) => changes.map(({ action }) => action))),
    ).toEqual(['create']);
    expect(await world.settled()).toEqual({ held: false, failed: false });
  });

  it('find zones that come later, and publish in them', async () => {
    const world = await PublishWorld.started(
      { publisher: { intervalMs: 3_600_000 } },
      { 'ingress/a': ['a.sub.example.com. 60 A 192.0.2.1'], 'ingress/b': ['b.example.com. 60 A 192.0.2.2'] },
    );
    worlds.push(world);
    world.provider.addZone('sub.example.com');
    await world.pass(300_000, 100_000);
    expect(world.publisher.status()[0]?.zones.map(({ zone, names, owned }) => `${zone} ${names} ${owned}`)).toEqual([
      // What it has of the other's names it keeps until it delegates them.
      'example.com. 1 2',
      'sub.example.com. 1 1',
    ]);
    expect(new Set(world.provider.data())).toEqual(
      new Set(['a.sub.example.com. 60 A 192.0.2.1', 'b.example.com. 60 A 192.0.2.2']),
    );
  });

  it('leave what they have published alone when their selectors become narrower, and say so once', async () => {
    const asked = { 'ingress/a': ['a.sub.example.com. 60 A 192.0.2.1'], 'ingress/b': ['b.example.com. 60 A 192.0.2.2'] };
    const wide = await PublishWorld.started({}, asked);
    await wide.stop();
    const { provider, catalog, clock } = wide;
    const world = await PublishWorld.started({ provider, catalog, clock, routes: [{ selectors: ['sub.example.com'] }] });
    worlds.push(world);
    world.ask('ingress/b');
    await world.pass(300_000, 10_000);
    expect(provider.data()).toEqual(['a.sub.example.com. 60 A 192.0.2.1', 'b.example.com. 60 A 192.0.2.2']);
    const told = world.logger.lines.filter(({ message }) => message.includes('left alone'));
    expect(told.map(({ fields }) => fields)).toMatchObject([{ count: 1, names: ['b.example.com.'] }]);
  });

  it('do not list zones in which they have no names', async () => {
    const provider = new ModelProvider({ zones: ['example.com', 'other.test', 'sub.example.com'] });
    await start([{ provider, selectors: ['www.example.com'] }], {});
    expect(provider.calls.filter(({ kind }) => kind === 'list').map(({ zone }) => zone)).toEqual(['example.com.']);
  });
});

describe('an alias where no CNAME can stand', () => {
  const asked = { 'service/lb': ['example.com. 60 ALIAS lb.example.net.'] };

  it('is withheld where nobody looks names up', async () => {
    const world = await start([{}], asked);
    expect(world.withheld()).toEqual(['PROVIDER_REJECTS example.com.']);
    expect([...world.publisher.complaints()].map(({ object }) => object)).toEqual(['lb']);
  });

  it('has the addresses of its target, and keeps them while they are not known', async () => {
    const address = scanAddress('198.51.100.1');
    if (isFailure(address)) throw new RangeError(address.message);
    const lookUp: LookUp = {
      addresses: (_name, type) =>
        Promise.resolve(type === address.type ? { kind: 'addresses', ttl: 30, rdatas: [address.rdata] } : { kind: 'none' }),
      alias: () => Promise.resolve({ kind: 'none' }),
      stop: () => undefined,
    };
    const world = await PublishWorld.started({ lookUp }, asked);
    worlds.push(world);
    await world.pass(2_000, 500);
    expect(world.provider.data()).toEqual(['example.com. 30 A 198.51.100.1']);
    await world.stop();
    const { provider, catalog, clock } = world;
    const unknown: LookUp = { ...lookUp, addresses: () => Promise.resolve({ kind: 'failure', code: 'ETIMEOUT' }) };
    const again = await PublishWorld.started({ provider, catalog, clock, lookUp: unknown });
    worlds.push(again);
    await again.pass(120_000, 60_000);
    expect(again.provider.data()).toEqual(['example.com. 30 A 198.51.100.1']);
    expect(again.withheld()).toEqual(['HOLDING_LAST_ADDRESSES example.com.']);
  });
});
