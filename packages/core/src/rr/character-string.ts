/** Character-strings (RFC 1035, sections 3.3 and 5.1). */
import { isFailure, ParseFailure } from '../failure.ts';
import { scanEscape } from '../name/owner-name.ts';

/** The longest character-string. */
export const MAX_STRING_OCTETS = 255;

/**
 * The octets that a token's text stands for: escapes undone, characters outside ASCII in UTF-8.
 *
 * @param offset where the text stands in the whole input, for failures
 */
export function scanOctets(text: string, offset: number): number[] | ParseFailure {
  const octets: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      const escape = scanEscape(text, at);
      if (isFailure(escape)) return new ParseFailure(escape.code, escape.message, offset + at);
      octets.push(escape.octet);
      at += escape.length - 1;
    } else if (code === QUOTE) {
      return new ParseFailure('BAD_FIELD', 'a quote inside a string is written \\"', offset + at);
    } else if (code <= 0x7f) {
      octets.push(code);
    } else {
      const character = String.fromCodePoint(text.codePointAt(at) as number);
      if (!character.isWellFormed()) return new ParseFailure('BAD_FIELD', 'half a surrogate pair is no character', offset + at);
      octets.push(...Buffer.from(character, 'utf8'));
      at += character.length - 1;
    }
  }
  return octets;
}

/** Prints octets as one quoted string. */
export function printQuoted(octets: Uint8Array): string {
  return `"${printOctets(octets)}"`;
}

/** Prints octets as the inside of a quoted string. */
export function printOctets(octets: Iterable<number>): string {
  let printed = '';
  for (const octet of octets) {
    if (octet < 0x20 || octet >= 0x7f) printed += `\\${String(octet).padStart(3, '0')}`;
    else if (octet === QUOTE || octet === BACKSLASH) printed += `\\${String.fromCharCode(octet)}`;
    else printed += String.fromCharCode(octet);
  }
  return printed;
}

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
