import { describe, expect, it } from '@jest/globals';

import { sipHash24 } from './siphash.ts';

const KEY = Uint8Array.from({ length: 16 }, (_, index) => index);

describe('sipHash24', () => {
  // The reference implementation's vectors: key 00…0f, message 00…(n-1) (github.com/veorq/SipHash, vectors.h).
  it.each([
    [0, '310e0edd47db6f72'],
    [1, 'fd67dc93c539f874'],
    [2, '5a4fa9d909806c0d'],
    [7, '37d1018bf50002ab'],
    [8, '6224939a79f5f593'],
    [15, 'e545be4961ca29a1'],
    [16, 'db9bc2577fcc2a3f'],
  ])('gives the reference hash of a message of %i octets', (length, expected) => {
    const message = Uint8Array.from({ length }, (_, index) => index);
    expect(Buffer.from(sipHash24(KEY, message)).toString('hex')).toBe(expected);
  });

  it('reads key and message that are views into larger buffers', () => {
    const buffer = new Uint8Array(64);
    buffer.set(KEY, 5);
    buffer.set([0, 1], 30);
    expect(Buffer.from(sipHash24(buffer.subarray(5, 21), buffer.subarray(30, 32))).toString('hex')).toBe('5a4fa9d909806c0d');
  });
});
