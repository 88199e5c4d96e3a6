export { type FailureCode, isFailure, ParseFailure } from './failure.ts';
export { scanUnicodeName } from './name/idna.ts';
export {
  compareNames,
  composeName,
  composeNameInto,
  isAtOrBelow,
  isBelow,
  isWildcard,
  labelCount,
  labelsOf,
  MAX_LABEL_OCTETS,
  MAX_NAME_OCTETS,
  nameOf,
  type OwnerName,
  parentOf,
  type ParsedName,
  parseName,
  prependLabel,
  replaceSuffix,
  ROOT,
  scanEscape,
  scanName,
  wildcardBelow,
  wireLength,
} from './name/owner-name.ts';
export { MAX_TTL, type Rdata, type ResourceRecord, type RRset } from './rr/rrset.ts';
export { rrsetAt, type Zone, type ZoneEdit, type ZoneNode } from './zone/zone.ts';
export type { Conflict, ConflictCode, DesiredRRset, NameChange, NameState, Origin, SourceKind } from './catalog/name-change.ts';
export type { Clock } from './contracts/clock.ts';
export type { LogFields, Logger } from './contracts/logger.ts';
export type { ApplyResult, Lowered, ObservedRRset, Provider, ProviderZone } from './contracts/provider.ts';
