import type { ProvidedRRset } from '../contracts/provider.ts';
import { printRdata } from '../rr/rdata-text.ts';
import { printRRType } from '../rr/rr-type.ts';
import { printUnit } from './rrset-unit.ts';

/** The values of an RRset in presentation format: its records' rdata, or `ALIAS` and the name of the vendor's own kind. */
export function printValues({ type, rdatas, alias }: ProvidedRRset): string[] {
  if (alias !== undefined) return [`ALIAS ${alias.name}${alias.zoneId === undefined ? '' : ` (zone ${alias.zoneId})`}`];
  return rdatas.map((rdata) => printRdata(type, rdata));
}

/** Prints an RRset on one line, in one way: for people, and for digests. */
export function printProvided(rrset: ProvidedRRset): string {
  const properties = Object.entries(rrset.properties ?? {})
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${rrset.owner} ${rrset.ttl} ${printUnit(rrset)} ${printValues(rrset).join(', ')}${properties.join('')}`;
}

/** What a document shows of an RRset. */
export interface RRsetDocument {
  readonly type: string;
  readonly setIdentifier?: string;
  /** Seconds. */
  readonly ttl: number;
  readonly values: readonly string[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** An RRset as plain data. */
export function rrsetDocument(rrset: ProvidedRRset): RRsetDocument {
  const { type, ttl, setIdentifier, properties } = rrset;
  return {
    type: printRRType(type),
    ...(setIdentifier !== undefined && { setIdentifier }),
    ttl,
    values: printValues(rrset),
    ...(properties !== undefined && { properties }),
  };
}
