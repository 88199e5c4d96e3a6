import { printAddress } from '@kubezone/core';

import type { NativeBatch, NativeUdp } from '../native-udp.ts';
import { RecordedPeer } from '../packet-peer.ts';
import { COUNTERS } from '../udp-statistics.ts';
import { CURRENT_EPOCH, epochIndexOf } from '../worker-epochs.ts';
import { EpochWriter } from './epoch-writer.ts';

/** A batch with what its memory holds, for tests. */
export interface OpenBatch extends NativeBatch {
  readonly counters: Float64Array;
  readonly epochs: EpochWriter;
  /** What the first slots hold. */
  received(count: number): { readonly text: string; readonly flags: number; readonly from: string }[];
  /** Writes an answer into a slot. */
  answer(slot: number, text: string | Uint8Array, length?: number): void;
}

/** Opens a batch in this thread. */
export function openBatch(addon: NativeUdp, descriptors: readonly number[], receiveTimeoutMs = 100): OpenBatch {
  const { layout } = addon;
  const epochs = new EpochWriter(1, 41);
  const counters = new Float64Array(new SharedArrayBuffer(COUNTERS * 8));
  const batch = addon.openBatch(
    new Int32Array(descriptors),
    receiveTimeoutMs,
    epochs.array,
    CURRENT_EPOCH,
    epochIndexOf(0),
    counters,
  );
  const { memory } = batch;
  return {
    ...batch,
    counters,
    epochs,
    received: (count) =>
      Array.from({ length: count }, (_, slot) => {
        const length = new Uint16Array(memory, layout.queryLengths)[slot] as number;
        const { family, address, port } = new RecordedPeer(
          new Uint8Array(memory, layout.peers + slot * layout.peerOctets, layout.peerOctets),
        );
        return {
          text: Buffer.from(memory, layout.queries + slot * layout.stride, length).toString('latin1'),
          flags: new Uint8Array(memory, layout.flags)[slot] as number,
          from: `${family} ${printAddress(address)} ${port}`,
        };
      }),
    answer: (slot, text, length) => {
      const octets = Buffer.from(text);
      new Uint8Array(memory, layout.answers + slot * layout.stride).set(octets);
      new Uint16Array(memory, layout.answerLengths)[slot] = length ?? octets.length;
    },
  };
}
