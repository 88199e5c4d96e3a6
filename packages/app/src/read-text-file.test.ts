import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { readTextFile } from './read-text-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubezone-text-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('a file of text', () => {
  it('is read as UTF-8, without its byte order mark', async () => {
    await writeFile(join(folder, 'a'), '\u{feff}nsid: größe');
    expect(readTextFile(join(folder, 'a'))).toBe('nsid: größe');
  });

  it('that is not UTF-8 is refused', async () => {
    await writeFile(join(folder, 'a'), Buffer.from('nsid: \xff\xfe', 'latin1'));
    expect(() => readTextFile(join(folder, 'a'))).toThrow('it is not UTF-8');
  });

  it('that is not there is refused with the reason', () => {
    expect(() => readTextFile(join(folder, 'none'))).toThrow('ENOENT');
  });
});
