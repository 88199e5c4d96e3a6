import type { Random } from './random.ts';

/** Octets with a meaning in DNS messages: counts, label lengths and types, pointers to the question, OPT's type, the ends of ranges. */
const TELLING = [0x00, 0x01, 0x02, 0x0b, 0x0c, 0x29, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff] as const;
/** Longer than any message that a mutation makes of the corpus. */
const LARGEST = 4096;

/**
 * Makes a packet of one or two packets of the corpus by up to eight small changes, each of a kind that has broken some
 * parser: flipped bits, telling octets, counts, pointers, missing and doubled parts, another packet's end.
 *
 * @returns a view of `buffer`, which is used again by the next call
 */
export function mutate(corpus: readonly Uint8Array[], random: Random, buffer: Uint8Array): Uint8Array {
  // Now and then nothing of the corpus is left.
  if (random.next(64) === 0) return noise(random, buffer);
  const first = pick(corpus, random);
  buffer.set(first);
  let length = first.length;
  // Most packets get one change: what is broken in one place gets furthest into the server.
  const changes = random.next(4) > 0 ? 1 : 2 + random.next(7);
  for (let left = changes; left > 0; left--) length = change(corpus, random, buffer, length);
  return buffer.subarray(0, length);
}

function noise(random: Random, buffer: Uint8Array): Uint8Array {
  const length = random.next(600);
  for (let at = 0; at < length; at++) buffer[at] = random.next(256);
  // Random flags are a response, or of an unknown opcode, in most cases: those end at the header.
  if (length > 2 && random.next(4) > 0) buffer[2] = 0;
  return buffer.subarray(0, length);
}

/** A buffer that is large enough for `mutate`. */
export function mutationBuffer(): Uint8Array {
  return new Uint8Array(LARGEST);
}

function change(corpus: readonly Uint8Array[], random: Random, buffer: Uint8Array, length: number): number {
  const at = random.next(length + 1);
  switch (random.next(16)) {
    case 0:
    case 1:
    case 11:
    case 12:
      buffer[at] = (buffer[at] ?? 0) ^ (1 << random.next(8));
      return Math.max(length, at === LARGEST ? length : Math.min(at + 1, LARGEST));
    case 2:
      if (at < length) buffer[at] = random.next(256);
      return length;
    case 3:
    case 4:
    case 13:
      if (at < length) buffer[at] = TELLING[random.next(TELLING.length)] as number;
      return length;
    case 5: {
      // A compression pointer, to anywhere in the packet.
      if (at + 1 < length) {
        const target = random.next(length);
        buffer[at] = 0xc0 | (target >> 8);
        buffer[at + 1] = target & 0xff;
      }
      return length;
    }
    case 6: {
      // One of the four counts.
      const count = 4 + 2 * random.next(4);
      buffer[count] = random.next(8) === 0 ? random.next(256) : 0;
      buffer[count + 1] = random.next(4);
      return Math.max(length, 12);
    }
    case 7:
      return at;
    case 8: {
      // Left out.
      const size = Math.min(1 + random.next(16), length - at);
      buffer.copyWithin(at, at + size, length);
      return length - Math.max(size, 0);
    }
    case 9: {
      // Doubled.
      const size = Math.min(1 + random.next(32), length - at, LARGEST - length);
      if (size <= 0) return length;
      buffer.copyWithin(at + size, at, length);
      return length + size;
    }
    case 10: {
      // Random octets at the end.
      const size = Math.min(1 + random.next(24), LARGEST - length);
      for (let index = 0; index < size; index++) buffer[length + index] = random.next(256);
      return length + size;
    }
    case 14:
      // A letter, in the places of most letters: another name.
      if (length > 16) buffer[13 + random.next(length - 16)] = 0x61 + random.next(26);
      return length;
    default: {
      const other = pick(corpus, random);
      const from = random.next(other.length);
      const part = other.subarray(from, Math.min(other.length, from + LARGEST - at));
      buffer.set(part, at);
      return at + part.length;
    }
  }
}

function pick(corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const chosen = corpus[random.next(corpus.length)];
  if (chosen === undefined) throw new RangeError('the corpus is empty');
  return chosen;
}
