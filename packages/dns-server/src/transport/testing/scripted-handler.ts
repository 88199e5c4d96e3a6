import { setTimeout as wait } from 'node:timers/promises';

import { printAddress } from '@kubezone/core';

import { DEFERRED, NO_ANSWER, type PacketHandler, type PacketHandlerContext } from '../packet-handler.ts';

/** What the scripted handler is made from. */
export interface ScriptedHandlerData {
  /** An Int32Array with one word; while it is above 0, making a handler fails and counts it down. */
  readonly failures?: SharedArrayBuffer;
}

/**
 * A handler for tests. A query's first octet says what it does; anything that is no letter below is answered with the query itself.
 *
 * - `n` no answer, `d` answer later, `t` throw, `x` end the thread, `l` loop for ever, `b` return more than fits, `s` sleep 300 ms, `e` throw at the batch's end
 * - `p` the peer as text, `w` the worker's number, `g` the number of octets that follow as a number
 * - `c` what was called, in order, since the last `c` was answered: `[` for a batch's begin, `]` for its end, `.` for a query
 */
export async function createPacketHandler({ data, worker }: PacketHandlerContext): Promise<PacketHandler> {
  const { failures } = (data ?? {}) as ScriptedHandlerData;
  if (failures !== undefined && Atomics.sub(new Int32Array(failures), 0, 1) > 0) throw new Error('this start fails');
  await wait(1);
  let calls = '';
  let failsAtEnd = false;
  const write = (answer: Uint8Array, text: string): number => Buffer.from(answer.buffer, answer.byteOffset).write(text);
  return {
    beginBatch: () => {
      calls += '[';
    },
    endBatch: () => {
      calls += ']';
      if (!failsAtEnd) return;
      failsAtEnd = false;
      throw new Error('scripted end');
    },
    handle: (query, length, answer, peer) => {
      calls += '.';
      switch (length === 0 ? '' : String.fromCharCode(query[0] as number)) {
        case 'n':
          return NO_ANSWER;
        case 'd':
          return DEFERRED;
        case 't':
          throw new Error('scripted');
        case 'x':
          process.exit(7);
        // eslint-disable-next-line no-fallthrough
        case 'l':
          for (;;);
        case 'b':
          return 4097;
        case 's':
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
          return write(answer, 'slept');
        case 'p':
          return write(answer, `${peer.family} ${printAddress(peer.address)} ${peer.port}`);
        case 'w':
          return write(answer, `worker ${worker}`);
        case 'e':
          failsAtEnd = true;
          return NO_ANSWER;
        case 'c': {
          const called = calls;
          calls = '';
          return write(answer, called);
        }
        case 'g':
          return Number(Buffer.from(query.subarray(1, length)).toString());
        default:
          answer.set(query.subarray(0, length));
          return length;
      }
    },
  };
}
