import { isFailure, ParseFailure, type RRType, scanAddress, scanRdataText, TYPE } from '@kubezone/core';

/** The longest character-string (RFC 1035, section 3.3). */
const MAX_STRING = 255;

/**
 * The rdata that a target of a DNSEndpoint stands for: presentation format, in which names are absolute with or without their final dot.
 *
 * A TXT target is the text itself, cut into strings of 255 octets; one that is wholly in quotes is presentation format.
 */
export function scanTarget(type: RRType, target: string): Uint8Array | ParseFailure {
  switch (type) {
    case TYPE.A:
    case TYPE.AAAA: {
      const address = scanAddress(target);
      if (isFailure(address) || address.type === type) return isFailure(address) ? address : address.rdata;
      return new ParseFailure('BAD_FIELD', `"${target}" is an address of the other family`);
    }
    case TYPE.TXT:
      return /^".*"$/s.test(target) ? scanRdataText(type, target) : composeText(target);
    default:
      return scanRdataText(type, target);
  }
}

function composeText(text: string): Uint8Array | ParseFailure {
  const octets = Buffer.from(text);
  const strings = Math.max(1, Math.ceil(octets.length / MAX_STRING));
  if (octets.length + strings > 0xffff) {
    return new ParseFailure('BAD_FIELD', `a text of ${octets.length} octets does not fit into 65535 octets of rdata`);
  }
  const rdata = new Uint8Array(octets.length + strings);
  for (let index = 0; index < strings; index++) {
    const string = octets.subarray(index * MAX_STRING, (index + 1) * MAX_STRING);
    rdata[index * (MAX_STRING + 1)] = string.length;
    rdata.set(string, index * (MAX_STRING + 1) + 1);
  }
  return rdata;
}
