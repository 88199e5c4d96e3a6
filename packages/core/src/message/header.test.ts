import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { OPCODE, printOpcode, printRcode, RCODE } from './codes.ts';
import { composeFlags, parseHeader } from './header.ts';
import { header } from './testing/message-arbitrary.ts';

describe('the header', () => {
  it.each([
    ['8000', 'response'],
    ['0400', 'authoritative'],
    ['0200', 'truncated'],
    ['0100', 'recursionDesired'],
    ['0080', 'recursionAvailable'],
    ['0020', 'authenticData'],
    ['0010', 'checkingDisabled'],
  ] as const)('has the bit %s for %s', (flags, field) => {
    const parsed = parseHeader(new Uint8Array(Buffer.from(`0000${flags}0001000200030004`, 'hex')));
    if (isFailure(parsed)) throw new Error(parsed.message);
    const set = Object.entries(parsed.header).filter(([, value]) => value === true);
    expect(set).toEqual([[field, true]]);
    expect(parsed).toMatchObject({ questionCount: 1, answerCount: 2, authorityCount: 3, additionalCount: 4 });
  });

  it('ignores Z, and sends it as zero', () => {
    const parsed = parseHeader(new Uint8Array(Buffer.from('000000400000000000000000', 'hex')));
    expect(isFailure(parsed) ? parsed : composeFlags(parsed.header)).toBe(0);
  });

  it('comes back from its bits', () => {
    fc.assert(
      fc.property(header, (head) => {
        const octets = new Uint8Array(12);
        const view = new DataView(octets.buffer);
        view.setUint16(0, head.id);
        view.setUint16(2, composeFlags(head));
        expect(parseHeader(octets)).toMatchObject({ header: head });
      }),
    );
  });
});

describe('OPCODEs and RCODEs', () => {
  it('are printed by mnemonic, or by number', () => {
    expect(Object.entries(OPCODE).map(([, number]) => printOpcode(number))).toEqual(Object.keys(OPCODE));
    expect(Object.entries(RCODE).map(([, number]) => printRcode(number))).toEqual(Object.keys(RCODE));
    expect([printOpcode(15), printRcode(12)]).toEqual(['OPCODE15', 'RCODE12']);
  });
});
