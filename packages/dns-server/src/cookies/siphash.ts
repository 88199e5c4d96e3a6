/**
 * SipHash-2-4, the keyed hash of interoperable server cookies (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
 *
 * The four 64-bit words of the state stand in one Uint32Array as pairs, low half first:
 *
 *     v0 = [0] low, [1] high     v1 = [2], [3]     v2 = [4], [5]     v3 = [6], [7]
 */
const V0 = 0;
const V1 = 2;
const V2 = 4;
const V3 = 6;

/** The key's length in octets. */
export const SIPHASH_KEY_OCTETS = 16;

/**
 * Hashes a message under a key.
 *
 * @param key 16 octets
 * @returns the 8 octets of the hash, little-endian, as the reference implementation writes them
 */
export function sipHash24(key: Uint8Array, message: Uint8Array): Uint8Array {
  const keyWords = new DataView(key.buffer, key.byteOffset, SIPHASH_KEY_OCTETS);
  const state = initialState(keyWords);
  const words = new DataView(message.buffer, message.byteOffset, message.length);
  const wholeWords = message.length >>> 3;
  for (let word = 0; word < wholeWords; word++) {
    compress(state, words.getUint32(word * 8, true), words.getUint32(word * 8 + 4, true));
  }
  // The last word holds the octets that are left, and the message's length in its highest octet.
  let low = 0;
  let high = (message.length & 0xff) << 24;
  for (let at = wholeWords * 8; at < message.length; at++) {
    const shift = (at & 3) * 8;
    if ((at & 7) < 4) low |= (message[at] as number) << shift;
    else high |= (message[at] as number) << shift;
  }
  compress(state, low, high);
  return finish(state);
}

function initialState(key: DataView): Uint32Array {
  const [k0Low, k0High] = [key.getUint32(0, true), key.getUint32(4, true)];
  const [k1Low, k1High] = [key.getUint32(8, true), key.getUint32(12, true)];
  // The constants spell "somepseudorandomlygeneratedbytes".
  return Uint32Array.of(
    k0Low ^ 0x70736575,
    k0High ^ 0x736f6d65,
    k1Low ^ 0x6e646f6d,
    k1High ^ 0x646f7261,
    k0Low ^ 0x6e657261,
    k0High ^ 0x6c796765,
    k1Low ^ 0x79746573,
    k1High ^ 0x74656462,
  );
}

/** Takes one message word in: two rounds. */
function compress(state: Uint32Array, low: number, high: number): void {
  xorWord(state, V3, low, high);
  round(state);
  round(state);
  xorWord(state, V0, low, high);
}

/** Four rounds, and the four words folded into one. */
function finish(state: Uint32Array): Uint8Array {
  xorWord(state, V2, 0xff, 0);
  for (let rounds = 0; rounds < 4; rounds++) round(state);
  const hash = new Uint8Array(8);
  const view = new DataView(hash.buffer);
  view.setUint32(0, half(state, V0) ^ half(state, V1) ^ half(state, V2) ^ half(state, V3), true);
  view.setUint32(4, half(state, V0 + 1) ^ half(state, V1 + 1) ^ half(state, V2 + 1) ^ half(state, V3 + 1), true);
  return hash;
}

function round(state: Uint32Array): void {
  add(state, V0, V1);
  rotate(state, V1, 13);
  xor(state, V1, V0);
  swapHalves(state, V0);
  add(state, V2, V3);
  rotate(state, V3, 16);
  xor(state, V3, V2);
  add(state, V0, V3);
  rotate(state, V3, 21);
  xor(state, V3, V0);
  add(state, V2, V1);
  rotate(state, V1, 17);
  xor(state, V1, V2);
  swapHalves(state, V2);
}

function add(state: Uint32Array, to: number, from: number): void {
  const low = half(state, to) + half(state, from);
  state[to] = low;
  state[to + 1] = half(state, to + 1) + half(state, from + 1) + (low > 0xffffffff ? 1 : 0);
}

function xor(state: Uint32Array, to: number, from: number): void {
  xorWord(state, to, half(state, from), half(state, from + 1));
}

function xorWord(state: Uint32Array, to: number, low: number, high: number): void {
  state[to] = half(state, to) ^ low;
  state[to + 1] = half(state, to + 1) ^ high;
}

/** Rotates a word left by 1 to 31 bits. */
function rotate(state: Uint32Array, word: number, bits: number): void {
  const low = half(state, word);
  const high = half(state, word + 1);
  state[word] = (low << bits) | (high >>> (32 - bits));
  state[word + 1] = (high << bits) | (low >>> (32 - bits));
}

/** Rotates a word left by 32 bits. */
function swapHalves(state: Uint32Array, word: number): void {
  const low = half(state, word);
  state[word] = half(state, word + 1);
  state[word + 1] = low;
}

function half(state: Uint32Array, index: number): number {
  return state[index] as number;
}
