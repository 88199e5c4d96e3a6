/** Whole records in presentation format (RFC 1035, section 5.1). */
import { isFailure, ParseFailure } from '../failure.ts';
import { type OwnerName, ROOT, scanName } from '../name/owner-name.ts';
import { printRdata, scanRdata } from './rdata-text.ts';
import { CLASS, printClass, printRRType, type RRType, scanClass, scanRRType } from './rr-type.ts';
import type { Rdata, ResourceRecord, RRset } from './rrset.ts';
import { type Token, tokenize } from './tokens.ts';
import { checkTtl, scanDuration } from './ttl.ts';

/** A record without its owner: `[TTL] [class] type rdata`, TTL and class in either order. */
export interface RecordFields {
  /** Seconds, as written: up to 2^32-1, of which what is above `MAX_TTL` is for the caller to judge. Undefined where none is written. */
  readonly ttl: number | undefined;
  /** Where the TTL stands, in characters; undefined where none is written. */
  readonly ttlOffset: number | undefined;
  /** Undefined where none is written. */
  readonly class: number | undefined;
  readonly type: RRType;
  readonly rdata: Rdata;
}

/** Scans what follows the owner name in an entry. */
export function scanRecordFields(tokens: readonly Token[], origin: OwnerName): RecordFields | ParseFailure {
  let ttl: number | undefined;
  let ttlOffset: number | undefined;
  let klass: number | undefined;
  for (const [index, token] of tokens.entries()) {
    if (token.quoted) return new ParseFailure('UNKNOWN_TYPE', `an RR type is expected, "${token.text}" found`, token.offset);
    const scannedClass = klass === undefined ? scanClass(token.text) : undefined;
    if (scannedClass !== undefined) {
      klass = scannedClass;
    } else if (ttl === undefined && /^\d/.test(token.text)) {
      const scanned = scanDuration(token.text);
      if (isFailure(scanned)) return new ParseFailure(scanned.code, scanned.message, token.offset);
      ttl = scanned;
      ttlOffset = token.offset;
    } else {
      const type = scanRRType(token.text);
      if (type === undefined) {
        return new ParseFailure(
          'UNKNOWN_TYPE',
          `"${token.text}" is no RR type (an unknown one is written TYPEnnn)`,
          token.offset,
        );
      }
      const rdata = scanRdata(type, tokens.slice(index + 1), origin);
      if (!isFailure(rdata)) return { ttl, ttlOffset, class: klass, type, rdata };
      // A record that lacks its rdata altogether has no token to point at.
      return rdata.offset > 0 ? rdata : new ParseFailure(rdata.code, rdata.message, token.offset);
    }
  }
  return new ParseFailure('FIELD_COUNT', 'an RR type is missing', tokens.at(-1)?.offset);
}

/**
 * Scans one record: `owner [TTL] [class] type rdata`.
 *
 * @param origin completes relative names; by default the root
 * @param defaultTtl seconds, for a record without TTL; where it is missing too, such a record is a failure
 */
export function scanRecord(text: string, origin: OwnerName = ROOT, defaultTtl?: number): ResourceRecord | ParseFailure {
  const tokens = tokenize(text.trimStart());
  if (isFailure(tokens)) return tokens;
  const [first, ...rest] = tokens;
  if (first === undefined) return new ParseFailure('FIELD_COUNT', 'the text holds no record');
  const owner = scanName(first.text, origin);
  if (isFailure(owner)) return owner;
  const fields = scanRecordFields(rest, origin);
  if (isFailure(fields)) return fields;
  const ttl = fields.ttl ?? defaultTtl;
  if (ttl === undefined) return new ParseFailure('FIELD_COUNT', `the record of ${owner} has no TTL`);
  const fault = checkTtl(ttl);
  if (fault !== undefined) return new ParseFailure(fault.code, fault.message, fields.ttlOffset);
  return { owner, type: fields.type, class: fields.class ?? CLASS.IN, ttl, rdata: fields.rdata };
}

/** Prints one record on one line: `owner TTL class type rdata`. */
export function printRecord(record: ResourceRecord): string {
  const { owner, type, ttl, rdata } = record;
  return `${owner} ${ttl} ${printClass(record.class)} ${printRRType(type)} ${printRdata(type, rdata)}`;
}

/** Prints an RRset, one record on each line, without a line end after the last. */
export function printRRset(rrset: RRset): string {
  return rrset.rdatas.map((rdata) => printRecord({ ...rrset, class: CLASS.IN, rdata })).join('\n');
}
