/** Reads an unsigned number, big-endian, of at most 6 octets that lie inside the buffer. */
export function readUnsigned(octets: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let index = at; index < at + length; index++) value = value * 256 + (octets[index] ?? 0);
  return value;
}

/** Composes an unsigned number, big-endian. */
export function composeUnsigned(value: number, length: number): number[] {
  const octets: number[] = [];
  for (let index = length - 1; index >= 0; index--) octets.push(Math.floor(value / 256 ** index) % 256);
  return octets;
}
