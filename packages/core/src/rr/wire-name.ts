/**
 * Names inside rdata, which keep the case in which they were given (an `OwnerName` is folded to lower case).
 */
import { isFailure, type ParseFailure } from '../failure.ts';
import { composeName, type OwnerName, PRINTED_OCTETS, scanEscape, scanName } from '../name/owner-name.ts';

/**
 * Copies a name that `parseName` has accepted, without compression.
 *
 * @returns the offset after the name in the target
 */
export function copyName(octets: Uint8Array, start: number, target: Uint8Array, targetStart: number): number {
  let from = start;
  let to = targetStart;
  for (;;) {
    const length = octets[from] as number;
    if (length >= 0xc0) {
      from = ((length & 0x3f) << 8) | (octets[from + 1] as number);
      continue;
    }
    target.set(octets.subarray(from, from + length + 1), to);
    to += length + 1;
    from += length + 1;
    if (length === 0) return to;
  }
}

/** Scans a name to wire format, its letters in the case in which they are written. */
export function scanWireName(text: string, origin: OwnerName): Uint8Array | ParseFailure {
  const name = scanName(text, origin);
  if (isFailure(name)) return name;
  const octets = composeName(name);
  if (text === '@' || text === '.') return octets;
  // The lengths stand already; only the octets of the labels that the text itself writes are put back as written.
  let to = 1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '.') {
      to++;
    } else if (text[at] === '\\') {
      const escape = scanEscape(text, at);
      if (isFailure(escape)) return escape;
      octets[to++] = escape.octet;
      at += escape.length - 1;
    } else {
      octets[to++] = text.charCodeAt(at);
    }
  }
  return octets;
}

/** Prints an uncompressed name as it is, in the one way in which canonical presentation escapes octets. */
export function printWireName(octets: Uint8Array, start: number): string {
  let printed = '';
  let at = start;
  for (let length = octets[at] ?? 0; length > 0; length = octets[at] ?? 0) {
    for (const octet of octets.subarray(at + 1, at + 1 + length)) printed += PRINTED_OCTETS[octet] as string;
    printed += '.';
    at += length + 1;
  }
  return printed === '' ? '.' : printed;
}
