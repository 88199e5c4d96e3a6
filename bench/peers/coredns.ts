import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from '../../e2e/support/run-program.ts';
import { APEX } from '../workload/zone-plan.ts';
import type { ServerKind, ServerSetup } from './server-kind.ts';
import { userCache } from '../../packages/providers/src/testing/user-cache.ts';

/** The version that is built, of the Go module github.com/coredns/coredns. */
export const COREDNS_VERSION = 'v1.15.0';

/** A first build takes minutes. */
const BUILD_TIMEOUT_MS = 20 * 60_000;

/**
 * CoreDNS with its plugin `file`, built with the Go that is installed, with one processor (`GOMAXPROCS=1`).
 *
 * `loadbalance round_robin` rotates addresses, `minimal` leaves out NS and glue (it costs and gives nothing measurable); neither `log` nor `errors` nor `cache`. `reload 1s` looks at the serial in the zone file once a second; the default is a minute.
 */
export const coredns: ServerKind = {
  name: 'coredns',
  answers: true,
  title: async () => {
    await builtCoredns();
    return `CoreDNS ${COREDNS_VERSION.slice(1)}, file`;
  },
  compose: async (setup) => {
    const file = join(setup.folder, 'Corefile');
    writeFileSync(file, printCorefile(setup));
    return { program: await builtCoredns(), args: ['-quiet', '-conf', file], env: { GOMAXPROCS: '1' } };
  },
  changes: () => [
    { title: 'zone file replaced, looked at every second (`reload 1s`)', rewritesFile: true, apply: () => Promise.resolve() },
  ],
};

/** Its whole configuration. */
export function printCorefile({ zoneFile, port }: ServerSetup): string {
  return `${APEX}:${port} {
    bind 127.0.0.1
    file ${zoneFile} ${APEX} {
        reload 1s
    }
    minimal
    loadbalance round_robin
}
`;
}

let built: Promise<string> | undefined;

/** The path of CoreDNS, built into the user's cache folder where it is not there yet. @throws {Error} where it does not build */
export function builtCoredns(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = userCache('coredns', COREDNS_VERSION);
  const program = join(folder, 'coredns');
  if (existsSync(program)) return program;
  console.error(`building CoreDNS ${COREDNS_VERSION} into ${folder}, once`);
  const staging = join(folder, `building-${process.pid}`);
  mkdirSync(staging, { recursive: true });
  const settings = ['CGO_ENABLED=0', 'GOFLAGS=-trimpath', `GOBIN=${staging}`];
  const { exitCode, stdout, stderr } = await runProgram(
    'env',
    [...settings, 'go', 'install', `github.com/coredns/coredns@${COREDNS_VERSION}`],
    { timeoutMs: BUILD_TIMEOUT_MS },
  );
  if (exitCode !== 0) throw new Error(`CoreDNS does not build (Go 1.26 or newer is needed): ${stdout}${stderr}`);
  // In one step, so that nobody finds half of it.
  renameSync(join(staging, 'coredns'), program);
  return program;
}
