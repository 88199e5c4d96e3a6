import { describe, expect, it } from '@jest/globals';

import { AliasWorld } from './testing/alias-world.ts';

/** A world with one name that has the addresses of one target. */
async function worldWith(answer: string): Promise<AliasWorld> {
  const world = new AliasWorld({ staleForMs: 600_000 });
  world.elsewhere.set('lb.test', answer);
  world.ask('service/ns/svc', 'www.example 300 ALIAS lb.test');
  await world.settle();
  return world;
}

const questions = ({ elsewhere }: AliasWorld): number => elsewhere.asked.filter((question) => question.endsWith(' A')).length;

describe('a target elsewhere', () => {
  it('is asked for again when its answer is out of date, and what is as it was is no change', async () => {
    const world = await worldWith('60 192.0.2.1 192.0.2.2');
    world.elsewhere.set('lb.test', '60 192.0.2.2 192.0.2.1');
    await world.pass(59);
    expect([questions(world), world.background]).toEqual([1, [1]]);
    await world.pass(1);
    expect([questions(world), world.background]).toEqual([2, [1]]);
    world.elsewhere.set('lb.test', '60 192.0.2.3');
    await world.pass(60);
    expect(world.holds('www.example')).toEqual(['60 A 192.0.2.3']);
  });

  it('is asked for later by up to a tenth, so that not all targets are asked for together', async () => {
    const world = new AliasWorld({ random: () => 0.999 });
    world.elsewhere.set('lb.test', '60 192.0.2.1');
    world.ask('service/ns/svc', 'www.example 300 ALIAS lb.test');
    await world.settle();
    expect(world.clock.nextIn).toBe(65_994);
  });

  it('keeps its last addresses while it cannot be resolved, for as long as is configured, and is reported', async () => {
    const world = await worldWith('60 192.0.2.1');
    world.elsewhere.set('lb.test', 'ESERVFAIL');
    await world.pass(60);
    expect(world.holds('www.example')).toEqual(['30 A 192.0.2.1']);
    expect(world.lowering.statistics()).toMatchObject({ failing: 1, stale: 1, missing: 0 });
    expect(Array.from(world.lowering.problems(), ({ code, message, since }) => ({ code, message, since }))).toEqual([
      {
        code: 'ALIAS_TARGET_FAILING',
        message: 'www.example. has the addresses of lb.test., which cannot be resolved at present (ESERVFAIL)',
        since: 1_800_000_060_000,
      },
    ]);
    await world.pass(540);
    expect(world.holds('www.example')).toEqual(['30 A 192.0.2.1']);
    await world.pass(120);
    expect(world.holds('www.example')).toEqual(['NODATA']);
    world.elsewhere.set('lb.test', '60 192.0.2.2');
    await world.pass(60);
    expect([world.holds('www.example'), world.problems()]).toEqual([['60 A 192.0.2.2'], []]);
    expect(world.lowering.statistics()).toMatchObject({ failing: 0, stale: 0 });
  });

  it('keeps its last addresses for a minute when it is gone, and has none after that', async () => {
    const world = await worldWith('60 192.0.2.1');
    world.elsewhere.set('lb.test', undefined);
    await world.pass(100);
    expect([world.holds('www.example'), world.problems()]).toEqual([
      ['30 A 192.0.2.1'],
      ['ALIAS_TARGET_MISSING www.example. lb.test.'],
    ]);
    await world.pass(60);
    expect(world.holds('www.example')).toEqual(['NODATA']);
  });

  it('that has lost one family keeps the other', async () => {
    const world = await worldWith('60 192.0.2.1 2001:db8::1');
    world.elsewhere.set('lb.test', '60 192.0.2.1');
    await world.pass(240);
    expect([world.holds('www.example'), world.problems()]).toEqual([['60 A 192.0.2.1'], []]);
    expect(world.lowering.statistics().targets).toBe(1);
  });

  it('that has lost one family keeps it for no longer than a minute, however long the other may be kept', async () => {
    const world = await worldWith('3600 192.0.2.1 2001:db8::1');
    world.elsewhere.set('lb.test', '3600 192.0.2.1');
    await world.pass(3600);
    expect(world.holds('www.example')).toEqual(['30 A 192.0.2.1', '30 AAAA 2001:db8::1']);
    await world.pass(100);
    expect(world.holds('www.example')).toEqual(['300 A 192.0.2.1']);
  });

  it('that does not exist yet is asked for every minute at least', async () => {
    const world = await worldWith('60');
    await world.pass(600);
    world.elsewhere.set('lb.test', '60 192.0.2.1');
    await world.pass(60);
    expect(world.holds('www.example')).toEqual(['60 A 192.0.2.1']);
    expect(questions(world)).toBeLessThan(20);
  });

  it('is asked for once, however many names have its addresses, and no more when none has', async () => {
    const world = new AliasWorld();
    world.elsewhere.set('lb.test', '60 192.0.2.1');
    for (const name of ['a', 'b', 'c']) world.ask(`service/ns/${name}`, `${name}.example 60 ALIAS lb.test`);
    await world.settle();
    expect([questions(world), world.lowering.statistics().targets]).toEqual([1, 1]);
    expect(world.holds('c.example')).toEqual(['60 A 192.0.2.1']);
    for (const name of ['a', 'b', 'c']) world.ask(`service/ns/${name}`);
    await world.pass(600);
    expect([questions(world), world.lowering.statistics().targets, world.clock.waiting]).toEqual([1, 0, 0]);
  });

  it('that is wanted no more while it is asked for is forgotten, answer and all', async () => {
    const world = new AliasWorld();
    world.elsewhere.holding = true;
    world.ask('service/ns/svc', 'www.example 60 ALIAS lb.test');
    await world.settle();
    world.ask('service/ns/svc');
    world.elsewhere.release();
    await world.settle();
    expect([world.background, world.clock.waiting]).toEqual([[], 0]);
    expect(world.lowering.statistics()).toMatchObject({ targets: 0, unanswered: 0, inFlight: 0 });
  });
});

