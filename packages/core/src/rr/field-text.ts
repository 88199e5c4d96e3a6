import { isFailure, ParseFailure } from '../failure.ts';
import type { OwnerName } from '../name/owner-name.ts';
import { printAddress, scanIPv4, scanIPv6 } from './address.ts';
import { decodeOctets, encodeOctets } from './base-encoding.ts';
import { MAX_STRING_OCTETS, printOctets, printQuoted, scanOctets } from './character-string.ts';
import { printLocation, scanLocation } from './location.ts';
import type { Field, OctetsField } from './rdata-layout.ts';
import { printRRType } from './rr-type.ts';
import { printServiceParameters, scanServiceParameters } from './service-parameters-text.ts';
import { printTimestamp, scanTimestamp } from './timestamp.ts';
import type { Token } from './tokens.ts';
import { scanDuration } from './ttl.ts';
import { printTypeBitmap, scanType, scanTypeBitmap } from './type-bitmap.ts';
import { composeUnsigned, readUnsigned } from './unsigned.ts';
import { printWireName, scanWireName } from './wire-name.ts';

/** The tokens of one record's rdata, and which of them comes next. */
export interface RdataTokens {
  readonly tokens: readonly Token[];
  next: number;
  /** Completes relative names. */
  readonly origin: OwnerName;
}

/** The octets of one field, scanned from as many tokens as it takes. */
export function scanField(field: Field, input: RdataTokens): ArrayLike<number> | ParseFailure {
  switch (field.kind) {
    case 'bitmap':
      return scanTypeBitmap(takeAll(input));
    case 'service-parameters':
      return scanServiceParameters(takeAll(input));
    case 'location':
      return scanLocation(takeAll(input));
    case 'strings':
      return scanStrings(input);
    case 'octets':
      return scanOctetsField(field, input);
    case 'options':
      return new ParseFailure(
        'BAD_FIELD',
        'options have no presentation format; write the rdata as \\# length hex',
        input.tokens[0]?.offset,
      );
    default: {
      const token = input.tokens[input.next];
      if (token === undefined) return missing(input);
      input.next++;
      return located(token, scanToken(field, token, input.origin));
    }
  }
}

type TokenField = Exclude<
  Field,
  { readonly kind: 'bitmap' | 'service-parameters' | 'location' | 'strings' | 'octets' | 'options' }
>;

/** A field of one token. A failure's offset counts from the token's text. */
function scanToken(field: TokenField, token: Token, origin: OwnerName): ArrayLike<number> | ParseFailure {
  const { text } = token;
  switch (field.kind) {
    case 'integer':
      return scanInteger(field, text);
    case 'address': {
      const octets = field.octets === 4 ? scanIPv4(text) : scanIPv6(text);
      return octets ?? new ParseFailure('BAD_FIELD', `"${text}" is no IPv${field.octets === 4 ? 4 : 6} address`);
    }
    case 'name':
      return scanWireName(text, origin);
    case 'string':
    case 'tag':
      return scanCharacterString(token);
    case 'text':
      return scanOctets(text, 0);
    case 'timestamp': {
      const seconds = scanTimestamp(text);
      return isFailure(seconds) ? seconds : composeUnsigned(seconds, 4);
    }
    case 'type': {
      const type = scanType(token);
      return isFailure(type) ? new ParseFailure(type.code, type.message) : composeUnsigned(type, 2);
    }
    default:
      return field satisfies never;
  }
}

function scanInteger(field: Extract<Field, { readonly kind: 'integer' }>, text: string): number[] | ParseFailure {
  const limit = 256 ** field.octets;
  const value = field.mnemonics?.numbers.get(text.toUpperCase()) ?? (field.duration ? scanDuration(text) : scanNumber(text));
  if (isFailure(value)) return value;
  if (value < limit) return composeUnsigned(value, field.octets);
  return new ParseFailure('BAD_FIELD', `"${text}" is no number from 0 to ${limit - 1}`);
}

function scanNumber(text: string): number {
  return /^\d{1,20}$/.test(text) ? Number(text) : Number.NaN;
}

function scanCharacterString(token: Token): number[] | ParseFailure {
  const octets = scanOctets(token.text, 0);
  if (isFailure(octets)) return octets;
  if (octets.length > MAX_STRING_OCTETS) {
    return new ParseFailure(
      'BAD_FIELD',
      `a string has ${octets.length} octets; at most 255 are allowed in one, so split it into several`,
    );
  }
  return [octets.length, ...octets];
}

function scanStrings(input: RdataTokens): number[] | ParseFailure {
  const octets: number[] = [];
  const tokens = takeAll(input);
  if (tokens.length === 0) return missing(input);
  for (const token of tokens) {
    const string = located(token, scanCharacterString(token));
    if (isFailure(string)) return string;
    for (let index = 0; index < string.length; index++) octets.push(string[index] ?? 0);
  }
  return octets;
}

