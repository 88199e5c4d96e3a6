/** Up to so many octets, a loop is faster than the view that `set` needs. */
const LOOP_OCTETS = 256;

/** Copies octets from one place to another, without an allocation where they are few. */
export function copyOctets(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  if (length > LOOP_OCTETS) to.set(from.subarray(start, start + length), at);
  else for (let index = 0; index < length; index++) to[at + index] = from[start + index] as number;
}
