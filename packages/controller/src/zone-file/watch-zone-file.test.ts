import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, nameOf, type Zone, zoneBuilder } from '@kubezone/core';

import { eventually } from '../testing/eventually.ts';
import { FakeClock, REAL_CLOCK } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { watchZoneFile, type ZoneFileVersion } from './watch-zone-file.ts';

const HEAD = '@ 60 SOA ns h 1 2 3 4 5\n@ 60 NS ns\nns 60 A 192.0.2.53\n';

let base = '';
let path = '';
let stopping = new AbortController();
let ended: Promise<void> = Promise.resolve();
let versions: string[] = [];

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'kubezone-zone-watch-'));
  path = join(base, 'example.zone');
  stopping = new AbortController();
  versions = [];
});

afterEach(async () => {
  stopping.abort();
  await ended;
  rmSync(base, { recursive: true });
});

/** Watches the file, and notes of each version its state and the names in it beside the zone's own. */
function start(clock: Clock = REAL_CLOCK): void {
  const onVersion = ({ state, zone, diagnostics }: ZoneFileVersion<Zone>): void => {
    const names = Array.from(zone?.nodes() ?? [], ({ owner }) => owner.replace(/\.?example\.$/, '')).filter(
      (name) => name !== '' && name !== 'ns',
    );
    versions.push(
      [state, ...(zone === undefined ? ['no zone'] : names.toSorted()), ...diagnostics.map(({ code }) => code)].join(' '),
    );
  };
  const { signal } = stopping;
  ended = watchZoneFile({
    path,
    apex: nameOf('example'),
    createBuilder: zoneBuilder,
    clock,
    logger: new RecordingLogger(),
    onVersion,
    signal,
  });
}

/** The versions, when there are as many as that. */
async function seen(count: number): Promise<readonly string[]> {
  await eventually(() => expect(versions.length).toBeGreaterThanOrEqual(count));
  return versions;
}

