import { describe, expect, it } from '@jest/globals';

import { nameOf } from '../name/owner-name.ts';
import { AliasWorld } from './testing/alias-world.ts';

/** What some lines make of names, once everything is known: the answer of each name elsewhere, and all that objects ask for. */
async function worldOf(
  lines: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
  mode: 'flatten' | 'cname' = 'flatten',
): Promise<AliasWorld> {
  const world = new AliasWorld({ mode, nameServers: new Set([nameOf('ns.example')]) });
  for (const [name, answer] of Object.entries(elsewhere)) world.elsewhere.set(name, answer);
  world.ask('service/ns/all', ...lines);
  // The zones have the names now, and those above them that nobody asks for.
  world.clock.step(0);
  await world.settle();
  return world;
}

describe('a name with the addresses of a host name', () => {
  it.each<{ rule: string; lines: string[]; elsewhere?: Record<string, string>; expected: string[]; problems?: string[] }>([
    {
      rule: 'has those of both families, with the TTL of the answer where that is lower',
      lines: ['www.example 300 ALIAS lb.test'],
      elsewhere: { 'lb.test': '60 192.0.2.2 192.0.2.1 2001:db8::1' },
      expected: ['60 A 192.0.2.1', '60 A 192.0.2.2', '60 AAAA 2001:db8::1'],
    },
    {
      rule: 'has its own TTL where that is lower',
      lines: ['www.example 20 ALIAS lb.test'],
      elsewhere: { 'lb.test': '60 192.0.2.1' },
      expected: ['20 A 192.0.2.1'],
    },
    {
      rule: 'has those of all its targets, each once',
      lines: ['www.example 60 ALIAS b.test a.test'],
      elsewhere: { 'a.test': '60 192.0.2.2 192.0.2.9', 'b.test': '60 192.0.2.9 192.0.2.1' },
      expected: ['60 A 192.0.2.1', '60 A 192.0.2.2', '60 A 192.0.2.9'],
    },
    {
      rule: 'has those of the targets that can be resolved',
      lines: ['www.example 60 ALIAS a.test b.test c.test'],
      elsewhere: { 'a.test': '60 192.0.2.1', 'b.test': 'ETIMEOUT' },
      expected: ['60 A 192.0.2.1'],
      problems: ['ALIAS_TARGET_FAILING www.example. b.test.', 'ALIAS_TARGET_MISSING www.example. c.test.'],
    },
    {
      rule: 'exists without any',
      lines: ['www.example 60 ALIAS lb.test'],
      expected: ['NODATA'],
      problems: ['ALIAS_TARGET_MISSING www.example. lb.test.'],
    },
    {
      rule: 'keeps its data of other types',
      lines: ['www.example 60 ALIAS lb.test', 'www.example 30 TXT "x"'],
      elsewhere: { 'lb.test': '60 192.0.2.1' },
      expected: ['30 TXT "x"', '60 A 192.0.2.1'],
    },
    {
      rule: 'may be a wildcard, or the apex',
      lines: ['*.www.example 60 ALIAS lb.test', 'example 60 ALIAS lb.test', 'www.example 60 ALIAS example x.www.example'],
      elsewhere: { 'lb.test': '60 192.0.2.1' },
      expected: ['60 A 192.0.2.1'],
    },
  ])('$rule', async ({ lines, elsewhere, expected, problems = [] }) => {
    const world = await worldOf(lines, elsewhere);
    expect(world.holds('www.example')).toEqual(expected);
    expect(world.problems()).toEqual(problems);
  });

  it('exists without data while nothing is known', async () => {
    const world = new AliasWorld();
    world.elsewhere.holding = true;
    world.ask('service/ns/svc', 'www.example 60 ALIAS lb.test');
    await world.settle();
    expect(world.holds('www.example')).toEqual(['NODATA']);
    expect([world.lowering.statistics().unanswered, world.problems()]).toEqual([1, []]);
  });

  it('keeps its addresses until something is known of new targets, and no longer', async () => {
    const world = new AliasWorld();
    world.ask('service/ns/svc', 'www.example 60 A 192.0.2.1');
    world.elsewhere.holding = true;
    world.ask('service/ns/svc', 'www.example 60 ALIAS lb.test');
    await world.settle();
    expect(world.holds('www.example')).toEqual(['60 A 192.0.2.1']);
    world.elsewhere.set('lb.test', '60 192.0.2.2');
    world.elsewhere.release();
    await world.settle();
    expect(world.holds('www.example')).toEqual(['60 A 192.0.2.2']);
    world.ask('service/ns/svc', 'www.example 60 ALIAS gone.test');
    await world.settle();
    expect(world.holds('www.example')).toEqual(['NODATA']);
    world.ask('service/ns/svc');
    expect(world.holds('www.example')).toEqual(['NXDOMAIN']);
  });

  it('gives way to addresses that somebody asks for, and comes back', async () => {
    const world = await worldOf(['www.example 60 ALIAS lb.test'], { 'lb.test': '60 192.0.2.1' });
    world.ask('record/ns/r', 'www.example 60 A 198.51.100.1');
    expect(world.holds('www.example')).toEqual(['60 A 198.51.100.1']);
    expect(world.lowering.statistics()).toMatchObject({ aliases: 0, targets: 0 });
    world.ask('record/ns/r');
    await world.settle();
    expect(world.holds('www.example')).toEqual(['60 A 192.0.2.1']);
    expect(world.lowering.lowered(nameOf('www.example'))).toBe(world.held.get(nameOf('www.example')));
  });

  it('unites the targets of all set identifiers, where a catalog keeps those apart', async () => {
    const world = new AliasWorld({}, { setIdentifiers: 'separate' });
    world.elsewhere.set('a.test', '60 192.0.2.1');
    world.elsewhere.set('b.test', '60 192.0.2.2');
    world.ask('service/ns/svc', 'www.example 60 ALIAS a.test ; blue', 'www.example 30 ALIAS b.test ; green');
    await world.settle();
    expect(world.holds('www.example')).toEqual(['30 A 192.0.2.1', '30 A 192.0.2.2']);
  });
});

