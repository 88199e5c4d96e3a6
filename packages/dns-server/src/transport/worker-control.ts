import type { LogFields, Logger } from '@kubezone/core';

/*
 * What the main thread and a worker know of each other: the words of the control array, the data a worker is started with, and the messages.
 * All of it belongs to one release; nothing here is an interface to anybody else.
 */

/** Index into the control array: one of `RUN`, `DRAIN` and `LEAVE`. */
export const PHASE = 0;
/** How long the control array is. */
export const CONTROL_WORDS = 1;

export const RUN = 0;
/** Answer what has arrived, then end. */
export const DRAIN = 1;
/** End after this batch. */
export const LEAVE = 2;

/** An address that a worker with the fallback binds itself. */
export interface DgramAddress {
  readonly address: string;
  readonly port: number;
  readonly family: 4 | 6;
}

/** How a worker gets at datagrams. */
export type BackEndSetup =
  | {
      readonly kind: 'native';
      readonly addonPath: string;
      readonly descriptors: readonly number[];
      readonly receiveTimeoutMs: number;
    }
  | {
      readonly kind: 'dgram';
      readonly addresses: readonly DgramAddress[];
      /** Whether several workers bind one port (SO_REUSEPORT); otherwise sockets may overlap, as those of a wildcard and of an address do (SO_REUSEADDR). */
      readonly sharesPort: boolean;
      readonly receiveBuffer: number;
      readonly sendBuffer: number;
    };

/** A worker's `workerData`. */
export interface WorkerSetup {
  readonly worker: number;
  readonly handlerModule: string;
  readonly handlerData: unknown;
  /** Int32, `CONTROL_WORDS`. */
  readonly control: SharedArrayBuffer;
  /** See `WorkerEpochs`. */
  readonly epochs: SharedArrayBuffer;
  /** How many workers there are. */
  readonly workers: number;
  readonly counters: SharedArrayBuffer;
}

/** Where the answer to a query goes that is answered later. */
export interface ReturnPath {
  /** The socket's number, in the order of the addresses. */
  readonly socket: number;
  /** In the addon's own form, or as `node:dgram` has it. */
  readonly to: Uint8Array | { readonly address: string; readonly port: number };
}

/** An answer for a worker with the fallback to send, whose sockets are its own; without octets there is none, and the query waits no more. */
export interface LateAnswer {
  readonly kind: 'late-answer';
  readonly path: ReturnPath;
  readonly octets: Uint8Array | undefined;
}

/** What a worker is told. */
export type ToWorker =
  /** Once, when its handler is made: what it is to serve. */
  | { readonly kind: 'begin'; readonly backEnd: BackEndSetup }
  /** The phase has changed. A worker with the native back end learns it from the control array. */
  | { readonly kind: 'phase' }
  | LateAnswer;

/** What a worker tells. */
export type FromWorker =
  /** Its handler is made; it waits for `begin`. Only now are its sockets opened, since what they receive waits for it. */
  | { readonly kind: 'made' }
  /** It answers. */
  | { readonly kind: 'ready'; readonly thread: number | undefined }
  /** An address could not be bound. The worker ends. */
  | {
      readonly kind: 'listen-failed';
      readonly address: string;
      readonly port: number;
      readonly code: string;
      readonly message: string;
    }
  /** A query that the main thread is to answer. */
  | { readonly kind: 'deferred'; readonly query: Uint8Array; readonly client: Uint8Array; readonly path: ReturnPath }
  | { readonly kind: 'log'; readonly level: keyof Logger; readonly message: string; readonly fields: LogFields };
