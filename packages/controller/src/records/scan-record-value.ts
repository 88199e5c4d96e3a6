import { isFailure, type OwnerName, ParseFailure, type RRType, scanAddress, targetOf, TYPE } from '@kubezone/core';

import { readTarget } from '../annotations/target.ts';
import { scanTarget } from '../sources/dns-endpoint-rdata.ts';
import { MAX_VALUE_LENGTH, RECORD_RULES } from './record-rules.ts';

/** What values of a type have to be, where the definition says so. */
const EXPECTED: ReadonlyMap<RRType, string> = new Map([
  [TYPE.A, RECORD_RULES.ipv4],
  [TYPE.AAAA, RECORD_RULES.ipv6],
  [TYPE.CNAME, RECORD_RULES.domainNames],
  [TYPE.NS, RECORD_RULES.domainNames],
  [TYPE.PTR, RECORD_RULES.domainNames],
  [TYPE.MX, RECORD_RULES.mailExchange],
  [TYPE.SRV, RECORD_RULES.service],
]);

/** Why a value is not used: `message` says what is expected, in the words of the definition where it has any, and what is wrong. */
function unlike(type: RRType, typeName: string, fault: string): ParseFailure {
  const expected = EXPECTED.get(type) ?? `rdata of type ${typeName}`;
  return new ParseFailure('BAD_FIELD', `${expected}${fault === '' ? '' : `: ${fault}`}`);
}

/**
 * The rdata that a value of a Record stands for: presentation format, in which names are absolute with or without their final dot; of type TXT the text
 * itself, unless the whole of it stands in quotes.
 *
 * An address in the place of a name is a mistake: there is no top-level domain of digits (RFC 3696, section 2).
 *
 * @returns or, as the message of a failure, what is expected
 */
export function scanRecordValue(type: RRType, typeName: string, value: string): Uint8Array | ParseFailure {
  if (value.length > MAX_VALUE_LENGTH) {
    return new ParseFailure('BAD_FIELD', `at most ${MAX_VALUE_LENGTH} characters, of which there are ${value.length}`);
  }
  // What maps IPv4 addresses into IPv6 is an address of neither family here, as in the definition.
  if (type === TYPE.A && value.includes(':')) return unlike(type, typeName, '');
  // The generic form (RFC 3597) is for types that have no plainer one.
  if (EXPECTED.has(type) && value.trimStart().startsWith('\\#')) return unlike(type, typeName, '');
  const rdata = scanTarget(type, value);
  if (isFailure(rdata)) return unlike(type, typeName, rdata.message);
  const target = targetOf(type, rdata);
  if (target !== undefined && isAddress(target)) return unlike(type, typeName, `${target} is an address`);
  return rdata;
}

/** The name whose addresses a value of type ALIAS stands for. */
export function scanAliasValue(value: string): OwnerName | ParseFailure {
  const target = readTarget(value);
  if (isFailure(target)) return new ParseFailure('BAD_FIELD', `${RECORD_RULES.domainNames}: ${target.message}`);
  return target.kind === 'hostname' ? target.name : new ParseFailure('BAD_FIELD', RECORD_RULES.domainNames);
}

function isAddress(name: OwnerName): boolean {
  return (/^[\d.]+$/.test(name) && name !== '.') || !isFailure(scanAddress(name.slice(0, -1)));
}