describe('where CNAMEs are wanted', () => {
  it.each<{ rule: string; lines: string[]; expected: string[]; at?: string }>([
    { rule: 'a name with one target has one', lines: ['www.example 60 ALIAS lb.test'], expected: ['60 CNAME lb.test.'] },
    { rule: 'a wildcard has one', at: '*.example', lines: ['*.example 60 ALIAS lb.test'], expected: ['60 CNAME lb.test.'] },
    {
      rule: 'a name with two targets has addresses',
      lines: ['www.example 60 ALIAS lb.test lb2.test'],
      expected: ['60 A 192.0.2.1'],
    },
    {
      rule: 'a name with other data has addresses',
      lines: ['www.example 60 ALIAS lb.test', 'www.example 60 TXT "x"'],
      expected: ['60 TXT "x"', '60 A 192.0.2.1'],
    },
    { rule: 'the apex has addresses', at: 'example', lines: ['example 60 ALIAS lb.test'], expected: ['60 A 192.0.2.1'] },
    {
      rule: 'a name server has addresses',
      at: 'ns.example',
      lines: ['ns.example 60 ALIAS lb.test'],
      expected: ['60 A 192.0.2.1'],
    },
    { rule: 'a name that would be its own alias has neither', lines: ['www.example 60 ALIAS www.example'], expected: ['NODATA'] },
    {
      rule: 'a name that leads back to itself has neither',
      lines: ['www.example 60 ALIAS b.example', 'b.example 60 ALIAS www.example'],
      expected: ['NODATA'],
    },
    {
      rule: 'a name of our zones will do as target, there or not',
      lines: ['www.example 60 ALIAS b.example'],
      expected: ['60 CNAME b.example.'],
    },
  ])('$rule', async ({ lines, expected, at = 'www.example' }) => {
    const world = await worldOf(lines, { 'lb.test': '60 192.0.2.1' }, 'cname');
    expect(world.holds(at)).toEqual(expected);
  });

  it('nobody is asked for the target of one', async () => {
    const world = await worldOf(['www.example 60 ALIAS lb.test'], {}, 'cname');
    expect(world.elsewhere.asked).toEqual([]);
  });

  it('a name has addresses while it has other data, and a CNAME again afterwards', async () => {
    const world = await worldOf(['www.example 60 ALIAS lb.test'], { 'lb.test': '60 192.0.2.1' }, 'cname');
    world.ask('ingress/ns/i', 'www.example 60 TXT "x"');
    await world.settle();
    expect(world.holds('www.example')).toEqual(['60 TXT "x"', '60 A 192.0.2.1']);
    world.ask('ingress/ns/i');
    expect(world.holds('www.example')).toEqual(['60 CNAME lb.test.']);
    expect(world.lowering.statistics().targets).toBe(0);
  });
});

