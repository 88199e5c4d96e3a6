import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { isFailure } from '../failure.ts';
import { composeName, nameOf } from '../name/owner-name.ts';
import { layoutOf, typesWithLayout } from './rdata-layout.ts';
import { printRdata, scanRdataText } from './rdata-text.ts';
import { canonicalRdata, checkRdata, namesInRdata, parseRdata } from './rdata-wire.ts';
import { printRRType, TYPE } from './rr-type.ts';
import { rdataOf, wireName } from './testing/rdata-arbitrary.ts';

const TYPES = [...typesWithLayout(), 65_280].map((type) => ({ type, name: printRRType(type) }));

describe.each(TYPES)('rdata of $name', ({ type }) => {
  it('comes back from presentation format, and its text too', () => {
    fc.assert(
      fc.property(rdataOf(type), (rdata) => {
        const text = printRdata(type, rdata);
        const scanned = scanRdataText(type, text);
        expect(scanned).toEqual(rdata);
        expect(printRdata(type, rdata)).toBe(text);
      }),
    );
  });

  it('comes back from the generic form of RFC 3597', () => {
    fc.assert(
      fc.property(rdataOf(type), (rdata) => {
        expect(scanRdataText(type, `\\# ${rdata.length} ${Buffer.from(rdata).toString('hex')}`)).toEqual(rdata);
      }),
    );
  });

  it('is parsed alike wherever in a message it stands', () => {
    fc.assert(
      fc.property(rdataOf(type), fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (rdata, before, after) => {
        const message = Uint8Array.from([...before, ...rdata, ...after]);
        expect(parseRdata(type, message, before.length, rdata.length)).toEqual(rdata);
      }),
    );
  });

  it('has a canonical form that is its own, with the same names', () => {
    fc.assert(
      fc.property(rdataOf(type), (rdata) => {
        const canonical = canonicalRdata(type, rdata);
        expect(canonicalRdata(type, canonical)).toBe(canonical);
        expect(checkRdata(type, canonical)).toBeUndefined();
        // Owner names are folded: folding changes no name.
        expect(namesInRdata(type, canonical)).toEqual(namesInRdata(type, rdata));
      }),
    );
  });

  it('is refused or read, never anything else, when octets of it change or are missing', () => {
    const change = fc.record({ at: fc.nat(300), octet: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(rdataOf(type), fc.array(change, { maxLength: 3 }), fc.nat(300), (rdata, changes, cut) => {
        const mutated = rdata.slice(0, Math.max(0, rdata.length - (cut % 5)));
        for (const { at, octet } of changes) if (mutated.length > 0) mutated[at % mutated.length] = octet;
        const parsed = parseRdata(type, mutated, 0, mutated.length);
        if (isFailure(parsed)) return;
        expect(checkRdata(type, parsed)).toBeUndefined();
        expect(scanRdataText(type, printRdata(type, parsed))).toEqual(parsed);
      }),
    );
  });

  it('is read from random octets without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(90), fc.nat(90), (octets, start, length) => {
        const parsed = parseRdata(type, octets, start % (octets.length + 1), length);
        const fault = isFailure(parsed) ? undefined : checkRdata(type, parsed);
        expect(fault).toBeUndefined();
        expect(typeof printRdata(type, octets)).toBe('string');
      }),
    );
  });
});

describe('a compressed name in rdata', () => {
  const suffix = composeName(nameOf('Example.com'));
  const CASES = TYPES.filter(({ type }) => layoutOf(type)?.some((field) => field.kind === 'name'));

  it.each(CASES)('is expanded in $name if RFC 3597 lets it be, and refused if not', ({ type }) => {
    const fields = layoutOf(type) ?? [];
    const first = fields.findIndex((field) => field.kind === 'name');
    const field = fields[first];
    if (field?.kind !== 'name') throw new Error('no name field');
    fc.assert(
      fc.property(rdataOf(type), wireName, (rdata, name) => {
        fc.pre(name.length + suffix.length - 1 <= 255);
        // What stands before the first name, by the fixed lengths of its fields; then the first name, replaced by a compressed one.
        let before = 0;
        for (const earlier of fields.slice(0, first)) {
          if (earlier.kind === 'integer') before += earlier.octets;
          else if (earlier.kind === 'type') before += 2;
          else if (earlier.kind === 'timestamp') before += 4;
          else before += 1 + (rdata[before] ?? 0);
        }
        let after = before;
        while (rdata[after] !== 0) after += 1 + (rdata[after] ?? 0);
        const head = [...suffix, ...rdata.subarray(0, before)];
        const compressed = Uint8Array.from([...head, ...name.slice(0, -1), 0xc0, 0, ...rdata.subarray(after + 1)]);
        const parsed = parseRdata(type, compressed, suffix.length, compressed.length - suffix.length);
        const expanded = [...rdata.subarray(0, before), ...name.slice(0, -1), ...suffix, ...rdata.subarray(after + 1)];
        const outcome = isFailure(parsed) ? parsed.code : parsed;
        expect(outcome).toEqual(field.decompress ? Uint8Array.from(expanded) : 'NAME_POINTER_NOT_ALLOWED');
      }),
      { numRuns: 30 },
    );
  });

  it('is followed in exactly the types that RFC 3597 section 4 names, and those of RFC 1035', () => {
    const followed = CASES.filter(({ type }) => layoutOf(type)?.some((field) => field.kind === 'name' && field.decompress));
    const received = ['RP', 'AFSDB', 'RT', 'SIG', 'PX', 'NAPTR', 'SRV'];
    const rfc1035 = ['NS', 'MD', 'MF', 'CNAME', 'SOA', 'MB', 'MG', 'MR', 'PTR', 'MINFO', 'MX'];
    expect(followed.map(({ name }) => name).sort()).toEqual([...received, ...rfc1035].sort());
    const sent = CASES.filter(({ type }) => layoutOf(type)?.some((field) => field.kind === 'name' && field.compress));
    expect(sent.map(({ name }) => name).sort()).toEqual([...rfc1035].sort());
  });

  it('is folded in canonical form in the types that RFC 4034 section 6.2 lists, but not in NSEC', () => {
    const folded = CASES.filter(({ type }) => layoutOf(type)?.some((field) => field.kind === 'name' && field.fold));
    const listed = 'NS MD MF CNAME SOA MB MG MR PTR MINFO MX RP AFSDB RT SIG PX NAPTR KX SRV DNAME RRSIG'; // NXT and A6 have no layout here
    expect(folded.map(({ name }) => name).sort()).toEqual(listed.split(' ').sort());
    expect(layoutOf(TYPE.NSEC)?.[0]).toMatchObject({ fold: false });
  });
});
