/**
 * Owner names.
 *
 * A name is held as one string in canonical presentation format: ASCII letters in lower case, a final dot, and every octet
 * outside the printable ASCII characters, or with a meaning in zone files, escaped in exactly one way. So two names are the
 * same name (RFC 4343) if and only if the strings are equal, a name can be the key of a map, and it can be printed as it is.
 *
 *     www.example.com.      *.example.com.      a\.b.example.      \000.example.      .  (the root)
 */
import { isFailure, ParseFailure } from '../failure.ts';

declare const ownerNameBrand: unique symbol;

/** An absolute domain name in canonical presentation format. Made only by the functions of this file. */
export type OwnerName = string & { readonly [ownerNameBrand]: true };

/** A name read from wire format, and where the octet after it stands. */
export interface ParsedName {
  readonly name: OwnerName;
  /** Offset of the first octet after the name (after the pointer, where the name ends in one). */
  readonly end: number;
}

/** The longest name on the wire, its length octets and the root's included (RFC 1035, section 2.3.4). */
export const MAX_NAME_OCTETS = 255;
/** The longest label (RFC 1035, section 2.3.4). */
export const MAX_LABEL_OCTETS = 63;

/** How many compression pointers one name may take: one before each of the 127 labels that fit into it, and one before the root. */
const MAX_POINTERS = 128;

/** The root. */
export const ROOT: OwnerName = '.' as OwnerName;

/** Octet → how it is written inside a label, letters in the case in which they are: for names in rdata. */
export const PRINTED_OCTETS: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  if (octet <= 0x20 || octet >= 0x7f) return `\\${String(octet).padStart(3, '0')}`;
  const character = String.fromCharCode(octet);
  return '.\\"();@$'.includes(character) ? `\\${character}` : character;
});

/** The same for owner names: letters are folded to lower case here (RFC 4343). */
const PRINTED: readonly string[] = PRINTED_OCTETS.map((printed) => (printed.length === 1 ? printed.toLowerCase() : printed));

const BACKSLASH = 0x5c;
const DOT = 0x2e;

/**
 * Scans a name from presentation format (RFC 1035, section 5.1).
 *
 * @param text the name; `@` alone is the origin
 * @param origin completes a name that has no final dot; without it such a name is a failure (`NAME_RELATIVE`). Pass `ROOT` where
 *   users write absolute names without the final dot.
 */
export function scanName(text: string, origin?: OwnerName): OwnerName | ParseFailure {
  if (text === '.') return ROOT;
  if (text === '@' && origin !== undefined) return origin;
  if (text === '') return new ParseFailure('NAME_EMPTY_LABEL', 'the name is empty');
  let printed = '';
  let labelOctets = 0;
  let octets = 1; // the root's length octet
  let absolute = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (labelOctets === 0) return new ParseFailure('NAME_EMPTY_LABEL', `empty label in name "${text}"`, at);
      printed += '.';
      octets += labelOctets + 1;
      labelOctets = 0;
      absolute = at === text.length - 1;
      continue;
    }
    let octet = code;
    if (code === BACKSLASH) {
      const escape = scanEscape(text, at);
      if (isFailure(escape)) return escape;
      octet = escape.octet;
      at += escape.length - 1;
    } else if (code > 0x7f) {
      return new ParseFailure('NAME_BAD_IDNA', `name "${text}" has a character outside ASCII; write its ASCII (xn--) form`, at);
    }
    labelOctets++;
    if (labelOctets > MAX_LABEL_OCTETS) {
      return new ParseFailure('NAME_LABEL_TOO_LONG', `a label of name "${text}" is longer than 63 octets`, at);
    }
    printed += PRINTED[octet] as string;
  }
  if (!absolute) {
    if (origin === undefined) return new ParseFailure('NAME_RELATIVE', `name "${text}" has no final dot`, text.length);
    octets += labelOctets + 1;
    printed += origin === ROOT ? '.' : `.${origin}`;
    octets += wireLength(origin) - 1;
  }
  if (octets > MAX_NAME_OCTETS) {
    return new ParseFailure('NAME_TOO_LONG', `name "${text}" is ${octets} octets long; at most 255 are allowed`, text.length);
  }
  return flatten(printed) as OwnerName;
}

/**
 * The name that a literal stands for, absolute with or without its final dot.
 *
 * @throws {RangeError} where the text is no name: for constants and tests, never for input.
 */
export function nameOf(text: string): OwnerName {
  const name = scanName(text, ROOT);
  if (isFailure(name)) throw new RangeError(name.message);
  return name;
}

