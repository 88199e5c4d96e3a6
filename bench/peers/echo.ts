import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from '../../e2e/support/run-program.ts';
import type { ServerKind } from './server-kind.ts';

const NATIVE = join(import.meta.dirname, '..', '..', 'packages', 'dns-server', 'native');

/**
 * The floor: a C program that sends each datagram back with QR set, by recvmmsg and sendmmsg, 64 at a time.
 *
 * What comes back has the query's size and counts as an answer NOERROR, so only the mix `a` is measured with it.
 */
export const echo: ServerKind = {
  name: 'echo',
  answers: false,
  title: () => 'echo in C (the floor)',
  compose: async ({ port }) => ({ program: await builtEcho(), args: ['127.0.0.1', String(port)] }),
  changes: () => [],
};

async function builtEcho(): Promise<string> {
  if (!existsSync(join(NATIVE, 'echo.c'))) throw new Error(`${NATIVE} has no echo.c`);
  const { exitCode, stdout, stderr } = await runProgram(process.execPath, [join(NATIVE, 'build.mjs'), '--echo', '--require'], {
    timeoutMs: 120_000,
  });
  if (exitCode !== 0) throw new Error(`the echo program does not build: ${stdout}${stderr}`);
  const targets = readdirSync(join(NATIVE, 'build')).filter((name) => existsSync(join(NATIVE, 'build', name, 'echo')));
  const [target] = targets.filter((name) => name.startsWith(`${process.platform}-${process.arch}`));
  if (target === undefined) throw new Error(`${NATIVE}/build has no echo program for ${process.platform}-${process.arch}`);
  return join(NATIVE, 'build', target, 'echo');
}
