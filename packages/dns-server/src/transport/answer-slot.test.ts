import { describe, expect, it } from '@jest/globals';

import { answerSlot } from './answer-slot.ts';
import { MAX_DATAGRAM_OCTETS } from './packet-handler.ts';
import { DgramPeer } from './packet-peer.ts';
import { COUNTER, COUNTERS } from './udp-statistics.ts';

/** What a query from this port comes to, and how often the handler was asked. */
function answerFrom(port: number): { readonly size: number; readonly asked: number; readonly counters: Float64Array } {
  const silent = (): void => undefined;
  const counters = new Float64Array(new SharedArrayBuffer(COUNTERS * 8));
  const peer = new DgramPeer();
  peer.set(4, '192.0.2.1', port);
  let asked = 0;
  const handler = { handle: (): number => ++asked };
  const logger = { debug: silent, info: silent, warn: silent, error: silent };
  const context = { worker: 0, handler, counters, logger };
  const size = answerSlot(context, new Uint8Array(12), 12, new Uint8Array(MAX_DATAGRAM_OCTETS), peer);
  return { size, asked, counters };
}

describe('a datagram', () => {
  it('from port 0 never reaches the handler, and is counted', () => {
    const { size, asked, counters } = answerFrom(0);
    expect([size, asked, counters[COUNTER.forged]]).toEqual([0, 0, 1]);
  });

  it.each([1, 7, 19, 53, 123, 65_535])('from port %d is a query as any other', (port) => {
    const { size, asked, counters } = answerFrom(port);
    expect([size, asked, counters[COUNTER.forged]]).toEqual([1, 1, 0]);
  });
});
