import {
  type Edns,
  isFailure,
  ParseFailure,
  type ParsedHeader,
  parseEdns,
  parseName,
  parseRecord,
  type ResourceRecord,
  TYPE,
} from '@kubezone/core';

/** What an authoritative server reads of the records of a query. */
export interface QueryRecords {
  readonly edns?: Edns;
  readonly tsig?: ResourceRecord;
}

/** Type, class, TTL and RDLENGTH (RFC 1035, section 4.1.3). */
const FIXED_OCTETS = 10;

/**
 * Reads OPT and TSIG, and steps over all other records by their lengths: nothing in them could change the answer, so nobody is to make the server
 * work on their rdata.
 *
 * There is at most one OPT (RFC 6891, section 6.1.1) and one TSIG, which is the last record (RFC 8945, section 5.1); both in the additional
 * section, and nothing after it.
 *
 * @param start where the records begin
 * @returns options only of an OPT record of version 0: what stands in others is not known (RFC 6891, section 6.1.3)
 */
export function readQueryRecords(octets: Uint8Array, start: number, counts: ParsedHeader): QueryRecords | ParseFailure {
  const before = counts.answerCount + counts.authorityCount;
  const count = before + counts.additionalCount;
  let edns: Edns | undefined;
  let tsig: ResourceRecord | undefined;
  let at = start;
  for (let index = 0; index < count; index++) {
    const placed = placeRecord(octets, at);
    if (isFailure(placed)) return placed;
    if (tsig !== undefined) return new ParseFailure('BAD_MESSAGE', 'a record stands after the TSIG record', at);
    if (placed.type === TYPE.OPT || placed.type === TYPE.TSIG) {
      if (index < before) {
        return new ParseFailure('BAD_MESSAGE', 'an OPT or TSIG record stands outside the additional section', at);
      }
      if (placed.type === TYPE.TSIG) {
        const parsed = parseRecord(octets, at);
        if (isFailure(parsed)) return parsed;
        tsig = parsed.value;
      } else {
        if (edns !== undefined) return new ParseFailure('BAD_MESSAGE', 'the message has two OPT records', at);
        const parsed = readEdns(octets, placed);
        if (isFailure(parsed)) return parsed;
        edns = parsed;
      }
    }
    at = placed.end;
  }
  if (at < octets.length) return new ParseFailure('TRAILING_OCTETS', 'octets stand after the last record', at);
  return { ...(edns && { edns }), ...(tsig && { tsig }) };
}

/** A record as far as its fixed part says. */
interface PlacedRecord extends Omit<ResourceRecord, 'rdata'> {
  readonly rdataStart: number;
  readonly end: number;
}

function placeRecord(octets: Uint8Array, start: number): PlacedRecord | ParseFailure {
  const name = parseName(octets, start);
  if (isFailure(name)) return name;
  const rdataStart = name.end + FIXED_OCTETS;
  if (rdataStart > octets.length) return new ParseFailure('TRUNCATED', 'the message ends inside a record', octets.length);
  const view = new DataView(octets.buffer, octets.byteOffset + name.end, FIXED_OCTETS);
  const end = rdataStart + view.getUint16(8);
  if (end > octets.length) return new ParseFailure('TRUNCATED', 'the message ends inside a record', octets.length);
  return { owner: name.name, type: view.getUint16(0), class: view.getUint16(2), ttl: view.getUint32(4), rdataStart, end };
}

function readEdns(octets: Uint8Array, { rdataStart, end, ...fixed }: PlacedRecord): Edns | ParseFailure {
  return parseEdns({ ...fixed, rdata: octets.subarray(rdataStart, end) });
}
