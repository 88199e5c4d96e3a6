import { nameOf, ProviderError, TYPE } from '@kubezone/core';
import { afterEach, describe, expect, it } from '@jest/globals';

import { ModelProvider } from './testing/model-provider.ts';
import { PublishWorld, type PublishWorldOptions } from './testing/publish-world.ts';

const worlds: PublishWorld[] = [];

afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

const WEB = { 'ingress/web': ['www.example.com. 300 A 192.0.2.1'] };

function withoutConditions(): ModelProvider {
  return new ModelProvider({ zones: ['example.com'], traits: { conditionalWrites: false } });
}

async function start(
  options: PublishWorldOptions,
  asked: Readonly<Record<string, readonly string[]>> = WEB,
): Promise<PublishWorld> {
  const world = await PublishWorld.started(options, asked);
  worlds.push(world);
  return world;
}

const marker = (owner: string, own = 'A/ingress'): string => `heritage=kubezone,v=1,owner=${owner},cluster=c1,own=${own}`;

describe.each([
  ['that compares before it writes', () => new ModelProvider({ zones: ['example.com'] })],
  ['that does not', withoutConditions],
])('at a provider %s', (_what, make) => {
  it('what others change after the listing is seen before it is overwritten', async () => {
    const provider = make();
    const world = await start({ provider });
    provider.drop('www.example.com', TYPE.A);
    provider.drop('_owner.www.example.com', TYPE.TXT);
    provider.put('www.example.com. 60 A 198.51.100.7', `_owner.www.example.com. 300 TXT "${marker('them')}"`);
    const dump = provider.dump();
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    await world.quiet();
    expect(provider.dump()).toEqual(dump);
    expect(world.withheld()).toEqual(['OTHER_OWNER www.example.com.']);
  });

  it('records of others and of another owner stand untouched through creations, updates and deletes', async () => {
    const provider = make();
    const theirs = [
      'api.example.com. 300 A 198.51.100.1',
      'a-api.example.com. 300 TXT heritage=external-dns,external-dns/owner=x',
      'app.example.com. 300 A 198.51.100.2',
      `_owner.app.example.com. 300 TXT ${marker('them')}`,
      'www.example.com. 60 TXT v=spf1',
    ];
    provider.put(...theirs);
    const asked = {
      ...WEB,
      'ingress/api': ['api.example.com. 300 A 192.0.2.3'],
      'ingress/app': ['app.example.com. 300 A 192.0.2.4'],
    };
    const world = await start({ provider }, { ...asked, 'service/x': ['x.example.com. 300 A 192.0.2.5'] });
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    await world.quiet();
    for (const object of ['ingress/web', 'ingress/api', 'ingress/app']) world.ask(object);
    await world.quiet();
    expect(provider.dump().filter((one) => !one.includes('x.example.com. 300'))).toEqual(theirs.toSorted());
  });

  it('what others have at a name is not forgotten when we write to it', async () => {
    const provider = make();
    provider.put('www.example.com. 60 TXT theirs');
    const world = await start({ provider });
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    await world.quiet();
    world.ask('ingress/web', 'www.example.com. 300 ALIAS lb.example.net.');
    await world.quiet();
    expect(provider.data()).toEqual(['www.example.com. 300 A 192.0.2.2', 'www.example.com. 60 TXT theirs']);
    expect(world.withheld()).toEqual(['FOREIGN_DATA_AND_CNAME www.example.com.', 'REPLACEMENT_WITHHELD www.example.com.']);
  });

  it('a record that somebody changes by hand is set right by the next audit', async () => {
    const provider = make();
    const world = await start({ provider }, { ...WEB, 'ingress/b': ['b.example.com. 300 A 192.0.2.9'] });
    provider.drop('www.example.com', TYPE.A);
    provider.put('www.example.com. 300 A 198.51.100.7');
    provider.drop('b.example.com', TYPE.A);
    provider.drop('_owner.b.example.com', TYPE.TXT);
    await world.pass(61_000);
    expect(provider.data()).toEqual(['b.example.com. 300 A 192.0.2.9', 'www.example.com. 300 A 192.0.2.1']);
  });
});

