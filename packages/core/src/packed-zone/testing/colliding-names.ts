import { HashedName, hashKeyFrom } from '../hashed-name.ts';

const DIGITS = Buffer.from('0123456789abcdef');
const FIRST_DIGIT = 1;
const FACTORS = [0x9e37_79b1, 0x85eb_ca6b] as const;

/** The name of a number, in wire format, written over the one before. */
function writeName(wire: Uint8Array, number: number): void {
  let at = FIRST_DIGIT;
  for (const factor of FACTORS) {
    const mixed = Math.imul(number, factor);
    for (let shift = 28; shift >= 0; shift -= 4) wire[at++] = DIGITS[(mixed >>> shift) & 15] as number;
  }
}

/** Pairs of names below `example.`, all of the same length and in wire format, that a hash with this seed does not tell apart, of `count` names. */
export function collidingNames(seed: number, count: number): (readonly [Uint8Array, Uint8Array])[] {
  const wire = Uint8Array.of(16, ...new Uint8Array(16), 7, ...Buffer.from('example'), 0);
  const nameOfNumber = (number: number): Uint8Array => {
    writeName(wire, number);
    return wire.slice();
  };
  const name = new HashedName(hashKeyFrom(seed));
  const seen = new Map<number, number>();
  const pairs: (readonly [Uint8Array, Uint8Array])[] = [];
  for (let number = 0; number < count; number++) {
    writeName(wire, number);
    name.load(wire, 0, wire.length);
    const hash = name.hashes[2] as number;
    const other = seen.get(hash);
    if (other === undefined) seen.set(hash, number);
    else pairs.push([nameOfNumber(other), nameOfNumber(number)]);
  }
  return pairs;
}
