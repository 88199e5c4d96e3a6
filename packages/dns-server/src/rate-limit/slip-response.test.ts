import { describe, expect, it } from '@jest/globals';
import { RCODE } from '@kubezone/core';

import { slipResponse } from './slip-response.ts';

const QUESTION = '03777777076578616d706c650000010001';
const ANSWER = 'c00c000100010000003c0004c0000201';
const OPT = '00002904d000000000';
const CLIENT_COOKIE = '2464c4abcf10c957';
const SERVER_COOKIE = '010000005cf79f111f8130c3eee29480';

/** Slips a response in hexadecimal digits. */
function slip(hex: string, rcode: number): string {
  const length = hex.length / 2;
  // Longer than the response, as the array of a worker is.
  const octets = new Uint8Array(512).fill(0xee);
  octets.set(Buffer.from(hex, 'hex'));
  return Buffer.from(octets.subarray(0, slipResponse(octets, length, rcode))).toString('hex');
}

describe('a slipped response', () => {
  it('without EDNS is the question with TC', () => {
    expect(slip(`1234850000010002000000000000`.slice(0, 24) + QUESTION + ANSWER + ANSWER, RCODE.NOERROR)).toBe(
      `123487000001000000000000${QUESTION}`,
    );
  });

  it('keeps EDNS, wherever its record stands', () => {
    for (const before of ['', ANSWER, ANSWER + ANSWER]) {
      for (const after of ['', ANSWER]) {
        const counts = `0001${count(before)}0000${count(after, 1)}`;
        expect(slip(`12348500${counts}${QUESTION}${before}${OPT}0000${after}`, RCODE.NOERROR)).toBe(
          `123487000001000000000001${QUESTION}${OPT}0000`,
        );
      }
    }
  });

  it('of a name that does not exist has TC and says so', () => {
    const soa = 'c010000600010000003c0007' + '00c0100000000000'.slice(0, 14);
    expect(slip(`123485030001000000010000${QUESTION}${soa}`, RCODE.NXDOMAIN)).toBe(`123487030001000000000000${QUESTION}`);
  });

  it('with a server cookie is BADCOOKIE, without TC and AA', () => {
    const cookie = `000a0018${CLIENT_COOKIE}${SERVER_COOKIE}`;
    for (const [before, after] of [
      ['', ''],
      ['000300024142', ''],
      ['', '000300024142'],
    ]) {
      const options = `${before}${cookie}${after}`;
      const rdata = (options.length / 2).toString(16).padStart(4, '0') + options;
      expect(slip(`123487000001000100000001${QUESTION}${ANSWER}${OPT}${rdata}`, RCODE.NOERROR)).toBe(
        `123481070001000000000001${QUESTION}00002904d001000000${rdata}`,
      );
    }
  });

  it('of an error is the error', () => {
    for (const rcode of [RCODE.REFUSED, RCODE.SERVFAIL, RCODE.FORMERR, RCODE.NOTIMP, RCODE.BADVERS]) {
      const response = `1234800${(rcode & 15).toString(16)}0001000000000001${QUESTION}${OPT}0006000f00020014`;
      expect(slip(response, rcode)).toBe(response);
    }
  });

  it('without a question is a header', () => {
    expect(slip(`1234800000000000000000000`.slice(0, 24), RCODE.NOERROR)).toBe('123482000000000000000000');
  });
});

function count(records: string, others = 0): string {
  return (records.length / ANSWER.length + others).toString(16).padStart(4, '0');
}
