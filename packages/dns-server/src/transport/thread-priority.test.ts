import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';

import { describe, expect, it } from '@jest/globals';

import { favourThreads, systemThreadId } from './thread-priority.ts';

describe('the priority of threads', () => {
  it('stays as it is for the favoured, and is lower for all others', async () => {
    // Elsewhere threads have none of their own.
    if (process.platform !== 'linux') return;
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       parentPort.postMessage(Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1)));
       parentPort.on('message', () => process.exit());`,
      { eval: true },
    );
    const thread = await new Promise<number>((resolve) => worker.once('message', resolve));
    const before = getPriority(thread);
    expect(favourThreads([thread])).toBeGreaterThan(0);
    expect(getPriority(thread)).toBe(before);
    expect(getPriority(systemThreadId() ?? 0)).toBe(Math.min(19, before + 5));
    // What has been moved is not moved any further.
    expect(favourThreads([thread])).toBe(0);
    await worker.terminate();
  });

  it('is left alone where no thread is known', () => {
    expect(favourThreads([])).toBe(0);
  });
});
