import { answerSlot, beginBatch, endBatch, type WorkerContext } from './answer-slot.ts';
import { namedSystemError, openNativeUdp, type NativeBatch, type NativeLayout } from './native-udp.ts';
import { DEFERRED } from './packet-handler.ts';
import { RecordedPeer } from './packet-peer.ts';
import { type BackEndSetup, LEAVE, PHASE, RUN } from './worker-control.ts';
import { CURRENT_EPOCH, epochIndexOf } from './worker-epochs.ts';

/** The shortest that Linux gives: several batches. The main thread of a busy process, on the same processor, has slices of some milliseconds. */
const SLICE_MICROSECONDS = 100;

/** A batch's memory as JavaScript reads it. Made once, so that no packet allocates. */
interface Slots {
  readonly queries: readonly Uint8Array[];
  readonly queryLengths: Uint16Array;
  readonly answers: readonly Uint8Array[];
  readonly answerLengths: Uint16Array;
  readonly flags: Uint8Array;
  readonly peers: readonly RecordedPeer[];
  /** How a query is answered that is deferred, until it is handed over. */
  readonly path: Uint8Array;
}

/**
 * Answers the queries of a worker's sockets until these are shut down, or the phase says so. Blocks the thread: no event loop turns while it runs.
 *
 * @throws where the addon does not load, or the sockets are unusable
 */
export function serveNative(setup: BackEndSetup & { kind: 'native' }, context: WorkerContext): void {
  const found = openNativeUdp(setup.addonPath);
  if (found.kind === 'absent') throw new Error(found.reason);
  const { addon } = found;
  const { epochs, worker, counters } = context;
  const descriptors = new Int32Array(setup.descriptors);
  const batch = addon.openBatch(descriptors, setup.receiveTimeoutMs, epochs.array, CURRENT_EPOCH, epochIndexOf(worker), counters);
  try {
    addon.askForSlice(SLICE_MICROSECONDS);
    context.ready();
    exchangeUntilEnd(batch, sliceMemory(batch.memory, addon.layout), context);
    batch.flush();
  } catch (error) {
    throw namedSystemError(error);
  } finally {
    batch.close();
  }
}

function exchangeUntilEnd(batch: NativeBatch, slots: Slots, context: WorkerContext): void {
  const { control } = context;
  for (;;) {
    const received = batch.exchange();
    const phase = Atomics.load(control, PHASE);
    if (received < 0 || phase === LEAVE || (phase !== RUN && received === 0)) return;
    if (received === 0) continue;
    beginBatch(context);
    answerBatch(batch, slots, received, context);
    endBatch(context);
  }
}

function answerBatch(batch: NativeBatch, slots: Slots, received: number, context: WorkerContext): void {
  const { queries, queryLengths, answers, answerLengths, flags, peers } = slots;
  for (let slot = 0; slot < received; slot++) {
    // Longer than any query, and counted by the addon; or the sign of a socket's end.
    if (flags[slot] !== 0) continue;
    const size = answerSlot(
      context,
      queries[slot] as Uint8Array,
      queryLengths[slot] as number,
      answers[slot] as Uint8Array,
      peers[slot] as RecordedPeer,
    );
    if (size === DEFERRED) defer(batch, slots, slot, context);
    else answerLengths[slot] = size;
  }
}

/** Hands a query over, whose slot is used again with the next batch. The answer's length is 0, as the addon has left it. */
function defer(batch: NativeBatch, { queries, queryLengths, peers, path }: Slots, slot: number, context: WorkerContext): void {
  const socket = batch.returnPath(slot, path);
  const query = (queries[slot] as Uint8Array).slice(0, queryLengths[slot]);
  context.defer(query, (peers[slot] as RecordedPeer).address.slice(), { socket, to: path.slice() });
}

function sliceMemory(memory: ArrayBuffer, layout: NativeLayout): Slots {
  const { slots, octets, stride, peerOctets } = layout;
  const slice = (start: number, step: number, length: number): Uint8Array[] =>
    Array.from({ length: slots }, (_, slot) => new Uint8Array(memory, start + slot * step, length));
  return {
    queries: slice(layout.queries, stride, octets),
    queryLengths: new Uint16Array(memory, layout.queryLengths, slots),
    answers: slice(layout.answers, stride, octets),
    answerLengths: new Uint16Array(memory, layout.answerLengths, slots),
    flags: new Uint8Array(memory, layout.flags, slots),
    peers: slice(layout.peers, peerOctets, peerOctets).map((record) => new RecordedPeer(record)),
    path: new Uint8Array(layout.pathOctets),
  };
}
