import { describe, expect, it } from '@jest/globals';
import {
  composeEdns,
  composeMessage,
  type Edns,
  isFailure,
  type Message,
  parseMessage,
  type ResourceRecord,
  scanRecord,
} from '@kubezone/core';

import { askOctets, composeQuery, contextOf, parseResponse, show } from '../testing/ask.ts';

const ZONE = `
  $ORIGIN example.
  @    SOA ns1 admin 1 3600 900 86400 300
  @    NS  ns1
  ns1  A   192.0.2.53
`;
const QUESTION = 'ns1.example. IN A';
const context = contextOf([ZONE]);
const plain = composeQuery('ns1.example. A', { flags: 'rd' });
const EDNS: Edns = { udpPayloadSize: 1232, extendedRcode: 0, version: 0, dnssecOk: false, options: [] };
const OPT = composeEdns(EDNS);

/** A query with records where none, or others, are expected. */
function queryWith(records: Partial<Record<'answers' | 'authorities' | 'additionals', readonly ResourceRecord[]>>): Uint8Array {
  const message = parseMessage(composeQuery('ns1.example. A')) as Message;
  return composeMessage({ ...message, ...records });
}

function record(text: string): ResourceRecord {
  const scanned = scanRecord(text, undefined, 0);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned;
}

/** Octets of a header and whatever follows it. */
function raw(counts: readonly [number, number, number, number], ...octets: number[]): Uint8Array {
  return Uint8Array.of(0x2a, 0x17, 0, 0, ...counts.flatMap((count) => [0, count]), ...octets);
}

/** The root's, of algorithm ".", all else zero. */
const TSIG = [0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 17, ...new Uint8Array(17)];

describe('what gets no answer', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['eleven octets', plain.subarray(0, 11)],
    ['a response', composeQuery('ns1.example. A', { flags: 'qr' })],
    ['a response of another opcode', composeQuery('', { flags: 'qr', opcode: 15 })],
  ])('%s', (_, octets) => {
    expect(askOctets(context, octets)).toBeUndefined();
  });
});

describe('what is answered FORMERR', () => {
  const opt11 = [0, 0, 41, 4, 0xd0, 0, 0, 0, 0];

  it.each([
    ['no question', raw([0, 0, 0, 0]), undefined],
    ['two questions', Uint8Array.of(...raw([2, 0, 0, 0]), ...plain.subarray(12), ...plain.subarray(12)), undefined],
    ['a header that promises a question', raw([1, 0, 0, 0]), undefined],
    ['a question that is cut short', plain.subarray(0, plain.length - 2), undefined],
    ['a name that points to itself', raw([1, 0, 0, 0], 0xc0, 12, 0, 1, 0, 1), undefined],
    ['a name that points into the header', raw([1, 0, 0, 0], 1, 97, 0xc0, 4, 0, 1, 0, 1), undefined],
    ['a label of a reserved type', raw([1, 0, 0, 0], 0x41, 97, 0, 0, 1, 0, 1), undefined],
    [
      'a name of more than 255 octets',
      raw([1, 0, 0, 0], ...Array.from({ length: 130 }, () => [1, 97]).flat(), 0, 0, 1, 0, 1),
      undefined,
    ],
    ['octets after the end', Uint8Array.of(...plain, 0), QUESTION],
    ['a record in the answer section', queryWith({ answers: [record('ns1.example. 0 A 192.0.2.1')] }), undefined],
    [
      'two records in the authority section',
      queryWith({ authorities: [record('ns1.example. 0 A 192.0.2.1'), record('ns1.example. 0 A 192.0.2.2')] }),
      undefined,
    ],
    ['an additional record that is cut short', Uint8Array.of(...raw([1, 0, 0, 1]), ...plain.subarray(12), 0, 0, 41, 4), QUESTION],
    [
      'three additional records',
      queryWith({ additionals: [record('a. 0 TXT x'), record('b. 0 TXT x'), record('c. 0 TXT x')] }),
      undefined,
    ],
    ['two OPT records', queryWith({ additionals: [OPT, OPT] }), QUESTION],
    [
      'an OPT record that is not the root’s',
      queryWith({ additionals: [{ ...OPT, owner: 'example.' as typeof OPT.owner }] }),
      QUESTION,
    ],
    ['an OPT record in the authority section', queryWith({ authorities: [OPT] }), QUESTION],
    [
      'an additional record that is longer than the message',
      Uint8Array.of(...raw([1, 0, 0, 1]), ...plain.subarray(12), 0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 9, 8),
      QUESTION,
    ],
    [
      'a record after the TSIG record',
      Uint8Array.of(...raw([1, 0, 0, 2]), ...plain.subarray(12), ...TSIG, ...opt11, 0, 0),
      QUESTION,
    ],
    [
      'a TSIG record that cannot be read',
      Uint8Array.of(...raw([1, 0, 0, 1]), ...plain.subarray(12), ...TSIG.slice(0, 9), 0, 1, 0),
      QUESTION,
    ],
    [
      'an option that is longer than its record',
      Uint8Array.of(...raw([1, 0, 0, 1]), ...plain.subarray(12), ...opt11, 0, 4, 0, 10, 0, 9),
      QUESTION,
    ],
  ])('%s', (_, octets, question) => {
    const response = askOctets(context, octets) as Uint8Array;
    const shown = show(response);
    expect(shown).toMatchObject({ rcode: 'FORMERR', answer: [], authority: [], additional: [] });
    expect(shown.question).toBe(question);
    expect(shown.edns).toBeUndefined();
    expect(parseResponse(response).header.id).toBe(0x2a17);
  });

  it.each([0, 1, 7, 9, 15, 41])('a COOKIE option of %i octets, with an OPT record in the response', (length) => {
    const edns = { options: [{ code: 10, data: new Uint8Array(length) }] };
    const shown = show(askOctets(context, composeQuery('ns1.example. A', { edns })));
    expect(shown).toMatchObject({ rcode: 'FORMERR', flags: 'qr', question: QUESTION, edns: 'version=0 size=1232' });
  });

  it('keeps RD, and no other flag', () => {
    const octets = Uint8Array.of(...plain, 0);
    octets[2] = 0x07; // AA TC RD
    octets[3] = 0xff;
    expect(show(askOctets(context, octets))?.flags).toBe('qr rd');
  });
});