/** One escape of presentation format: the octet it stands for, and how many characters it takes. Shared with character-strings. */
export function scanEscape(text: string, at: number): { readonly octet: number; readonly length: number } | ParseFailure {
  const next = text.charCodeAt(at + 1);
  if (Number.isNaN(next)) return new ParseFailure('NAME_BAD_ESCAPE', 'a backslash ends the text', at);
  if (!isDigit(next)) {
    if (next > 0x7f) return new ParseFailure('NAME_BAD_ESCAPE', 'a backslash escapes a character outside ASCII', at);
    return { octet: next, length: 2 };
  }
  const digits = text.slice(at + 1, at + 4);
  const octet = Number(digits);
  if (!/^\d{3}$/.test(digits) || octet > 255) {
    return new ParseFailure('NAME_BAD_ESCAPE', `"\\${digits}" is no escape: three digits up to 255 are expected`, at);
  }
  return { octet, length: 4 };
}

/**
 * Parses a name from wire format, following compression pointers (RFC 1035, sections 3.1 and 4.1.4).
 *
 * A pointer must point before the place where the current run of labels began: each jump goes strictly backwards, so no loop
 * is possible. A name may take at most `MAX_POINTERS` of them, so that a chain of thousands, which every record of a message can be made
 * to point to, costs no more than a long name.
 *
 * @param pointers `refuse` for rdata whose names must not be compressed (RFC 3597, section 4)
 */
export function parseName(
  octets: Uint8Array,
  start: number,
  pointers: 'follow' | 'refuse' = 'follow',
): ParsedName | ParseFailure {
  let printed = '';
  let at = start;
  let end = -1;
  let length = 1;
  let runStart = start;
  let jumps = 0;
  for (;;) {
    const lengthOctet = octets[at];
    if (lengthOctet === undefined) return new ParseFailure('TRUNCATED', 'the message ends inside a name', at);
    if (lengthOctet === 0) {
      if (end < 0) end = at + 1;
      return { name: (printed === '' ? '.' : flatten(printed)) as OwnerName, end };
    }
    const kind = lengthOctet & 0xc0;
    if (kind === 0xc0) {
      if (pointers === 'refuse')
        return new ParseFailure('NAME_POINTER_NOT_ALLOWED', 'a name is compressed where none may be', at);
      const low = octets[at + 1];
      if (low === undefined) return new ParseFailure('TRUNCATED', 'the message ends inside a compression pointer', at);
      const target = ((lengthOctet & 0x3f) << 8) | low;
      if (target >= runStart)
        return new ParseFailure('NAME_BAD_POINTER', `a compression pointer points forward, to ${target}`, at);
      if (++jumps > MAX_POINTERS)
        return new ParseFailure('NAME_BAD_POINTER', `a name takes more than ${MAX_POINTERS} compression pointers`, at);
      if (end < 0) end = at + 2;
      at = target;
      runStart = target;
      continue;
    }
    if (kind !== 0)
      return new ParseFailure('NAME_RESERVED_LABEL_TYPE', `a label's type is ${lengthOctet >> 6}; only 0 and 3 exist`, at);
    length += lengthOctet + 1;
    if (length > MAX_NAME_OCTETS) return new ParseFailure('NAME_TOO_LONG', 'a name is longer than 255 octets', at);
    const labelEnd = at + 1 + lengthOctet;
    if (labelEnd > octets.length) return new ParseFailure('TRUNCATED', 'the message ends inside a label', at);
    for (let octet = at + 1; octet < labelEnd; octet++) printed += PRINTED[octets[octet] as number] as string;
    printed += '.';
    at = labelEnd;
  }
}

/** Composes a name to uncompressed wire format. */
export function composeName(name: OwnerName): Uint8Array {
  const octets = new Uint8Array(wireLength(name));
  composeNameInto(name, octets, 0);
  return octets;
}

/** Composes a name to uncompressed wire format at an offset of a buffer that has room for it; returns the offset after it. */
export function composeNameInto(name: OwnerName, buffer: Uint8Array, start: number): number {
  if (name === ROOT) {
    buffer[start] = 0;
    return start + 1;
  }
  let lengthAt = start;
  let at = start + 1;
  for (let index = 0; index < name.length; index++) {
    let octet = name.charCodeAt(index);
    if (octet === DOT) {
      buffer[lengthAt] = at - lengthAt - 1;
      lengthAt = at++;
      continue;
    }
    if (octet === BACKSLASH) {
      const next = name.charCodeAt(index + 1);
      if (isDigit(next)) {
        octet = Number(name.slice(index + 1, index + 4));
        index += 3;
      } else {
        octet = next;
        index += 1;
      }
    }
    buffer[at++] = octet;
  }
  buffer[lengthAt] = 0;
  return at;
}

