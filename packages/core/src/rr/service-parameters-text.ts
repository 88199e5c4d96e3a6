/** Parameters of SVCB and HTTPS records in presentation format (RFC 9460, section 2.1 and appendix A). */
import { isFailure, ParseFailure } from '../failure.ts';
import { printAddress, scanIPv4, scanIPv6 } from './address.ts';
import { decodeOctets, encodeOctets } from './base-encoding.ts';
import { printOctets, printQuoted, scanOctets } from './character-string.ts';
import { readUnsigned } from './unsigned.ts';
import {
  parameterFault,
  printParameterKey,
  readServiceParameters,
  SERVICE_PARAMETER,
  type ServiceParameter,
} from './service-parameters.ts';
import type { Token } from './tokens.ts';

/** Prints parameters that `checkServiceParameters` has accepted. */
export function printServiceParameters(octets: Uint8Array, start: number, end: number): string {
  return readServiceParameters(octets, start, end).map(printParameter).join(' ');
}

/**
 * Scans parameters, in any order, and composes them in the order of their keys. Whether they are consistent with one another is for
 * `checkServiceParameters` to judge.
 */
export function scanServiceParameters(tokens: readonly Token[]): number[] | ParseFailure {
  const values = new Map<number, readonly number[]>();
  for (const token of tokens) {
    const parameter = scanParameter(token);
    if (isFailure(parameter)) return new ParseFailure(parameter.code, parameter.message, token.offset);
    const [key, value] = parameter;
    if (values.has(key)) return new ParseFailure('BAD_FIELD', `${printParameterKey(key)} stands twice`, token.offset);
    values.set(key, value);
  }
  const octets: number[] = [];
  for (const [key, value] of [...values].sort(([one], [other]) => one - other)) {
    if (value.length > 0xffff) return new ParseFailure('BAD_FIELD', `${printParameterKey(key)}: the value is too long`);
    octets.push(...composeU16(key), ...composeU16(value.length));
    for (const octet of value) octets.push(octet);
  }
  return octets;
}

function printParameter({ key, value }: ServiceParameter): string {
  const name = printParameterKey(key);
  switch (key) {
    case SERVICE_PARAMETER.mandatory:
      return `${name}=${chunksOf(value, 2)
        .map((chunk) => printParameterKey(readUnsigned(chunk, 0, 2)))
        .join(',')}`;
    case SERVICE_PARAMETER.alpn:
      return `${name}=${printProtocols(value)}`;
    case SERVICE_PARAMETER.port:
      return `${name}=${readUnsigned(value, 0, 2)}`;
    case SERVICE_PARAMETER.ipv4hint:
      return `${name}=${chunksOf(value, 4).map(printAddress).join(',')}`;
    case SERVICE_PARAMETER.ipv6hint:
      return `${name}=${chunksOf(value, 16).map(printAddress).join(',')}`;
    case SERVICE_PARAMETER.ech:
      return `${name}=${encodeOctets('base64', value)}`;
    default:
      return value.length === 0 ? name : `${name}=${printQuoted(value)}`;
  }
}

function scanParameter(token: Token): [key: number, value: readonly number[]] | ParseFailure {
  const parts = token.quoted ? null : /^([a-z0-9-]+)(?:=(.*))?$/s.exec(token.text);
  const key = parts === null ? undefined : scanParameterKey(parts[1] ?? '');
  if (parts === null || key === undefined) {
    return new ParseFailure(
      'BAD_FIELD',
      `"${token.text}" is no parameter: key or key=value is expected, unknown keys as keyNNNNN`,
    );
  }
  const written = parts[2] ?? '';
  const inner = written.startsWith('"') ? written.slice(1, -1) : written;
  const octets = scanOctets(inner, 0);
  if (isFailure(octets)) return octets;
  const value = (parts[1] ?? '').startsWith('key') ? octets : scanValue(key, inner, octets);
  if (isFailure(value)) return new ParseFailure(value.code, `${parts[1]}: ${value.message}`);
  const fault = parameterFault(key, Uint8Array.from(value));
  return fault === undefined ? [key, value] : new ParseFailure('BAD_FIELD', `${parts[1]}: ${fault}`);
}

