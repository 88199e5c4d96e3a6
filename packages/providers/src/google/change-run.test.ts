import { afterEach, describe, expect, it } from '@jest/globals';
import type { NameWrite } from '@kubezone/core';

import type { Naming } from '../testing/google-simulator/zone-rrsets.ts';
import { GoogleWorld, kindsOf, SIGNAL, ZONE } from './testing/google-world.ts';

let world: GoogleWorld;
afterEach(async () => {
  await world.close();
});

const sizesOf = (): readonly (readonly [additions: number, deletions: number])[] =>
  world.simulator.requests
    .filter(({ line }) => line.startsWith('POST'))
    .map(({ body }) => JSON.parse(body) as { additions: unknown[]; deletions: unknown[] })
    .map(({ additions, deletions }) => [additions.length, deletions.length]);

describe('changes', () => {
  const addresses = (count: number): NameWrite[] =>
    Array.from({ length: count }, (_, index) =>
      world.create(
        `h${String(index).padStart(4, '0')}.example.com. 300 A 192.0.2.1`,
        `_owner.h${String(index).padStart(4, '0')}.example.com. 300 TXT "ours"`,
      ),
    );

  it('hold as many names as the project allows additions, and no name is split', async () => {
    world = await GoogleWorld.open({ quota: { rrsetAdditionsPerChange: 5 } });
    await world.provider.zones(SIGNAL);
    const results = await world.apply(...addresses(6));
    expect(results.every(({ kind }) => kind === 'applied')).toBe(true);
    expect(sizesOf().map(([additions]) => additions)).toEqual([4, 4, 4]);
  });

  it.each([
    [5, [2, 2, 2]],
    [4, [2, 2, 2]],
    [1, [1, 1, 1, 1, 1, 1]],
    [2000, [6]],
  ])('hold %s additions and deletions where they are asked to, and a name that has more goes alone', async (most, names) => {
    world = await GoogleWorld.open({}, { batchChangeSize: most });
    expect(world.provider.traits.maxNamesPerWrite).toBe(Math.min(500, most));
    await world.apply(...addresses(6));
    world.simulator.forgetRequests();
    const before = await Promise.all(Array.from({ length: 6 }, (_, index) => world.read(`h000${index}.example.com`)));
    await world.apply(...before.map((held, index) => world.write(held, `h000${index}.example.com. 300 A 192.0.2.2`)));
    expect(sizesOf()).toEqual(names.map((count) => [count, count]));
    expect(world.simulator.dump('example').filter((line) => line.endsWith(' A 192.0.2.2'))).toHaveLength(6);
  });

  it('hold as much data as the project allows', async () => {
    world = await GoogleWorld.open({ quota: { totalRrdataSizePerChange: 100 } });
    await world.provider.zones(SIGNAL);
    const writes = ['a', 'b', 'c', 'd'].map((label) => world.create(`${label}.example.com. 300 TXT "${'x'.repeat(40)}"`));
    const results = await world.apply(...writes, world.create(`e.example.com. 300 TXT "${'x'.repeat(99)}"`));
    expect(results.filter(({ kind }) => kind === 'applied')).toHaveLength(4);
    expect(results.find(({ kind }) => kind === 'refused')).toMatchObject({
      owner: 'e.example.com.',
      reason: 'its write has 101 octets of data; the project allows 100 in one change',
    });
    expect(sizesOf().map(([additions]) => additions)).toEqual([2, 2]);
  });

  it('of 500 names with their markers are one, as projects are at first', async () => {
    world = await GoogleWorld.open();
    expect(world.provider.traits.maxNamesPerWrite).toBe(500);
    await world.apply(...addresses(500));
    expect(sizesOf()).toEqual([[1000, 0]]);
  });

  it('are cut where the project turns out to allow less than it said, whose limits are read again then', async () => {
    world = await GoogleWorld.open();
    await world.provider.zones(SIGNAL);
    world.simulator.setQuota({ rrsetAdditionsPerChange: 5 });
    const results = await world.apply(...addresses(8));
    expect(results.every(({ kind }) => kind === 'applied')).toBe(true);
    world.simulator.seed('example', []);
    await world.provider.zones(SIGNAL);
    world.simulator.forgetRequests();
    await world.apply(...addresses(4));
    expect(sizesOf().map(([additions]) => additions)).toEqual([4, 4]);
  });

  it('go on with the limits of new projects where the credentials may not read the project', async () => {
    world = await GoogleWorld.open();
    const forbidden = { kind: 'error', status: 403, reason: 'forbidden' } as const;
    world.simulator.inject({ on: /^GET \/dns\/v1\/projects\/test-project$/, fault: forbidden });
    expect(await world.provider.zones(SIGNAL)).toHaveLength(1);
    expect(kindsOf(await world.apply(...addresses(1)))).toEqual(['h0000.example.com. applied']);
    expect(world.logger.lines).toContainEqual(expect.objectContaining({ level: 'info' }));
  });

  it('that come after one that is refused are made all the same', async () => {
    world = await GoogleWorld.open({ quota: { rrsetAdditionsPerChange: 2 } });
    await world.provider.zones(SIGNAL);
    world.simulator.seed('example', ['b.example.com. 300 A 192.0.2.66']);
    const results = await world.apply(
      ...['a', 'b', 'c', 'd', 'e'].map((label) => world.create(`${label}.example.com. 300 A 192.0.2.1`)),
    );
    expect(kindsOf(results).filter((line) => !line.endsWith(' applied'))).toEqual(['b.example.com. conflict']);
    expect(world.simulator.dump('example')).toHaveLength(5);
  });

  it('refuse more records in an RRset than the project allows', async () => {
    world = await GoogleWorld.open();
    const lines = Array.from({ length: 101 }, (_, index) => `www.example.com. 300 A 192.0.2.${index}`);
    expect(await world.apply(world.create(...lines))).toEqual([
      { kind: 'refused', owner: 'www.example.com.', reason: 'www.example.com. A has 101 records; the project allows 100' },
    ]);
    expect(world.requests('POST')).toBe(0);
  });

  it('go on with what does not grow a zone that is full', async () => {
    world = await GoogleWorld.open({ quota: { rrsetsPerManagedZone: 4 } });
    world.simulator.seed('example', ['a.example.com. 300 A 192.0.2.1', 'b.example.com. 300 A 192.0.2.1']);
    const before = await world.read('a.example.com');
    world.simulator.forgetRequests();
    const results = await world.apply(
      world.create('c.example.com. 300 A 192.0.2.1'),
      world.write(before, 'a.example.com. 300 A 192.0.2.2'),
      world.create('d.example.com. 300 A 192.0.2.1'),
    );
    expect(kindsOf(results)).toEqual(['a.example.com. applied', 'c.example.com. refused', 'd.example.com. refused']);
    expect(world.requests('POST')).toBe(2);
  });
});

