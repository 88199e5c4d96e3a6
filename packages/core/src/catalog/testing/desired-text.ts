import { isFailure } from '../../failure.ts';
import { nameOf } from '../../name/owner-name.ts';
import { printRRset, scanRecord } from '../../rr/record-text.ts';
import type { DesiredRRset, NameState, Qualifiers } from '../name-change.ts';

const ALIAS_LINE = /^(\S+) (\d+) ALIAS (.+)$/;

/**
 * Desired RRsets of presentation lines, one of each line; a line that is only a name asks for its existence.
 *
 *     www.example. 60 A 192.0.2.1 ; blue aws/weight=10      with the set identifier blue and a property
 *     www.example. 60 ALIAS lb1.example.net. lb2.example.net.
 */
export function desiredText(...lines: readonly string[]): DesiredRRset[] {
  return lines.map((line) => {
    const [data = '', qualifierText] = line.split(' ; ');
    if (!data.includes(' ')) return { kind: 'existence', owner: nameOf(data) };
    const qualifiers = scanQualifiers(qualifierText);
    const alias = ALIAS_LINE.exec(data);
    if (alias !== null) {
      const [, owner = '', ttl, targets = ''] = alias;
      return { kind: 'alias', owner: nameOf(owner), ttl: Number(ttl), targets: targets.split(' ').map(nameOf), ...qualifiers };
    }
    const record = scanRecord(data);
    if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
    const { owner, type, ttl, rdata } = record;
    return { kind: 'rrset', owner, type, ttl, rdatas: [rdata], ...qualifiers };
  });
}

/** A name's state, a line for each record; `-` where the name does not exist. */
export function printState({ exists, rrsets, aliases = [] }: NameState, owner = 'www.example.'): string[] {
  if (!exists) return ['-'];
  return [
    ...rrsets.flatMap((rrset) =>
      printRRset(rrset)
        .split('\n')
        .map((line) => line + printQualifiers(rrset)),
    ),
    ...aliases.map((alias) => `${owner} ${alias.ttl} IN ALIAS ${alias.targets.join(' ')}${printQualifiers(alias)}`),
  ];
}

function scanQualifiers(text: string | undefined): Qualifiers {
  if (text === undefined) return {};
  const words = text.split(' ');
  const setIdentifier = words.find((word) => !word.includes('='));
  const properties = Object.fromEntries(
    words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]),
  );
  return {
    ...(setIdentifier !== undefined && { setIdentifier }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
}

function printQualifiers({ setIdentifier, properties }: Qualifiers): string {
  const words = [
    ...(setIdentifier === undefined ? [] : [setIdentifier]),
    ...Object.entries(properties ?? {}).map(([name, value]) => `${name}=${value}`),
  ];
  return words.length === 0 ? '' : ` ; ${words.join(' ')}`;
}
