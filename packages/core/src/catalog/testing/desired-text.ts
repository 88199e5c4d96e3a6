import { isFailure } from '../../failure.ts';
import { nameOf } from '../../name/owner-name.ts';
import { printRRset, scanRecord } from '../../rr/record-text.ts';
import type { DesiredRRset, NameState } from '../name-change.ts';

/** Desired RRsets of presentation lines, one of each line; a line that is only a name asks for its existence. */
export function desiredText(...lines: readonly string[]): DesiredRRset[] {
  return lines.map((line) => {
    if (!line.includes(' ')) return { kind: 'existence', owner: nameOf(line) };
    const record = scanRecord(line);
    if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
    const { owner, type, ttl, rdata } = record;
    return { kind: 'rrset', owner, type, ttl, rdatas: [rdata] };
  });
}

/** A name's state, a line for each record; `-` where the name does not exist. */
export function printState({ exists, rrsets }: NameState): string[] {
  return exists ? rrsets.flatMap((rrset) => printRRset(rrset).split('\n')) : ['-'];
}