describe.each<Naming>(['index', 'rrset'])('a change that is refused, with RRsets named by %s', (naming) => {
  it('costs only those to blame, each of whom gets its own result; the others are written', async () => {
    world = await GoogleWorld.open({ naming });
    const old = ['changed', 'gone', 'kept'].map((label) => `${label}.example.com. 300 A 192.0.2.1`);
    world.simulator.seed('example', old);
    const [changed, gone, kept] = await Promise.all(
      ['changed', 'gone', 'kept'].map((label) => world.read(`${label}.example.com`)),
    );
    world.simulator.seed('example', [
      'changed.example.com. 300 A 192.0.2.66',
      'kept.example.com. 300 A 192.0.2.1',
      'exists.example.com. 300 A 192.0.2.66',
      'beside.example.com. 300 A 192.0.2.66',
    ]);
    world.simulator.forgetRequests();
    const fine = Array.from({ length: 20 }, (_, index) => world.create(`fine${index}.example.com. 300 A 192.0.2.1`));
    const results = await world.apply(
      ...fine.slice(0, 10),
      world.write(changed ?? [], 'changed.example.com. 300 A 192.0.2.2'),
      world.write(gone ?? [], 'gone.example.com. 300 A 192.0.2.2'),
      world.write(kept ?? [], 'kept.example.com. 300 A 192.0.2.2'),
      ...fine.slice(10),
      world.create('exists.example.com. 300 A 192.0.2.2'),
      world.create('beside.example.com. 300 CNAME lb.example.net.'),
      // Whole in itself, but nothing that Cloud DNS takes.
      world.create('many.example.com. 300 NS ns1.example.net.', 'many.example.com. 300 CNAME lb.example.net.'),
    );
    const conflicts = ['beside', 'changed', 'exists', 'gone'].map((label) => `${label}.example.com. conflict`);
    const bad = kindsOf(results).filter((line) => !line.endsWith(' applied'));
    expect(bad).toEqual([...conflicts, 'many.example.com. refused']);
    expect(results).toHaveLength(fine.length + 6);
    expect(world.simulator.dump('example')).toHaveLength(fine.length + 4);
    expect(world.simulator.dump('example')).toContain('kept.example.com. 300 A 192.0.2.2');
    // Four kinds of faults, which the vendor reports one kind at a time, and the change that is right.
    expect(world.requests('POST')).toBe(5);
  });
});

describe('a change that is refused without a word of what is wrong', () => {
  it('is cut in halves until only the culprit is refused', async () => {
    world = await GoogleWorld.open();
    const writes = Array.from({ length: 16 }, (_, index) => world.create(`h${index}.example.com. 300 A 192.0.2.1`));
    const fault = { kind: 'error', status: 400, reason: 'badRequest', message: 'No.' } as const;
    world.simulator.inject(...Array.from({ length: 5 }, () => ({ on: /^POST/, fault })));
    const results = await world.apply(...writes);
    expect(kindsOf(results).filter((line) => !line.endsWith(' applied'))).toEqual(['h0.example.com. refused']);
    expect(world.simulator.dump('example')).toHaveLength(15);
    expect(world.requests('POST')).toBe(9);
  });

  it('as by a stranger on the way is an error, and not sixteen refusals', async () => {
    world = await GoogleWorld.open();
    world.simulator.inject({ on: /^POST/, fault: { kind: 'page', status: 404, applied: false } });
    const write = world.create('www.example.com. 300 A 192.0.2.1');
    await expect(world.provider.apply(ZONE, [write], SIGNAL)).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
  });
});
