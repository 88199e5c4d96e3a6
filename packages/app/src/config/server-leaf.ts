import { isIP } from 'node:net';

import { type SchemaOf, textLeaf } from './leaf.ts';
import { canonicalIPv6, type ListenAddress } from './listen-address.ts';
import { isFailure } from '@kubezone/core';

const DNS_PORT = 53;

/** A name server that is asked something: an address, perhaps with a port. Names would have to be resolved first. */
export const serverLeaf: SchemaOf<ListenAddress> = textLeaf(
  'ADDRESS or ADDRESS:PORT, such as 192.0.2.1, 192.0.2.1:5300, or [2001:db8::1]:5300',
  (text) => {
    const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
    const address = bracketed ?? plain ?? text;
    const port = digits === undefined ? DNS_PORT : Number(digits);
    if (port < 1 || port > 65_535) return undefined;
    // Of a scope nobody knows on another machine.
    const family = address.includes('%') ? 0 : isIP(address);
    if (family === 4) return bracketed === undefined ? { address, port } : undefined;
    const canonical = family === 6 ? canonicalIPv6(address) : undefined;
    return canonical === undefined || isFailure(canonical) ? canonical : { address: canonical, port };
  },
);
