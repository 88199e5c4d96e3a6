import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from '@kubezone/app/testing';

import { type BuiltResolver, buildResolver, copyLauncher, run, type Running } from './testing/built-resolver.ts';
import { type ClusterCopy, copyExampleCluster } from './testing/example-cluster.ts';
import { serveNodeApi } from './testing/node-api.ts';
import { query } from './testing/query.ts';

let built: BuiltResolver;
let cluster: ClusterCopy;
const running: Running[] = [];

beforeAll(async () => {
  [built, cluster] = await Promise.all([buildResolver(), copyExampleCluster()]);
}, 60_000);

afterAll(async () => {
  await Promise.all([built.remove(), cluster.remove()]);
});

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

function start(words: readonly string[], node = process.execPath): Running {
  const command = run(node, [built.main, ...words]);
  running.push(command);
  return command;
}

const ZONE = ['--zone', 'lab.example', '--soa-ns', 'ns1.lab.example:192.0.2.53', '--soa-email', 'admin@lab.example'];

/** Starts it on the copy of examples/cluster. */
function startOnCluster(...words: readonly string[]): Running {
  return start([...ZONE, '--manifests', cluster.folder, '--listen', '127.0.0.1:0', ...words]);
}

/** The port on which it says that it answers, once it does. */
async function portOf(command: Running): Promise<number> {
  const listening = /"msg":"answering"/;
  const log = await eventually(
    `listening (stderr: ${command.stderr()})`,
    20_000,
    async () => command.stdout(),
    (text) => listening.test(text),
  );
  const line = log.split('\n').find((text) => listening.test(text)) ?? '';
  const { listen } = JSON.parse(line) as { readonly listen: readonly string[] };
  return Number(listen[0]?.split(':').at(-1));
}

