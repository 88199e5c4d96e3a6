import { isFailure, ParseFailure } from '../failure.ts';
import { printRRType, type RRType, scanRRType } from './rr-type.ts';
import type { Token } from './tokens.ts';

/**
 * Checks a type bitmap: windows in strictly rising order, each with 1 to 32 octets, of which the last is not zero (RFC 4034, section 4.1.2).
 */
export function checkTypeBitmap(octets: Uint8Array, start: number, end: number): ParseFailure | undefined {
  let before = -1;
  for (let at = start; at < end;) {
    const window = octets[at] ?? 0;
    const length = at + 1 < end ? (octets[at + 1] ?? 0) : 0;
    const next = at + 2 + length;
    if (at + 1 >= end || next > end) return new ParseFailure('TRUNCATED', 'the rdata ends inside a window', end);
    if (window <= before) return new ParseFailure('BAD_FIELD', `window ${window} stands after window ${before}`, at);
    if (length === 0 || length > 32) {
      return new ParseFailure('BAD_FIELD', `a window has ${length} octets; 1 to 32 are allowed`, at);
    }
    if (octets[next - 1] === 0) return new ParseFailure('BAD_FIELD', "a window's last octet is zero", at);
    before = window;
    at = next;
  }
  return undefined;
}

/** The types in a bitmap that `checkTypeBitmap` has accepted, in rising order. */
export function readTypeBitmap(octets: Uint8Array, start: number, end: number): RRType[] {
  const types: RRType[] = [];
  for (let at = start; at < end; at += 2 + (octets[at + 1] ?? 0)) {
    const window = (octets[at] ?? 0) << 8;
    const bits = octets.subarray(at + 2, at + 2 + (octets[at + 1] ?? 0));
    for (let bit = 0; bit < bits.length * 8; bit++) {
      if (((bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) types.push(window | bit);
    }
  }
  return types;
}

/** Composes the bitmap of a set of types, given in any order. */
export function composeTypeBitmap(types: Iterable<RRType>): number[] {
  const octets: number[] = [];
  let window = -1;
  let windowStart = 0;
  for (const type of new Set([...types].sort((one, other) => one - other))) {
    if (type >> 8 !== window) {
      window = type >> 8;
      windowStart = octets.length;
      octets.push(window, 0);
    }
    const index = windowStart + 2 + ((type & 0xff) >> 3);
    while (octets.length <= index) octets.push(0);
    octets[index] = (octets[index] ?? 0) | (0x80 >> (type & 7));
    octets[windowStart + 1] = octets.length - windowStart - 2;
  }
  return octets;
}

/** Scans a list of types. */
export function scanTypeBitmap(tokens: readonly Token[]): number[] | ParseFailure {
  const types: RRType[] = [];
  for (const token of tokens) {
    const type = scanType(token);
    if (isFailure(type)) return type;
    types.push(type);
  }
  return composeTypeBitmap(types);
}

/** Scans one type that must be known, or written TYPEnnn. */
export function scanType(token: Token): RRType | ParseFailure {
  const type = token.quoted ? undefined : scanRRType(token.text);
  return (
    type ?? new ParseFailure('UNKNOWN_TYPE', `"${token.text}" is no RR type (an unknown one is written TYPEnnn)`, token.offset)
  );
}

/** Prints a bitmap that `checkTypeBitmap` has accepted. */
export function printTypeBitmap(octets: Uint8Array, start: number, end: number): string {
  return readTypeBitmap(octets, start, end).map(printRRType).join(' ');
}