describe('many targets', () => {
  it('are asked for so many at a time, all of them in the end', async () => {
    const world = new AliasWorld({ maxConcurrent: 8 });
    world.elsewhere.holding = true;
    const lines = Array.from({ length: 100 }, (_, index) => `n${index}.example 60 ALIAS t${index}.test`);
    world.ask('service/ns/svc', ...lines);
    await world.settle();
    expect([world.elsewhere.atOnce, world.lowering.statistics()]).toEqual([
      8,
      expect.objectContaining({ targets: 100, unanswered: 100, inFlight: 8, waiting: 92 }),
    ]);
    world.elsewhere.release();
    for (let turn = 0; turn < 30; turn++) await world.settle();
    expect(world.elsewhere.atOnce).toBe(8);
    expect(world.lowering.statistics()).toMatchObject({
      unanswered: 0,
      missing: 100,
      inFlight: 0,
      waiting: 0,
      questions: { none: 200 },
    });
  });

  it('that cannot be resolved are one line in the log, and one when they can', async () => {
    const world = new AliasWorld();
    const names = Array.from({ length: 20 }, (_, index) => `t${index}.test`);
    for (const name of names) world.elsewhere.set(name, 'ETIMEOUT');
    world.ask('service/ns/svc', `www.example 60 ALIAS ${names.join(' ')}`);
    await world.pass(30);
    expect(world.log).toEqual([
      expect.stringMatching(/^host names cannot be resolved \{"count":20,.*"t0\.test\.","code":"ETIMEOUT","addresses":0/),
    ]);
    for (const name of names) world.elsewhere.set(name, '60 192.0.2.1');
    await world.pass(60);
    expect(world.log.slice(1)).toEqual([expect.stringMatching(/^host names are resolved again \{"count":20,/)]);
  });

  it('do not change thousands of names in one turn, but all of them in the end', async () => {
    const world = new AliasWorld();
    const names = Array.from({ length: 3 }, (_, index) => `t${index}.test`);
    world.ask('service/ns/svc', ...Array.from({ length: 10_000 }, (_, index) => `n${index}.example 60 ALIAS ${names.join(' ')}`));
    for (const [index, name] of names.entries()) world.elsewhere.set(name, `60 192.0.2.${index}`);
    for (let turn = 0; turn < 200; turn++) {
      await world.settle();
      world.clock.step(0);
    }
    expect(Math.max(...world.background)).toBeLessThanOrEqual(200);
    expect(world.holds('n9999.example')).toEqual(['60 A 192.0.2.0', '60 A 192.0.2.1', '60 A 192.0.2.2']);
    expect([world.elsewhere.asked.length, world.all().length]).toEqual([6, 30_000]);
  });
});

describe('names are settled', () => {
  it('at once where nothing has to be asked for', async () => {
    const world = new AliasWorld();
    await expect(world.lowering.settled(5000)).resolves.toBeUndefined();
  });

  it.each(['when everything was answered once', 'when time is over', 'when nobody wants to know any more'])('%s', async (how) => {
    const world = new AliasWorld();
    world.elsewhere.holding = true;
    world.ask('service/ns/svc', 'www.example 60 ALIAS lb.test');
    let settled = false;
    const settling = world.lowering.settled(5000).then(() => (settled = true));
    await world.settle();
    expect(settled).toBe(false);
    if (how.includes('answered')) world.elsewhere.release();
    else if (how.includes('time')) world.clock.step(5000);
    else world.ask('service/ns/svc');
    await settling;
    expect(settled).toBe(true);
  });
});

it('nothing is asked for, changed or waited for any more once it is stopped', async () => {
  const world = await worldWith('60 192.0.2.1');
  world.elsewhere.set('lb.test', '60 192.0.2.2');
  world.lowering.stop();
  await world.pass(120);
  expect([questions(world), world.clock.waiting, world.elsewhere.stopped]).toEqual([1, 0, true]);
  expect(world.holds('www.example')).toEqual(['60 A 192.0.2.1']);
});

it('a fault while an answer is taken over is logged, and the target asked for again', async () => {
  const world = new AliasWorld({
    onChanges: () => {
      throw new Error('no room');
    },
  });
  world.elsewhere.set('lb.test', '60 192.0.2.1');
  world.ask('service/ns/svc', 'www.example 60 ALIAS lb.test');
  await world.settle();
  expect(world.clock.waiting).toBe(1);
  await world.pass(60);
  expect(world.log).toEqual([expect.stringContaining('the answer could not be taken over')]);
  expect(questions(world)).toBe(2);
});
