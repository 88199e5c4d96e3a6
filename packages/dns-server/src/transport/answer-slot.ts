import type { Logger } from '@kubezone/core';

import type { PacketPeer } from './packet-peer.ts';
import { DEFERRED, MAX_DATAGRAM_OCTETS, NO_ANSWER, type PacketHandler } from './packet-handler.ts';
import { count, COUNTER } from './udp-statistics.ts';
import type { LateAnswer, ReturnPath } from './worker-control.ts';
import type { WorkerEpochs } from './worker-epochs.ts';

/** What a worker's loop works with, whatever its back end. */
export interface WorkerContext {
  readonly worker: number;
  readonly handler: PacketHandler;
  readonly control: Int32Array;
  readonly counters: Float64Array<SharedArrayBuffer>;
  readonly epochs: WorkerEpochs;
  readonly logger: Logger;
  /** Resolves when the phase has changed, in a worker whose event loop turns. */
  readonly ending: Promise<void>;
  /** Hands a query over to the main thread, which answers it later: both arrays, and the path, are its own from now on. */
  defer(query: Uint8Array, client: Uint8Array, path: ReturnPath): void;
  /** Takes the answers to such queries, in a worker whose event loop turns; there is one taker. */
  onLateAnswer(take: (answer: LateAnswer) => void): void;
  /** Tells the main thread that queries are being answered. */
  ready(): void;
}

/** What answering one query needs of it. */
type AnswerContext = Pick<WorkerContext, 'worker' | 'handler' | 'counters' | 'logger'>;

/**
 * Lets the handler answer one query, and sees to everything that it may return.
 *
 * @returns the answer's length, 0 for none, or `DEFERRED`: then the caller is to hand the query over
 */
export function answerSlot(
  context: AnswerContext,
  query: Uint8Array,
  length: number,
  answer: Uint8Array,
  peer: PacketPeer,
): number {
  const { counters } = context;
  // Nobody can have asked from port 0, and no answer can go there.
  if (peer.port === 0) {
    count(counters, COUNTER.forged);
    return 0;
  }
  let size: number;
  try {
    size = context.handler.handle(query, length, answer, peer);
  } catch (error) {
    // One query's defect is no other query's.
    reportFailure(context, error);
    return 0;
  }
  if (size > 0 && size <= MAX_DATAGRAM_OCTETS && Number.isInteger(size)) return size;
  if (size === DEFERRED) {
    count(counters, COUNTER.deferred);
    return DEFERRED;
  }
  if (size === NO_ANSWER) {
    count(counters, COUNTER.unanswered);
  } else {
    reportFailure(
      context,
      new RangeError(`the handler returned ${size}; a length up to ${MAX_DATAGRAM_OCTETS}, NO_ANSWER or DEFERRED is expected`),
    );
  }
  return 0;
}

/** Tells the handler that a batch begins. */
export function beginBatch(context: AnswerContext): void {
  try {
    context.handler.beginBatch?.();
  } catch (error) {
    reportFailure(context, error);
  }
}

/** Tells the handler that the batch's last query was there. */
export function endBatch(context: AnswerContext): void {
  try {
    context.handler.endBatch?.();
  } catch (error) {
    reportFailure(context, error);
  }
}

function reportFailure({ counters, logger, worker }: AnswerContext, error: unknown): void {
  count(counters, COUNTER.handlerFailed);
  logger.error('the packet handler threw', {
    worker,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
