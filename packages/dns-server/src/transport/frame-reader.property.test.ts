import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { FrameReader } from './frame-reader.ts';

function framed(messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(messages.flatMap((message) => [Uint8Array.of(message.length >> 8, message.length & 0xff), message]));
}

const into = new Uint8Array(65_535);

function take(reader: FrameReader): Uint8Array | undefined {
  const length = reader.take(into);
  return length < 0 ? undefined : into.slice(0, length);
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
            for (let message = take(reader); message !== undefined; message = take(reader)) taken.push(message);
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
    expect(take(reader)).toBeUndefined();
    reader.push(Uint8Array.of(2, 7));
    expect(reader.hasMessage()).toBe(false);
    reader.push(Uint8Array.of(8));
    expect(reader.hasMessage()).toBe(true);
    expect([...(take(reader) ?? [])]).toEqual([7, 8]);
    expect(reader.state()).toBe('between');
  });

  it('reads a message that comes octet by octet in time that grows with its length alone', () => {
    const reader = new FrameReader();
    const stream = framed([new Uint8Array(65_535)]);
    const started = performance.now();
    for (let at = 0; at < stream.length; at++) reader.push(stream.subarray(at, at + 1));
    expect(take(reader)).toHaveLength(65_535);
    // Joining at every chunk would copy two gigabytes.
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
