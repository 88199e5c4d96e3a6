/** The entry of a UDP worker thread: makes the handler, then answers until it is told to end. Started by `startUdpWorkers` alone. */
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';

import type { LogFields, Logger } from '@kubezone/core';

import { throttledLogger } from '../throttled-logger.ts';
import type { WorkerContext } from './answer-slot.ts';
import { DgramBindError, serveDgram } from './dgram-exchange.ts';
import { serveNative } from './native-exchange.ts';
import type { PacketHandlerModule } from './packet-handler.ts';
import { systemThreadId } from './thread-priority.ts';
import type { BackEndSetup, FromWorker, LateAnswer, ToWorker, WorkerSetup } from './worker-control.ts';
import { WorkerEpochs } from './worker-epochs.ts';

/** A handler that throws throws at every query, perhaps; one line a second and message says so. */
const LOG_INTERVAL_MS = 1000;

// What answers a query is many small functions in a row: with its usual budget the compiler leaves some of them calls.
setFlagsFromString('--max-inlined-bytecode-size=1000');
setFlagsFromString('--max-inlined-bytecode-size-cumulative=2000');

const setup = workerData as WorkerSetup;
const main = parentPort;
if (main === null) throw new Error('udp-worker.ts is the entry of a worker thread, and was loaded in the main thread');
const beginning = Promise.withResolvers<BackEndSetup>();
const ending = Promise.withResolvers<void>();
let takeLateAnswer: (answer: LateAnswer) => void = () => undefined;
const tell = (message: FromWorker): void => main.postMessage(message, []);

main.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') beginning.resolve(message.backEnd);
  else if (message.kind === 'late-answer') takeLateAnswer(message);
  else ending.resolve();
});
const context = await createContext();
tell({ kind: 'made' });
const backEnd = await beginning.promise;
try {
  if (backEnd.kind === 'native') serveNative(backEnd, context);
  else await serveDgram(backEnd, context);
} catch (error) {
  if (error instanceof DgramBindError) {
    const { code, message, address } = error;
    tell({ kind: 'listen-failed', address: address.address, port: address.port, code, message });
  }
  throw error;
} finally {
  // Nothing else keeps the thread alive.
  main.unref();
}

async function createContext(): Promise<WorkerContext> {
  const { worker, handlerModule, handlerData } = setup;
  const logger = throttledLogger(
    postingLogger(),
    { now: Date.now, monotonic: () => performance.now(), after: unused },
    LOG_INTERVAL_MS,
  );
  const module = (await import(handlerModule)) as PacketHandlerModule;
  return {
    worker,
    handler: await module.createPacketHandler({ data: handlerData, worker, logger }),
    control: new Int32Array(setup.control),
    counters: new Float64Array(setup.counters),
    epochs: WorkerEpochs.over(setup.epochs, setup.workers),
    logger,
    ending: ending.promise,
    defer: (query, client, path) => tell({ kind: 'deferred', query, client, path }),
    onLateAnswer: (take) => {
      takeLateAnswer = take;
    },
    ready: () => tell({ kind: 'ready', thread: systemThreadId() }),
  };
}

/** The main thread logs: a worker that never returns to its event loop cannot write to a stream. */
function postingLogger(): Logger {
  const at =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}): void => {
      try {
        tell({ kind: 'log', level, message, fields });
      } catch {
        // Something in it cannot be copied to another thread.
        tell({ kind: 'log', level, message, fields: { fields: inspect(fields) } });
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function unused(): never {
  throw new Error('timers do not run in a UDP worker');
}
