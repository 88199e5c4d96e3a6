/** Well-formed rdata of any type, generated from the layout table itself. */
import * as fc from 'fast-check';

import { checkRdata } from '../rdata-wire.ts';
import { type Field, layoutOf, typesWithLayout } from '../rdata-layout.ts';
import { type RRType, TYPE } from '../rr-type.ts';
import type { Rdata } from '../rrset.ts';
import { composeTypeBitmap } from '../type-bitmap.ts';
import { composeUnsigned } from '../unsigned.ts';

type Octets = readonly number[];

/** Octets of a label: letters of both cases and digits mostly, now and then anything. */
const labelOctet: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...Buffer.from('abcXYZ019-_')) },
  { weight: 1, arbitrary: fc.constantFrom(...Buffer.from('.\\"();@$* ')) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
);

const label: fc.Arbitrary<Octets> = fc.oneof(
  { weight: 20, arbitrary: fc.array(labelOctet, { minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.array(labelOctet, { minLength: 63, maxLength: 63 }) },
);

/** A name in uncompressed wire format, in any case, at most 255 octets long. */
export const wireName: fc.Arbitrary<Octets> = fc
  .array(label, { maxLength: 6 })
  .map((labels) => [...labels.flatMap((octets) => [octets.length, ...octets]), 0])
  .filter((octets) => octets.length <= 255);

/** A name in wire format from a small family: many of them share their ends, so that compression has work to do. */
export const relatedName: fc.Arbitrary<Octets> = fc
  .array(fc.constantFrom('www', 'WWW', 'mail', 'example', 'Example', 'com', 'a', 'b', 'x'.repeat(40)), { maxLength: 5 })
  .map((labels) => [...labels.flatMap((text) => [text.length, ...Buffer.from(text)]), 0]);

const anyName = fc.oneof(wireName, relatedName);

const octetsUpTo = (max: number, min = 0): fc.Arbitrary<Octets> =>
  fc.array(fc.integer({ min: 0, max: 255 }), { minLength: min, maxLength: max });

const prefixed = (arbitrary: fc.Arbitrary<Octets>, prefix: 0 | 1 | 2): fc.Arbitrary<Octets> =>
  arbitrary.map((octets) => [...composeUnsigned(octets.length, prefix), ...octets]);

const characterString: fc.Arbitrary<Octets> = fc.oneof(
  { weight: 10, arbitrary: prefixed(octetsUpTo(20), 1) },
  { weight: 1, arbitrary: prefixed(octetsUpTo(255, 255), 1) },
);

const types: fc.Arbitrary<Octets> = fc
  .array(fc.oneof(fc.constantFrom(...Object.values(TYPE)), fc.integer({ min: 0, max: 65_535 })), { minLength: 1, maxLength: 12 })
  .map(composeTypeBitmap);

/** Sizes and precisions of LOC: a digit and a power of ten, or zero. */
const locationSize: fc.Arbitrary<number> = fc.oneof(
  fc.constant(0),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 })).map(([digit, power]) => (digit << 4) | power),
);
const angle = (degrees: number): fc.Arbitrary<Octets> =>
  fc.integer({ min: -degrees * 3_600_000, max: degrees * 3_600_000 }).map((value) => composeUnsigned(2 ** 31 + value, 4));
const location: fc.Arbitrary<Octets> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(locationSize, locationSize, locationSize, angle(90), angle(180), octetsUpTo(4, 4))
      .map((parts) => [0, ...parts.flat()]),
  },
  { weight: 1, arbitrary: octetsUpTo(20).map((octets) => [1, ...octets]) },
);

const parameter = (key: number, value: fc.Arbitrary<Octets>): fc.Arbitrary<Octets> =>
  fc.option(
    value.map((octets) => [...composeUnsigned(key, 2), ...composeUnsigned(octets.length, 2), ...octets]),
    { nil: [] },
  );
