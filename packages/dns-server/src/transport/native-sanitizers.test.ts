import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, jest } from '@jest/globals';

import { nativeTarget } from './native-udp.ts';
import { buildAddon, findAddonForTests } from './testing/native-addon.ts';

/*
 * The addon's tests once more, under AddressSanitizer and UndefinedBehaviorSanitizer. Their libraries must be loaded first, so each run is a process of its own
 * with LD_PRELOAD.
 *
 * Leaks are looked for in a process that does nothing else: in Jest's, LeakSanitizer finds those of Node, of the compiler that a test starts, and of other
 * addons. There is one of OpenSSL's left; what counts is whether a stack passes through our addon.
 */

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const SUITES = [
  './native-udp.test.ts',
  './native-late-answers.test.ts',
  './native-faults.test.ts',
  './udp-workers.test.ts',
  './late-answers.test.ts',
].map(here);
const NATIVE = here('../../native');
const LONGEST_RUN_MS = 300_000;

/** The sanitizers' runtime, or why there is none. */
function findRuntime(): { readonly library: string } | { readonly reason: string } {
  if (findAddonForTests().kind === 'absent') return { reason: 'the addon cannot be built' };
  const said = buildAddon('--asan');
  if (said.includes('not built')) return { reason: said };
  const library = execFileSync(process.env['CC'] ?? 'cc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
  return isAbsolute(library) ? { library } : { reason: 'the compiler has no libasan.so' };
}

// Within a run under the sanitizers there is nothing to do.
const runtime = process.env['KUBEZONE_UDP_ADDON'] ? { reason: 'KUBEZONE_UDP_ADDON is set' } : findRuntime();
const isMissing = 'reason' in runtime;
if (isMissing && process.env['CI'] === 'true') throw new Error(`AddressSanitizer is needed where CI=true: ${runtime.reason}`);
if (isMissing) process.stderr.write(`SKIPPED: the addon under AddressSanitizer: ${runtime.reason}\n`);
const describeSanitized = isMissing ? describe.skip : describe;

jest.setTimeout(600_000);

describeSanitized('the addon under sanitizers', () => {
  const environment = {
    ...process.env,
    KUBEZONE_UDP_ADDON: join(NATIVE, 'build', `${nativeTarget()}-asan`, 'udp-batch.node'),
    KUBEZONE_TEST_BACK_END: 'native',
    UBSAN_OPTIONS: 'print_stacktrace=1',
  };
  const preloaded = 'library' in runtime ? { ...environment, LD_PRELOAD: runtime.library } : environment;
  const run = (
    env: NodeJS.ProcessEnv,
    ...fault: readonly string[]
  ): { readonly status: number | null; readonly stderr: string } =>
    spawnSync(process.execPath, ['--conditions=@kubezone/source', here('./testing/use-and-leave.ts'), ...fault], {
      encoding: 'utf8',
      env: { ...env, ASAN_OPTIONS: 'detect_leaks=1' },
    });

  it('is built with them: without their runtime it does not load', () => {
    expect(run(environment)).toMatchObject({ status: 1, stderr: expect.stringContaining('ASan runtime') });
  });

  it.each([
    ['overflow', 'heap-buffer-overflow'],
    ['undefined', 'signed integer overflow'],
  ])('is seen to misbehave: %s', (fault, report) => {
    expect(run(preloaded, fault)).toMatchObject({ status: 1, stderr: expect.stringContaining(report) });
  });

  // One process for all of them: under the sanitizers the start of Jest takes seconds.
  it(`passes ${SUITES.map((suite) => basename(suite)).join(', ')}`, () => {
    const jestProgram = createRequire(import.meta.url).resolve('jest/bin/jest');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        jestProgram,
        '--runInBand',
        '--runTestsByPath',
        ...SUITES,
      ],
      // No limit of Jest's ends a call that does not return: a run that does not end fails with what it has said.
      { encoding: 'utf8', timeout: LONGEST_RUN_MS, env: { ...preloaded, ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1' } },
    );
    expect(`${stdout}${stderr}`).not.toMatch(/AddressSanitizer|runtime error:/);
    expect({ status, output: status === 0 ? '' : `${stdout}${stderr}` }).toEqual({ status: 0, output: '' });
  });

  it('leaks nothing', () => {
    expect(run(preloaded).stderr).not.toContain('udp-batch');
    expect(run(preloaded, 'leak').stderr).toContain('udp-batch');
  });
});