/** Lets time pass on the clock, and then whatever waited for it be done. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  clock.advance(ms);
  await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('watchZoneFile', () => {
  it('hands out the first version before it returns', () => {
    writeFileSync(path, `${HEAD}a 60 TXT x\n`);
    start();
    expect(versions).toEqual(['good a']);
  });

  it('sees a file that is written in place', async () => {
    writeFileSync(path, HEAD);
    start();
    appendFileSync(path, 'a 60 TXT x\n');
    expect(await seen(2)).toEqual(['good', 'good a']);
  });

  it('sees a change within a second', async () => {
    writeFileSync(path, HEAD);
    start();
    const before = performance.now();
    appendFileSync(path, 'a 60 TXT x\n');
    await seen(2);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('sees a change that nothing announces, by looking', async () => {
    // Folders that cannot be watched: the file is reached through a link into one that is replaced as a whole.
    mkdirSync(join(base, 'one'));
    mkdirSync(join(base, 'two'));
    mkdirSync(join(base, 'links'));
    writeFileSync(join(base, 'one/example.zone'), HEAD);
    writeFileSync(join(base, 'two/example.zone'), `${HEAD}a 60 TXT x\n`);
    symlinkSync('one', join(base, 'current'));
    symlinkSync('../current/example.zone', join(base, 'links/example.zone'));
    path = join(base, 'links/example.zone');
    start();
    symlinkSync('two', join(base, 'next'));
    const before = performance.now();
    renameSync(join(base, 'next'), join(base, 'current'));
    expect(await seen(2)).toEqual(['good', 'good a']);
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  it('sees a file that another is renamed to, as editors do', async () => {
    writeFileSync(path, HEAD);
    start();
    writeFileSync(`${path}.new`, `${HEAD}a 60 TXT x\n`);
    renameSync(`${path}.new`, path);
    expect(await seen(2)).toEqual(['good', 'good a']);
    writeFileSync(`${path}.new`, `${HEAD}b 60 TXT x\n`);
    renameSync(`${path}.new`, path);
    expect(await seen(3)).toEqual(['good', 'good a', 'good b']);
  });

  it('sees the links of a mounted ConfigMap turned', async () => {
    const publish = (version: string, text: string): void => {
      mkdirSync(join(base, version));
      writeFileSync(join(base, version, 'example.zone'), text);
      symlinkSync(version, join(base, '..data_tmp'));
      renameSync(join(base, '..data_tmp'), join(base, '..data'));
    };
    publish('..one', HEAD);
    symlinkSync('..data/example.zone', path);
    start();
    publish('..two', `${HEAD}a 60 TXT x\n`);
    expect(await seen(2)).toEqual(['good', 'good a']);
    rmSync(join(base, '..one'), { recursive: true });
    publish('..three', `${HEAD}b 60 TXT x\n`);
    expect(await seen(3)).toEqual(['good', 'good a', 'good b']);
  });

  it('sees a change in an included file, and one that was missing appear', async () => {
    writeFileSync(path, `${HEAD}$INCLUDE sub/a.inc\n`);
    start();
    mkdirSync(join(base, 'sub'));
    writeFileSync(join(base, 'sub/a.inc'), 'a 60 TXT x\n');
    expect(await seen(2)).toEqual(['partial FILE_UNREADABLE', 'good a']);
    writeFileSync(join(base, 'sub/a.inc'), 'b 60 TXT x\n');
    expect(await seen(3)).toEqual(['partial FILE_UNREADABLE', 'good a', 'good b']);
  });

  it('keeps the last good version while there is a broken one, which it reports once', async () => {
    writeFileSync(path, `${HEAD}a 60 TXT x\n`);
    start();
    writeFileSync(path, `${HEAD}b 60 TXT x\nc 60 A nonsense\n`);
    expect(await seen(2)).toEqual(['good a', 'kept b BAD_FIELD']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await seen(2)).toEqual(['good a', 'kept b BAD_FIELD']);
    unlinkSync(path);
    expect(await seen(3)).toEqual(['good a', 'kept b BAD_FIELD', 'kept no zone FILE_UNREADABLE']);
    writeFileSync(path, `${HEAD}b 60 TXT x\n`);
    expect(await seen(4)).toEqual(['good a', 'kept b BAD_FIELD', 'kept no zone FILE_UNREADABLE', 'good b']);
  });

  it('serves what can be read while there was no good version yet', async () => {
    start();
    writeFileSync(path, `${HEAD}a 60 TXT x\nc 60 A nonsense\n`);
    expect(await seen(2)).toEqual(['partial no zone FILE_UNREADABLE', 'partial a BAD_FIELD']);
    writeFileSync(path, `${HEAD}a 60 TXT x\nb 60 TXT x\nc 60 A nonsense\n`);
    expect(await seen(3)).toEqual(['partial no zone FILE_UNREADABLE', 'partial a BAD_FIELD', 'partial a b BAD_FIELD']);
  });

  it('does not read a file that is still being written', async () => {
    writeFileSync(path, HEAD);
    const clock = new FakeClock();
    start(clock);
    for (const name of ['a', 'b', 'c', 'd']) {
      appendFileSync(path, `${name} 60 TXT x\n`);
      await pass(clock, 90);
    }
    expect(versions).toEqual(['good']);
    for (let step = 0; step < 10; step++) await pass(clock, 100);
    expect(versions).toEqual(['good', 'good a b c d']);
  });

  it('reads a file that never stays as it is, in the end', async () => {
    writeFileSync(path, HEAD);
    const clock = new FakeClock();
    start(clock);
    for (let step = 0; step < 20; step++) {
      appendFileSync(path, '; and on\n');
      await pass(clock, 100);
    }
    expect(versions.length).toBeGreaterThan(1);
  });

  it('hands out nothing after it was stopped', async () => {
    writeFileSync(path, HEAD);
    start();
    stopping.abort();
    await ended;
    appendFileSync(path, 'a 60 TXT x\n');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(versions).toEqual(['good']);
  });
});
