import { isFailure, ParseFailure, printAddress, scanAddress } from '@kubezone/core';

/** A block of IP addresses. */
export interface IpPrefix {
  /** 4 or 16 octets, with zeros after the prefix. */
  readonly address: Uint8Array;
  /** How many bits the block's addresses have in common. */
  readonly length: number;
}

/** What a prefix looks like, for messages. */
export const IP_PREFIX_FORM = 'an IP address or prefix, such as 192.0.2.0/24 or 2001:db8::1';

/**
 * Scans `ADDRESS/LENGTH`, or an address alone, which stands for itself.
 *
 * @returns a failure also where bits are set beyond the prefix: whoever wrote them may have meant another one
 */
export function scanIpPrefix(text: string): IpPrefix | ParseFailure {
  const [, head = '', tail] = /^([^/]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const scanned = scanAddress(head);
  if (isFailure(scanned)) return new ParseFailure('BAD_FIELD', `${JSON.stringify(text)} is no IP address or prefix`);
  const address = scanned.rdata;
  const bits = address.length * 8;
  const length = tail === undefined ? bits : Number(tail);
  if (length > bits)
    return new ParseFailure('BAD_FIELD', `the prefix of ${printAddress(address)} has 0 to ${bits} bits, not ${length}`);
  const masked = maskAddress(address, length);
  if (Buffer.compare(masked, address) !== 0) {
    const meant = printIpPrefix({ address: masked, length });
    return new ParseFailure('BAD_FIELD', `${JSON.stringify(text)} has bits set beyond the prefix; write ${meant}`);
  }
  return { address, length };
}

/** Prints a prefix; a single address without its length. */
export function printIpPrefix({ address, length }: IpPrefix): string {
  const printed = printAddress(address);
  return length === address.length * 8 ? printed : `${printed}/${length}`;
}

function maskAddress(address: Uint8Array, length: number): Uint8Array {
  return address.map((octet, index) => octet & (0xff00 >> Math.min(8, Math.max(0, length - index * 8))));
}
