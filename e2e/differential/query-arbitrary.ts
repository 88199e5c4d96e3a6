import * as fc from 'fast-check';

import { absoluteName, type GeneratedZone, splitLabels, wireOctets } from './generated-zone.ts';
import type { Transport } from '../support/query-client.ts';

/** A question about a zone whose apex is chosen later, and how it is sent. */
export interface GeneratedQuery {
  /** Relative to the apex, or absolute. */
  readonly name: string;
  /** Bit n: the n-th letter of the name is sent in upper case. */
  readonly upperCase: number;
  readonly type: number;
  readonly transport: Transport;
  readonly ednsSize: number | undefined;
  readonly dnssecOk: boolean;
  readonly recursionDesired: boolean;
}

/** RR types by the mnemonic that the generated zones use. */
export const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  LOC: 29,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  DS: 43,
  SSHFP: 44,
  TLSA: 52,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  ANY: 255,
  CAA: 257,
  TYPE65280: 65280,
};

/** The mnemonic of a type. */
export function typeName(type: number): string {
  return Object.entries(TYPE_NUMBERS).find(([, number]) => number === type)?.[0] ?? `TYPE${type}`;
}

/** Letters of a name sent in upper case where the bit is set (the mask is used again every 31 letters). */
export function recase(name: string, upperCase: number): string {
  let letter = 0;
  return name.replaceAll(/[a-z]/g, (character) => ((upperCase >>> (letter++ % 31)) & 1 ? character.toUpperCase() : character));
}

/** The question's name under an apex, in the case in which it is sent. */
export function queryName(query: GeneratedQuery, apex: string): string {
  return recase(absoluteName(query.name, apex), query.upperCase);
}

/** The longest apex that generated queries leave room for. */
const APEX_ROOM = 16;

/** A question about a zone: names at, below, beside and above what it holds, and types that are there and that are not. */
export function queryArbitrary(zone: GeneratedZone): fc.Arbitrary<GeneratedQuery> {
  const owners = [...new Set(zone.records.map(({ owner }) => owner))];
  const targets = zone.records.flatMap(({ type, rdata }) => {
    if (!['CNAME', 'DNAME', 'NS', 'MX', 'SRV'].includes(type)) return [];
    return [rdata.split(' ').at(-1) ?? '@'];
  });
  const known = fc.constantFrom(...owners, ...targets.filter((name) => !name.endsWith('.')));
  const label = fc.constantFrom('a', 'b', 'c', '*', 'q', 'x\\.y', '\\000', 'l'.repeat(63));
  const name = fc.oneof(
    { weight: 10, arbitrary: known },
    { weight: 8, arbitrary: fc.tuple(label, known).map(([first, rest]) => join([first], rest)) },
    { weight: 3, arbitrary: fc.tuple(label, label, known).map(([one, two, rest]) => join([one, two], rest)) },
    { weight: 3, arbitrary: known.map((rest) => splitLabels(rest).slice(1).join('.') || '@') },
    {
      weight: 3,
      arbitrary: fc.tuple(label, known).map(([first, rest]) => join([first], splitLabels(rest).slice(1).join('.') || '@')),
    },
    { weight: 1, arbitrary: fc.constantFrom('x.out.example.', 'test.', '.', 'zz.test.') },
  );
  const present = fc.constantFrom(...new Set(zone.records.map(({ type }) => TYPE_NUMBERS[type] ?? 1)));
  const anyType = fc.constantFrom(...Object.values(TYPE_NUMBERS), 65281, 1, 1, 1, 28, 43, 5, 2);
  return fc.record({
    name: name.map(shorten),
    upperCase: fc.oneof(fc.constant(0), fc.nat(0x7fffffff)),
    type: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(1, 28) },
      { weight: 4, arbitrary: present },
      { weight: 3, arbitrary: anyType },
    ),
    transport: fc.oneof(
      { weight: 6, arbitrary: fc.constant('udp' as const) },
      { weight: 1, arbitrary: fc.constant('tcp' as const) },
    ),
    ednsSize: fc.oneof(
      { weight: 3, arbitrary: fc.constant(undefined) },
      { weight: 6, arbitrary: fc.constantFrom(0, 512, 513, 700, 1232, 1400, 4096, 65535) },
    ),
    dnssecOk: fc.boolean(),
    recursionDesired: fc.boolean(),
  });
}

function join(labels: readonly string[], rest: string): string {
  return rest === '@' ? labels.join('.') : [...labels, rest].join('.');
}

/** Labels are taken away from the front until the name fits with any apex. */
function shorten(name: string): string {
  let labels = splitLabels(name);
  const absolute = name.endsWith('.') && !name.endsWith('\\.');
  if (absolute) return name;
  while (labels.length > 0 && wireOctets(`${labels.join('.')}.`) > 255 - APEX_ROOM) labels = labels.slice(1);
  return labels.length === 0 ? '@' : labels.join('.');
}