describe('a target in our zones', () => {
  it.each<{ rule: string; lines: string[]; expected: string[]; asked?: string[]; problems?: string[] }>([
    {
      rule: 'gives its addresses, nobody being asked',
      lines: ['www.example 60 ALIAS a.example', 'a.example 30 A 192.0.2.1', 'a.example 90 AAAA 2001:db8::1'],
      expected: ['30 A 192.0.2.1', '30 AAAA 2001:db8::1'],
    },
    {
      rule: 'leads on by a CNAME, with the lowest TTL',
      lines: ['www.example 60 ALIAS a.example', 'a.example 10 CNAME b.child.example', 'b.child.example 90 A 192.0.2.1'],
      expected: ['10 A 192.0.2.1'],
    },
    {
      rule: 'leads on by its own alias',
      lines: [
        'www.example 60 ALIAS a.example',
        'a.example 10 ALIAS b.example c.example',
        'b.example 90 A 192.0.2.1',
        'c.example 90 A 192.0.2.2',
      ],
      expected: ['10 A 192.0.2.1', '10 A 192.0.2.2'],
    },
    {
      rule: 'leads on by a DNAME',
      lines: ['www.example 60 ALIAS x.old.example', 'old.example 10 DNAME new.example', 'x.new.example 90 A 192.0.2.1'],
      expected: ['10 A 192.0.2.1'],
    },
    {
      rule: 'leads out of them by a CNAME',
      lines: ['www.example 60 ALIAS a.example', 'a.example 10 CNAME lb.test'],
      expected: ['10 A 203.0.113.1'],
      asked: ['lb.test. A', 'lb.test. AAAA'],
    },
    {
      rule: 'may have what a wildcard gives it',
      lines: ['www.example 60 ALIAS x.apps.example', '*.apps.example 30 A 192.0.2.1'],
      expected: ['30 A 192.0.2.1'],
    },
    {
      rule: 'has nothing of a wildcard where a name below it makes it exist',
      lines: ['www.example 60 ALIAS x.apps.example', '*.apps.example 30 A 192.0.2.1', 'y.x.apps.example 30 A 192.0.2.2'],
      expected: ['NODATA'],
    },
    {
      rule: 'has nothing of a wildcard above its closest encloser',
      lines: ['www.example 60 ALIAS x.apps.example', '*.example 30 A 192.0.2.1', 'y.apps.example 30 A 192.0.2.2'],
      expected: ['NODATA'],
    },
    {
      rule: 'is asked for elsewhere where it is delegated',
      lines: ['www.example 60 ALIAS lb.sub.example', 'sub.example 60 NS ns.test', 'lb.sub.example 60 A 192.0.2.1'],
      expected: ['60 A 203.0.113.2'],
      asked: ['lb.sub.example. A', 'lb.sub.example. AAAA'],
    },
    { rule: 'gives nothing where it does not exist', lines: ['www.example 60 ALIAS a.example'], expected: ['NODATA'] },
    {
      rule: 'counts once, though several ways lead to it',
      lines: [
        'www.example 60 ALIAS a.example b.example',
        'a.example 60 ALIAS c.example',
        'b.example 60 CNAME c.example',
        'c.example 60 A 192.0.2.1',
      ],
      expected: ['60 A 192.0.2.1'],
    },
    {
      rule: 'that is the name itself gives nothing, and is reported',
      lines: ['www.example 60 ALIAS www.example a.example', 'a.example 60 A 192.0.2.1'],
      expected: ['60 A 192.0.2.1'],
      problems: ['ALIAS_LOOP www.example. www.example.'],
    },
    {
      rule: 'that leads back by aliases and CNAMEs gives nothing, and both names are reported',
      lines: ['www.example 60 ALIAS a.example', 'a.example 60 CNAME b.example', 'b.example 60 ALIAS www.example'],
      expected: ['NODATA'],
      problems: ['ALIAS_LOOP b.example. b.example.', 'ALIAS_LOOP www.example. www.example.'],
    },
    {
      rule: 'that a wildcard of the same alias covers gives nothing',
      lines: ['*.example 60 ALIAS x.example', 'www.example 60 ALIAS y.example'],
      expected: ['NODATA'],
      problems: ['ALIAS_LOOP *.example. x.example.', 'ALIAS_LOOP www.example. x.example.'],
    },
    {
      rule: 'that is sixteen steps away is reached, and not one that is seventeen',
      lines: [
        'www.example 60 ALIAS a1.example',
        'far.example 60 ALIAS www.example',
        ...Array.from({ length: 15 }, (_, index) => `a${index + 1}.example 60 CNAME a${index + 2}.example`),
        'a16.example 60 A 192.0.2.1',
      ],
      expected: ['60 A 192.0.2.1'],
      problems: ['ALIAS_CHAIN_TOO_LONG far.example. a16.example.'],
    },
  ])('$rule', async ({ lines, expected, asked = [], problems = [] }) => {
    const world = await worldOf(lines, { 'lb.test': '60 203.0.113.1', 'lb.sub.example': '60 203.0.113.2' });
    expect(world.holds('www.example')).toEqual(expected);
    expect([...new Set(world.elsewhere.asked)]).toEqual(asked);
    expect(world.problems()).toEqual(problems);
  });

  it('changes the names that lead to it at once, by whatever way', () => {
    const world = new AliasWorld();
    world.ask('service/ns/1', 'www.example 60 ALIAS a.example');
    world.ask('service/ns/2', 'a.example 60 CNAME b.apps.example');
    expect(world.holds('www.example')).toEqual(['NODATA']);
    const steps: [string, readonly string[], string][] = [
      ['3', ['*.apps.example 60 A 192.0.2.1'], '60 A 192.0.2.1'],
      ['3', ['*.apps.example 60 A 192.0.2.2'], '60 A 192.0.2.2'],
      ['4', ['b.apps.example 60 A 192.0.2.3'], '60 A 192.0.2.3'],
      ['4', ['b.apps.example'], 'NODATA'],
      ['4', [], '60 A 192.0.2.2'],
      ['2', ['a.example 60 A 192.0.2.4'], '60 A 192.0.2.4'],
      ['2', [], 'NODATA'],
    ];
    for (const [object, lines, expected] of steps) {
      world.ask(`service/ns/${object}`, ...lines);
      world.clock.step(0);
      expect(world.holds('www.example')).toEqual([expected]);
    }
    expect(world.elsewhere.asked).toEqual([]);
  });

  it('comes and goes with the names below it, where a wildcard stands above it', () => {
    const world = new AliasWorld();
    world.ask('service/ns/1', 'www.example 60 ALIAS x.apps.example', '*.apps.example 60 A 192.0.2.1');
    expect(world.holds('www.example')).toEqual(['60 A 192.0.2.1']);
    for (const [lines, expected] of [
      [['y.x.apps.example 60 TXT "x"'], 'NODATA'],
      [[], '60 A 192.0.2.1'],
    ] as const) {
      world.ask('service/ns/2', ...lines);
      world.clock.step(0);
      expect(world.holds('www.example')).toEqual([expected]);
    }
  });

  it('ends a loop by changing, which ends the report', () => {
    const world = new AliasWorld();
    world.ask('service/ns/1', 'a.example 60 ALIAS b.example');
    world.ask('service/ns/2', 'b.example 60 ALIAS a.example');
    expect(world.problems()).toEqual(['ALIAS_LOOP a.example. a.example.', 'ALIAS_LOOP b.example. b.example.']);
    world.clock.step(5000);
    expect(world.log).toEqual([expect.stringMatching(/^names do not have all .*"count":2,.*ALIAS_LOOP.*ALIAS_LOOP/)]);
    world.ask('service/ns/2', 'b.example 60 A 192.0.2.1');
    expect([world.holds('a.example'), world.problems()]).toEqual([['60 A 192.0.2.1'], []]);
    expect(world.lowering.statistics().obstructed).toBe(0);
  });

  it('has no addresses of its own past by way of a loop', () => {
    const world = new AliasWorld();
    world.ask('service/ns/1', 'a.example 60 ALIAS b.example');
    world.ask('service/ns/2', 'b.example 60 A 192.0.2.1');
    world.ask('service/ns/2', 'b.example 60 ALIAS a.example');
    expect([world.holds('a.example'), world.holds('b.example')]).toEqual([['NODATA'], ['NODATA']]);
  });
});

