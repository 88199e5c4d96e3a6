import {
  type HeldAlias,
  isFailure,
  makeRRset,
  type NameState,
  nameOf,
  type Origin,
  type OwnerName,
  printRRset,
  ROOT,
  scanRecord,
} from '@kubezone/core';

/** TTL of records that are written without one, in seconds. */
const DEFAULT_TTL = 300;

/** An object that asks for names, by its source. */
export function originOf(source: string, object = 'Service/ns/svc', createdAt = 0): Origin {
  return { source, cluster: 'test', namespace: 'ns', object, createdAt };
}

/**
 * What a name holds, from lines such as `60 A 192.0.2.1` or `60 ALIAS lb.test. lb2.test.`; without any, the name only exists.
 */
export function stateOf(owner: OwnerName, ...lines: readonly string[]): NameState {
  const aliases: HeldAlias[] = [];
  const records = lines.flatMap((line) => {
    const [, ttl, names] = /^(?:(\d+) )?ALIAS (.*)$/.exec(line) ?? [];
    if (names !== undefined) {
      aliases.push({ ttl: Number(ttl ?? DEFAULT_TTL), targets: names.split(' ').map(nameOf) });
      return [];
    }
    const record = scanRecord(`@ ${line}`, owner, DEFAULT_TTL);
    if (isFailure(record)) throw new Error(`${line}: ${record.message}`);
    return [record];
  });
  const rrsets = [...Map.groupBy(records, ({ type }) => type)].map(([type, same]) =>
    makeRRset(
      owner,
      type,
      Math.min(...same.map(({ ttl }) => ttl)),
      same.map(({ rdata }) => rdata),
    ),
  );
  return { exists: true, rrsets, ...(aliases.length > 0 && { aliases }) };
}

/** What a name holds, as lines; `NODATA` where it only exists, `NXDOMAIN` where it does not. */
export function printState({ exists, rrsets, aliases = [] }: NameState): string[] {
  if (!exists) return ['NXDOMAIN'];
  const lines = rrsets
    .flatMap((rrset) => printRRset(rrset).trimEnd().split('\n'))
    .map((line) => line.replace(/^\S+ (\d+) IN /, '$1 '));
  for (const { ttl, targets } of aliases) lines.push(`${ttl} ALIAS ${targets.join(' ')}`);
  return lines.length === 0 ? ['NODATA'] : lines;
}

/** A name from how it is written in tests, in example.com unless it has a final dot. */
export function name(text: string): OwnerName {
  return nameOf(text.endsWith('.') || text === ROOT ? text : `${text}.example.com.`);
}
