import { describe, expect, it } from '@jest/globals';
import { checkRdata, composeName, MessageWriter, nameOf, TYPE } from '@kubezone/core';

import { hostOffset, RDATA, rdataKind } from './rdata-kind.ts';

const NAME = nameOf('www.example');
const WIRE = composeName(NAME);

/** Rdata of each kind, with names that stand in the question. */
const SHAPES: readonly (readonly [kind: number, rdata: Uint8Array])[] = [
  [RDATA.NAME, WIRE],
  [RDATA.U16_NAME, Uint8Array.of(0, 1, ...WIRE)],
  [RDATA.NAME_NAME, Uint8Array.of(...WIRE, ...WIRE)],
  [RDATA.SOA, Uint8Array.of(...WIRE, ...WIRE, ...new Uint8Array(20))],
];

/** Whether core's composer makes such rdata shorter. */
function isCompressed(type: number, rdata: Uint8Array): boolean {
  const writer = new MessageWriter(new Uint8Array(512));
  writer.begin(512, 0);
  writer.question({ name: NAME, type, class: 1 });
  const { length } = writer;
  writer.rrset('answer', { owner: NAME, type, ttl: 0, rdatas: [rdata] });
  return writer.length < length + 12 + rdata.length;
}

describe('the kinds of rdata', () => {
  it.each(Object.entries(TYPE))('are what core composes: %s', (_, type) => {
    const shape = SHAPES.find(([, rdata]) => checkRdata(type, rdata) === undefined && isCompressed(type, rdata));
    expect(rdataKind(type)).toBe(shape?.[0] ?? RDATA.OPAQUE);
  });

  it('know where the name of a host stands', () => {
    const types = [TYPE.NS, TYPE.MX, TYPE.SRV, TYPE.SVCB, TYPE.HTTPS, TYPE.A, TYPE.CNAME, 65_280];
    expect(types.map(hostOffset)).toEqual([0, 2, 6, 2, 2, -1, -1, -1]);
    expect(rdataKind(65_280)).toBe(RDATA.OPAQUE);
  });
});