describe('what is answered all the same', () => {
  const answer = ['ns1.example. 3600 A 192.0.2.53'];

  it.each([
    ['all flags but QR', Uint8Array.from(plain, (octet, at) => (at === 2 ? 0x07 : at === 3 ? 0xff : octet))],
    ['an IXFR-like record in the authority section', queryWith({ authorities: [record('example. 0 SOA . . 1 2 3 4 5')] })],
    ['an additional record of any kind', queryWith({ additionals: [record('ns1.example. 0 TXT x')] })],
    [
      'an additional record whose rdata has a wrong length: nobody needs it',
      queryWith({ additionals: [{ ...record('ns1.example. 0 TYPE1 \\# 4 01020304'), rdata: new Uint8Array(3) }] }),
    ],
    ['an OPT record after another additional record', queryWith({ additionals: [record('ns1.example. 0 TXT x'), OPT] })],
  ])('%s', (_, octets) => {
    expect(show(askOctets(context, octets))).toMatchObject({ rcode: 'NOERROR', answer });
  });
});

describe('rdata that a server has no use for', () => {
  const SVCB = 64;
  /** Key dohpath (7) with a template of 64 KB that opens one variable after the other, and never ends any. */
  const template = Buffer.from(`/{${'dns '.repeat(16_000)}`);

  it.each([
    [
      'of a kind that takes long to check',
      [SVCB, [0, 1, 0, 0, 7, template.length >> 8, template.length & 255, ...template]] as const,
    ],
    ['of 64 KB of an unknown type', [65_280, new Uint8Array(64_000)] as const],
    ['of 64 KB of type TXT, in strings of no octet', [16, new Uint8Array(64_000)] as const],
  ])('%s costs nothing', (_, [type, rdata]) => {
    const fixed = [0, 0, type & 255, 0, 1, 0, 0, 0, 0, rdata.length >> 8, rdata.length & 255];
    fixed[1] = type >> 8;
    const octets = Uint8Array.of(...raw([1, 0, 0, 1]), ...plain.subarray(12), ...fixed, ...rdata);
    askOctets(context, octets);
    const started = performance.now();
    for (let round = 0; round < 10; round++) {
      expect(show(askOctets(context, octets))).toMatchObject({ rcode: 'NOERROR', answer: ['ns1.example. 3600 A 192.0.2.53'] });
    }
    // A single one took more than a second when rdata was checked.
    expect(performance.now() - started).toBeLessThan(500);
  });
});
