import { isFailure, type OwnerName, ParseFailure, scanName } from '@kubezone/core';

/**
 * Route 53 writes presentation format with one difference: the three digits after a backslash are octal (Developer Guide, "DNS domain name format").
 * A zone file's `\065` and Route 53's `\065` are different octets.
 */

const PLAIN = /[a-z0-9_.-]/;

/** A name as Route 53 returns it: whatever is not a letter, a digit, `-` or `_` as an octal escape, the asterisk of a wildcard too (`\052.`). */
export function printVendorName(name: OwnerName): string {
  let printed = '';
  for (let at = 0; at < name.length; at++) {
    const character = name[at] as string;
    if (character === '\\') {
      const escaped = /^\d{3}/.exec(name.slice(at + 1, at + 4))?.[0];
      printed += octal(escaped === undefined ? name.charCodeAt(at + 1) : Number(escaped));
      at += escaped === undefined ? 1 : 3;
    } else {
      printed += PLAIN.test(character) ? character : octal(character.charCodeAt(0));
    }
  }
  return printed;
}

/** A name as Route 53 writes it, or a user: letters of either case, escaped or not, with or without the final dot. */
export function scanVendorName(text: string): OwnerName | ParseFailure {
  if (text === '') return new ParseFailure('NAME_EMPTY_LABEL', 'the name is empty');
  const decimal = toZoneFileText(text);
  return isFailure(decimal) ? decimal : scanName(decimal.endsWith('.') ? decimal : `${decimal}.`);
}

/** Rdata from zone file format to Route 53's. */
export function toVendorText(text: string): string {
  return text.replaceAll(/\\(\d{3}|[^])/g, (escape, escaped: string) => {
    if (escaped.length === 3) return octal(Number(escaped));
    return escaped === '"' ? escape : octal(escaped.charCodeAt(0));
  });
}

/** Rdata from Route 53's format to a zone file's. */
export function toZoneFileText(text: string): string | ParseFailure {
  let failure: ParseFailure | undefined;
  const decimal = text.replaceAll(/\\([0-7]{3}|[^]?)/g, (escape, escaped: string, offset: number) => {
    if (escaped.length < 3 && !/^\d/.test(escaped)) return escape;
    const octet = escaped.length < 3 ? Number.NaN : Number.parseInt(escaped, 8);
    if (octet <= 255) return `\\${String(octet).padStart(3, '0')}`;
    failure ??= new ParseFailure('NAME_BAD_ESCAPE', `"${text.slice(offset, offset + 4)}" is no octal escape up to \\377`, offset);
    return escape;
  });
  return failure ?? decimal;
}

function octal(octet: number): string {
  return `\\${octet.toString(8).padStart(3, '0')}`;
}
