import { isFailure, scanRdataText, scanRRType, TYPE } from '@kubezone/core';

import { labelsFrom, zoneFileValue } from './record-text.ts';

/** Why Route 53 refuses a value (Developer Guide, "Supported DNS record types"; texts as users report them). Undefined where it takes it. */
export function rdataFault(type: string, value: string): string | undefined {
  const reason = faultIn(type, value);
  return reason === undefined ? undefined : `Invalid Resource Record: FATAL problem: ${reason} encountered with '${value}'`;
}

function faultIn(typeName: string, value: string): string | undefined {
  const type = scanRRType(typeName);
  if (type === undefined) return `UnknownType (${typeName})`;
  if (type === TYPE.A || type === TYPE.AAAA) {
    const family = type === TYPE.A ? 'ARRDATA' : 'AAAARRDATA';
    if (/\s/.test(value)) return `${family}NotSingleField (Value contains spaces)`;
    if (isFailure(scanRdataText(type, value)))
      return `${family}${type === TYPE.A ? 'IllegalIPv4Address (Value is not a valid IPv4 address)' : 'IllegalIPv6Address (Value is not a valid IPv6 address)'}`;
    return undefined;
  }
  if (type === TYPE.TXT || type === TYPE.SPF) return charactersFault(value);
  if (type === TYPE.CNAME || type === TYPE.NS || type === TYPE.PTR) {
    if (/\s/.test(value)) return `${typeName}RRDATANotSingleField (Value contains spaces)`;
    const labels = labelsFrom(value);
    return typeof labels === 'string' ? labels : undefined;
  }
  // Anything but ASCII must be escaped.
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0020-\u007e]/.test(value)) return 'UnsupportedCharacter (Value contains unsupported characters)';
  const rdata = scanRdataText(type, zoneFileValue(value));
  return isFailure(rdata) ? `InvalidRRDATA (${rdata.message})` : undefined;
}

/** Strings in quotes, of at most 255 characters each, escapes counting as one. */
function charactersFault(value: string): string | undefined {
  let rest = value;
  while (rest !== '') {
    const quoted = /^"(?<inside>(?:[^"\\]|\\[^])*)"(?:\s+|$)/.exec(rest);
    if (quoted === null) return 'InvalidCharacterString (Value should be enclosed in quotation marks)';
    const inside = quoted.groups?.['inside'] ?? '';
    const octets = inside.replaceAll(/\\(?:[0-3][0-7]{2}|["\\])/g, '?');
    if (octets.includes('\\')) return 'InvalidEscape (Value contains an escape that is not octal)';
    // oxlint-disable-next-line no-control-regex
    if (/[^\u0020-\u007e]/.test(octets)) return 'UnsupportedCharacter (Value contains unsupported characters)';
    if (octets.length > 255) return 'CharacterStringTooLong (Value is too long)';
    rest = rest.slice(quoted[0].length);
  }
  return value === '' ? 'InvalidCharacterString (Value should be enclosed in quotation marks)' : undefined;
}
