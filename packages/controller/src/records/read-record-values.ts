import { isFailure, type OwnerName, type ParseFailure, type Rdata, TYPE } from '@kubezone/core';

import { abridge } from '../resources/fields.ts';
import type { ProblemList } from '../sources/problem-list.ts';
import type { RecordDemand } from './record-demand.ts';
import { MAX_VALUES, RECORD_RULES } from './record-rules.ts';
import { scanAliasValue, scanRecordValue } from './scan-record-value.ts';

const PATH = 'spec.value';
/** What fits into one message beside its header, question and EDNS, each record with the 12 octets of its own header (RFC 1035, sections 3.2.1 and 4.2.2). */
const MAX_OCTETS = 65_000;
const RECORD_OCTETS = 12;

/** The rdata of a Record's values. One that is none of its type is reported, and the others stand. */
export function readRdataValues(
  { type, typeName, values }: Extract<RecordDemand, { kind: 'rdata' }>,
  problems: ProblemList,
): readonly Rdata[] {
  const rdatas = readEach(values, (value) => scanRecordValue(type, typeName, value), problems);
  const octets = rdatas.reduce((sum, { length }) => sum + length + RECORD_OCTETS, 0);
  if (octets > MAX_OCTETS) {
    const message = `${PATH}: found ${octets} octets of records, expected at most ${MAX_OCTETS}, which fit into a message; none of them is used`;
    problems.add({ code: 'LIST_TOO_LONG', path: PATH, message });
    return [];
  }
  if (type !== TYPE.CNAME || values.length < 2) return rdatas;
  const used = rdatas.length < 2 ? '' : '; the first one is used';
  problems.add({
    code: 'TARGET_INVALID',
    path: PATH,
    message: `${PATH}: found ${values.length} values, expected ${RECORD_RULES.oneCname}${used}`,
  });
  return rdatas.slice(0, 1);
}

/** The names whose addresses a Record of type ALIAS asks for, likewise. */
export function readAliasValues(values: readonly string[], problems: ProblemList): readonly OwnerName[] {
  return [...new Set(readEach(values, scanAliasValue, problems))];
}

function readEach<T>(values: readonly string[], scan: (value: string) => T | ParseFailure, problems: ProblemList): readonly T[] {
  if (values.length === 0 || values.length > MAX_VALUES) {
    const message = `${PATH}: found ${values.length} values, expected 1 to ${MAX_VALUES}; none of them is used`;
    problems.add({ code: values.length === 0 ? 'RECORD_INVALID' : 'LIST_TOO_LONG', path: PATH, message });
    return [];
  }
  const read: T[] = [];
  for (const [index, value] of values.entries()) {
    const scanned = scan(value);
    if (!isFailure(scanned)) {
      read.push(scanned);
      continue;
    }
    const path = `${PATH}[${index}]`;
    const message = `${path}: found ${JSON.stringify(abridge(value))}, expected ${scanned.message}`;
    problems.add({ code: 'TARGET_INVALID', path, message });
  }
  return read;
}
