/** The encodings of RFC 4648 in which rdata writes octets. Strict: what `Buffer` would skip is a fault here. */
import { ParseFailure } from '../failure.ts';
import type { OctetsField } from './rdata-layout.ts';

type Encoding = OctetsField['encoding'];

/** Decodes text; a failure's offset counts from the text's start. */
export function decodeOctets(encoding: Encoding, text: string): Uint8Array | ParseFailure {
  switch (encoding) {
    case 'hex':
      return decodeHex(text);
    case 'base64':
      return decodeBase64(text);
    case 'base32hex':
      return decodeBase32hex(text);
    default:
      return encoding satisfies never;
  }
}

/** Encodes octets: hexadecimal and Base 32 in upper case, as name servers print them, Base 32 without padding (RFC 5155, section 3.3). */
export function encodeOctets(encoding: Encoding, octets: Uint8Array): string {
  switch (encoding) {
    case 'hex':
      return asBuffer(octets).toString('hex').toUpperCase();
    case 'base64':
      return asBuffer(octets).toString('base64');
    case 'base32hex':
      return encodeBase32hex(octets);
    default:
      return encoding satisfies never;
  }
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}

function decodeHex(text: string): Uint8Array | ParseFailure {
  const bad = /[^0-9A-Fa-f]/.exec(text);
  if (bad !== null) return new ParseFailure('BAD_FIELD', `"${bad[0]}" is no hexadecimal digit`, bad.index);
  if (text.length % 2 !== 0) {
    return new ParseFailure('BAD_FIELD', `${text.length} hexadecimal digits make no whole octets`, text.length);
  }
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function decodeBase64(text: string): Uint8Array | ParseFailure {
  const bad = /[^A-Za-z0-9+/=]|=(?=[^=])/.exec(text);
  if (bad !== null) return new ParseFailure('BAD_FIELD', `"${bad[0]}" may not stand here in Base 64`, bad.index);
  const octets = Buffer.from(text, 'base64');
  // Encoding again finds what is left over: missing or too much padding, and bits after the last octet that are not zero.
  if (octets.toString('base64') !== text) {
    return new ParseFailure('BAD_FIELD', 'the Base 64 does not end with whole octets and their padding', text.length);
  }
  return new Uint8Array(octets);
}

const BASE32HEX = '0123456789ABCDEFGHIJKLMNOPQRSTUV';

function decodeBase32hex(text: string): Uint8Array | ParseFailure {
  const bad = /[^0-9A-Va-v=]|=(?=[^=])/.exec(text);
  if (bad !== null) return new ParseFailure('BAD_FIELD', `"${bad[0]}" may not stand here in Base 32 (hex)`, bad.index);
  const octets: number[] = [];
  let bits = 0;
  let value = 0;
  const digits = text.toUpperCase().replace(/=+$/, '');
  for (let at = 0; at < digits.length; at++) {
    value = ((value << 5) | BASE32HEX.indexOf(digits.charAt(at))) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      octets.push((value >> bits) & 0xff);
    }
  }
  if (bits >= 5 || (value & ((1 << bits) - 1)) !== 0) {
    return new ParseFailure('BAD_FIELD', 'the Base 32 (hex) does not end with whole octets', text.length);
  }
  return Uint8Array.from(octets);
}

function encodeBase32hex(octets: Uint8Array): string {
  let printed = '';
  let bits = 0;
  let value = 0;
  for (const octet of octets) {
    value = ((value << 8) | octet) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      printed += BASE32HEX.charAt((value >> bits) & 31);
    }
  }
  return bits > 0 ? printed + BASE32HEX.charAt((value << (5 - bits)) & 31) : printed;
}