describe('a provider that does not compare before it writes', () => {
  it('shows a first claim again: who is second withdraws, and leaves what the first has', async () => {
    const provider = withoutConditions();
    let isFirst = true;
    provider.hooks.before = ({ kind }) => {
      if (kind !== 'apply' || !isFirst) return;
      isFirst = false;
      // After our last read, before our write.
      provider.put('www.example.com. 300 A 198.51.100.7', `_owner.www.example.com. 300 TXT "${marker('them')}"`);
    };
    const world = await start({ provider });
    const theirs = [`_owner.www.example.com. 300 TXT ${marker('them')}`, 'www.example.com. 300 A 198.51.100.7'];
    expect(provider.dump()).toEqual(theirs);
    await world.pass(600_000, 10_000);
    expect(provider.dump()).toEqual(theirs);
    expect(world.withheld()).toEqual(['OTHER_OWNER www.example.com.']);
  });

  it('that refuses to let a claim be withdrawn is asked again now and then, and the other names go on', async () => {
    const provider = withoutConditions();
    const world = await start({ provider, publisher: { intervalMs: 3_600_000 } }, {});
    let isFirst = true;
    provider.hooks.before = ({ kind }) => {
      if (kind === 'apply' && isFirst)
        provider.put('www.example.com. 300 A 198.51.100.7', `_owner.www.example.com. 300 TXT "${marker('them')}"`);
      isFirst &&= kind !== 'apply';
    };
    const apply = provider.apply.bind(provider);
    let isStubborn = true;
    provider.apply = (zone, writes, signal) => {
      const isWithdrawal = writes.every(({ writes: [one] }) => one?.before !== undefined);
      if (!isWithdrawal || !isStubborn) return apply(zone, writes, signal);
      provider.calls.push({ kind: 'apply', zone: zone.apex, owners: [] });
      return Promise.resolve(writes.map(({ owner }) => ({ kind: 'refused', owner, reason: 'it is locked' })));
    };
    world.ask('ingress/web', ...WEB['ingress/web']);
    await world.pass(600_000, 1_000);
    expect(provider.count('apply')).toBeLessThan(25);
    expect(world.publisher.outcomes(nameOf('www.example.com'))).toMatchObject([{ state: 'pending' }]);
    expect(await world.settled()).toEqual({ held: false, failed: true });
    world.ask('ingress/b', 'b.example.com. 300 A 192.0.2.9');
    await world.quiet();
    expect(provider.data()).toContain('b.example.com. 300 A 192.0.2.9');
    isStubborn = false;
    await world.pass(200_000, 1_000);
    expect(provider.data()).toEqual(['b.example.com. 300 A 192.0.2.9', 'www.example.com. 300 A 198.51.100.7']);
    expect(world.withheld()).toEqual(['OTHER_OWNER www.example.com.']);
  });

  it('gives a name to one of two that claim it at the same moment', async () => {
    const provider = withoutConditions();
    const other = provider.reborn();
    const numbers = [0.1, 0.9];
    const [one, two] = [provider, other].map(
      (of, at) =>
        new PublishWorld({
          provider: of,
          publisher: { settings: { owner: `owner${at}` }, random: () => numbers[at] ?? 0 },
        }),
    );
    if (one === undefined || two === undefined) throw new Error('two worlds');
    worlds.push(one, two);
    // Both read before either writes, and both write before either reads.
    const arrived = Promise.withResolvers<void>();
    let writing = 0;
    const wait = async ({ kind }: { readonly kind: string }): Promise<void> => {
      if (kind !== 'apply' || writing > 1) return;
      if (++writing === 2) arrived.resolve();
      await arrived.promise;
    };
    provider.hooks.before = wait;
    other.hooks.before = wait;
    one.ask('ingress/web', 'www.example.com. 300 A 192.0.2.1');
    two.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    one.publisher.start();
    two.publisher.start();
    await one.quiet();
    expect(writing).toBe(2);
    for (let seconds = 0; seconds < 60; seconds++) {
      await one.pass(1_000);
      await two.pass(1_000);
    }
    expect(provider.dump()).toEqual([`_owner.www.example.com. 300 TXT ${marker('owner0')}`, 'www.example.com. 300 A 192.0.2.1']);
  });

  it('is read twice by name for an update, and never listed', async () => {
    const provider = withoutConditions();
    const world = await start({ provider });
    provider.calls.length = 0;
    world.ask('ingress/web', 'www.example.com. 300 A 192.0.2.2');
    await world.quiet();
    expect(provider.calls).toEqual([
      { kind: 'read', zone: 'example.com.', owners: [nameOf('www.example.com'), nameOf('_owner.www.example.com')] },
      { kind: 'apply', zone: 'example.com.', owners: [nameOf('www.example.com')] },
    ]);
  });

  it('is read first where it is not known whether a claim was written', async () => {
    const provider = withoutConditions();
    let isFirst = true;
    provider.hooks.after = (_call, results) => {
      if (!isFirst) return results;
      isFirst = false;
      throw new ProviderError('PROVIDER_UNAVAILABLE', 'the connection was reset');
    };
    const world = await start({ provider });
    await world.pass(10_000, 1_000);
    expect(provider.data()).toEqual(['www.example.com. 300 A 192.0.2.1']);
    expect(provider.count('apply')).toBe(1);
  });
});
