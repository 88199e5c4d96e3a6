import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '../../testing/eventually.ts';
import { REAL_CLOCK } from '../../testing/fake-clock.ts';
import { node, service, slice } from '../../testing/manifests.ts';
import { NameWorld } from '../../testing/name-world.ts';
import { RecordingLogger } from '../../testing/recording-logger.ts';
import type { Cluster, ClusterSink } from '../cluster.ts';
import { manifestsCluster } from './manifests-cluster.ts';
import { LARGEST_FILE_OCTETS } from './read-manifest.ts';

let folder: string;
let world: NameWorld | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubezone-manifests-'));
});

afterEach(async () => {
  await world?.pipeline.stop();
  world = undefined;
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true, force: true });
});

const textOf = (...objects: readonly object[]): string =>
  objects.map((object) => JSON.stringify(object, undefined, 1)).join('\n---\n');

const put = (file: string, ...objects: readonly object[]): Promise<void> => writeFile(join(folder, file), textOf(...objects));

async function follow(at = folder): Promise<NameWorld> {
  const cluster = manifestsCluster({ folder: at, clock: REAL_CLOCK, logger: new RecordingLogger() });
  world = new NameWorld({ clusters: [cluster], clock: REAL_CLOCK });
  await world.pipeline.start();
  await world.pipeline.settled();
  return world;
}

const problems = (one: NameWorld): string[] => one.problems().map((problem) => problem.replaceAll(`${folder}/`, ''));
const area = (address: string, name = 'home'): object => node('n1', { areas: name, ips: address });
const holds = (address: string): string[] => [`home.lb.test. 30 IN A ${address}`];
/** Longer than a file takes to be read after it was written. */
const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400));

