import { MAX_STRING_OCTETS } from '../rr/character-string.ts';
import type { Rdata } from '../rr/rrset.ts';

/**
 * The text of a TXT record: its character-strings (RFC 1035, section 3.3.14) put together, an octet for a character. How a text is cut into strings
 * carries no meaning, and vendors cut it anew.
 *
 * @param rdata well formed
 */
export function textOfTxt(rdata: Rdata): string {
  const octets = Buffer.from(rdata.buffer, rdata.byteOffset, rdata.length);
  const first = 1 + (octets[0] ?? 0);
  if (first >= octets.length) return octets.toString('latin1', 1, first);
  let text = '';
  for (let at = 0; at < octets.length; at += 1 + (octets[at] ?? 0))
    text += octets.toString('latin1', at + 1, at + 1 + (octets[at] ?? 0));
  return text;
}

/**
 * The rdata of a TXT record that holds a text, in strings of 255 octets and a last one that may be shorter.
 *
 * @param text of ASCII characters
 */
export function composeTxt(text: string): Rdata {
  const strings = Math.max(1, Math.ceil(text.length / MAX_STRING_OCTETS));
  const octets = Buffer.alloc(strings + text.length);
  for (let index = 0, at = 0; index < strings; index++) {
    const part = text.slice(index * MAX_STRING_OCTETS, (index + 1) * MAX_STRING_OCTETS);
    octets[at++] = part.length;
    at += octets.write(part, at, 'latin1');
  }
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
}

/** The text without the quotes that some writers put around it as a part of it. */
export function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
