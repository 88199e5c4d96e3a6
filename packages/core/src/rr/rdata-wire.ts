import { isFailure, ParseFailure } from '../failure.ts';
import { MAX_NAME_OCTETS, type OwnerName, parseName } from '../name/owner-name.ts';
import { measureField } from './field-wire.ts';
import { type Layout, layoutOf, type NameField } from './rdata-layout.ts';
import { printRRType, type RRType } from './rr-type.ts';
import type { Rdata } from './rrset.ts';
import { copyName } from './wire-name.ts';

/** The longest rdata (RFC 1035, section 3.2.1). */
export const MAX_RDATA_OCTETS = 0xffff;

/**
 * Parses the rdata of one record of a message: checks every field, expands compressed names, and demands that the last field ends where
 * RDLENGTH says. Rdata of a type without layout is copied as it is.
 *
 * @param octets the whole message: names may point back into it
 * @returns a copy, which shares nothing with the message; or a failure whose offset counts from the message's start
 */
export function parseRdata(type: RRType, octets: Uint8Array, start: number, length: number): Rdata | ParseFailure {
  const end = start + length;
  if (end > octets.length) return new ParseFailure('TRUNCATED', 'the message ends inside rdata', octets.length);
  const layout = layoutOf(type);
  if (layout === undefined) return octets.slice(start, end);
  if (layout.some((field) => field.kind === 'name')) {
    const rdata = expandFields(layout, octets, start, end);
    return isFailure(rdata) ? inType(type, rdata) : rdata;
  }
  const fault = checkFields(layout, octets, start, end);
  if (fault !== undefined) return inType(type, fault);
  return length === 0 ? EMPTY : octets.slice(start, end);
}

/** Checks rdata that is in uncompressed wire format already, where no name may be compressed. Undefined where nothing is wrong. */
export function checkRdata(type: RRType, rdata: Rdata): ParseFailure | undefined {
  if (rdata.length > MAX_RDATA_OCTETS) {
    return inType(type, new ParseFailure('BAD_FIELD', `the rdata has ${rdata.length} octets; at most 65535 are allowed`));
  }
  const layout = layoutOf(type);
  const fault = layout && checkFields(layout, rdata, 0, rdata.length);
  return fault && inType(type, fault);
}

/**
 * Rdata in canonical form: names in lower case in the types of RFC 4034, section 6.2, as amended by RFC 6840, section 5.1. Two records of one
 * owner, type and class are the same record if these octets are the same.
 *
 * @param rdata well formed, as every function here returns it
 * @returns the argument itself where nothing changes
 */
export function canonicalRdata(type: RRType, rdata: Rdata): Rdata {
  let canonical = rdata;
  for (const { field, start, end } of nameSpans(type, rdata)) {
    if (!field.fold) continue;
    for (let at = start; at < end; at++) {
      const octet = rdata[at] as number;
      // A length octet is at most 63 and no letter is less than 65: no need to tell labels from their lengths.
      if (octet < 0x41 || octet > 0x5a) continue;
      if (canonical === rdata) canonical = rdata.slice();
      canonical[at] = octet + 0x20;
    }
  }
  return canonical;
}

/** Every name in well-formed rdata, in order; none in a type without layout. */
export function namesInRdata(type: RRType, rdata: Rdata): OwnerName[] {
  return nameSpans(type, rdata).flatMap(({ start }) => nameAt(rdata, start) ?? []);
}

/**
 * The name that a record points to: CNAME, DNAME, NS, PTR, MX, SRV, SVCB, HTTPS and a few more. Undefined for all other types.
 *
 * The root has a meaning of its own in some: no service in MX and SRV (RFC 7505, RFC 2782), the owner itself in SVCB and HTTPS of service
 * mode (RFC 9460, section 2.5).
 */
export function targetOf(type: RRType, rdata: Rdata): OwnerName | undefined {
  const span = nameSpans(type, rdata).find(({ field }) => field.target);
  return span && nameAt(rdata, span.start);
}

function nameAt(rdata: Rdata, start: number): OwnerName | undefined {
  const parsed = parseName(rdata, start, 'refuse');
  return isFailure(parsed) ? undefined : parsed.name;
}

/** Rdata without octets, as OPT has in most queries: one for all, since there is nothing in it to share. */
const EMPTY: Rdata = new Uint8Array();

/** Where a name stands in rdata. */
interface NameSpan {
  readonly field: NameField;
  readonly start: number;
  readonly end: number;
}

const NONE: readonly NameSpan[] = [];

function nameSpans(type: RRType, rdata: Rdata): readonly NameSpan[] {
  const layout = layoutOf(type);
  if (layout === undefined || !layout.some((field) => field.kind === 'name')) return NONE;
  const spans: NameSpan[] = [];
  let at = 0;
  for (const field of layout) {
    const start = at;
    if (field.kind === 'name') {
      while (at < rdata.length && rdata[at] !== 0) at += 1 + (rdata[at] as number);
      at++;
      spans.push({ field, start, end: at });
    } else {
      const end = measureField(field, rdata, at, rdata.length);
      if (isFailure(end)) return spans;
      at = end;
    }
  }
  return spans;
}

function checkFields(layout: Layout, octets: Uint8Array, start: number, end: number): ParseFailure | undefined {
  let at = start;
  for (const field of layout) {
    const fieldEnd = measureField(field, octets, at, end);
    if (isFailure(fieldEnd)) return fieldEnd;
    at = fieldEnd;
  }
  return at < end ? trailing(end - at, at) : undefined;
}

function expandFields(layout: Layout, octets: Uint8Array, start: number, end: number): Rdata | ParseFailure {
  const names = layout.filter((field) => field.kind === 'name').length;
  const expanded = new Uint8Array(end - start + names * MAX_NAME_OCTETS);
  let length = 0;
  let at = start;
  for (const field of layout) {
    const fieldStart = at;
    if (field.kind === 'name') {
      const parsed = parseName(octets, at, field.decompress ? 'follow' : 'refuse');
      if (isFailure(parsed)) return new ParseFailure(parsed.code, `${field.label}: ${parsed.message}`, parsed.offset);
      if (parsed.end > end) return new ParseFailure('TRUNCATED', `the rdata ends inside its ${field.label}`, end);
      at = parsed.end;
      length = copyName(octets, fieldStart, expanded, length);
    } else {
      const fieldEnd = measureField(field, octets, at, end);
      if (isFailure(fieldEnd)) return fieldEnd;
      at = fieldEnd;
      expanded.set(octets.subarray(fieldStart, at), length);
      length += at - fieldStart;
    }
  }
  if (at < end) return trailing(end - at, at);
  return length === expanded.length ? expanded : expanded.slice(0, length);
}

function trailing(count: number, at: number): ParseFailure {
  return new ParseFailure('TRAILING_OCTETS', `${count} octet${count === 1 ? '' : 's'} left over after the last field`, at);
}

/** A failure whose message begins with the type in whose rdata it stands. */
export function inType(type: RRType, failure: ParseFailure): ParseFailure {
  return new ParseFailure(failure.code, `${printRRType(type)}: ${failure.message}`, failure.offset);
}
