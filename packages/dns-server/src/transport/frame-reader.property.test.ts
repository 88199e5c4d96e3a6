import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { FrameReader } from './frame-reader.ts';

function framed(messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(messages.flatMap((message) => [Uint8Array.of(message.length >> 8, message.length & 0xff), message]));
}

describe('FrameReader', () => {
  it('gives the same messages however the stream is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 700 })),
        (messages, cuts) => {
          const reader = new FrameReader();
          const stream = framed(messages);
          const taken: Uint8Array[] = [];
          let at = 0;
          for (const length of [...cuts, stream.length]) {
            reader.push(stream.subarray(at, at + length));
            at = Math.min(at + length, stream.length);
            for (let message = reader.next(); message !== undefined; message = reader.next()) taken.push(message);
          }
          expect(taken.map((message) => Buffer.from(message))).toEqual(messages.map((message) => Buffer.from(message)));
          expect(reader.state()).toBe('between');
        },
      ),
    );
  });

  it('says that a message has begun from its first octet on', () => {
    const reader = new FrameReader();
    expect(reader.state()).toBe('between');
    reader.push(Uint8Array.of(0));
    expect(reader.state()).toBe('inside');
    expect(reader.next()).toBeUndefined();
    reader.push(Uint8Array.of(2, 7));
    expect(reader.hasMessage()).toBe(false);
    reader.push(Uint8Array.of(8));
    expect(reader.hasMessage()).toBe(true);
    expect([...(reader.next() ?? [])]).toEqual([7, 8]);
    expect(reader.state()).toBe('between');
  });

  it('reads a message that comes octet by octet in time that grows with its length alone', () => {
    const reader = new FrameReader();
    const stream = framed([new Uint8Array(65_535)]);
    const started = performance.now();
    for (let at = 0; at < stream.length; at++) reader.push(stream.subarray(at, at + 1));
    expect(reader.next()).toHaveLength(65_535);
    // Joining at every chunk would copy two gigabytes.
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