describe('the built command', () => {
  it('answers over UDP and TCP, follows an edit within a second, and ends with 0 on SIGTERM', async () => {
    const command = startOnCluster();
    const port = await portOf(command);
    const name = 'home.lab.example';
    for (const transport of ['udp', 'tcp'] as const) {
      const reply = await eventually(
        'an answer',
        10_000,
        () => query(name, port, transport),
        ({ rcode }) => rcode === 'NOERROR',
      );
      expect(reply.addresses).toEqual(['192.0.2.11', '192.0.2.12']);
    }
    await cluster.edit('nodes.yaml', '192.0.2.12,', '192.0.2.99,');
    const edited = ['192.0.2.11', '192.0.2.99'];
    await eventually(
      'the edit',
      1000,
      () => query(name, port),
      ({ addresses }) => addresses.join() === edited.join(),
    );
    await cluster.edit('nodes.yaml', '192.0.2.99,', '192.0.2.12,');
    command.child.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(command.stderr()).toBe('');
    for (const line of command.stdout().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
  }, 60_000);

  it('goes on answering for --shutdown-delay, is ready no more meanwhile, and ends at once on a second signal', async () => {
    const command = startOnCluster('--shutdown-delay', '600', '--metrics', '127.0.0.1:0');
    const port = await portOf(command);
    const [, probes] = /"metrics":\["([^"]+)"\]/.exec(command.stdout()) ?? [];
    const ready = async (): Promise<number> => (await fetch(`http://${probes}/readyz`)).status;
    await eventually('readiness', 10_000, ready, (status) => status === 200);
    command.child.kill('SIGTERM');
    await eventually('readiness to go', 5000, ready, (status) => status === 503);
    expect((await query('home.lab.example', port)).rcode).toBe('NOERROR');
    command.child.kill('SIGINT');
    expect(await command.ended).toBe(130);
  }, 60_000);

  it('learns the names of a cluster through a kubeconfig, without the generated Kubernetes client', async () => {
    const dist = dirname(built.main);
    const chunks = (await readdir(dist)).filter((name) => name.startsWith('chunk-'));
    const texts = await Promise.all(chunks.map((name) => readFile(join(dist, name), 'utf8')));
    // esbuild names each source file above what it takes from it.
    const sources = texts.flatMap((text) => [...text.matchAll(/^\s*\/\/ .*(client-node\/dist\/.*)$/gm)].map(([, path]) => path));
    expect(sources).toContain('client-node/dist/config.js');
    expect(sources.filter((path) => /gen\/(models|apis|index)/.test(String(path)))).toEqual([]);

    const api = await serveNodeApi();
    const folder = await mkdtemp(join(tmpdir(), 'kubezone-main-'));
    try {
      await writeFile(join(folder, 'config'), api.kubeconfig);
      const kubeconfig = ['--kubeconfig', join(folder, 'config'), '--source', 'node-area'];
      const port = await portOf(start([...ZONE, ...kubeconfig, '--listen', '127.0.0.1:0']));
      const answered = ({ addresses }: { readonly addresses: readonly string[] }): boolean => addresses.join() === '192.0.2.11';
      await eventually('the answer', 10_000, () => query('home.lab.example', port), answered);
    } finally {
      api.close();
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  it('ends in good order on SIGHUP too, as when its terminal is closed', async () => {
    const command = startOnCluster();
    await portOf(command);
    await eventually(
      'the start',
      10_000,
      async () => command.stdout(),
      (text) => text.includes('all names are known'),
    );
    command.child.kill('SIGHUP');
    expect(await command.ended).toBe(0);
    expect(command.stdout()).toContain('"msg":"ended"');
  }, 60_000);

  it('exits with 2 where the configuration is not UTF-8', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubezone-main-'));
    const file = join(folder, 'kubezone.yaml');
    await writeFile(file, Buffer.from('nsid: "\xff\xfe"', 'latin1'));
    const command = start([...ZONE, '--config', file]);
    expect(await command.ended).toBe(2);
    expect(command.stderr()).toBe(
      `kubezone-resolver: --config: found "${file}"; expected a file that can be read (it is not UTF-8) [UNREADABLE]\n`,
    );
    await rm(folder, { recursive: true });
  }, 60_000);

  it('exits with 2 and one message for each mistake', async () => {
    const command = start([...ZONE, '--port', '0', '--ttl', 'long', '--sources', 'node-area']);
    expect(await command.ended).toBe(2);
    expect(command.stdout()).toBe('');
    expect(command.stderr().trimEnd().split('\n')).toEqual([
      'kubezone-resolver: --sources: there is no such flag; did you mean --source? [UNKNOWN_FLAG]',
      'kubezone-resolver: --port: found "0"; expected a whole number from 1 to 65535 [BAD_VALUE]',
      'kubezone-resolver: --ttl: found "long"; expected a whole number of seconds from 0 to 2147483647 [BAD_VALUE]',
    ]);
  }, 60_000);

  it('exits with 2 where there is no such file', async () => {
    const command = start(['--zone-file', 'a.test=/nowhere/a.zone']);
    expect(await command.ended).toBe(2);
    expect(command.stderr()).toBe(
      'kubezone-resolver: --zone-file: found "/nowhere/a.zone"; expected a file that can be read (no such file or directory) [UNREADABLE]\n',
    );
  }, 60_000);

  it('exits with 1 where the address is taken', async () => {
    const port = await portOf(startOnCluster());
    const second = start([...ZONE, '--manifests', cluster.folder, '--listen', `127.0.0.1:${port}`]);
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toBe(
      `kubezone-resolver: cannot listen on 127.0.0.1:${port} (TCP): another program listens there (EADDRINUSE) [LISTEN_FAILED]\n`,
    );
  }, 60_000);

  it('prints version and help', async () => {
    const [version, help] = [start(['--version']), start(['--help'])];
    expect(await Promise.all([version.ended, help.ended])).toEqual([0, 0]);
    expect(version.stdout()).toMatch(/^kubezone-resolver \d+\.\d+\.\d+ \(Node v24\.\d+\.\d+\)\n$/);
    expect(help.stdout()).toMatch(/^Usage: kubezone-resolver /);
  }, 60_000);
});

/** A Node below 24 on this machine, to see what the launcher makes of it. */
function findOldNode(): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(folder, 'node');
    try {
      const major = Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));
      if (major < 24) return node;
    } catch {
      // Not there.
    }
  }
  return undefined;
}

const oldNode = findOldNode();
const describeOldNode = oldNode === undefined ? describe.skip : describe;
if (oldNode === undefined) process.stderr.write('\n*** SKIPPED: the launcher on an old Node: there is none below 24 in PATH\n\n');

describeOldNode('the launcher on a Node below 24', () => {
  it('runs the locked Node instead, passes signals on, and ends as it ends', async () => {
    const command = start(
      [
        '--zone-file',
        `lab.example=${join(import.meta.dirname, '../../../examples/lab.example.zone')}`,
        '--listen',
        '127.0.0.1:0',
      ],
      oldNode,
    );
    const port = await portOf(command);
    expect((await query('mail.lab.example', port)).addresses).toEqual(['192.0.2.25']);
    expect(command.stdout()).toMatch(/"node":"v24\./);
    command.child.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    const mistaken = start(['--bogus'], oldNode);
    expect(await mistaken.ended).toBe(2);
    expect(mistaken.stderr()).toContain('--bogus: there is no such flag');
  }, 60_000);

  it('exits with 2 and says what to do where that is not installed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubezone-launcher-'));
    const command = run(String(oldNode), [await copyLauncher(folder), '--version']);
    expect(await command.ended).toBe(2);
    expect(command.stderr()).toMatch(
      /^kubezone-resolver: needs Node 24 or newer; this is Node \d+\.\S+ \(.*\), and .* is not installed\. Install Node 24, or run "npm ci"/,
    );
    await rm(folder, { recursive: true });
  }, 60_000);
});