describe('a folder of manifests', () => {
  it('is read with all folders in it, whatever the format, and is synced then', async () => {
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    await writeFile(
      join(folder, 'node.yaml'),
      'apiVersion: v1\nkind: Node\nmetadata:\n  name: n1\n  annotations: {k8s.pootis.network/node-ips: 192.0.2.1}\nstatus:\n  conditions: [{type: Ready, status: "True"}]\n',
    );
    await put('deep/services.yml', service('git'), service('web', { namespace: 'x' }));
    await put('deep/er/slice.json', { apiVersion: 'v1', kind: 'List', items: [slice('git-0', [{ node: 'n1' }])] });
    await put('.hidden.yaml', service('hidden'));
    await writeFile(join(folder, 'README.md'), '# not a manifest');
    const { pipeline, ...names } = await follow();
    expect(pipeline.readiness()).toEqual({ complete: true, ready: true });
    expect(pipeline.statuses().map(({ cluster, state, objects }) => [cluster, state, objects])).toEqual([
      ['manifests', 'synced', 1],
      ['manifests', 'synced', 2],
    ]);
    expect(world?.holds('git.default.lb.test')).toEqual(['git.default.lb.test. 30 IN A 192.0.2.1']);
    expect(world?.holds('web.x.lb.test')).toEqual(['NODATA']);
    expect(world?.holds('hidden.default.lb.test')).toEqual(['NXDOMAIN']);
    expect(names.changes.length).toBeGreaterThan(0);
  });

  it.each([
    ['that is not there', 'MANIFESTS_UNREADABLE', (): string => join(folder, 'nowhere')],
    ['that is a file', 'MANIFESTS_UNREADABLE', (): string => join(folder, 'file.yaml')],
    ['without a manifest in it', 'MANIFESTS_EMPTY', (): string => join(folder, 'empty')],
  ])('%s is an error at the start', async (_, code, at) => {
    await mkdir(join(folder, 'empty'));
    await put('file.yaml', service('git'));
    const starting = follow(at());
    await expect(starting).rejects.toMatchObject({ name: 'ClusterError', code, message: expect.stringContaining(at()) });
  });

  it('is followed: edits, new files and folders, and files that go', async () => {
    await put('a.json', area('192.0.2.1'));
    const followed = await follow();
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    const started = performance.now();
    await put('a.json', area('192.0.2.2'));
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
    expect(performance.now() - started).toBeLessThan(1_000);
    await mkdir(join(folder, 'new'));
    await put('new/b.json', service('git'));
    await eventually(() => expect(followed.holds('git.default.lb.test')).toEqual(['NODATA']));
    await put('new/b.json', service('web'));
    await eventually(() => expect(followed.holds('git.default.lb.test')).toEqual(['NXDOMAIN']));
    await rm(join(folder, 'new'), { recursive: true });
    await eventually(() => expect(followed.holds('web.default.lb.test')).toEqual(['NXDOMAIN']));
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2'));
  });

  it('is followed through the swap of links by which Kubernetes updates a mounted ConfigMap', async () => {
    for (const [version, address] of [
      ['..1', '192.0.2.1'],
      ['..2', '192.0.2.2'],
    ] as const) {
      await mkdir(join(folder, version, 'sub'), { recursive: true });
      await put(`${version}/a.yaml`, area(address));
      await put(`${version}/sub/b.yaml`, service('git', { dns: address === '192.0.2.1' ? 'true' : '' }));
    }
    await symlink('..1', join(folder, '..data'));
    await symlink('..data/a.yaml', join(folder, 'a.yaml'));
    await symlink('..data/sub', join(folder, 'sub'));
    const followed = await follow();
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    expect(followed.holds('git.default.lb.test')).toEqual(['NODATA']);
    await symlink('..2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await rm(join(folder, '..1'), { recursive: true });
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
    await eventually(() => expect(followed.holds('git.default.lb.test')).toEqual(['NXDOMAIN']));
  });

  it('does not go round in circles where a link leads back', async () => {
    await put('a.json', area('192.0.2.1'));
    await symlink('.', join(folder, 'loop'));
    await symlink('nowhere', join(folder, 'dangling.yaml'));
    const followed = await follow();
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    expect(problems(followed)).toEqual([expect.stringMatching(/^dangling.yaml: ENOENT.*\[MANIFEST_UNREADABLE\]$/)]);
    await rm(join(folder, 'dangling.yaml'));
    await eventually(() => expect(problems(followed)).toEqual([]));
  });

  it('reports a broken file by place, and serves its last good content and all others', async () => {
    await put('a.yaml', area('192.0.2.1'), service('git'));
    await put('b.yaml', service('web'));
    const followed = await follow();
    await writeFile(join(folder, 'a.yaml'), `${JSON.stringify(area('192.0.2.2'))}\n---\nkind: [\n`);
    await eventually(() => expect(problems(followed)).toHaveLength(1));
    expect(problems(followed)[0]).toMatch(/^a.yaml: 4: .*\[MANIFEST_SYNTAX\]$/);
    // The document before it is good; what stood in the broken one may be anything, so nothing goes.
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2'));
    expect(followed.holds('git.default.lb.test')).toEqual(['NODATA']);
    expect(followed.holds('web.default.lb.test')).toEqual(['NODATA']);
    await put('a.yaml', area('192.0.2.3'));
    await eventually(() => expect(problems(followed)).toEqual([]));
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.3'));
    expect(followed.holds('git.default.lb.test')).toEqual(['NXDOMAIN']);
  });

  it('that is broken at the start serves what is not', async () => {
    await writeFile(join(folder, 'a.yaml'), `${JSON.stringify(area('192.0.2.1'))}\n---\n{`);
    await writeFile(join(folder, 'b.yaml'), Buffer.from([0x61, 0x3a, 0xff]));
    await writeFile(join(folder, 'c.json'), 'x'.repeat(LARGEST_FILE_OCTETS + 1));
    await put('d.yaml', service('git'));
    const followed = await follow();
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    expect(followed.holds('git.default.lb.test')).toEqual(['NODATA']);
    expect(
      problems(followed)
        .toSorted()
        .map((problem) => problem.replace(/: .*\[/, ' [')),
    ).toEqual(['a.yaml [MANIFEST_SYNTAX]', 'b.yaml [MANIFEST_SYNTAX]', 'c.json [MANIFEST_TOO_LARGE]']);
  });

  it('keeps the last good content of an object that an edit makes malformed', async () => {
    await put('a.yaml', area('192.0.2.1'));
    const followed = await follow();
    await put('a.yaml', { ...area('192.0.2.2'), status: [] }, service('git'));
    await eventually(() => expect(followed.holds('git.default.lb.test')).toEqual(['NODATA']));
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    expect(problems(followed)).toEqual(['a.yaml: 11: Node/n1: status: found a list of 0, expected a mapping [OBJECT_MALFORMED]']);
  });

  it('takes an object that is in two files from the first, and reports the second until one of them goes', async () => {
    await put('a.yaml', area('192.0.2.1'));
    await put('b.yaml', service('git'), area('192.0.2.2'), area('192.0.2.3'));
    const followed = await follow();
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    expect(problems(followed)).toEqual([
      `b.yaml: 40: Node/n1: stands in line 16 of this file too, which comes first and is used [MANIFEST_DUPLICATE]`,
      `b.yaml: 16: Node/n1: stands in a.yaml too, which comes first and is used [MANIFEST_DUPLICATE]`,
    ]);
    await rm(join(folder, 'a.yaml'));
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
    expect(problems(followed)).toHaveLength(1);
  });

  it('never shows a name gone that only moves to another file', async () => {
    await put('a.yaml', area('192.0.2.1'));
    const followed = await follow();
    const seen = followed.changes.length;
    await rename(join(folder, 'a.yaml'), join(folder, 'b.yaml'));
    await aWhile();
    // Within one turn: a busy machine must not make a pause of it, in which the name is in no file.
    writeFileSync(join(folder, 'b.yaml'), textOf(service('git')));
    writeFileSync(join(folder, 'c.yaml'), textOf(area('192.0.2.1')));
    await eventually(() => expect(followed.holds('git.default.lb.test')).toEqual(['NODATA']));
    expect(
      followed.changes
        .slice(seen)
        .flat()
        .map(({ owner }) => owner),
    ).toEqual(['git.default.lb.test.', 'v4.git.default.lb.test.', 'v6.git.default.lb.test.']);
  });

  it('is not read while it is being written', async () => {
    await put('a.yaml', area('192.0.2.1'));
    const followed = await follow();
    const seen = followed.changes.length;
    for (let step = 0; step < 10; step++) {
      // Within one turn: a busy machine must not make a pause of it.
      writeFileSync(join(folder, 'a.yaml'), step % 2 === 0 ? '' : JSON.stringify(area('192.0.2.2')).slice(0, 40));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await put('a.yaml', area('192.0.2.2'));
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
    expect(followed.changes.length).toBe(seen + 1);
    expect(followed.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('sees an edit that leaves size and time of the file as they were', async () => {
    await put('a.yaml', area('192.0.2.1'));
    const when = new Date(2026, 0, 1);
    await utimes(join(folder, 'a.yaml'), when, when);
    const followed = await follow();
    await put('a.yaml', area('192.0.2.2'));
    await utimes(join(folder, 'a.yaml'), when, when);
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
  });

  it('keeps what a file held that is empty for a while, and lets it go with the file', async () => {
    await put('a.yaml', area('192.0.2.1'));
    await put('b.yaml', service('git'));
    const followed = await follow();
    for (const blank of ['', ' \n\n', '---\n']) {
      await writeFile(join(folder, 'a.yaml'), blank);
      await aWhile();
      expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
      expect(problems(followed)).toEqual([expect.stringMatching(/^a.yaml: found an empty file.*\[MANIFEST_BLANK\]$/)]);
    }
    await put('a.yaml', area('192.0.2.2'));
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
    expect(problems(followed)).toEqual([]);
    await writeFile(join(folder, 'a.yaml'), '');
    await eventually(() => expect(problems(followed)).toHaveLength(1));
    await rm(join(folder, 'a.yaml'));
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(['NXDOMAIN']));
    expect(problems(followed)).toEqual([]);
    // One that has nothing but comments is meant so.
    await writeFile(join(folder, 'b.yaml'), '# nothing\n');
    await eventually(() => expect(followed.holds('git.default.lb.test')).toEqual(['NXDOMAIN']));
  });

  it('keeps everything when the last manifest goes, as when it is not mounted any more, and says so once', async () => {
    await put('a.yaml', area('192.0.2.1'));
    await put('b.yaml', service('git'));
    const followed = await follow();
    await mkdir(join(folder, '.away'));
    for (const file of ['a.yaml', 'b.yaml']) await rename(join(folder, file), join(folder, '.away', file));
    const failing = { state: 'failing', failure: { code: 'MANIFESTS_EMPTY', message: expect.stringContaining(folder) } };
    await eventually(() => expect(followed.pipeline.statuses()[0]).toMatchObject(failing));
    for (let step = 0; step < 5; step++) {
      await writeFile(join(folder, 'something else'), String(step));
      await aWhile();
    }
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    expect(followed.holds('git.default.lb.test')).toEqual(['NODATA']);
    expect(followed.pipeline.statuses()[0]?.errors).toBeGreaterThan(3);
    expect(followed.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(3);
    await rename(join(folder, '.away', 'a.yaml'), join(folder, 'a.yaml'));
    await eventually(() => expect(followed.pipeline.statuses()[0]).toMatchObject({ state: 'synced', failure: undefined }));
    await eventually(() => expect(followed.holds('git.default.lb.test')).toEqual(['NXDOMAIN']));
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
  });

  it('is looked at no more often for a file that was written in the future', async () => {
    await put('a.yaml', area('192.0.2.1'));
    const future = new Date(Date.now() + 86_400_000);
    await utimes(join(folder, 'a.yaml'), future, future);
    await aWhile();
    const waits: number[] = [];
    const clock = { ...REAL_CLOCK, after: (ms: number, back: () => void) => (waits.push(ms), REAL_CLOCK.after(ms, back)) };
    const cluster = manifestsCluster({ folder, clock, logger: new RecordingLogger() });
    world = new NameWorld({ clusters: [cluster], clock: REAL_CLOCK });
    await world.pipeline.start();
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(waits.length).toBeLessThan(5);
    await put('a.yaml', area('192.0.2.2'));
    await utimes(join(folder, 'a.yaml'), future, future);
    await eventually(() => expect(world?.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
  });

  it('passes an edit on as one change, and of a large file what is different', async () => {
    await put('a.yaml', area('192.0.2.1'), ...Array.from({ length: 2_000 }, (_, index) => service(`s${index}`)));
    await put('b.yaml', slice('x', [{ node: 'n1' }], { of: 's7' }));
    const calls: string[] = [];
    const cluster = manifestsCluster({ folder, clock: REAL_CLOCK, logger: new RecordingLogger() });
    const spied: Cluster = {
      name: 'spied',
      start: (watch, sink, signal) => {
        const upserted: ClusterSink['upserted'] = (resource, objects) => {
          calls.push(`${objects.length} ${resource.id}`);
          sink.upserted(resource, objects);
        };
        const deleted: ClusterSink['deleted'] = (resource, keys) => {
          calls.push(`${keys.length} ${resource.id} gone`);
          sink.deleted(resource, keys);
        };
        return cluster.start(watch, { ...sink, upserted, deleted }, signal);
      },
    };
    world = new NameWorld({ clusters: [spied], clock: REAL_CLOCK });
    await world.pipeline.start();
    await world.pipeline.settled();
    expect(calls).toEqual([
      '1 nodes',
      '512 services',
      '512 services',
      '512 services',
      '464 services',
      '1 endpointslices.discovery.k8s.io',
    ]);
    calls.length = 0;
    world.changes.length = 0;
    const rest = Array.from({ length: 1_990 }, (_, index) => service(`s${index}`, index === 8 ? { dns: '' } : {}));
    await put('a.yaml', area('192.0.2.2'), ...rest);
    await eventually(() => expect(world?.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
    // With the last document, which no line feed follows any more.
    expect(calls).toEqual(['1 nodes', '2 services', '10 services gone']);
    expect(world.changes).toHaveLength(1);
    expect(world.holds('s7.default.lb.test')).toEqual(['s7.default.lb.test. 30 IN A 192.0.2.2']);
  });

  it('that goes away altogether keeps its content, and is followed again when it is back', async () => {
    await put('a.yaml', area('192.0.2.1'));
    const followed = await follow();
    await rename(folder, `${folder}-away`);
    await eventually(
      () =>
        expect(followed.pipeline.statuses()[0]).toMatchObject({ state: 'failing', failure: { code: 'MANIFESTS_UNREADABLE' } }),
      1_500,
    );
    expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.1'));
    await rename(`${folder}-away`, folder);
    await eventually(() => expect(followed.pipeline.statuses()[0]).toMatchObject({ state: 'synced' }));
    await put('a.yaml', area('192.0.2.2'));
    await eventually(() => expect(followed.holds('home.lb.test')).toEqual(holds('192.0.2.2')));
  });
});
