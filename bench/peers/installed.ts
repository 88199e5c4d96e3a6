import { spawnSync } from 'node:child_process';

import { findProgram } from '../../e2e/support/find-program.ts';

/** Where a program of a Debian package stands. @throws {Error} where it is not installed */
export function installed(program: string, aptPackage: string): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`${program} is not installed: apt-get install ${aptPackage}`);
  return path;
}

/** What a program says of its version: the first match in all that it prints. */
export function versionOf(program: string, flag: string, pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' });
  const version = pattern.exec(stdout + stderr)?.[1];
  if (version === undefined) throw new Error(`${program} ${flag} names no version: ${(stdout + stderr).slice(0, 200)}`);
  return version;
}

/** Runs a control program with standard input, and gives back what it prints. @throws {Error} where it fails */
export function control(program: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input, timeout: 120_000 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? `exit ${status}`}: ${stdout}${stderr}`);
  return stdout;
}
