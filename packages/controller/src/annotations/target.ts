import { isFailure, type OwnerName, ParseFailure, ROOT, scanAddress, scanUnicodeName, type TYPE } from '@kubezone/core';

/** What a name shall lead to: an address, or another name, whose addresses are meant. */
export type Target =
  | { readonly kind: 'address'; readonly type: typeof TYPE.A | typeof TYPE.AAAA; readonly rdata: Uint8Array }
  | { readonly kind: 'hostname'; readonly name: OwnerName };

/** How many targets one object may have: its addresses stay far below what a message can hold. */
export const MAX_TARGETS = 1000;

/** A label of a host name (RFC 1123, section 2.1); underscores, which some load balancers and service meshes use, are let pass in targets. */
const TARGET_LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;

/**
 * Reads a target: an IPv4 or IPv6 address, or a host name, absolute with or without its final dot.
 *
 * What looks like an address and is none (`300.1.1.1`, `1.2.3.4.`, `fe80::1%eth0`) is a failure and not a host name: no top-level domain is all
 * digits (RFC 3696, section 2).
 */
export function readTarget(text: string): Target | ParseFailure {
  const address = scanAddress(text);
  if (!isFailure(address)) return { kind: 'address', ...address };
  const expected = (): ParseFailure => new ParseFailure('BAD_FIELD', `"${text}" is neither an IP address nor a host name`);
  if (text.includes(':')) return expected();
  const name = scanUnicodeName(text);
  if (isFailure(name)) return name;
  if (name === ROOT) return expected();
  const labels = name.slice(0, -1).split('.');
  if (/^\d+$/.test(labels.at(-1) ?? '') || !labels.every((label) => TARGET_LABEL.test(label))) return expected();
  return { kind: 'hostname', name };
}
