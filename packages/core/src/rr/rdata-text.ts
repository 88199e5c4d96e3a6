import { isFailure, ParseFailure } from '../failure.ts';
import { type OwnerName, ROOT } from '../name/owner-name.ts';
import { decodeOctets, encodeOctets } from './base-encoding.ts';
import { printField, type RdataTokens, scanField } from './field-text.ts';
import { measureField } from './field-wire.ts';
import { layoutOf } from './rdata-layout.ts';
import { checkRdata, inType } from './rdata-wire.ts';
import type { RRType } from './rr-type.ts';
import type { Rdata } from './rrset.ts';
import { type Token, tokenize } from './tokens.ts';

/**
 * Scans rdata from presentation format: field by field by the type's layout, or `\# length hex` for any type (RFC 3597, section 5), which for a
 * known type is checked by its layout.
 *
 * @param tokens those of the rdata alone
 * @param origin completes relative names
 */
export function scanRdata(type: RRType, tokens: readonly Token[], origin: OwnerName): Rdata | ParseFailure {
  const first = tokens[0];
  const rdata = first?.text === '\\#' && !first.quoted ? scanGeneric(tokens) : scanFields(type, tokens, origin);
  if (isFailure(rdata)) return inType(type, rdata);
  // The fields are well formed each for itself; this finds what is wrong between them, and checks the generic form.
  const fault = checkRdata(type, rdata);
  return fault === undefined ? rdata : new ParseFailure(fault.code, fault.message, first?.offset);
}

/** Scans rdata that stands alone in a text. Relative names are completed by the origin, by default the root. */
export function scanRdataText(type: RRType, text: string, origin: OwnerName = ROOT): Rdata | ParseFailure {
  const tokens = tokenize(text);
  return isFailure(tokens) ? tokens : scanRdata(type, tokens, origin);
}

/** Prints rdata on one line. What has no presentation format, or is not well formed, is printed by RFC 3597: this never fails. */
export function printRdata(type: RRType, rdata: Rdata): string {
  return printFields(type, rdata) ?? printGeneric(rdata);
}

function printFields(type: RRType, rdata: Rdata): string | undefined {
  const layout = layoutOf(type);
  if (layout === undefined || checkRdata(type, rdata) !== undefined) return undefined;
  const printed: string[] = [];
  let at = 0;
  for (const field of layout) {
    const end = measureField(field, rdata, at, rdata.length);
    const text = isFailure(end) ? undefined : printField(field, rdata, at, end);
    if (isFailure(end) || text === undefined) return undefined;
    if (text !== '') printed.push(text);
    at = end;
  }
  return printed.join(' ');
}

function scanFields(type: RRType, tokens: readonly Token[], origin: OwnerName): Rdata | ParseFailure {
  const layout = layoutOf(type);
  if (layout === undefined) {
    return new ParseFailure('BAD_FIELD', 'rdata of this type is written \\# length hex (RFC 3597)', tokens[0]?.offset);
  }
  const input: RdataTokens = { tokens, next: 0, origin };
  const scannedFields: ArrayLike<number>[] = [];
  let length = 0;
  for (const field of layout) {
    const scanned = scanField(field, input);
    if (isFailure(scanned)) return new ParseFailure(scanned.code, `${field.label}: ${scanned.message}`, scanned.offset);
    scannedFields.push(scanned);
    length += scanned.length;
  }
  const extra = tokens[input.next];
  if (extra !== undefined) return new ParseFailure('FIELD_COUNT', `"${extra.text}" follows the last field`, extra.offset);
  const rdata = new Uint8Array(length);
  let at = 0;
  for (const octets of scannedFields) {
    rdata.set(octets, at);
    at += octets.length;
  }
  return rdata;
}

function scanGeneric(tokens: readonly Token[]): Rdata | ParseFailure {
  const [, length, ...hex] = tokens;
  if (length === undefined) return new ParseFailure('FIELD_COUNT', 'after \\# a length is expected', tokens[0]?.offset);
  if (!/^\d{1,5}$/.test(length.text)) {
    return new ParseFailure('BAD_FIELD', `"${length.text}" is no length from 0 to 65535`, length.offset);
  }
  const octets = decodeOctets('hex', hex.map((token) => token.text).join(''));
  if (isFailure(octets)) return new ParseFailure(octets.code, octets.message, hex[0]?.offset ?? length.offset);
  if (octets.length !== Number(length.text)) {
    return new ParseFailure('BAD_FIELD', `\\# announces ${length.text} octets, ${octets.length} follow`, length.offset);
  }
  return octets;
}

function printGeneric(rdata: Rdata): string {
  return rdata.length === 0 ? '\\# 0' : `\\# ${rdata.length} ${encodeOctets('hex', rdata)}`;
}
