/**
 * The built command on folders and files, as a user starts it: what it answers, how soon an edit shows, what it says of mistakes.
 */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../support/eventually.ts';
import { AREAS, IPS, SERVICE } from '../support/kube-objects.ts';
import { builtResolver } from '../support/built-resolver.ts';
import { type ResolverProcess, startResolver } from '../support/resolver-process.ts';
import { runProgram } from '../support/run-program.ts';

// Processes are started: on a busy machine that takes more than Jest's five seconds.
jest.setTimeout(60_000);

/** An edit that does not show in this time is not seen at all. How soon it does is a test of its own. */
const AN_EDIT = { withinMs: 10_000 };
const ZONE_FLAGS = ['--zone', 'lb.test', '--soa-ns', 'ns1.lb.test:192.0.2.53', '--soa-email', 'admin@lb.test'];

let folder: string;
let running: ResolverProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubezone-resolver-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((resolver) => resolver.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(...flags: readonly string[]): Promise<ResolverProcess> {
  const resolver = await startResolver(flags);
  running.push(resolver);
  await eventually('it is ready', async () => ((await resolver.http('/readyz')).status === 200 ? true : undefined), {
    withinMs: 10_000,
  });
  return resolver;
}

const node = (name: string, areas: string, ips: string, ready = 'True'): string => `apiVersion: v1
kind: Node
metadata:
  name: ${name}
  annotations:
    ${AREAS}: "${areas}"
    ${IPS}: "${ips}"
status:
  conditions: [{type: Ready, status: "${ready}"}]
`;

const service = (name: string, nodeName: string): string => `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: {name: ${name}, namespace: default, annotations: {${SERVICE}: "true"}}
    spec: {ports: [{port: 80}]}
  - apiVersion: discovery.k8s.io/v1
    kind: EndpointSlice
    metadata: {name: ${name}-1, namespace: default, labels: {kubernetes.io/service-name: ${name}}}
    addressType: IPv4
    endpoints: [{addresses: [10.0.0.1], nodeName: ${nodeName}, conditions: {ready: true}}]
`;

const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);

async function hasAddresses(resolver: ResolverProcess, name: string, expected: readonly string[]): Promise<void> {
  await eventually(
    `${name} is ${expected.join(', ')}`,
    async (): Promise<true> => {
      const found = await resolver.addresses(name);
      if (found.join() === expected.toSorted().join()) return true;
      throw new Error(`it is ${found.join(', ') || 'nothing'}`);
    },
    { ...AN_EDIT, everyMs: 10 },
  );
}

async function hasOutcome(resolver: ResolverProcess, name: string, expected: string): Promise<void> {
  await eventually(
    `${name} is ${expected}`,
    async (): Promise<true> => {
      const found = await resolver.outcome(name);
      if (found === expected) return true;
      throw new Error(`it is ${found}`);
    },
    { ...AN_EDIT, everyMs: 10 },
  );
}

