import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { findAddonForTests } from './testing/native-addon.ts';

const { EAGAIN, EBADF, ECONNREFUSED, EINTR, EIO, ENETDOWN, ENOBUFS, EPERM } = constants.errno;
const PROGRAM = fileURLToPath(new URL('./testing/exchange-under-faults.ts', import.meta.url));
const FAULTS = fileURLToPath(new URL('../../native/testing/faults.c', import.meta.url));

const describeAddon = findAddonForTests().kind === 'found' ? describe : describe.skip;

/** What the calls do, in order: a number of messages at most, or minus an errno. */
interface Faults {
  readonly send?: readonly number[];
  readonly receive?: readonly number[];
}

describeAddon('a batch, when the system does not do what it is asked', () => {
  const library = join(mkdtempSync(join(tmpdir(), 'kubezone-faults-')), 'faults.so');
  beforeAll(() => {
    execFileSync(process.env['CC'] ?? 'cc', ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-o', library, FAULTS, '-ldl']);
  });

  const run = ({ send = [], receive = [] }: Faults): Record<string, unknown> => {
    const { stdout, stderr, output, status } = spawnSync(process.execPath, ['--conditions=@kubezone/source', PROGRAM], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // After AddressSanitizer's, where that runs: it must come first.
        LD_PRELOAD: [process.env['LD_PRELOAD'], library].filter(Boolean).join(' '),
        SEND_FAULTS: send.join(),
        RECEIVE_FAULTS: receive.join(),
      },
    });
    if (status !== 0) throw new Error(`exit code ${status}: ${stderr}`);
    const [sendCalls] = String(output[3]).split(' ').map(Number);
    return { ...(JSON.parse(stdout) as Record<string, unknown>), sendCalls };
  };

  it.each<[string, readonly number[], Record<string, unknown>]>([
    ['sends the rest when only a part went', [2, 1], { answers: 'ABCDE', sent: 5, sendFailed: 0, sendCalls: 3 }],
    ['skips the first answer when it cannot go', [-EPERM], { answers: 'BCDE', sent: 4, sendFailed: 1, lastErrno: EPERM }],
    [
      'skips one in the middle',
      [2, -ECONNREFUSED],
      { answers: 'ABDE', sent: 4, sendFailed: 1, lastErrno: ECONNREFUSED, sendCalls: 3 },
    ],
    ['skips the last', [4, -EPERM], { answers: 'ABCD', sent: 4, sendFailed: 1, lastErrno: EPERM, sendCalls: 2 }],
    [
      'gives up the rest when there is no room',
      [1, -EAGAIN],
      { answers: 'A', sent: 1, sendFailed: 4, lastErrno: EAGAIN, sendCalls: 2 },
    ],
    [
      'gives up the rest when the system has no memory',
      [2, -ENOBUFS],
      { answers: 'AB', sent: 2, sendFailed: 3, lastErrno: ENOBUFS, sendCalls: 2 },
    ],
    ['tries again after signals', [-EINTR, 2, -EINTR], { answers: 'ABCDE', sent: 5, sendFailed: 0, sendCalls: 4 }],
    ['ends even if signals do not', Array(100).fill(-EINTR), { answers: '', sent: 0, sendFailed: 5, sendCalls: 20 }],
    ['ends even if nothing ever goes', Array(100).fill(0), { answers: '', sent: 0, sendFailed: 5, lastErrno: EIO, sendCalls: 5 }],
    ['fails each where all fail', Array(5).fill(-EPERM), { answers: '', sent: 0, sendFailed: 5, sendCalls: 5 }],
  ])('%s', (_, send, expected) => {
    expect(run({ send })).toMatchObject({ returned: [5, 0], ...expected });
  });

  it.each<[string, readonly number[], Record<string, unknown>]>([
    [
      'goes on after an error of the network',
      [-ECONNREFUSED, -ENETDOWN],
      { returned: [0, 0, 5, 0], receiveFailed: 2, answers: 'ABCDE' },
    ],
    ['is not disturbed by signals', [-EINTR, -EINTR], { returned: [5, 0], receiveFailed: 0, answers: 'ABCDE' }],
    ['ends even if signals do not', Array(16).fill(-EINTR), { returned: [0, 5, 0], receiveFailed: 0 }],
    ['answers each part when only a part came', [2, 2], { returned: [2, 2, 1, 0], sent: 5, answers: 'ABCDE' }],
    ['throws when the socket is unusable', [-EBADF], { returned: [], thrown: 'EBADF', receiveFailed: 1 }],
    ['throws when an error does not pass', Array(500).fill(-ENETDOWN), { thrown: 'ENETDOWN', receiveFailed: 100, answers: '' }],
  ])('%s', (_, receive, expected) => {
    expect(run({ receive })).toMatchObject(expected);
  });
});
