import {
  isFailure,
  type NameState,
  type ObservedRRset,
  type OwnerName,
  printRdata,
  printRRType,
  type ProvidedRRset,
  scanRecord,
} from '@kubezone/core';

/** What a name is to hold, from lines of a zone file: `www.example.com. 300 A 192.0.2.1`. Lines of one type are one RRset. */
export function stateOf(...lines: readonly string[]): NameState {
  const rrsets = new Map<number, NameState['rrsets'][number]>();
  const aliases: { readonly ttl: number; readonly targets: OwnerName[] }[] = [];
  for (const line of lines) {
    const alias = /^\S+ (\d+) ALIAS (\S+)$/.exec(line);
    if (alias !== null) {
      aliases.push({ ttl: Number(alias[1]), targets: [alias[2] as OwnerName] });
      continue;
    }
    const { owner, type, ttl, rdata } = recordOf(line);
    const rrset = rrsets.get(type);
    rrsets.set(type, { owner, type, ttl, rdatas: [...(rrset?.rdatas ?? []), rdata] });
  }
  return { exists: true, rrsets: [...rrsets.values()], ...(aliases.length > 0 ? { aliases } : {}) };
}

/** RRsets as lines of a zone file, in order: `www.example.com. 300 A 192.0.2.1`, `… ALIAS lb.example.net.`; set identifier and properties behind a semicolon. */
export function linesOf(rrsets: readonly (ProvidedRRset | ObservedRRset)[]): string[] {
  return rrsets
    .flatMap((rrset) => {
      const { owner, type, ttl, rdatas, alias } = rrset;
      const qualifiers = qualifiersOf(rrset);
      const start = `${owner} ${ttl} ${printRRType(type)}`;
      if (alias !== undefined) return [`${start} ALIAS ${alias.name}${qualifiers}`];
      return rdatas.map((rdata) => `${start} ${printRdata(type, rdata)}${qualifiers}`);
    })
    .sort();
}

function qualifiersOf({ setIdentifier, properties = {} }: ProvidedRRset): string {
  const words = [
    ...(setIdentifier === undefined ? [] : [setIdentifier]),
    ...Object.entries(properties)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  ];
  return words.length === 0 ? '' : ` ; ${words.join(' ')}`;
}

function recordOf(line: string) {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return record;
}