/** How many octets the name takes uncompressed, the root's length octet included. */
export function wireLength(name: OwnerName): number {
  if (name === ROOT) return 1;
  if (!name.includes('\\')) return name.length + 1;
  let octets = 1;
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) === BACKSLASH) index += isDigit(name.charCodeAt(index + 1)) ? 3 : 1;
    octets++;
  }
  return octets;
}

/** The name without its first label; undefined for the root. */
export function parentOf(name: OwnerName): OwnerName | undefined {
  if (name === ROOT) return undefined;
  const end = firstLabelEnd(name);
  return end === name.length - 1 ? ROOT : (name.slice(end + 1) as OwnerName);
}

/** The name's labels in presentation format, leftmost first; none for the root. */
export function labelsOf(name: OwnerName): string[] {
  const labels: string[] = [];
  for (let rest: OwnerName | undefined = name; rest !== undefined && rest !== ROOT; rest = parentOf(rest)) {
    labels.push(rest.slice(0, firstLabelEnd(rest)));
  }
  return labels;
}

/** How many labels the name has, the root's not counted (RFC 4034, section 3.1.3, counts so, but without a leading `*`). */
export function labelCount(name: OwnerName): number {
  if (name === ROOT) return 0;
  if (!name.includes('\\')) {
    let count = 0;
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) count++;
    return count;
  }
  return labelsOf(name).length;
}

/** Whether the name is the ancestor itself or stands below it. */
export function isAtOrBelow(name: OwnerName, ancestor: OwnerName): boolean {
  return name === ancestor || isBelow(name, ancestor);
}

/** Whether the name stands below the ancestor, at any depth. */
export function isBelow(name: OwnerName, ancestor: OwnerName): boolean {
  if (ancestor === ROOT) return name !== ROOT;
  const cut = name.length - ancestor.length - 1;
  // The dot before the suffix must be a separator, not the end of an escape such as "\.".
  return cut > 0 && name.charCodeAt(cut) === DOT && name.endsWith(ancestor) && !isEscaped(name, cut);
}

/** Whether the first label is the asterisk label (RFC 4592, section 2.1.1). */
export function isWildcard(name: OwnerName): boolean {
  return name.startsWith('*.');
}

/** The wildcard directly below a name; undefined where it would be longer than 255 octets. */
export function wildcardBelow(name: OwnerName): OwnerName | undefined {
  return prependLabel('*', name);
}

/** A name with one label, given in presentation format, put before it; undefined where the result is no name. */
export function prependLabel(label: string, name: OwnerName): OwnerName | undefined {
  const result = scanName(label, name);
  return isFailure(result) ? undefined : result;
}

/**
 * Replaces the end of a name: the substitution of DNAME (RFC 6672, section 2.2).
 *
 * @param name stands below `suffix`
 * @returns undefined where the result would be longer than 255 octets
 */
export function replaceSuffix(name: OwnerName, suffix: OwnerName, replacement: OwnerName): OwnerName | undefined {
  const prefix = suffix === ROOT ? name : name.slice(0, name.length - suffix.length);
  const result = (replacement === ROOT ? prefix : prefix + replacement) as OwnerName;
  return wireLength(result) > MAX_NAME_OCTETS ? undefined : result;
}

/** Orders names canonically: by label from the right, octet by octet, letters folded (RFC 4034, section 6.1). */
export function compareNames(one: OwnerName, other: OwnerName): number {
  if (one === other) return 0;
  const left = labelsOf(one).toReversed();
  const right = labelsOf(other).toReversed();
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const order = compareLabels(left[index] as string, right[index] as string);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareLabels(one: string, other: string): number {
  if (one === other) return 0;
  if (!one.includes('\\') && !other.includes('\\')) return one < other ? -1 : 1;
  return Buffer.compare(composeName(`${one}.` as OwnerName).subarray(1), composeName(`${other}.` as OwnerName).subarray(1));
}

/**
 * The same string in one piece. V8 keeps a string that was put together from parts as a chain of them, about four times the memory, until somebody
 * reads a character of it.
 */
function flatten(text: string): string {
  text.charCodeAt(0);
  return text;
}

function firstLabelEnd(name: string): number {
  let end = name.indexOf('.');
  while (isEscaped(name, end)) end = name.indexOf('.', end + 1);
  return end;
}

/** Whether the character at `at` belongs to an escape: an odd number of backslashes stands before it. */
function isEscaped(name: string, at: number): boolean {
  let backslashes = 0;
  while (name.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
