/** IP addresses as text and as rdata. */
import { ParseFailure } from '../failure.ts';
import { TYPE } from './rr-type.ts';
import type { Rdata } from './rrset.ts';

/** An address as the rdata of the type that holds it. */
export interface Address {
  readonly type: typeof TYPE.A | typeof TYPE.AAAA;
  readonly rdata: Rdata;
}

/**
 * Scans an IPv4 or IPv6 address. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is the IPv4 address that it maps: no host answers at the
 * mapped form (RFC 4291, section 2.5.5.2).
 */
export function scanAddress(text: string): Address | ParseFailure {
  const ipv4 = scanIPv4(text);
  if (ipv4 !== undefined) return { type: TYPE.A, rdata: ipv4 };
  const ipv6 = scanIPv6(text);
  if (ipv6 === undefined) return new ParseFailure('BAD_FIELD', `"${text}" is no IPv4 or IPv6 address`);
  if (isMapped(ipv6)) return { type: TYPE.A, rdata: ipv6.slice(12) };
  return { type: TYPE.AAAA, rdata: ipv6 };
}

/** Prints the 4 octets of an IPv4 address, or the 16 of an IPv6 address as RFC 5952 says. */
export function printAddress(octets: Uint8Array): string {
  return octets.length === 4 ? octets.join('.') : printIPv6(octets);
}

/** Scans an IPv4 address: four decimal numbers, none with a leading zero, which some programs take for octal. */
export function scanIPv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const octets = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    const number = /^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : Number.NaN;
    if (!(number <= 255)) return undefined;
    octets[index] = number;
  }
  return octets;
}

/** Scans an IPv6 address (RFC 4291, section 2.2), without a zone. */
export function scanIPv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half, index) => scanGroups(half, index === halves.length - 1));
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const given = left.length + (right?.length ?? 0);
  // The double colon stands for one group at least (RFC 5952, section 4.2.2, would write a single group out, but reads it).
  if (halves.length === 2 ? given > 14 : given !== 16) return undefined;
  const octets = new Uint8Array(16);
  octets.set(left);
  if (right !== undefined) octets.set(right, 16 - right.length);
  return octets;
}

function scanGroups(text: string, mayEndInIPv4: boolean): number[] | undefined {
  if (text === '') return [];
  const octets: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      octets.push(value >> 8, value & 0xff);
      continue;
    }
    const ipv4 = mayEndInIPv4 && index === groups.length - 1 ? scanIPv4(group) : undefined;
    if (ipv4 === undefined) return undefined;
    octets.push(...ipv4);
  }
  return octets;
}

function isMapped(octets: Uint8Array): boolean {
  return octets.every((octet, index) => index >= 12 || octet === (index >= 10 ? 0xff : 0));
}

function printIPv6(octets: Uint8Array): string {
  // Section 5: the well-known prefix of mapped addresses shows the IPv4 address.
  if (isMapped(octets)) return `::ffff:${octets.subarray(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, index) => ((octets[index * 2] ?? 0) << 8) | (octets[index * 2 + 1] ?? 0));
  const { start, length } = longestZeros(groups);
  const printed = groups.map((group) => group.toString(16));
  if (length < 2) return printed.join(':');
  return `${printed.slice(0, start).join(':')}::${printed.slice(start + length).join(':')}`;
}

/** The longest run of zero groups, the first of several (section 4.2.3). */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let longest = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > longest.length) longest = { start, length: end - start };
    start = Math.max(start, end);
  }
  return longest;
}