function scanOctetsField(field: OctetsField, input: RdataTokens): ArrayLike<number> | ParseFailure {
  const first = input.tokens[input.next];
  if (first === undefined) return missing(input);
  let counted: number | undefined;
  if (field.empty === 'counted') {
    counted = scanNumber(first.text);
    if (!(counted <= 0xffff)) return new ParseFailure('BAD_FIELD', `"${first.text}" is no number from 0 to 65535`, first.offset);
    input.next++;
  }
  // What goes to the end may be split into several tokens, as `dig` prints long keys.
  const tokens = field.length === 'rest' ? takeAll(input) : counted === 0 ? [] : input.tokens.slice(input.next, ++input.next);
  const text = tokens.map((token) => token.text).join('');
  if (tokens.length === 0 && counted !== 0) return missing(input);
  const octets = field.empty === 'hyphen' && text === '-' ? new Uint8Array() : decodeOctets(field.encoding, text);
  if (isFailure(octets)) return located(tokens.length === 1 ? tokens[0] : { offset: first.offset, quoted: false }, octets);
  if (counted !== undefined && octets.length !== counted) {
    return new ParseFailure('BAD_FIELD', `${counted} octets are announced, ${octets.length} found`, first.offset);
  }
  const prefix = field.length === 'u8' ? 1 : field.length === 'u16' ? 2 : 0;
  if (prefix > 0 && octets.length >= 256 ** prefix) {
    return new ParseFailure('BAD_FIELD', `${octets.length} octets found; at most ${256 ** prefix - 1} are allowed`, first.offset);
  }
  return prefix === 0 ? octets : [...composeUnsigned(octets.length, prefix), ...octets];
}

function takeAll(input: RdataTokens): readonly Token[] {
  const tokens = input.tokens.slice(input.next);
  input.next = input.tokens.length;
  return tokens;
}

function missing(input: RdataTokens): ParseFailure {
  const last = input.tokens.at(-1);
  return new ParseFailure('FIELD_COUNT', 'it is missing', last === undefined ? 0 : last.offset + last.text.length);
}

/** Turns an offset inside a token's text into one of the whole input. */
function located<T>(token: Pick<Token, 'offset' | 'quoted'> | undefined, result: T | ParseFailure): T | ParseFailure {
  if (!isFailure(result) || token === undefined) return result;
  return new ParseFailure(result.code, result.message, token.offset + (token.quoted ? 1 : 0) + result.offset);
}

/**
 * Prints one field of rdata that `measureField` has accepted.
 *
 * @returns undefined where the field has no presentation format, so that the whole rdata must be printed by RFC 3597; an empty string where nothing
 *   is to be written
 */
export function printField(field: Field, octets: Uint8Array, start: number, end: number): string | undefined {
  switch (field.kind) {
    case 'integer': {
      const value = readUnsigned(octets, start, field.octets);
      return field.mnemonics?.words.get(value) ?? String(value);
    }
    case 'address':
      return printAddress(octets.subarray(start, end));
    case 'name':
      return printWireName(octets, start);
    case 'string':
      return printQuoted(octets.subarray(start + 1, end));
    case 'strings':
      return printStrings(octets, start, end);
    case 'text':
      return printQuoted(octets.subarray(start, end));
    case 'tag':
      return printOctets(octets.subarray(start + 1, end));
    case 'octets':
      return printOctetsField(field, octets, start, end);
    case 'timestamp':
      return printTimestamp(readUnsigned(octets, start, 4));
    case 'type':
      return printRRType(readUnsigned(octets, start, 2));
    case 'bitmap':
      return printTypeBitmap(octets, start, end);
    case 'service-parameters':
      return printServiceParameters(octets, start, end);
    case 'location':
      return printLocation(octets, start);
    case 'options':
      return undefined;
    default:
      return field satisfies never;
  }
}

function printStrings(octets: Uint8Array, start: number, end: number): string {
  const strings: string[] = [];
  for (let at = start; at < end; at += 1 + (octets[at] ?? 0)) {
    strings.push(printQuoted(octets.subarray(at + 1, at + 1 + (octets[at] ?? 0))));
  }
  return strings.join(' ');
}

function printOctetsField(field: OctetsField, octets: Uint8Array, start: number, end: number): string {
  const prefix = field.length === 'u8' ? 1 : field.length === 'u16' ? 2 : 0;
  const value = octets.subarray(start + prefix, end);
  if (field.empty === 'hyphen' && value.length === 0) return '-';
  const encoded = encodeOctets(field.encoding, value);
  if (field.empty !== 'counted') return encoded;
  return value.length === 0 ? '0' : `${value.length} ${encoded}`;
}
