import { type RRType, TYPE } from '@kubezone/core';

import type { ProblemCode } from '../cluster/problem.ts';
import { abridge } from '../resources/fields.ts';
import type { RecordObject } from '../resources/record.ts';
import type { LabelSelector } from '../selectors/label-selector.ts';
import type { ProblemList } from '../sources/problem-list.ts';
import {
  ALIAS,
  RECORD_ADDRESS_TYPES,
  RECORD_RULES,
  RECORD_TYPE_NAMES,
  RECORD_TYPES,
  type RecordAddressType,
} from './record-rules.ts';

/** What a Record asks for, once it is known to make sense. */
export type RecordDemand =
  | { readonly kind: 'rdata'; readonly type: RRType; readonly typeName: string; readonly values: readonly string[] }
  | { readonly kind: 'alias'; readonly values: readonly string[] }
  | {
      readonly kind: 'pods';
      readonly selector: LabelSelector;
      readonly addressType: RecordAddressType;
      /** A, AAAA, or both. */
      readonly types: readonly RRType[];
    };

/** Reads what a Record asks for. What its definition would refuse is reported, in the definition's words. */
export function readRecordDemand(record: RecordObject, problems: ProblemList): RecordDemand | undefined {
  const { type, value, valueFrom } = record;
  if ((value === undefined) === (valueFrom === undefined)) {
    const found = value === undefined ? 'neither of the two' : 'both';
    return report(problems, 'RECORD_INVALID', 'spec', found, RECORD_RULES.oneOrigin);
  }
  if (type === 'SOA') return report(problems, 'RECORD_TYPE_INVALID', 'spec.type', quote(type), RECORD_RULES.noSoa);
  const rrType = RECORD_TYPES.get(type);
  if (type !== '' && type !== ALIAS && rrType === undefined) {
    return report(problems, 'RECORD_TYPE_INVALID', 'spec.type', quote(type), `one of ${RECORD_TYPE_NAMES.join(', ')}`);
  }
  if (value === undefined) return readPodDemand(record, problems);
  if (type === ALIAS) return { kind: 'alias', values: value };
  if (rrType === undefined) return report(problems, 'RECORD_INVALID', 'spec', 'none', RECORD_RULES.typeBesideValue);
  return { kind: 'rdata', type: rrType, typeName: type, values: value };
}

function readPodDemand({ type, valueFrom }: RecordObject, problems: ProblemList): RecordDemand | undefined {
  if (type !== '' && type !== 'A' && type !== 'AAAA') {
    return report(problems, 'RECORD_TYPE_INVALID', 'spec.type', quote(type), RECORD_RULES.addressTypes);
  }
  const selector = valueFrom?.podSelector;
  if (selector === undefined || selector.length === 0) {
    const found = selector === undefined ? 'nothing' : 'an empty selector';
    return report(problems, 'RECORD_INVALID', 'spec.valueFrom.podSelector', found, RECORD_RULES.selector);
  }
  const wanted = valueFrom?.addressType ?? '';
  const addressType = wanted === '' ? 'ExternalIP' : RECORD_ADDRESS_TYPES.find((one) => one === wanted);
  if (addressType === undefined) {
    return report(problems, 'RECORD_INVALID', 'spec.valueFrom.addressType', quote(wanted), RECORD_ADDRESS_TYPES.join(' or '));
  }
  const types = type === '' ? [TYPE.A, TYPE.AAAA] : [type === 'A' ? TYPE.A : TYPE.AAAA];
  return { kind: 'pods', selector, addressType, types };
}

function report(problems: ProblemList, code: ProblemCode, path: string, found: string, expected: string): undefined {
  problems.add({ code, path, message: `${path}: found ${found}, expected ${expected}` });
}

function quote(text: string): string {
  return JSON.stringify(abridge(text));
}
