import { describe, expect, it } from '@jest/globals';

import { isFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { makeRRset } from '../rr/make-rrset.ts';
import { scanRdataText } from '../rr/rdata-text.ts';
import { printRecord } from '../rr/record-text.ts';
import { scanRRType, TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import { composeMessage } from './compose-message.ts';
import { ednsLength } from './edns.ts';
import type { Header } from './header.ts';
import { MessageWriter } from './message-writer.ts';
import { parseMessage } from './parse-message.ts';
import type { ParsedMessage } from './message.ts';

const HEADER: Header = {
  id: 0x1234,
  response: true,
  opcode: 0,
  authoritative: true,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  authenticData: false,
  checkingDisabled: false,
  rcode: 0,
};
const EDNS = { udpPayloadSize: 1232, extendedRcode: 0, version: 0, dnssecOk: false, options: [] };

/** An RRset from its owner, type and rdatas in presentation format, with a TTL of 60. */
function rrset(owner: string, mnemonic: string, ...rdatas: string[]): RRset {
  const type = scanRRType(mnemonic) ?? 0;
  const scanned = rdatas.map((text) => {
    const rdata = scanRdataText(type, text);
    if (isFailure(rdata)) throw new Error(rdata.message);
    return rdata;
  });
  return makeRRset(nameOf(owner), type, 60, scanned);
}

function writer(limit = 512, reserve = 0): MessageWriter {
  const made = new MessageWriter(new Uint8Array(65_535));
  made.begin(limit, reserve);
  made.header(HEADER);
  return made;
}

function parse(octets: Uint8Array): ParsedMessage {
  const parsed = parseMessage(octets);
  if (isFailure(parsed)) throw new Error(`${parsed.code}: ${parsed.message}`);
  return parsed;
}

function toHex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

describe('compression', () => {
  it('lays names out as RFC 1035, section 4.1.4, shows', () => {
    const message = writer();
    for (const owner of ['F.ISI.ARPA', 'FOO.F.ISI.ARPA', 'ARPA', '.']) message.rrset('answer', rrset(owner, 'A', '192.0.2.1'));
    const fixed = '00010001 0000003c 0004 c0000201'.replaceAll(' ', '');
    expect(toHex(message.finish().subarray(12))).toBe(
      [
        '01660369736904617270 6100', // 12: f.isi.arpa; isi.arpa at 14, arpa at 18
        fixed,
        '03666f6fc00c',
        fixed,
        'c012',
        fixed,
        '00',
        fixed,
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('reaches into the rdata of the types of RFC 1035, and of no other', () => {
    const message = writer();
    message.question({ name: nameOf('example.com'), type: TYPE.ANY, class: 1 });
    message.rrset('answer', rrset('example.com', 'MX', '10 mail.example.com.'));
    message.rrset('answer', rrset('example.com', 'SOA', 'ns.example.com. root.mail.example.com. 1 2 3 4 5'));
    const before = message.length;
    message.rrset('answer', rrset('example.com', 'SRV', '1 2 3 mail.example.com.'));
    expect(message.length - before).toBe(2 + 10 + 6 + 'mail.example.com'.length + 2);
    const octets = message.finish();
    // The exchange, whole but for its end, at 43; then MNAME, and RNAME that ends in the exchange.
    expect(toHex(octets)).toContain('000a046d61696cc00c');
    expect(toHex(octets)).toContain('026e73c00c04726f6f74c02b');
    expect(parse(octets).answers.map(printRecord)).toEqual([
      'example.com. 60 IN MX 10 mail.example.com.',
      'example.com. 60 IN SOA ns.example.com. root.mail.example.com. 1 2 3 4 5',
      'example.com. 60 IN SRV 1 2 3 mail.example.com.',
    ]);
  });

  it('finds names whatever their case (RFC 4343)', () => {
    const message = writer();
    message.rrset('answer', rrset('a', 'NS', 'NS.Example.'));
    const before = message.length;
    message.rrset('answer', rrset('b', 'NS', 'ns.EXAMPLE.'));
    expect(message.length - before).toBe(3 + 10 + 2);
  });

  it('is not misled by escaped dots', () => {
    const message = writer();
    message.rrset('answer', rrset('a\\.b.example', 'A', '192.0.2.1'));
    message.rrset('answer', rrset('b.example', 'A', '192.0.2.1'));
    message.rrset('answer', rrset('x.a\\.b.example', 'A', '192.0.2.1'));
    expect(parse(message.finish()).answers.map((record) => record.owner)).toEqual([
      'a\\.b.example.',
      'b.example.',
      'x.a\\.b.example.',
    ]);
  });

  it('points only to offsets below 16384', () => {
    const message = writer(65_535);
    message.rrset(
      'answer',
      rrset('first.example', 'TXT', ...Array.from({ length: 70 }, (_, index) => `"${index}${'x'.repeat(230)}"`)),
    );
    expect(message.length).toBeGreaterThan(16_384);
    for (let index = 0; index < 200; index++)
      message.rrset('answer', rrset(`late${index % 2}.test`, 'NS', `ns${index % 2}.late.test.`));
    const parsed = parse(message.finish());
    expect(parsed.answers.slice(70).map(printRecord)).toEqual(
      Array.from({ length: 200 }, (_, index) => `late${index % 2}.test. 60 IN NS ns${index % 2}.late.test.`),
    );
  });

  it('holds 65535 octets of names', () => {
    const message = writer(65_535);
    let written = 0;
    while (message.rrset('answer', rrset(`${written}.${written % 977}.example`, 'CNAME', `x${written}.y${written % 31}.test.`)))
      written++;
    const parsed = parse(message.finish());
    expect(parsed.answers).toHaveLength(written);
    expect(written).toBeGreaterThan(1900);
    expect(printRecord(parsed.answers[written - 1] as never)).toBe(
      `${written - 1}.${(written - 1) % 977}.example. 60 IN CNAME x${written - 1}.y${(written - 1) % 31}.test.`,
    );
  });
});

describe('the limit', () => {
  const four = rrset('www.example', 'A', '192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4');
  /** Header, the owner once, three pointers to it, and four times the rest. */
  const FOUR = 12 + 13 + 3 * 2 + 4 * 14;

  it('is kept to the octet', () => {
    for (const [limit, fits] of [
      [FOUR, true],
      [FOUR - 1, false],
      [12, false],
    ] as const) {
      const message = writer(limit);
      expect(message.rrset('answer', four)).toBe(fits);
      expect(message.finish()).toHaveLength(fits ? FOUR : 12);
    }
  });

  it('leaves out whole RRsets, and the names that stood only in them', () => {
    const message = writer(60);
    expect(message.rrset('answer', rrset('a.example', 'A', '192.0.2.1'))).toBe(true);
    expect(message.rrset('answer', rrset('new.test', 'A', '192.0.2.1', '192.0.2.2'))).toBe(false);
    expect(message.length).toBe(12 + 11 + 14);
    // A pointer to new.test, which is gone, would be two octets.
    expect(message.rrset('answer', rrset('new.test', 'A', '192.0.2.1'))).toBe(false);
    expect(message.rrset('answer', rrset('b.example', 'A', '192.0.2.1'))).toBe(true);
    const parsed = parse(message.finish({ truncated: true }));
    expect(parsed.header.truncated).toBe(true);
    expect(parsed.answers.map((record) => record.owner)).toEqual(['a.example.', 'b.example.']);
  });

  it('is never more than the buffer has', () => {
    const message = new MessageWriter(new Uint8Array(20));
    message.begin(512, 0);
    expect(message.rrset('answer', four)).toBe(false);
    expect(message.rrset('answer', rrset('x'.repeat(60), 'MX', `10 ${'y'.repeat(63)}.`))).toBe(false);
    expect(message.finish()).toHaveLength(12);
  });

  it('keeps its reserve for EDNS, which then takes what it needs', () => {
    const edns = { ...EDNS, options: [{ code: 3, data: Uint8Array.of(1, 2, 3) }] };
    const message = writer(FOUR + ednsLength(edns), ednsLength(edns));
    expect(message.rrset('answer', four)).toBe(true);
    expect(message.rrset('answer', rrset('.', 'A', '192.0.2.1'))).toBe(false);
    expect(message.edns(edns)).toBe(true);
    const octets = message.finish();
    expect(octets).toHaveLength(FOUR + 18);
    expect(parse(octets).edns).toEqual(edns);
  });

  it('holds for EDNS without reserve too', () => {
    for (const [room, fits] of [
      [17, false],
      [18, true],
    ] as const) {
      const message = writer(12 + room);
      expect(message.edns({ ...EDNS, options: [{ code: 3, data: Uint8Array.of(1, 2, 3) }] })).toBe(fits);
      expect(message.finish()).toHaveLength(fits ? 30 : 12);
    }
    const bare = writer(22);
    expect(bare.edns(EDNS)).toBe(false);
    expect(parse(bare.finish())).not.toHaveProperty('edns');
  });

  it('leaves what is left of the reserve to a record after EDNS', () => {
    const message = writer(12 + 11 + 15, 26);
    expect(message.rrset('answer', rrset('.', 'A', '192.0.2.1'))).toBe(false);
    expect(message.edns(EDNS)).toBe(true);
    expect(message.rrset('additional', rrset('.', 'A', '192.0.2.1'))).toBe(true);
  });
});

describe('a writer', () => {
  it('echoes the question in the case in which it was asked, and compresses against it', () => {
    const query = Uint8Array.from([
      ...Buffer.from('123401000001000000000000', 'hex'),
      3,
      ...Buffer.from('wWw'),
      7,
      ...Buffer.from('ExAmPlE'),
      3,
      ...Buffer.from('CoM\0\0\u0001\0\u0001'),
    ]);
    const message = writer();
    message.copyQuestion(query, 12, 33, nameOf('www.example.com'));
    message.rrset('answer', rrset('www.example.com', 'A', '192.0.2.1'));
    message.rrset('additional', rrset('ns.example.com', 'A', '192.0.2.1'));
    const octets = message.finish();
    expect(Buffer.from(octets.subarray(12, 33)).equals(query.subarray(12, 33))).toBe(true);
    expect(octets).toHaveLength(33 + 16 + 5 + 14);
    expect(parse(octets).additionals.map((record) => record.owner)).toEqual(['ns.example.com.']);
  });

  it('writes the name itself where the query compressed it', () => {
    const query = new Uint8Array(Buffer.from('1234010000010000000000000161000162c00c00010001', 'hex'));
    const message = writer();
    message.copyQuestion(query, 15, 23, nameOf('b.a'));
    expect(parse(message.finish()).questions).toEqual([{ name: 'b.a.', type: 1, class: 1 }]);
  });

  it('rotates, and overrides TTL and owner', () => {
    const set = rrset('*.example', 'A', '192.0.2.1', '192.0.2.2', '192.0.2.3');
    const message = writer();
    message.rrset('answer', set, { first: 2, ttl: 5, owner: nameOf('www.example') });
    message.rrset('authority', set);
    const parsed = parse(message.finish());
    expect(parsed.answers.map(printRecord)).toEqual([
      'www.example. 5 IN A 192.0.2.3',
      'www.example. 5 IN A 192.0.2.1',
      'www.example. 5 IN A 192.0.2.2',
    ]);
    expect(parsed.authorities.map(printRecord)).toEqual([
      '*.example. 60 IN A 192.0.2.1',
      '*.example. 60 IN A 192.0.2.2',
      '*.example. 60 IN A 192.0.2.3',
    ]);
  });

  it('counts each section, and changes the header at the end', () => {
    const message = writer();
    message.rrset('answer', rrset('a', 'A', '192.0.2.1', '192.0.2.2'));
    message.rrset('authority', rrset('a', 'NS', 'b.'));
    message.edns(EDNS);
    const octets = message.finish({ rcode: 3, authoritative: false, truncated: true });
    expect(toHex(octets.subarray(0, 12))).toBe('123483030000000200010001');
  });

  it('begins anew without anything of the message before', () => {
    const message = writer();
    message.rrset('answer', rrset('www.example', 'A', '192.0.2.1'));
    const first = message.finish().slice();
    message.begin(512, 0);
    expect(toHex(message.finish())).toBe('00'.repeat(12));
    message.begin(512, 0);
    message.header(HEADER);
    message.rrset('answer', rrset('www.example', 'A', '192.0.2.1'));
    expect(message.finish()).toEqual(first);
  });

  it('refuses to go back to an earlier section', () => {
    const message = writer();
    message.rrset('additional', rrset('a', 'A', '192.0.2.1'));
    expect(() => message.rrset('answer', rrset('a', 'A', '192.0.2.1'))).toThrow('in order');
  });

  it('writes malformed rdata as it is, and does not hang on it', () => {
    const message = writer();
    const broken = [Uint8Array.of(0, 10), Uint8Array.of(0, 10, 5, 0x61), Uint8Array.of(0)];
    for (const rdata of broken)
      expect(message.rrset('answer', { owner: nameOf('a'), type: TYPE.MX, ttl: 0, rdatas: [rdata] })).toBe(true);
  });
});

describe('composeMessage', () => {
  it('throws where the message is longer than the limit', () => {
    const message = {
      header: HEADER,
      questions: [{ name: nameOf('example.com'), type: 1, class: 1 }],
      answers: [],
      authorities: [],
      additionals: [],
    };
    expect(composeMessage(message, { limit: 29 })).toHaveLength(29);
    expect(() => composeMessage(message, { limit: 28 })).toThrow('longer than 28 octets');
    expect(() => composeMessage({ ...message, edns: EDNS }, { limit: 29 })).toThrow(RangeError);
  });
});
