import { Worker } from 'node:worker_threads';

import type { Clock, Logger } from '@kubezone/core';

import { ListenError } from '../listen-error.ts';
import { RECOVERED_AFTER_MS, restartDelay } from './restart-delay.ts';
import type { UdpBackEnd } from './udp-back-end.ts';
import { COUNTER } from './udp-statistics.ts';
import { UdpWorkersError } from './udp-workers-error.ts';
import { DRAIN, type FromWorker, LEAVE, PHASE, type ReturnPath, RUN, type ToWorker, type WorkerSetup } from './worker-control.ts';
import type { WorkerEpochs } from './worker-epochs.ts';

/** What a supervisor works with. */
export interface SupervisorOptions {
  readonly worker: number;
  readonly backEnd: UdpBackEnd;
  /** The part of the worker's data that is the same at each start. */
  readonly setup: Omit<WorkerSetup, 'handlerData'>;
  /** What the handler is made from, asked for at each start. */
  readonly handlerData: () => unknown;
  readonly epochs: WorkerEpochs;
  /** Takes the queries that the worker leaves to the main thread. */
  readonly onDeferred: (query: DeferredQuery) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often it is looked at whether the worker is stuck, in milliseconds. */
  readonly stuckAfterMs: number;
}

/** A query that a worker has left to the main thread. */
export interface DeferredQuery {
  readonly worker: number;
  readonly query: Uint8Array;
  /** The client's address, 4 or 16 octets. */
  readonly client: Uint8Array;
  readonly path: ReturnPath;
}

/** TypeScript sources run as they are, and find the packages beside them as sources; what is built finds what is built. */
const isSource = import.meta.url.endsWith('.ts');
const WORKER_MODULE = new URL(isSource ? './udp-worker.ts' : './udp-worker.js', import.meta.url);
const WORKER_ARGUMENTS = isSource ? { execArgv: ['--conditions=@kubezone/source'] } : {};

/** Starts one worker, again and again if it must be, until it is stopped. */
export class WorkerSupervisor {
  readonly #options: SupervisorOptions;
  readonly #control: Int32Array;
  readonly #counters: Float64Array;
  readonly #stopped = Promise.withResolvers<void>();
  #thread: Worker | undefined;
  #systemThread: number | undefined;
  #isStopping = false;
  #crashes = 0;
  #restarts = 0;
  #cancelTimer = (): void => undefined;
  #cancelWatch = (): void => undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#control = new Int32Array(options.setup.control);
    this.#counters = new Float64Array(options.setup.counters);
  }

  /** The worker's number in the system, where that has numbers. */
  get systemThread(): number | undefined {
    return this.#systemThread;
  }

  /** How often the worker was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Resolves when the worker answers.
   *
   * @throws {ListenError} where it could not bind, or what else it failed with; it is not started again then
   */
  async start(): Promise<void> {
    await this.#run();
    // Whoever stops it meanwhile has nothing to cancel yet.
    if (!this.#isStopping) this.#watch();
  }

  /** Tells the worker something, if it lives. */
  tell(message: ToWorker): void {
    this.#thread?.postMessage(message, []);
  }

  /** Lets the worker answer what has arrived; resolves when it has ended. Never rejects. */
  async drain(): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimer();
    this.#cancelWatch();
    if (this.#thread === undefined) return;
    Atomics.store(this.#control, PHASE, DRAIN);
    this.#options.backEnd.drain(this.#options.worker);
    await this.#stopped.promise;
  }

  /** Ends the worker in the midst of what it does. */
  async terminate(): Promise<void> {
    this.#isStopping = true;
    this.#cancelTimer();
    this.#cancelWatch();
    Atomics.store(this.#control, PHASE, LEAVE);
    await this.#thread?.terminate();
  }

  /** One life of the worker. Resolves when it answers, rejects where it ends before. */
  #run(): Promise<void> {
    const { worker, setup, handlerData, clock, epochs } = this.#options;
    const workerData: WorkerSetup = { ...setup, handlerData: handlerData() };
    Atomics.store(this.#control, PHASE, RUN);
    const thread = new Worker(WORKER_MODULE, { name: `udp-${worker}`, workerData, ...WORKER_ARGUMENTS });
    this.#thread = thread;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const startedAt = clock.monotonic();
    let isReady = false;
    let failure: unknown;
    const fail = (reason: unknown): void => {
      failure ??= reason;
    };
    thread.on('message', (message: FromWorker) => {
      if (message.kind === 'made') this.#begin(thread, fail);
      else if (message.kind === 'deferred') {
        const { query, client, path } = message;
        this.#options.onDeferred({ worker, query, client, path });
      } else if (message.kind === 'listen-failed') fail(listenError(message));
      else if (message.kind === 'log') this.#options.logger[message.level](message.message, message.fields);
      else {
        isReady = true;
        this.#systemThread = message.thread;
        resolve();
      }
    });
    thread.on('error', fail);
    thread.on('exit', (code) => {
      this.#thread = undefined;
      // Or nothing that it might have been reading would ever be reclaimed.
      epochs.leave(worker);
      fail(new UdpWorkersError('UDP_WORKER_ENDED', `a UDP worker ended with exit code ${code}`));
      reject(failure);
      if (this.#isStopping) this.#stopped.resolve();
      else if (isReady || this.#restarts > 0) this.#crashed(failure, clock.monotonic() - startedAt);
    });
    return promise;
  }

  /** Opens the worker's sockets, and lets it begin. */
  #begin(thread: Worker, fail: (reason: unknown) => void): void {
    try {
      this.tell({ kind: 'begin', backEnd: this.#options.backEnd.prepare(this.#options.worker) });
      // It was not listening yet when it was told to end.
      if (this.#isStopping) this.#options.backEnd.drain(this.#options.worker);
    } catch (error) {
      fail(error);
      void thread.terminate();
    }
  }

  #crashed(failure: unknown, livedMs: number): void {
    const { worker, backEnd, clock, logger } = this.#options;
    this.#crashes = livedMs >= RECOVERED_AFTER_MS ? 1 : this.#crashes + 1;
    const delayMs = restartDelay(this.#crashes);
    const error = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    logger.error('a UDP worker crashed; it is started again', { worker, crashes: this.#crashes, delayMs, error });
    // The successor finds what is waiting in the queue, if it comes at once. Otherwise the kernel had better give it to the others.
    if (delayMs > 0) backEnd.release(worker);
    this.#cancelTimer = clock.after(delayMs, () => this.#restart());
  }

  #restart(): void {
    this.#restarts++;
    try {
      // Where it fails later it has logged, and seen to the next attempt.
      this.#run().catch(() => undefined);
    } catch (error) {
      this.#crashed(error, 0);
    }
  }

  /** Ends the worker when it is found in the same batch twice: it is replaced then as if it had crashed. */
  #watch(): void {
    const { worker, clock, epochs, logger, stuckAfterMs } = this.#options;
    let last: number | undefined;
    const look = (): void => {
      const received = this.#counters[COUNTER.received];
      const isBusy = epochs.isBusy(worker);
      if (isBusy && received === last) {
        logger.error('a UDP worker is stuck in one batch; it is ended', { worker, stuckAfterMs });
        void this.#thread?.terminate();
      }
      last = isBusy ? received : undefined;
      this.#cancelWatch = clock.after(stuckAfterMs, look);
    };
    this.#cancelWatch = clock.after(stuckAfterMs, look);
  }
}

function listenError({ address, port, message, code }: FromWorker & { readonly kind: 'listen-failed' }): ListenError {
  return new ListenError('udp', address, port, Object.assign(new Error(message), { code }));
}
