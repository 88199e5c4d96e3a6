import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { composeName, parseName } from '../name/owner-name.ts';
import { layoutOf } from '../rr/rdata-layout.ts';
import { canonicalRdata } from '../rr/rdata-wire.ts';
import { makeRRset } from '../rr/make-rrset.ts';
import { printRecord } from '../rr/record-text.ts';
import type { ResourceRecord, RRset } from '../rr/rrset.ts';
import { relatedName, typedRdata } from '../rr/testing/rdata-arbitrary.ts';
import { composeMessage } from './compose-message.ts';
import { composeEdns, ednsLength } from './edns.ts';
import { HEADER_OCTETS } from './header.ts';
import type { Message } from './message.ts';
import { MessageWriter, type Section } from './message-writer.ts';
import { parseMessage } from './parse-message.ts';
import { edns, header, message, ownerName } from './testing/message-arbitrary.ts';

/** A record in a form in which it can be compared: the case of a compressed name may be that of its first occurrence. */
function comparable(record: ResourceRecord): string {
  const compressed = layoutOf(record.type)?.some((field) => field.kind === 'name' && field.compress);
  return printRecord(compressed ? { ...record, rdata: canonicalRdata(record.type, record.rdata) } : record);
}

function comparableMessage(whole: Message): unknown {
  return {
    header: whole.header,
    questions: whole.questions,
    answers: whole.answers.map(comparable),
    authorities: whole.authorities.map(comparable),
    additionals: whole.additionals.map(comparable),
    edns: whole.edns && printRecord(composeEdns(whole.edns)),
    tsig: whole.tsig && printRecord(whole.tsig),
  };
}

/** What the message would take without compression. */
function plainLength(whole: Message): number {
  const records = [...whole.answers, ...whole.authorities, ...whole.additionals, ...(whole.tsig ? [whole.tsig] : [])];
  return (
    HEADER_OCTETS +
    whole.questions.reduce((sum, { name }) => sum + composeName(name).length + 4, 0) +
    records.reduce((sum, { owner, rdata }) => sum + composeName(owner).length + 10 + rdata.length, 0) +
    (whole.edns ? ednsLength(whole.edns) : 0)
  );
}

describe('a message', () => {
  it('comes back from wire format, compressed to no more than it was', () => {
    fc.assert(
      fc.property(message, (whole) => {
        const octets = composeMessage(whole);
        expect(octets.length).toBeLessThanOrEqual(plainLength(whole));
        const parsed = parseMessage(octets);
        expect(isFailure(parsed) ? parsed : comparableMessage(parsed)).toEqual(comparableMessage(whole));
      }),
      { numRuns: 150 },
    );
  });

  it('that is parsed, composed and parsed again stays the same, however its octets were changed before', () => {
    const change = fc.record({ at: fc.nat(1000), octet: fc.oneof(fc.constantFrom(0, 0xc0, 0x0c, 0xff), fc.nat(255)) });
    const changes = fc.array(change, { maxLength: 4 });
    fc.assert(
      fc.property(message, changes, fc.option(fc.nat(1000)), (whole, edits, cut) => {
        const octets = composeMessage(whole);
        for (const { at, octet } of edits) octets[at % octets.length] = octet;
        const mutated = cut === null ? octets : octets.subarray(0, cut % (octets.length + 1));
        const parsed = parseMessage(mutated);
        expect(isFailure(parsed) ? parsed.offset : 0).toBeLessThanOrEqual(mutated.length);
        if (isFailure(parsed)) return;
        const again = parseMessage(composeMessage(parsed));
        expect(isFailure(again) ? again : comparableMessage(again)).toEqual(comparableMessage(parsed));
      }),
      { numRuns: 400 },
    );
  });

  it('is parsed from random octets without harm', () => {
    const octet = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, fc.constantFrom(0xc0, 12, 16, 41), fc.nat(255));
    const body = fc.array(octet, { maxLength: 200 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4 }), fc.array(fc.nat(2), { maxLength: 4 }), body, (id, counts, rest) => {
        const octets = Uint8Array.from([...id, ...counts.flatMap((count) => [0, count]), ...rest]);
        const parsed = parseMessage(octets);
        expect(isFailure(parsed) ? parsed.offset : parsed.questionEnd).toBeLessThanOrEqual(octets.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a message writer', () => {
  const rrset: fc.Arbitrary<RRset> = fc
    .tuple(ownerName, typedRdata, fc.nat(3600), fc.nat(3))
    .map(([owner, { type, rdata }, ttl]) => makeRRset(owner, type, ttl, [rdata]));
  const writes = fc.array(fc.tuple(fc.constantFrom<Section>('answer', 'authority', 'additional'), rrset), { maxLength: 12 });
  const order: readonly Section[] = ['answer', 'authority', 'additional'];

  it('writes whole RRsets up to the limit, and what does not fit leaves no trace', () => {
    const writer = new MessageWriter(new Uint8Array(4096));
    const other = new MessageWriter(new Uint8Array(4096));
    fc.assert(
      fc.property(header, writes, fc.option(edns), fc.integer({ min: 100, max: 900 }), (head, list, opt, limit) => {
        const sorted = list.toSorted(([one], [two]) => order.indexOf(one) - order.indexOf(two));
        const reserve = opt === null ? 0 : ednsLength(opt);
        writer.begin(limit, reserve);
        writer.header(head);
        const written = sorted.filter(([section, set]) => writer.rrset(section, set));
        const optFits = opt !== null && writer.edns(opt);
        const octets = writer.finish();
        expect(octets.length).toBeLessThanOrEqual(limit);
        expect(optFits).toBe(opt !== null && octets.length <= limit);

        // The same message without what did not fit: octet by octet.
        other.begin(4096, reserve);
        other.header(head);
        for (const [section, set] of written) other.rrset(section, set);
        if (opt !== null) other.edns(opt);
        expect(Buffer.from(octets).equals(other.finish())).toBe(true);

        const parsed = parseMessage(octets);
        if (isFailure(parsed)) throw new Error(parsed.message);
        const sections = { answer: parsed.answers, authority: parsed.authorities, additional: parsed.additionals };
        for (const section of order) {
          const expected = written
            .filter(([name]) => name === section)
            .map(([, set]) => ({ ...set, class: 1, rdata: set.rdatas[0] as Uint8Array }));
          expect(sections[section].map(comparable)).toEqual(expected.map(comparable));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('compresses whatever a reference of plain strings would compress', () => {
    fc.assert(
      fc.property(fc.array(relatedName, { minLength: 1, maxLength: 20 }), (names) => {
        const owners = names.map((octets) => {
          const parsed = parseName(Uint8Array.from(octets), 0);
          if (isFailure(parsed)) throw new Error(parsed.message);
          return parsed.name;
        });
        const writer = new MessageWriter(new Uint8Array(65_535));
        writer.begin(65_535, 0);
        for (const owner of owners) writer.rrset('answer', makeRRset(owner, 1, 0, [Uint8Array.of(1, 2, 3, 4)]));

        const seen = new Set<string>();
        let length = HEADER_OCTETS;
        for (const owner of owners) {
          let rest: string = owner === '.' ? '' : owner;
          while (rest !== '' && !seen.has(rest)) {
            seen.add(rest);
            const dot = rest.indexOf('.');
            length += dot + 1;
            rest = rest.slice(dot + 1);
          }
          length += (rest === '' ? 1 : 2) + 14;
        }
        expect(writer.finish().length).toBe(length);
      }),
    );
  });
});
