import type { Logger } from '@kubezone/core';

import type { PacketPeer } from './packet-peer.ts';

/** What a handler returns to say that a query gets no answer. */
export const NO_ANSWER = 0;

/**
 * What a handler returns to say that a query is answered later: it goes to `UdpWorkersOptions.answerLater`, in the main thread. How many wait there is for the handler to bound: a thread that is
 * flooded must not flood another one.
 */
export const DEFERRED = -1;

/** The longest query that reaches a handler, and the longest answer it may write, in octets. */
export const MAX_DATAGRAM_OCTETS = 4096;

/**
 * Answers UDP queries in a worker thread.
 *
 * Everything is synchronous, because a worker with the native back end never returns to its event loop: a promise, timer or stream
 * that is begun in here never goes on.
 */
export interface PacketHandler {
  /**
   * Answers one query.
   *
   * Neither array may be kept: they are the same for many calls. `query` may be longer than the query, and what follows it is left from
   * earlier ones; `length` may be 0. Must not throw: a query over which it throws gets no answer, and is counted and logged as a defect.
   *
   * @param query the query's octets, from 0 up to `length`
   * @param answer `MAX_DATAGRAM_OCTETS` octets, to be written from 0
   * @param peer who asks, never from port 0; valid until the call returns
   * @returns the answer's length in octets, `NO_ANSWER` or `DEFERRED`
   */
  handle(query: Uint8Array, length: number, answer: Uint8Array, peer: PacketPeer): number;
  /**
   * Called before the first query of a batch. From here until `endBatch` returns the worker's epoch (`WorkerEpochs`) protects what is read of shared
   * data: this is the place to load its root, and to read the clock once for up to 64 queries.
   */
  beginBatch?(): void;
  /** Called after the last query of a batch, before its answers leave: with the native back end together, with the other one each is a batch. */
  endBatch?(): void;
}

/** What a handler is made from. */
export interface PacketHandlerContext {
  /** `UdpWorkersOptions.handlerData`: a copy, but for what it has of SharedArrayBuffers. */
  readonly data: unknown;
  /** Which worker this is, from 0. A worker that is restarted keeps its number. */
  readonly worker: number;
  /** Writes in the main thread. */
  readonly logger: Logger;
}

/** What the module exports that `UdpWorkersOptions.handlerModule` names. */
export interface PacketHandlerModule {
  createPacketHandler(context: PacketHandlerContext): PacketHandler | Promise<PacketHandler>;
}
