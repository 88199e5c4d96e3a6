/**
 * A process of its own for `thread-priority.test.ts`, since what is moved down stays there: favours one thread twice, and prints what has become of the nice values.
 */
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';

import { favourThreads, systemThreadId } from '../thread-priority.ts';

const worker = new Worker(
  `const { parentPort } = require('node:worker_threads');
   parentPort.postMessage(Number(require('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1)));
   parentPort.on('message', () => process.exit());`,
  { eval: true },
);
const thread = await new Promise<number>((resolve) => worker.once('message', resolve));
const before = getPriority(thread);
const moved = [favourThreads([thread]), favourThreads([thread])];
const after = { favoured: getPriority(thread), other: getPriority(systemThreadId() ?? 0) };
await worker.terminate();
process.stdout.write(JSON.stringify({ before, moved, after }));
