/** The content of TXT records: quoted character-strings in presentation format (RFC 1035, section 5.1). */
import { printRdata, type Rdata, TYPE } from '@kubezone/core';

const MAX_STRING = 255;

/** How a TXT record's rdata is sent. */
export function composeTxtContent(rdata: Rdata): string {
  return printRdata(TYPE.TXT, rdata);
}

/**
 * The rdata of a TXT record from its content, whatever its age: strings in quotes, or, from before the vendor put them on, the text without them. A string
 * of more than 255 octets is served in several, and so it is read.
 *
 * @returns undefined where the content is neither
 */
export function scanTxtContent(content: string): Rdata | undefined {
  const strings = content.startsWith('"') ? quotedStrings(content) : [content];
  if (strings === undefined) return undefined;
  const octets: number[] = [];
  for (const text of strings) {
    const string = octetsOf(text);
    let at = 0;
    do {
      const part = string.slice(at, at + MAX_STRING);
      octets.push(part.length, ...part);
      at += MAX_STRING;
    } while (at < string.length);
  }
  return octets.length === 0 ? undefined : Uint8Array.from(octets);
}

/** The insides of `"one" "two"`. */
function quotedStrings(content: string): string[] | undefined {
  const strings: string[] = [];
  const string = /\s*"((?:[^"\\]|\\[\s\S])*)"/y;
  while (string.lastIndex < content.length) {
    const [, inside] = string.exec(content) ?? [];
    if (inside === undefined) return undefined;
    strings.push(inside);
  }
  return strings;
}

/** The octets that a string's inside stands for: escapes undone, characters outside ASCII in UTF-8. */
export function octetsOf(text: string): number[] {
  const octets: number[] = [];
  for (const [part, digits, escaped] of text.matchAll(/\\(\d{3})|\\([\s\S])|[^\\]+|\\$/g)) {
    if (digits !== undefined && Number(digits) <= 255) octets.push(Number(digits));
    else octets.push(...Buffer.from(escaped ?? part, 'utf8'));
  }
  return octets;
}
