import type { Clock, Logger } from '@kubezone/core';

import type { ListenAddress } from '../server-options.ts';
import { DgramBackEnd } from './dgram-back-end.ts';
import { LateAnswers } from './late-answers.ts';
import { NativeBackEnd } from './native-back-end.ts';
import { findNativeUdp } from './native-udp.ts';
import type { SocketBuffers, UdpBackEnd } from './udp-back-end.ts';
import { favourThreads } from './thread-priority.ts';
import { COUNTERS, sumStatistics, type UdpStatistics } from './udp-statistics.ts';
import { UdpWorkersError } from './udp-workers-error.ts';
import { CONTROL_WORDS, type ToWorker } from './worker-control.ts';
import { CURRENT_EPOCH, WorkerEpochs } from './worker-epochs.ts';
import { WorkerSupervisor } from './worker-supervisor.ts';

/** How UDP is answered by worker threads. */
export interface UdpWorkersOptions {
  /** At most 64. Each is served by every worker. */
  readonly addresses: readonly ListenAddress[];
  /** How many threads, at most 64. Each takes a processor under load, and 15 MB. */
  readonly workers: number;
  /** A module of the form `PacketHandlerModule`, which every worker imports. */
  readonly handlerModule: URL;
  /**
   * What a handler is made from, asked for at each start of a worker, so that one that is started again is up to date. Copied to the worker, but for
   * SharedArrayBuffers, which are shared.
   */
  readonly handlerData?: () => unknown;
  /**
   * Memory that begins with the epochs of the workers (`WorkerEpochs`), of any size. Whoever writes the data that the handlers read advances the current one; a
   * worker stores its own for each batch, and goes back to idle also when it crashes. @default some that only tells who is at work
   */
  readonly epochs?: SharedArrayBuffer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** @default the addon if there is one, else `node:dgram` */
  readonly backEnd?: 'native' | 'dgram';
  /**
   * Answers what the handler has deferred, in this thread. Must not reject. @default leaves it unanswered
   *
   * @param client the address of whoever asks, 4 or 16 octets
   * @returns the answer, or undefined where none is due
   */
  readonly answerLater?: (query: Uint8Array, client: Uint8Array) => Promise<Uint8Array | undefined>;
  /** SO_RCVBUF of each socket, in octets; 0 for the system's default. @default 1 MiB, or what the system allows */
  readonly receiveBuffer?: number;
  /** SO_SNDBUF of each socket. @default 1 MiB, or what the system allows */
  readonly sendBuffer?: number;
  /** How often workers are looked at, in milliseconds: one that is found in the same batch twice is stuck, and replaced. @default 10000 */
  readonly stuckAfterMs?: number;
  /**
   * Has all other threads of the process give way to the workers where they share a processor. For the rest of the process's life: a worker that is started
   * later, in place of one that crashed, is as the others.
   *
   * @default false
   */
  readonly favour?: boolean;
}

/** Workers that answer. */
export interface UdpWorkers {
  /** What carries the datagrams. */
  readonly backEnd: 'native' | 'dgram';
  /** Where they are answered, with the ports that were found where 0 was asked for. */
  readonly addresses: readonly ListenAddress[];
  statistics(): UdpStatistics;
  /**
   * Answers what has arrived, and ends. Resolves when all workers have ended and their sockets are closed. Idempotent.
   *
   * @param deadlineMs when those that have not ended are ended anyway. @default 5000
   */
  stop(deadlineMs?: number): Promise<void>;
}

const DEFAULT_BUFFER_OCTETS = 1024 * 1024;
const DEFAULT_STUCK_AFTER_MS = 10_000;
const MAX_ADDRESSES = 64;

/** Once in a process: threads that have been moved down cannot be moved up again, and workers started by them are as low. */
let areFavoured = false;
/** Memory that begins with epochs has room for so many workers, and goes on with something else. */
const MAX_WORKERS = 64;

/**
 * Starts the workers. Resolves when all of them answer.
 *
 * @throws {ListenError} where an address cannot be bound, {UdpWorkersError}, {RangeError} for options outside their range, or what the first worker failed
 *   with; nothing is left running
 */
