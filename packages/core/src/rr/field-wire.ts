import { isFailure, ParseFailure } from '../failure.ts';
import { parseName } from '../name/owner-name.ts';
import { checkLocation } from './location.ts';
import type { Field, OctetsField } from './rdata-layout.ts';
import { checkServiceParameters } from './service-parameters.ts';
import { checkTypeBitmap } from './type-bitmap.ts';
import { readUnsigned } from './unsigned.ts';

/**
 * Checks one field of rdata in uncompressed wire format.
 *
 * @param end where the rdata ends
 * @returns the offset after the field
 */
export function measureField(field: Field, octets: Uint8Array, at: number, end: number): number | ParseFailure {
  const fieldEnd = endOf(field, octets, at, end);
  if (isFailure(fieldEnd)) return new ParseFailure(fieldEnd.code, `${field.label}: ${fieldEnd.message}`, fieldEnd.offset);
  if (fieldEnd > end) return new ParseFailure('TRUNCATED', `the rdata ends inside its ${field.label}`, end);
  return fieldEnd;
}

function endOf(field: Field, octets: Uint8Array, at: number, end: number): number | ParseFailure {
  switch (field.kind) {
    case 'integer':
    case 'address':
      return at + field.octets;
    case 'timestamp':
      return at + 4;
    case 'type':
      return at + 2;
    case 'name': {
      const name = parseName(octets, at, 'refuse');
      return isFailure(name) ? name : name.end;
    }
    case 'string':
      return stringEnd(octets, at, end);
    case 'strings':
      return stringsEnd(octets, at, end);
    case 'text':
      return end - at < field.min ? new ParseFailure('TRUNCATED', 'it is empty', at) : end;
    case 'tag':
      return tagEnd(octets, at, end);
    case 'octets':
      return octetsEnd(field, octets, at, end);
    case 'bitmap':
      if (at === end && !field.mayBeEmpty) return new ParseFailure('TRUNCATED', 'it is empty', at);
      return checkTypeBitmap(octets, at, end) ?? end;
    case 'service-parameters':
      return checkServiceParameters(octets, at, end) ?? end;
    case 'location':
      return checkLocation(octets, at, end) ?? end;
    case 'options':
      return optionsEnd(octets, at, end);
    default:
      return field satisfies never;
  }
}

function stringEnd(octets: Uint8Array, at: number, end: number): number {
  return at < end ? at + 1 + (octets[at] ?? 0) : end + 1;
}

function stringsEnd(octets: Uint8Array, start: number, end: number): number {
  let at = start;
  do at = stringEnd(octets, at, end);
  while (at < end);
  return at;
}

function tagEnd(octets: Uint8Array, at: number, end: number): number | ParseFailure {
  const tagEnds = stringEnd(octets, at, end);
  if (tagEnds > end) return tagEnds;
  if (tagEnds === at + 1) return new ParseFailure('BAD_FIELD', 'it is empty', at);
  for (let index = at + 1; index < tagEnds; index++) {
    if (!isLetterOrDigit(octets[index] ?? 0)) {
      return new ParseFailure('BAD_FIELD', 'only letters and digits of ASCII may stand in it', index);
    }
  }
  return tagEnds;
}

function octetsEnd(field: OctetsField, octets: Uint8Array, at: number, end: number): number | ParseFailure {
  const prefix = { u8: 1, u16: 2, rest: 0 }[field.length];
  if (at + prefix > end) return end + 1;
  const length = field.length === 'rest' ? end - at : readUnsigned(octets, at, prefix);
  if (length < field.min) {
    const least = `at least ${field.min} octet${field.min === 1 ? ' is' : 's are'} expected, ${length} found`;
    return new ParseFailure(field.length === 'rest' ? 'TRUNCATED' : 'BAD_FIELD', least, at);
  }
  return at + prefix + length;
}

function optionsEnd(octets: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) at = at + 4 > end ? end + 1 : at + 4 + readUnsigned(octets, at + 2, 2);
  return at;
}

function isLetterOrDigit(octet: number): boolean {
  return (octet >= 0x30 && octet <= 0x39) || (octet >= 0x41 && octet <= 0x5a) || (octet >= 0x61 && octet <= 0x7a);
}
