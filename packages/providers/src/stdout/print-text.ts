import { type NameWrite, printRdata, printRRType, type ProvidedRRset, type Rdata, rdataKey, TYPE } from '@kubezone/core';

/**
 * One name's write in the form of Mate's consumer `stdout`, `process record: NAME ADDRESS - HOST`, of which either address or host is empty; what goes is a `delete record:` of the
 * same form. Types that Mate did not have stand with their mnemonic in place of the dash.
 *
 * What stays, of an RRset that changes, is not printed, unless its TTL changes.
 */
export function printWriteAsText({ writes }: NameWrite): readonly string[] {
  const gone: string[] = [];
  const come: string[] = [];
  for (const { before, after } of writes) {
    const isNewForm = before?.ttl !== after?.ttl;
    gone.push(...linesOf('delete', before, after));
    come.push(...linesOf('process', after, isNewForm ? undefined : before));
  }
  return [...gone, ...come];
}

/** The records of an RRset but for those that another one has. */
function linesOf(verb: 'process' | 'delete', rrset: ProvidedRRset | undefined, other: ProvidedRRset | undefined): string[] {
  if (rrset === undefined) return [];
  const { owner, type, rdatas, alias } = rrset;
  const start = `${verb} record: ${owner}`;
  if (alias !== undefined) return other?.alias?.name === alias.name ? [] : [`${start}  - ${alias.name}`];
  const known = new Set(other?.rdatas.map((rdata) => rdataKey(type, rdata)));
  return rdatas.filter((rdata) => !known.has(rdataKey(type, rdata))).map((rdata) => `${start} ${dataOf(type, rdata)}`);
}

function dataOf(type: number, rdata: Rdata): string {
  const text = printRdata(type, rdata);
  if (type === TYPE.A || type === TYPE.AAAA) return `${text} - `;
  return type === TYPE.CNAME ? ` - ${text}` : `${printRRType(type)} ${text}`;
}
