import { isFailure, printAddress, scanAddress } from '@kubezone/core';

/** One text for each address, without its zone; IPv4 in the shape of IPv6 is IPv4. */
export function canonicalAddress(text: string): string {
  const scanned = scanAddress(text.replace(/%.*$/, ''));
  if (isFailure(scanned)) return text;
  return printAddress(scanned.rdata).replace(/^::ffff:(?=\d+\.)/, '');
}
