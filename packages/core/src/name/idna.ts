import { toASCII } from 'tr46';

import { isFailure, ParseFailure } from '../failure.ts';
import { type OwnerName, ROOT, scanName } from './owner-name.ts';

/**
 * The longest text that is mapped: punycode takes time that grows with the square of a label's length. Mapping makes a text shorter only where
 * characters join or vanish, and no name has more than 255 octets.
 */
const MAX_MAPPED = 1024;

/**
 * Scans a name as a user writes it, which may hold letters outside ASCII: those are mapped to A-labels by UTS #46,
 * non-transitional, as browsers do. A name in ASCII passes unchanged, escapes and underscores included.
 *
 * @param origin completes a name without a final dot; by default such a name is absolute all the same
 */
export function scanUnicodeName(text: string, origin: OwnerName = ROOT): OwnerName | ParseFailure {
  // oxlint-disable-next-line no-control-regex -- the range is all of ASCII
  if (/^[\u0000-\u007f]*$/.test(text)) return scanName(text, origin);
  if (text.length > MAX_MAPPED) {
    return new ParseFailure('NAME_TOO_LONG', `name "${text}" has ${text.length} characters, which make no name of 255 octets`);
  }
  // An asterisk label and underscores are no host-name characters (STD 3), but stand in owner names: so STD 3 is not applied.
  const ascii = toASCII(text, { checkBidi: true, checkHyphens: false, checkJoiners: true, useSTD3ASCIIRules: false });
  if (ascii === null) return new ParseFailure('NAME_BAD_IDNA', `name "${text}" has no ASCII form`);
  const name = scanName(ascii, origin);
  return isFailure(name) ? new ParseFailure(name.code, `${name.message} (from "${text}")`) : name;
}
