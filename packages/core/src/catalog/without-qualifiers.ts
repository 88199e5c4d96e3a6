import type { DesiredRRset } from './name-change.ts';

/** What is asked for, without set identifiers and properties; the list itself where there are none, as there are at most names. */
export function withoutQualifiers(desired: readonly DesiredRRset[]): readonly DesiredRRset[] {
  return desired.some(isQualified) ? desired.map(strip) : desired;
}

function isQualified(one: DesiredRRset): boolean {
  return one.kind !== 'existence' && (one.setIdentifier !== undefined || one.properties !== undefined);
}

function strip(one: DesiredRRset): DesiredRRset {
  switch (one.kind) {
    case 'existence':
      return one;
    case 'alias':
      return { kind: one.kind, owner: one.owner, ttl: one.ttl, targets: one.targets };
    case 'rrset':
      return { kind: one.kind, owner: one.owner, type: one.type, ttl: one.ttl, rdatas: one.rdatas };
    default:
      return one satisfies never;
  }
}
