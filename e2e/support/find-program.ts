import { spawnSync } from 'node:child_process';

/** Debian installs servers where not every user's PATH leads. */
const SEARCH_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

/** Where a program stands; undefined where it is not installed. */
export function findProgram(program: string): string | undefined {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { env: { PATH: SEARCH_PATH }, encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}
