/** Messages of every kind, whose names share their ends. */
import * as fc from 'fast-check';

import { isFailure } from '../../failure.ts';
import { type OwnerName, parseName } from '../../name/owner-name.ts';
import { CLASS, TYPE } from '../../rr/rr-type.ts';
import { MAX_TTL, type ResourceRecord } from '../../rr/rrset.ts';
import { rdataOf, relatedName, typedRdata, wireName } from '../../rr/testing/rdata-arbitrary.ts';
import type { Edns } from '../edns.ts';
import type { Header } from '../header.ts';
import type { Message, Question } from '../message.ts';

/** An owner name, most of them of one family. */
export const ownerName: fc.Arbitrary<OwnerName> = fc
  .oneof({ weight: 4, arbitrary: relatedName }, { weight: 1, arbitrary: wireName })
  .map((octets) => {
    const parsed = parseName(Uint8Array.from(octets), 0);
    if (isFailure(parsed)) throw new Error(`the generator is wrong: ${parsed.message}`);
    return parsed.name;
  });

const u16 = fc.integer({ min: 0, max: 0xffff });

/** A header with any of its bits set. */
export const header: fc.Arbitrary<Header> = fc.record({
  id: u16,
  response: fc.boolean(),
  opcode: fc.nat(15),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
  rcode: fc.nat(15),
});

const question: fc.Arbitrary<Question> = fc.record({ name: ownerName, type: u16, class: fc.oneof(fc.constant(1), u16) });

/** A record of a known or an unknown type. */
export const record: fc.Arbitrary<ResourceRecord> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(ownerName, typedRdata, fc.integer({ min: 0, max: MAX_TTL }))
      .map(([owner, { type, rdata }, ttl]) => ({ owner, type, class: CLASS.IN, ttl, rdata })),
  },
  {
    // As in the prerequisites of an UPDATE: no rdata at all.
    weight: 1,
    arbitrary: fc
      .tuple(ownerName, typedRdata, fc.constantFrom(CLASS.ANY, CLASS.NONE))
      .map(([owner, { type }, klass]) => ({ owner, type, class: klass, ttl: 0, rdata: new Uint8Array() })),
  },
);

/** Any OPT record. Those of other versions than 0 have no options: nobody knows what those look like. */
export const edns: fc.Arbitrary<Edns> = fc
  .record({
    udpPayloadSize: u16,
    extendedRcode: fc.nat(255),
    version: fc.oneof(fc.constant(0), fc.nat(255)),
    dnssecOk: fc.boolean(),
    options: fc.array(fc.record({ code: u16, data: fc.uint8Array({ maxLength: 24 }) }), { maxLength: 3 }),
  })
  .map((opt) => (opt.version === 0 ? opt : { ...opt, options: [] }));

const tsig: fc.Arbitrary<ResourceRecord> = fc
  .tuple(ownerName, rdataOf(TYPE.TSIG))
  .map(([owner, rdata]) => ({ owner, type: TYPE.TSIG, class: CLASS.ANY, ttl: 0, rdata }));

const records = fc.array(record, { maxLength: 5 });

/** A whole message. */
export const message: fc.Arbitrary<Message> = fc.record(
  {
    header,
    questions: fc.array(question, { maxLength: 2 }),
    answers: records,
    authorities: records,
    additionals: records,
    edns,
    tsig,
  },
  { requiredKeys: ['header', 'questions', 'answers', 'authorities', 'additionals'] },
);
