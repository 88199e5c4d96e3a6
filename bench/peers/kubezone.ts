import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runProgram } from '../../e2e/support/run-program.ts';
import { APEX } from '../workload/zone-plan.ts';
import type { Command, ServerKind, ServerSetup } from './server-kind.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A built resolver: its command, and the flags that give it one worker. */
export interface BuiltKubezone {
  readonly main: string;
  /** Of the commits that can be compared, older ones answer in the main thread and have no such flag. */
  readonly workerFlags: readonly string[];
}

/** Into a folder of its own, so that nobody who builds at the same time takes it away. @throws {Error} where it does not build */
async function buildKubezone(root: string): Promise<BuiltKubezone> {
  const folder = mkdtempSync(join(tmpdir(), 'kubezone-bench-build-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Outside the repository nothing else says that its files are ES modules.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  const dist = join(folder, 'dist');
  const script = join(root, 'apps', 'resolver', 'scripts', 'build.ts');
  const { exitCode, stdout, stderr } = await runProgram(process.execPath, [script, dist], { timeoutMs: 120_000, cwd: root });
  if (exitCode !== 0) throw new Error(`the resolver of ${root} does not build:\n${stdout}${stderr}`);
  const main = join(dist, 'main.js');
  const help = spawnSync(process.execPath, [main, '--help'], { encoding: 'utf8' }).stdout;
  return { main, workerFlags: help.includes('--udp-workers') ? ['--udp-workers', '1'] : [] };
}

/** How a built resolver is started: with the zone file alone, one UDP worker, and its defaults, rotation of addresses and cookies among them. */
export function composeKubezone(
  { main, workerFlags }: BuiltKubezone,
  { zoneFile, port }: Pick<ServerSetup, 'zoneFile' | 'port'>,
  addon: boolean,
  more: readonly string[] = [],
): Command {
  const flags = ['--zone-file', `${APEX}=${zoneFile}`, '--listen', `127.0.0.1:${port}`, ...workerFlags, ...more];
  return {
    program: process.execPath,
    args: [main, ...flags],
    env: { KUBEZONE_UDP_ADDON: addon ? '' : 'off', NODE_OPTIONS: '' },
  };
}

const builds = new Map<string, Promise<BuiltKubezone>>();

/** The resolver of a checkout, built once. @param root by default this checkout */
export function builtKubezone(root: string = ROOT): Promise<BuiltKubezone> {
  const built = builds.get(root) ?? buildKubezone(root);
  builds.set(root, built);
  return built;
}

/** The commit of this checkout, with a mark where files differ from it. */
export function ownCommit(): string {
  const git = (...args: string[]): string => execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8' }).trim();
  return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+');
}

/** This server. @param addon with its native addon: UDP by recvmmsg and sendmmsg; else by `node:dgram`, in one worker either way */
export function kubezoneKind(addon: boolean, root: string = ROOT): ServerKind {
  return {
    name: addon ? 'kubezone' : 'kubezone-dgram',
    answers: true,
    title: () => `Kubezone${addon ? '' : ', without its addon'}`,
    compose: async (setup) => composeKubezone(await builtKubezone(root), setup, addon),
    started: (log) => checkBackEnd(log, addon),
    changes: () => [
      { title: 'zone file replaced, looked at twice a second', rewritesFile: true, apply: () => Promise.resolve() },
    ],
  };
}

/** A server that has fallen back to what it should not be is not what the table says. Its log says which is in use; of commits without workers it says nothing. */
export function checkBackEnd(log: string, addon: boolean): void {
  const said = /"?backEnd"?[:=]\s*"?(native|dgram)/.exec(log)?.[1];
  const wanted = addon ? 'native' : 'dgram';
  if (said !== undefined && said !== wanted)
    throw new Error(`Kubezone should answer UDP by ${wanted}, and does by ${said}:\n${log}`);
}
