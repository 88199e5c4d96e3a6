import { describe, expect, it } from '@jest/globals';

import { type FailureCode, isFailure } from '../failure.ts';
import { typesWithLayout } from '../rr/rdata-layout.ts';
import { printRecord } from '../rr/record-text.ts';
import { printRRType } from '../rr/rr-type.ts';
import { fullRcode, type ParsedMessage } from './message.ts';
import { parseMessage, parseQuestion } from './parse-message.ts';

function fromHex(...hex: string[]): Uint8Array {
  return new Uint8Array(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'));
}

function parse(...hex: string[]): ParsedMessage {
  const parsed = parseMessage(fromHex(...hex));
  if (isFailure(parsed)) throw new Error(`${parsed.code}: ${parsed.message}`);
  return parsed;
}

/** ID 1234, a query with RD, and the given counts. */
const header = (...counts: [number, number, number, number]): string =>
  `1234 0100 ${counts.map((count) => count.toString(16).padStart(4, '0')).join('')}`;
/** www.example.com A IN: the name at 12, example.com at 16. */
const QUESTION = '03 777777 07 6578616d706c65 03 636f6d 00 0001 0001';
const OPT = '00 0029 04d0 00000000 0000';
const TSIG = '00 00fa 00ff 00000000 0011 00 000000000001 012c 0000 1234 0000 0000';

describe('the longest rdata of every type', () => {
  const patterns: readonly (readonly number[])[] = [
    [0],
    [1],
    [0xff],
    [0, 0, 1],
    [0, 1, 0, 0],
    [0xc0, 12],
    [1, 0x61],
    [0x3f, ...Buffer.alloc(63, 'a')],
    [...Buffer.from('/{dns ')],
    [...Buffer.from('{}dns,')],
  ];
  /** What makes a value of `SvcParamKey` 7 of nearly all the rdata. */
  const prefixes: readonly (readonly number[])[] = [[], [0, 1, 0, 0, 7, 0xfd, 0x20, 0x2f]];
  const types = [...typesWithLayout(), 65_280];

  it.each(types.map((type) => [printRRType(type), type] as const))(
    'of %s is read in time that grows with its length alone',
    (_, type) => {
      const start = performance.now();
      for (const prefix of prefixes) {
        for (const pattern of patterns) {
          const rdata = Uint8Array.from(
            { length: 64_808 },
            (__, at) => prefix[at] ?? pattern[(at - prefix.length) % pattern.length] ?? 0,
          );
          const tail = Uint8Array.of(0, type >> 8, type & 0xff, 0, 1, 0, 0, 0, 0, rdata.length >> 8, rdata.length & 0xff);
          parseMessage(Uint8Array.from([...fromHex(header(1, 0, 0, 1), QUESTION), ...tail, ...rdata]));
        }
      }
      // A hundred milliseconds, most of it to make the messages; quadratic was more than a second for one.
      expect(performance.now() - start).toBeLessThan(2_000);
    },
  );
});

describe('parseMessage', () => {
  it('reads a query', () => {
    const query = parse(header(1, 0, 0, 0), QUESTION);
    expect(query.header).toEqual({
      id: 0x1234,
      response: false,
      opcode: 0,
      authoritative: false,
      truncated: false,
      recursionDesired: true,
      recursionAvailable: false,
      authenticData: false,
      checkingDisabled: false,
      rcode: 0,
    });
    expect(query.questions).toEqual([{ name: 'www.example.com.', type: 1, class: 1 }]);
    expect([query.questionStart, query.questionEnd]).toEqual([12, 33]);
    expect(query).not.toHaveProperty('edns');
    expect(query).not.toHaveProperty('tsig');
  });

  it('reads EDNS of a version to come, whose rdata may have any form (RFC 6891, section 6.1.3)', () => {
    const query = parse(header(1, 0, 0, 1), QUESTION, '00 0029 04d0 00010000 0003 ffffff');
    expect(query.edns).toEqual({ udpPayloadSize: 1232, extendedRcode: 0, version: 1, dnssecOk: false, options: [] });
    expect(parseMessage(fromHex(header(1, 0, 0, 1), QUESTION, '00 0029 04d0 00000000 0003 ffffff'))).toMatchObject({
      code: 'TRUNCATED',
    });
    expect(parseMessage(fromHex(header(1, 0, 0, 1), QUESTION, '00 0029 04d0 00010000 0004 ffffff'))).toMatchObject({
      code: 'TRUNCATED',
    });
  });

  it('reads every section, names compressed', () => {
    const response = parse(
      '1234 8583 0001 0001 0001 0002',
      QUESTION,
      'c00c 0001 0001 0000003c 0004 c0000201',
      'c010 0002 0001 0000003c 0006 03 6e7331 c010',
      'c03d 0001 0001 0000003c 0004 c0000235',
      '00 0029 04d0 00008000 0000',
    );
    expect(response.header).toMatchObject({ response: true, authoritative: true, recursionAvailable: true, rcode: 3 });
    expect(response.answers.map(printRecord)).toEqual(['www.example.com. 60 IN A 192.0.2.1']);
    expect(response.authorities.map(printRecord)).toEqual(['example.com. 60 IN NS ns1.example.com.']);
    expect(response.additionals.map(printRecord)).toEqual(['ns1.example.com. 60 IN A 192.0.2.53']);
    expect(response.edns).toEqual({ udpPayloadSize: 1232, extendedRcode: 0, version: 0, dnssecOk: true, options: [] });
  });

  it('joins the RCODE of the header with that of EDNS', () => {
    expect(fullRcode(parse(`1234 8007 0000 0000 0000 0001`, '00 0029 04d0 01000000 0000'))).toBe(23);
    expect(fullRcode(parse('1234 8005 0000 0000 0000 0000'))).toBe(5);
  });

  it('takes a message without question (RFC 7873, section 5.4)', () => {
    expect(parse(header(0, 0, 0, 1), OPT)).toMatchObject({ questions: [], questionStart: 12, questionEnd: 12 });
  });

  it('finds OPT wherever in the additional section it stands', () => {
    const parsed = parse(header(0, 0, 0, 3), '00 0010 0001 00000000 0001 00', OPT, '00 0010 0001 00000000 0001 00');
    expect(parsed.additionals).toHaveLength(2);
    expect(parsed.edns?.udpPayloadSize).toBe(1232);
  });

  it('keeps TSIG as a record, and tells where it begins', () => {
    const parsed = parse(header(0, 0, 0, 2), OPT, TSIG);
    expect(parsed.tsig && printRecord(parsed.tsig)).toBe('. 0 ANY TSIG . 1 300 0 4660 NOERROR 0');
    expect(parsed.tsigStart).toBe(12 + 11);
    expect(parsed.additionals).toEqual([]);
  });

  it('takes records without rdata in an UPDATE (RFC 2136, sections 2.4 and 2.5)', () => {
    const update = parse(
      '1234 2800 0001 0002 0001 0000',
      QUESTION,
      'c00c 0001 00ff 00000000 0000',
      'c00c 0001 00fe 00000000 0000',
      'c00c 0001 00fe 00000000 0004 c0000201',
    );
    expect(update.header.opcode).toBe(5);
    expect(update.answers.map((record) => [record.class, record.rdata.length])).toEqual([
      [255, 0],
      [254, 0],
    ]);
    expect(update.authorities.map(printRecord)).toEqual(['www.example.com. 0 NONE A 192.0.2.1']);
  });

  it('takes a TTL with the topmost bit set for 0 (RFC 2181, section 8)', () => {
    const ttls = ['7fffffff', '80000000', 'ffffffff'].map(
      (ttl) => parse(header(0, 1, 0, 0), `00 0001 0001 ${ttl} 0004 c0000201`).answers[0]?.ttl,
    );
    expect(ttls).toEqual([2_147_483_647, 0, 0]);
  });

  it('shares nothing with the octets it was given', () => {
    const octets = fromHex(header(0, 1, 0, 1), '00 0001 0001 00000000 0004 c0000201', '00 0029 04d0 00000000 0005 0003 0001 61');
    const parsed = parseMessage(octets) as ParsedMessage;
    octets.fill(0xff);
    expect(parsed.answers.map(printRecord)).toEqual(['. 0 IN A 192.0.2.1']);
    expect(parsed.edns?.options).toEqual([{ code: 3, data: Uint8Array.of(0x61) }]);
  });

  it.each<[string, FailureCode, number, ...string[]]>([
    ['nothing', 'TRUNCATED', 0],
    ['half a header', 'TRUNCATED', 11, '1234 0100 0000 0000 0000 00'],
    ['a question that is missing', 'TRUNCATED', 12, header(1, 0, 0, 0)],
    ['a question cut off', 'TRUNCATED', 32, header(1, 0, 0, 0), QUESTION.slice(0, -2)],
    ['counts that lie', 'TRUNCATED', 33, header(1, 0, 0, 65_535), QUESTION],
    ['two questions announced, one there', 'TRUNCATED', 33, header(2, 0, 0, 0), QUESTION],
    ['a record cut off', 'TRUNCATED', 22, header(0, 1, 0, 0), '00 0001 0001 00000000 00'],
    ['rdata cut off', 'TRUNCATED', 26, header(0, 1, 0, 0), '00 0001 0001 00000000 0004 c00002'],
    ['an RDLENGTH too small', 'TRUNCATED', 26, header(0, 1, 0, 0), '00 0001 0001 00000000 0003 c0000201'],
    ['an RDLENGTH too large', 'TRAILING_OCTETS', 27, header(0, 1, 0, 0), '00 0001 0001 00000000 0005 c000020100'],
    ['no rdata in class IN', 'TRUNCATED', 23, header(0, 1, 0, 0), '00 0001 0001 00000000 0000'],
    ['an octet too many', 'TRAILING_OCTETS', 33, header(1, 0, 0, 0), QUESTION, '00'],
    ['a question whose name is compressed', 'NAME_POINTER_NOT_ALLOWED', 12, header(1, 0, 0, 0), 'c000 0001 0001'],
    ['an owner in a loop', 'NAME_BAD_POINTER', 12, header(0, 1, 0, 0), 'c00c 0001 0001 00000000 0000'],
    ['a reserved label type', 'NAME_RESERVED_LABEL_TYPE', 12, header(1, 0, 0, 0), '4161 00 0001 0001'],
    ['two OPT records', 'BAD_MESSAGE', 23, header(0, 0, 0, 2), OPT, OPT],
    ['OPT in the answer', 'BAD_MESSAGE', 12, header(0, 1, 0, 0), OPT],
    ['OPT in the authority', 'BAD_MESSAGE', 12, header(0, 0, 1, 0), OPT],
    ['OPT with a name', 'BAD_MESSAGE', 12, header(0, 0, 0, 1), '01 61 00 0029 04d0 00000000 0000'],
    ['OPT with an option cut off', 'TRUNCATED', 27, header(0, 0, 0, 1), '00 0029 04d0 00000000 0004 0003 0001'],
    ['OPT with half an option', 'TRUNCATED', 25, header(0, 0, 0, 1), '00 0029 04d0 00000000 0002 0003'],
    ['TSIG before another record', 'BAD_MESSAGE', 40, header(0, 0, 0, 2), TSIG, OPT],
    ['TSIG twice', 'BAD_MESSAGE', 40, header(0, 0, 0, 2), TSIG, TSIG],
    ['TSIG in the answer', 'BAD_MESSAGE', 12, header(0, 1, 0, 0), TSIG],
    ['TSIG without rdata', 'TRUNCATED', 23, header(0, 0, 0, 1), '00 00fa 00ff 00000000 0000'],
  ])('refuses %s', (_, code, offset, ...hex) => {
    expect(parseMessage(fromHex(...hex))).toMatchObject({ code, offset });
  });

  it('reads a message of 64 KiB in which every name is as dear as can be', () => {
    // In rdata of an unknown type, 127 labels, each followed by a pointer to the one before; and records that all point to the last.
    const octets = new Uint8Array(65_535);
    octets.set(fromHex(header(0, 1, 0, 5416), '00 ff00 0001 00000000 01fd 00'));
    let target = 23;
    let at = 24;
    for (let label = 0; label < 127; label++, at += 4) {
      octets.set([1, 0x61, 0xc0 | (target >> 8), target & 0xff], at);
      target = at;
    }
    for (; at + 12 <= octets.length; at += 12)
      octets.set([0xc0 | (target >> 8), target & 0xff, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0], at);
    const parsed = parseMessage(octets.subarray(0, at));
    if (isFailure(parsed)) throw new Error(parsed.message);
    expect(parsed.additionals).toHaveLength(5416);
    expect(new Set(parsed.additionals.map(({ owner }) => owner))).toEqual(new Set(['a.'.repeat(127)]));
  });

  it('refuses to follow a chain of thousands of pointers', () => {
    const chain = Array.from({ length: 8000 }, (_, index) => (index === 0 ? 22 : 21 + index * 2));
    const rdata = chain.flatMap((target) => [0xc0 | (target >> 8), target & 0xff]);
    const octets = Uint8Array.from([
      ...fromHex(header(0, 1, 0, 1), '00 ff00 0001 00000000 3e80'),
      ...rdata,
      0xfe,
      0xa5,
      ...fromHex('0010 0001 00000000 0001 00'),
    ]);
    expect(parseMessage(octets)).toMatchObject({ code: 'NAME_BAD_POINTER' });
  });
});

describe('parseQuestion', () => {
  it('reads one question, and tells where it ends', () => {
    expect(parseQuestion(fromHex(header(1, 0, 0, 0), QUESTION), 12)).toEqual({
      value: { name: 'www.example.com.', type: 1, class: 1 },
      end: 33,
    });
  });
});
