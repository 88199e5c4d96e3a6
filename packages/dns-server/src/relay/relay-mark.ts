/**
 * How a query is recognized that was relayed, and came back: by an EDNS option that only such queries have. Forwarders such as CoreDNS's pass options on as they are.
 */
import { createHash } from 'node:crypto';

import type { EdnsOption } from '@kubezone/core';

import { printEndpoint } from '../listen-error.ts';
import { canonicalAddress } from './canonical-address.ts';
import type { RelayServer } from './fallthrough-options.ts';

/** Of the range for local use (RFC 6891, section 9): nobody else need know it. */
const MARK_OPTION = 65_053;
const MARK_OCTETS = 16;

/**
 * The mark of all servers that relay to the same servers: replicas of one configuration recognize each other's queries too. It is no secret: whoever sends it gets
 * the answer that there would be without relaying.
 */
export function relayMark(servers: readonly RelayServer[]): Uint8Array {
  const endpoints = servers.map(({ address, port }) => printEndpoint(canonicalAddress(address), port)).toSorted();
  const digest = createHash('sha256')
    .update(`kubezone fallthrough\n${endpoints.join('\n')}`)
    .digest();
  return Uint8Array.from(digest.subarray(0, MARK_OCTETS));
}

/** The option that carries a mark. */
export function markOption(mark: Uint8Array): EdnsOption {
  return { code: MARK_OPTION, data: mark };
}

/** Whether a query carries a mark, wherever it stands: that 16 octets are the same by chance does not happen. */
export function carriesMark(query: Uint8Array, length: number, mark: Uint8Array): boolean {
  return Buffer.from(query.buffer, query.byteOffset, length).indexOf(mark) >= 0;
}