function scanParameterKey(text: string): number | undefined {
  const known = Object.entries(SERVICE_PARAMETER).find(([name]) => name === text);
  if (known !== undefined) return known[1];
  const digits = /^key(0|[1-9]\d{0,4})$/.exec(text)?.[1];
  return digits !== undefined && Number(digits) <= 0xffff ? Number(digits) : undefined;
}

/** The value of a known key. `text` is as written, `octets` the same with its escapes undone. */
function scanValue(key: number, text: string, octets: readonly number[]): readonly number[] | ParseFailure {
  switch (key) {
    case SERVICE_PARAMETER.mandatory:
      return scanMandatory(text);
    case SERVICE_PARAMETER.alpn:
      return scanProtocols(octets);
    case SERVICE_PARAMETER.port:
      if (!/^\d{1,5}$/.test(text) || Number(text) > 0xffff) return expected('a port from 0 to 65535', text);
      return composeU16(Number(text));
    case SERVICE_PARAMETER.ipv4hint:
      return scanList(text, 'an IPv4 address', scanIPv4);
    case SERVICE_PARAMETER.ipv6hint:
      return scanList(text, 'an IPv6 address', scanIPv6);
    case SERVICE_PARAMETER.ech: {
      const decoded = decodeOctets('base64', text);
      return isFailure(decoded) ? decoded : [...decoded];
    }
    default:
      return octets;
  }
}

/** Keys may be listed in any order; on the wire they rise (RFC 9460, section 8). */
function scanMandatory(text: string): number[] | ParseFailure {
  const keys: number[] = [];
  for (const item of text.split(',')) {
    const key = scanParameterKey(item);
    if (key === undefined) return expected('a key', item);
    keys.push(key);
  }
  return keys.toSorted((one, other) => one - other).flatMap(composeU16);
}

/** A comma-separated list in which nothing is escaped. */
function scanList(
  text: string,
  what: string,
  scanItem: (item: string) => ArrayLike<number> | undefined,
): number[] | ParseFailure {
  const items: ArrayLike<number>[] = [];
  for (const item of text.split(',')) {
    const octets = scanItem(item);
    if (octets === undefined) return expected(what, item);
    items.push(octets);
  }
  return items.flatMap((item) => Array.from(item));
}

/** A comma-separated list whose items escape commas and backslashes once more (RFC 9460, appendix A.1). */
function scanProtocols(octets: readonly number[]): number[] | ParseFailure {
  const composed: number[] = [];
  let item: number[] = [];
  for (let at = 0; at <= octets.length; at++) {
    const octet = octets[at];
    if (octet === undefined || octet === COMMA) {
      if (item.length === 0 || item.length > 255) return expected('a protocol name of 1 to 255 octets', printOctets(item));
      composed.push(item.length, ...item);
      item = [];
    } else if (octet === BACKSLASH) {
      const escaped = octets[++at];
      if (escaped !== COMMA && escaped !== BACKSLASH) {
        return new ParseFailure(
          'BAD_FIELD',
          'in a list, a backslash escapes only a comma or a backslash (RFC 9460, appendix A.1)',
        );
      }
      item.push(escaped);
    } else {
      item.push(octet);
    }
  }
  return composed;
}

function printProtocols(value: Uint8Array): string {
  const items: string[] = [];
  for (let at = 0; at < value.length; at += 1 + (value[at] ?? 0)) {
    const item = value.subarray(at + 1, at + 1 + (value[at] ?? 0));
    items.push(
      printOctets([...item].flatMap((octet) => (octet === COMMA || octet === BACKSLASH ? [BACKSLASH, octet] : [octet]))),
    );
  }
  return `"${items.join(',')}"`;
}

function chunksOf(octets: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: octets.length / length }, (_, index) => octets.subarray(index * length, (index + 1) * length));
}

function composeU16(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}

function expected(what: string, text: string): ParseFailure {
  return new ParseFailure('BAD_FIELD', `${what} is expected, "${text}" found`);
}

const COMMA = 0x2c;
const BACKSLASH = 0x5c;