describe('the resolver on a folder of manifests', () => {
  it('answers UDP in threads that come before its others where they share a processor', async () => {
    if (process.platform !== 'linux') return;
    write('nodes.yaml', node('a', 'public', '192.0.2.1'));
    const resolver = await start('--manifests', folder, ...ZONE_FLAGS, '--udp-workers', '2');
    const threads = readdirSync(`/proc/${resolver.child.pid}/task`);
    const usual = getPriority();
    const favoured = threads.filter((id) => getPriority(Number(id)) === usual);
    expect(favoured).toHaveLength(2);
    expect(threads.length).toBeGreaterThan(2);
  });

  it('answers for its objects, over UDP and TCP', async () => {
    write('nodes.yaml', [node('n1', 'home', '1.2.3.4,2001:db8::1'), node('n2', 'home', '1.2.3.5', 'False')].join('---\n'));
    write('services.yaml', service('git', 'n1'));
    const resolver = await start(...ZONE_FLAGS, '--manifests', folder);
    for (const transport of ['udp', 'tcp'] as const) {
      expect((await resolver.ask('home.lb.test.', 'A', transport)).answer.map(({ rdata }) => rdata)).toEqual(['1.2.3.4']);
    }
    expect(await resolver.addresses('git.default.lb.test.')).toEqual(['1.2.3.4']);
    expect(await resolver.outcome('nothing.lb.test.')).toBe('NXDOMAIN');
    expect(await resolver.outcome('www.example.com.')).toBe('REFUSED');
  });

  it('shows an edit, a new file, a file moved over another and a removed file', async () => {
    write('a.yaml', node('n1', 'home', '1.1.1.1'));
    write('last.yaml', node('n9', 'last', '1.1.1.9'));
    const resolver = await start(...ZONE_FLAGS, '--manifests', folder);
    write('a.yaml', node('n1', 'home', '1.1.1.2'));
    await hasAddresses(resolver, 'home.lb.test.', ['1.1.1.2']);
    write(
      'b.json',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n2', annotations: { [AREAS]: 'home', [IPS]: '1.1.1.3' } },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      }),
    );
    await hasAddresses(resolver, 'home.lb.test.', ['1.1.1.2', '1.1.1.3']);
    // How editors save.
    write('a.yaml.swp', node('n1', 'home', '1.1.1.4'));
    renameSync(join(folder, 'a.yaml.swp'), join(folder, 'a.yaml'));
    await hasAddresses(resolver, 'home.lb.test.', ['1.1.1.3', '1.1.1.4']);
    rmSync(join(folder, 'b.json'));
    await hasAddresses(resolver, 'home.lb.test.', ['1.1.1.4']);
    rmSync(join(folder, 'a.yaml'));
    await hasOutcome(resolver, 'home.lb.test.', 'NXDOMAIN');
    expect(resolver.logLines().filter(({ level }) => level === 'error')).toEqual([]);
    // A folder without any manifest is one that is not mounted, far more often than not.
    rmSync(join(folder, 'last.yaml'));
    await eventually(
      'the empty folder is reported',
      () => (resolver.child.log().includes('MANIFESTS_EMPTY') ? true : undefined),
      AN_EDIT,
    );
    expect(await resolver.addresses('last.lb.test.')).toEqual(['1.1.1.9']);
  });

  it('shows an edit within a second', async () => {
    write('a.yaml', node('n1', 'home', '1.1.1.1'));
    const resolver = await start(...ZONE_FLAGS, '--manifests', folder);
    const tookMs: number[] = [];
    for (let edit = 2; edit < 9; edit++) {
      const from = performance.now();
      write('a.yaml', node('n1', 'home', `1.1.1.${edit}`));
      await hasAddresses(resolver, 'home.lb.test.', [`1.1.1.${edit}`]);
      tookMs.push(performance.now() - from);
    }
    // The median: one of them may have met a pause of the machine.
    expect(tookMs.toSorted((one, other) => one - other)[3]).toBeLessThan(1000);
  });

  it('follows a ConfigMap mount, where a symbolic link is swapped', async () => {
    for (const [version, address] of [
      ['..1', '1.1.1.1'],
      ['..2', '1.1.1.2'],
    ] as const) {
      mkdirSync(join(folder, version));
      write(`${version}/nodes.yaml`, node('n1', 'home', address));
    }
    symlinkSync('..1', join(folder, '..data'));
    symlinkSync('..data/nodes.yaml', join(folder, 'nodes.yaml'));
    const resolver = await start(...ZONE_FLAGS, '--manifests', folder);
    await hasAddresses(resolver, 'home.lb.test.', ['1.1.1.1']);
    symlinkSync('..2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    await hasAddresses(resolver, 'home.lb.test.', ['1.1.1.2']);
    expect(resolver.logLines().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('keeps the last good content of a file that is broken, reports it, and serves the rest', async () => {
    write('good.yaml', node('n1', 'home', '1.1.1.1'));
    write('other.yaml', node('n2', 'other', '2.2.2.2'));
    const resolver = await start(...ZONE_FLAGS, '--manifests', folder);
    write('good.yaml', 'kind: Node\n  metadata: [broken\n');
    await eventually(
      'the broken file is reported',
      () => (resolver.child.log().includes('good.yaml') ? true : undefined),
      AN_EDIT,
    );
    expect(await resolver.addresses('home.lb.test.')).toEqual(['1.1.1.1']);
    write('other.yaml', node('n2', 'other', '2.2.2.3'));
    await hasAddresses(resolver, 'other.lb.test.', ['2.2.2.3']);
    write('good.yaml', node('n1', 'home', '1.1.1.9'));
    await hasAddresses(resolver, 'home.lb.test.', ['1.1.1.9']);
  });

  it('puts each of four addresses first in a quarter of 4,000 answers', async () => {
    const addresses = ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'];
    write('nodes.yaml', node('n1', 'home', addresses.join()));
    const resolver = await start(...ZONE_FLAGS, '--manifests', folder);
    const replies = await Promise.all(Array.from({ length: 4000 }, () => resolver.ask('home.lb.test.', 'A')));
    for (const address of addresses) {
      const share = replies.filter((reply) => reply.answer[0]?.rdata === address).length / replies.length;
      expect(Math.abs(share - 0.25)).toBeLessThanOrEqual(0.03);
    }
    expect(replies.every((reply) => reply.answer.length === 4)).toBe(true);
  });
});

describe('the resolver on zone files', () => {
  const zoneFile = (address: string): string => `$ORIGIN static.test.
$TTL 60
@ SOA ns1 hostmaster 1 3600 900 86400 30
@ NS ns1
ns1 A 192.0.2.1
www A ${address}
`;

  it('needs no other flag, reloads an edit, and keeps the zone where the edit is broken', async () => {
    write('static.zone', zoneFile('192.0.2.10'));
    const resolver = await start('--zone-file', `static.test=${join(folder, 'static.zone')}`);
    expect(await resolver.addresses('www.static.test.')).toEqual(['192.0.2.10']);
    write('static.zone', zoneFile('192.0.2.11'));
    await hasAddresses(resolver, 'www.static.test.', ['192.0.2.11']);
    write('static.zone', zoneFile('not-an-address'));
    await eventually(
      'the line is named',
      () => (/static\.zone/.test(resolver.child.log()) && /not-an-address/.test(resolver.child.log()) ? true : undefined),
      AN_EDIT,
    );
    expect(await resolver.outcome('ns1.static.test.')).toBe('NOERROR');
  });

  it('serves several zones of a configuration file, each from its own data', async () => {
    write('static.zone', zoneFile('192.0.2.10'));
    write('nodes.yaml', node('n1', 'home', '1.1.1.1'));
    const config = join(folder, 'kubezone.conf');
    writeFileSync(
      config,
      `manifests: ${folder}
zones:
  - name: lb.test
    ttl: 7
    soa: {email: admin@lb.test}
    nameservers: [{name: ns1.lb.test, addresses: [192.0.2.53]}]
  - name: second.test
    soa: {email: admin@second.test}
    nameservers: [{name: ns1.lb.test}]
  - name: static.test
    file: ${join(folder, 'static.zone')}
`,
    );
    const resolver = await start('--config', config);
    const reply = await resolver.ask('home.lb.test.', 'A');
    expect(reply.answer.map(({ rdata, ttl }) => [rdata, ttl])).toEqual([['1.1.1.1', 7]]);
    expect(await resolver.addresses('home.second.test.')).toEqual(['1.1.1.1']);
    expect(await resolver.addresses('www.static.test.')).toEqual(['192.0.2.10']);
  });
});

describe('the command line', () => {
  const mistakes: readonly (readonly [title: string, flags: readonly string[], says: RegExp])[] = [
    ['an unknown flag', ['--no-such-flag'], /no-such-flag/],
    ['no zone at all', [], /zone/],
    ['a port out of range', [...ZONE_FLAGS, '--port', '70000'], /port.*70000|70000.*port/s],
    [
      'a mail address without @',
      ['--zone', 'lb.test', '--soa-ns', 'ns1.lb.test:192.0.2.53', '--soa-email', 'admin'],
      /soa-email.*admin/s,
    ],
    [
      'a name server in the zone without an address',
      ['--zone', 'lb.test', '--soa-ns', 'ns1.lb.test', '--soa-email', 'a@lb.test'],
      /ns1\.lb\.test/,
    ],
    [
      'a bad address of a name server',
      ['--zone', 'lb.test', '--soa-ns', 'ns1.lb.test:1.2.3', '--soa-email', 'a@lb.test'],
      /1\.2\.3/,
    ],
    [
      'a zone that is no name',
      ['--zone', 'lb..test', '--soa-ns', 'ns1.lb.test:192.0.2.1', '--soa-email', 'a@lb.test'],
      /lb\.\.test/,
    ],
    ['a configuration file that does not exist', ['--config', '/nonexistent/kubezone.yaml'], /\/nonexistent\/kubezone\.yaml/],
    ['a folder that does not exist', [...ZONE_FLAGS, '--manifests', '/nonexistent/folder'], /\/nonexistent\/folder/],
    ['an unknown source', [...ZONE_FLAGS, '--source', 'nodes'], /nodes/],
  ];

  it.each(mistakes)('with %s ends with exit code 2 and says what is wrong', async (_title, flags, says) => {
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, [await builtResolver(), ...flags]);
    expect(stderr + stdout).toMatch(says);
    expect(stderr + stdout).not.toMatch(/\n\s+at /);
    expect(exitCode).toBe(2);
  });

  it('drains on SIGTERM: what was asked is answered, and the exit code is 0', async () => {
    write('nodes.yaml', node('n1', 'home', '1.1.1.1'));
    const resolver = await start(...ZONE_FLAGS, '--manifests', folder);
    const asked = Array.from({ length: 50 }, () => resolver.ask('home.lb.test.', 'A', 'tcp'));
    await asked[0];
    process.kill(resolver.child.pid, 'SIGTERM');
    expect((await Promise.all(asked)).every((reply) => reply.answer.length === 1)).toBe(true);
    await eventually('it ends', () => (resolver.child.exited() === undefined ? undefined : true), { withinMs: 8000 });
    expect(resolver.child.exited()).toBe(0);
  });
});