describe('a target elsewhere whose CNAMEs lead into our zones', () => {
  it('counts as the name there, which is not asked of anybody', async () => {
    const world = await worldOf(['www.example 60 ALIAS cdn.test', 'a.example 30 A 192.0.2.1'], {
      'cdn.test': 'CNAME edge.test',
      'edge.test': 'CNAME a.example',
      'a.example': '60 203.0.113.66',
    });
    expect(world.holds('www.example')).toEqual(['30 A 192.0.2.1']);
    expect(world.problems()).toEqual([]);
  });

  it('is found to lead in a circle, though somebody still remembers addresses', async () => {
    const world = await worldOf(['www.example 60 ALIAS cdn.test'], {
      'cdn.test': 'CNAME www.example',
      'www.example': '60 203.0.113.66',
    });
    expect(world.holds('www.example')).toEqual(['NODATA']);
    expect(world.problems()).toEqual(['ALIAS_LOOP www.example. www.example.']);
  });

  it('may lead in a circle of its own, which ends', async () => {
    const world = await worldOf(['www.example 60 ALIAS a.test'], { 'a.test': '60 203.0.113.1' });
    expect(world.holds('www.example')).toEqual(['60 A 203.0.113.1']);
  });
});

it('many addresses are cut to what a message holds, always the same ones, and that is reported', async () => {
  const lines = Array.from({ length: 6 }, (_, target) =>
    Array.from({ length: 200 }, (_each, index) => `a${target}.example 60 A 10.0.${target}.${index}`),
  ).flat();
  const world = await worldOf([`www.example 60 ALIAS ${[5, 4, 3, 2, 1, 0].map((n) => `a${n}.example`).join(' ')}`, ...lines]);
  expect(world.holds('www.example')).toHaveLength(1000);
  expect(world.holds('www.example').at(-1)).toBe('60 A 10.0.4.199');
  expect(world.problems()).toEqual(['ALIAS_ADDRESSES_LEFT_OUT www.example. www.example.']);
});
