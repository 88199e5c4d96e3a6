import { printRcode, ProviderError, RCODE } from '@kubezone/core';

import type { DnsReply } from './dns-session.ts';

/** What a server's reply to an UPDATE means (RFC 2136, sections 2.2 and 3). */
export type UpdateOutcome =
  /** All of it was done. */
  | { readonly kind: 'done' }
  /** A prerequisite does not hold; nothing was done. */
  | { readonly kind: 'conflict'; readonly reason: string }
  /** Some of the data is refused; nothing was done. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** We may not do this: none of it, or nothing at all. Nothing was done. */
  | { readonly kind: 'denied'; readonly reason: string }
  /** The server failed. Whether it did something first, or whoever it passes updates on to, is not known. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The zone cannot be worked with. Nothing was done. */
  | { readonly kind: 'error'; readonly error: ProviderError }
  /** The reply is not to be believed. */
  | { readonly kind: 'unknown'; readonly reason: string };

const PREREQUISITES: ReadonlyMap<number, string> = new Map([
  [RCODE.NXDOMAIN, 'a name that the write replaces is not in use'],
  [RCODE.YXDOMAIN, 'a name that the write makes is in use'],
  [RCODE.NXRRSET, 'an RRset that the write replaces is not as it was'],
  [RCODE.YXRRSET, 'an RRset that the write makes, or one that excludes it, exists'],
]);

/** @param server for messages */
export function outcomeOf({ message, authentic }: DnsReply, server: string): UpdateOutcome {
  const { rcode } = message.header;
  const said = `${server} says ${printRcode(rcode)}`;
  if (rcode === RCODE.NOTAUTH) {
    return {
      kind: 'denied',
      reason: `${said}: it does not hold this zone, or takes no such updates by this TSIG key or address`,
    };
  }
  if (rcode === RCODE.NOTIMP) {
    return { kind: 'error', error: new ProviderError('PROVIDER_FORBIDDEN', `${said}: it takes no dynamic updates`) };
  }
  if (!authentic) {
    // A server that cannot check a signature cannot sign either (RFC 8945, section 5.2), and has then done nothing.
    return rcode === RCODE.REFUSED || rcode === RCODE.FORMERR
      ? { kind: 'denied', reason: `${said}, unsigned` }
      : { kind: 'unknown', reason: `${said}, but the reply is not signed` };
  }
  const prerequisite = PREREQUISITES.get(rcode);
  if (prerequisite !== undefined) return { kind: 'conflict', reason: `${said}: ${prerequisite}` };
  switch (rcode) {
    case RCODE.NOERROR:
      return { kind: 'done' };
    case RCODE.FORMERR:
    case RCODE.NOTZONE:
      return { kind: 'refused', reason: said };
    case RCODE.REFUSED:
      return { kind: 'denied', reason: `${said}: its policy does not allow this` };
    default:
      return { kind: 'failed', reason: said };
  }
}
