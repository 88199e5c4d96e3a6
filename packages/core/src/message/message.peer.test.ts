import { describe, expect, it } from '@jest/globals';
import dnsPacket from 'dns-packet';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { nameOf } from '../name/owner-name.ts';
import { printRRset, scanRecord } from '../rr/record-text.ts';
import { CLASS, printRRType } from '../rr/rr-type.ts';
import type { ResourceRecord } from '../rr/rrset.ts';
import { composeMessage } from './compose-message.ts';
import { extendedErrorOption } from './extended-error.ts';
import type { Message } from './message.ts';
import { parseMessage } from './parse-message.ts';

function record(text: string): ResourceRecord {
  const scanned = scanRecord(text);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned;
}

const label = fc.constantFrom('www', 'mail', 'example', 'com', 'a', 'b', 'x'.repeat(63));
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const u8 = fc.nat(255);
const u16 = fc.nat(0xffff);
const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019 -_'.split('')), minLength: 1, maxLength: 20 });

/** Pairs of a record's rdata in presentation format and in dns-packet's form: of the types that dns-packet reads without a fault. */
const rdata: fc.Arbitrary<{ readonly text: string; readonly type: string; readonly data: unknown }> = fc.oneof(
  fc.tuple(u8, u8, u8, u8).map((octets) => ({ type: 'A', text: octets.join('.'), data: octets.join('.') })),
  fc.constantFrom('2001:db8::1', '::1', '1:2:3:4:5:6:7:8').map((text) => ({ type: 'AAAA', text, data: text })),
  fc
    .tuple(fc.constantFrom('NS', 'CNAME', 'PTR', 'DNAME'), name)
    .map(([type, target]) => ({ type, text: `${target}.`, data: target })),
  fc
    .tuple(u16, name)
    .map(([preference, exchange]) => ({ type: 'MX', text: `${preference} ${exchange}.`, data: { preference, exchange } })),
  fc.tuple(u16, u16, u16, name).map(([priority, weight, port, target]) => ({
    type: 'SRV',
    text: `${priority} ${weight} ${port} ${target}.`,
    data: { priority, weight, port, target },
  })),
  fc.array(word, { minLength: 1, maxLength: 3 }).map((strings) => ({
    type: 'TXT',
    text: strings.map((string) => `"${string}"`).join(' '),
    data: strings.map((string) => Buffer.from(string)),
  })),
  fc.tuple(name, name, fc.nat(2 ** 31)).map(([mname, rname, serial]) => ({
    type: 'SOA',
    text: `${mname}. ${rname}. ${serial} 1 2 3 4`,
    data: { mname, rname, serial, refresh: 1, retry: 2, expire: 3, minimum: 4 },
  })),
  fc.tuple(fc.constantFrom('issue', 'iodef'), word).map(([tag, value]) => ({
    type: 'CAA',
    text: `128 ${tag} "${value}"`,
    data: { flags: 128, tag, value, issuerCritical: true },
  })),
);

describe('dns-packet, an independent reader', () => {
  it('reads what we compose, names compressed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, rdata), { maxLength: 8 }), name, (list, qname) => {
        const whole: Message = {
          header: {
            id: 7,
            response: true,
            opcode: 0,
            authoritative: true,
            truncated: false,
            recursionDesired: true,
            recursionAvailable: false,
            authenticData: false,
            checkingDisabled: false,
            rcode: 3,
          },
          questions: [{ name: nameOf(qname), type: 255, class: CLASS.IN }],
          answers: list.map(([owner, { type, text }]) => record(`${owner}. 60 IN ${type} ${text}`)),
          authorities: [],
          additionals: [],
          edns: { udpPayloadSize: 1232, extendedRcode: 0, version: 0, dnssecOk: true, options: [extendedErrorOption(14)] },
        };
        const read = dnsPacket.decode(Buffer.from(composeMessage(whole)));
        expect(read).toMatchObject({ id: 7, type: 'response', flag_aa: true, flag_rd: true, flag_tc: false, rcode: 'NXDOMAIN' });
        expect(read.questions).toEqual([{ name: qname, type: 'ANY', class: 'IN' }]);
        expect(read.answers).toEqual(
          list.map(([owner, { type, data }]) => expect.objectContaining({ name: owner, type, ttl: 60, class: 'IN', data })),
        );
        expect(read.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232, flag_do: true, options: [{ code: 15 }] }]);
      }),
    );
  });

  it('composes what we read', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, rdata), { maxLength: 8 }), (list) => {
        const answers = list.map(([owner, { type, data }]) => ({ name: owner, type, ttl: 60, class: 'IN', data }));
        const parsed = parseMessage(
          dnsPacket.encode({
            type: 'response',
            id: 9,
            flags: dnsPacket.TRUNCATED_RESPONSE,
            answers: answers as dnsPacket.Answer[],
          }),
        );
        if (isFailure(parsed)) throw new Error(parsed.message);
        expect(parsed.header).toMatchObject({ id: 9, response: true, truncated: true });
        expect(parsed.answers.map((answer) => printRRset({ ...answer, rdatas: [answer.rdata] }))).toEqual(
          list.map(([owner, { type, text }]) => `${owner}. 60 IN ${type} ${text}`),
        );
        expect(parsed.answers.map((answer) => printRRType(answer.type))).toEqual(list.map(([, { type }]) => type));
      }),
    );
  });
});