const some = (arbitrary: fc.Arbitrary<Octets>): fc.Arbitrary<Octets> =>
  fc.array(arbitrary, { minLength: 1, maxLength: 3 }).map((items) => items.flat());
const serviceParameters: fc.Arbitrary<Octets> = fc
  .tuple(
    parameter(1, some(prefixed(octetsUpTo(10, 1), 1))),
    parameter(2, fc.constant([])),
    parameter(3, octetsUpTo(2, 2)),
    parameter(4, some(octetsUpTo(4, 4))),
    parameter(5, octetsUpTo(20, 1)),
    parameter(6, some(octetsUpTo(16, 16))),
    parameter(
      7,
      fc.constantFrom('/q{?dns}', '/ü,"\\{?a,dns}').map((path) => [...Buffer.from(path)]),
    ),
    parameter(8, fc.constant([])),
    parameter(667, octetsUpTo(10)),
    parameter(65_535, octetsUpTo(10)),
  )
  .chain((present) => {
    const keys = [1, 2, 3, 4, 5, 6, 7, 8, 667, 65_535].filter((_, index) => (present[index] ?? []).length > 0);
    // no-default-alpn needs alpn.
    const consistent = present.map((octets, index) => (index === 1 && (present[0] ?? []).length === 0 ? [] : octets));
    const listable = keys.filter((key) => key !== 2);
    return fc
      .subarray(listable)
      .map((mandatory) => [
        ...(mandatory.length === 0
          ? []
          : [0, 0, 0, mandatory.length * 2, ...mandatory.flatMap((key) => composeUnsigned(key, 2))]),
        ...consistent.flat(),
      ]);
  });

const ednsOptions: fc.Arbitrary<Octets> = fc
  .array(
    fc.tuple(octetsUpTo(2, 2), prefixed(octetsUpTo(20), 2)).map(([code, data]) => [...code, ...data]),
    { maxLength: 4 },
  )
  .map((options) => options.flat());

function fieldArbitrary(field: Field): fc.Arbitrary<Octets> {
  switch (field.kind) {
    case 'integer':
    case 'address':
      return octetsUpTo(field.octets, field.octets);
    case 'timestamp':
      return octetsUpTo(4, 4);
    case 'type':
      return octetsUpTo(2, 2);
    case 'name':
      return anyName;
    case 'string':
      return characterString;
    case 'strings':
      return some(characterString);
    case 'text':
      return octetsUpTo(40, field.min);
    case 'tag':
      return prefixed(fc.array(fc.constantFrom(...Buffer.from('issueWILD09')), { minLength: 1, maxLength: 15 }), 1);
    case 'octets':
      return prefixed(octetsUpTo(40, field.min), field.length === 'rest' ? 0 : field.length === 'u8' ? 1 : 2);
    case 'bitmap':
      return field.mayBeEmpty ? fc.oneof(types, fc.constant([])) : types;
    case 'service-parameters':
      return serviceParameters;
    case 'location':
      return location;
    case 'options':
      return ednsOptions;
    default:
      return field satisfies never;
  }
}

/** Well-formed rdata of one type; of a type without layout, any octets. */
export function rdataOf(type: RRType): fc.Arbitrary<Rdata> {
  const layout = layoutOf(type);
  if (layout === undefined) return octetsUpTo(40).map((octets) => Uint8Array.from(octets));
  return fc.tuple(...layout.map(fieldArbitrary)).map((fields) => {
    const rdata = Uint8Array.from(fields.flat());
    const fault = checkRdata(type, rdata);
    if (fault !== undefined) throw new Error(`the generator is wrong: ${fault.message}`);
    return rdata;
  });
}

/** A type, known or not, with rdata of it. OPT and TSIG are left out: they are no data. */
export const typedRdata: fc.Arbitrary<{ readonly type: RRType; readonly rdata: Rdata }> = fc
  .constantFrom(...typesWithLayout().filter((type) => type !== TYPE.OPT && type !== TYPE.TSIG), 65_280)
  .chain((type) => rdataOf(type).map((rdata) => ({ type, rdata })));