export async function startUdpWorkers(options: UdpWorkersOptions): Promise<UdpWorkers> {
  const {
    addresses,
    workers: wanted,
    clock,
    logger,
    handlerModule,
    handlerData = nothing,
    stuckAfterMs = DEFAULT_STUCK_AFTER_MS,
  } = options;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > MAX_WORKERS) {
    throw new RangeError(`workers is ${wanted}; a whole number from 1 to ${MAX_WORKERS} is expected`);
  }
  if (addresses.length < 1 || addresses.length > MAX_ADDRESSES) {
    throw new RangeError(`there are ${addresses.length} addresses; 1 to ${MAX_ADDRESSES} are expected`);
  }
  const epochs = options.epochs === undefined ? WorkerEpochs.create(wanted) : WorkerEpochs.over(options.epochs, wanted);
  if (Atomics.load(epochs.array, CURRENT_EPOCH) === 0) throw new RangeError('the current epoch is 0, which means none');
  const supervisors: WorkerSupervisor[] = [];
  const { backEnd, reason } = await openBackEnd(options, (worker, message) => supervisors[worker]?.tell(message));
  const workers = Math.min(wanted, backEnd.maxWorkers);
  if (workers < wanted) logger.warn('this system does not spread UDP over sockets of one port: there is one worker', { wanted });
  const counters = Array.from({ length: workers }, () => new Float64Array(new SharedArrayBuffer(COUNTERS * 8)));
  const late = new LateAnswers(backEnd, options.answerLater ?? unanswered);
  const { onDeferred } = late;
  for (const [worker, own] of counters.entries()) {
    const setup = {
      worker,
      handlerModule: handlerModule.href,
      control: new SharedArrayBuffer(CONTROL_WORDS * 4),
      epochs: epochs.array.buffer,
      workers,
      counters: own.buffer,
    };
    supervisors.push(
      new WorkerSupervisor({ worker, backEnd, setup, handlerData, onDeferred, epochs, clock, logger, stuckAfterMs }),
    );
  }

  // A worker that waits in the addon would hold up the end of the process until its receive timeout.
  const atExit = (): void => {
    for (const worker of supervisors.keys()) backEnd.drain(worker);
  };
  process.once('exit', atExit);
  const stop = async (deadlineMs = 5000): Promise<void> => {
    const cancel = clock.after(deadlineMs, () => {
      late.abandon();
      void Promise.all(supervisors.map((supervisor) => supervisor.terminate()));
    });
    await Promise.all(supervisors.map((supervisor) => supervisor.drain()));
    await late.settled();
    cancel();
    backEnd.close();
    process.off('exit', atExit);
  };
  try {
    await Promise.all(supervisors.map((supervisor) => supervisor.start()));
  } catch (error) {
    await stop(0);
    throw error;
  }
  if (options.favour === true && !areFavoured) {
    areFavoured = favourThreads(supervisors.flatMap(({ systemThread }) => systemThread ?? [])) > 0;
  }
  // Whoever did not ask for the fallback should know that it costs twice the processor time.
  const level = backEnd.kind === 'native' || options.backEnd === 'dgram' ? 'info' : 'warn';
  logger[level]('UDP is answered by workers', { backEnd: backEnd.kind, reason, workers, addresses: backEnd.addresses });
  let stopping: Promise<void> | undefined;
  return {
    backEnd: backEnd.kind,
    addresses: backEnd.addresses,
    statistics: () =>
      sumStatistics(
        [...counters, late.counters],
        supervisors.reduce((restarts, supervisor) => restarts + supervisor.restarts, 0),
      ),
    stop: (deadlineMs) => (stopping ??= stop(deadlineMs)),
  };
}

/** Chooses what carries the datagrams, and says why. */
async function openBackEnd(
  options: UdpWorkersOptions,
  tell: (worker: number, message: ToWorker) => void,
): Promise<{ readonly backEnd: UdpBackEnd; readonly reason: string }> {
  const { addresses, workers, receiveBuffer = DEFAULT_BUFFER_OCTETS, sendBuffer = DEFAULT_BUFFER_OCTETS } = options;
  const buffers: SocketBuffers = { receiveBuffer, sendBuffer };
  if (options.backEnd === 'dgram') {
    return { backEnd: await DgramBackEnd.open(addresses, buffers, tell), reason: 'the options say so' };
  }
  const search = findNativeUdp();
  if (search.kind === 'found') {
    return { backEnd: new NativeBackEnd(search.addon, search.path, addresses, workers, buffers), reason: search.path };
  }
  if (options.backEnd === 'native') throw new UdpWorkersError('UDP_ADDON_MISSING', `there is no native UDP: ${search.reason}`);
  return { backEnd: await DgramBackEnd.open(addresses, buffers, tell), reason: `no native UDP: ${search.reason}` };
}

function nothing(): undefined {
  return undefined;
}

function unanswered(): Promise<undefined> {
  return Promise.resolve(undefined);
}
