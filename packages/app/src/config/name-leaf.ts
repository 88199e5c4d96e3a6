import { type OwnerName, ParseFailure, scanUnicodeName } from '@kubezone/core';

import { type SchemaOf, textLeaf } from './leaf.ts';

/** A domain name, absolute with or without its final dot. */
export const nameLeaf: SchemaOf<OwnerName> = textLeaf('a domain name', (text) => {
  // To the scanner "@" is an origin, which nothing here has. A label may hold any octet, but white space here is a slip of the pen.
  if (text === '@' || /\s/.test(text)) return undefined;
  // What a zone or a name server of this name would be, no specification says (RFC 4592, section 4.2).
  if (text.startsWith('*.')) return new ParseFailure('BAD_FIELD', `${JSON.stringify(text)} is a wildcard`);
  return scanUnicodeName(text);
});
