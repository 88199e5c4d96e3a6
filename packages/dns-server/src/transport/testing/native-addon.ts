import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { findNativeUdp, type NativeUdpSearch } from '../native-udp.ts';

const BUILD = fileURLToPath(new URL('../../../native/build.mjs', import.meta.url));

/** Builds the addon if it is not up to date, with sanitizers on request. Returns what the build said. */
export function buildAddon(...options: readonly ('--asan' | '--require')[]): string {
  return execFileSync(process.execPath, [BUILD, ...options], { encoding: 'utf8' });
}

/**
 * The addon, for tests that need it. Without it, on a person's machine that has no C compiler, one line says that they are skipped; where `CI=true` that is
 * a failure.
 */
export function findAddonForTests(): NativeUdpSearch {
  // A path in the environment is that of another variant, which whoever set it has built.
  if (!process.env['KUBEZONE_UDP_ADDON']) buildAddon();
  const search = findNativeUdp();
  if (search.kind === 'absent') {
    if (process.env['CI'] === 'true') throw new Error(`the addon is needed where CI=true: ${search.reason}`);
    process.stderr.write(`SKIPPED: tests of the native UDP addon: ${search.reason}\n`);
  }
  return search;
}
