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
  scanName,
  wildcardBelow,
  wireLength,
} from './name/owner-name.ts';
export { type Address, printAddress, scanAddress } from './rr/address.ts';
export { makeRRset, rdataKey } from './rr/make-rrset.ts';
export { printRdata, scanRdata, scanRdataText } from './rr/rdata-text.ts';
export { canonicalRdata, checkRdata, namesInRdata, parseRdata, targetOf } from './rr/rdata-wire.ts';
export { printRecord, printRRset, type RecordFields, scanRecord, scanRecordFields } from './rr/record-text.ts';
export { CLASS, isMetaType, printClass, printRRType, type RRType, scanClass, scanRRType, TYPE } from './rr/rr-type.ts';
export { composeSoa, readSoa, serialOf, type Soa, withSerial } from './rr/soa.ts';
export { type Entry, type Token, tokenize, tokenizeEntry } from './rr/tokens.ts';
export { scanDuration, scanTtl } from './rr/ttl.ts';
export { MAX_TTL, type Rdata, type ResourceRecord, type RRset } from './rr/rrset.ts';
export { OPCODE, printOpcode, printRcode, RCODE } from './message/codes.ts';
export { composeMessage, type ComposeOptions } from './message/compose-message.ts';
export { composeEdns, type Edns, EDNS_OPTION, ednsLength, type EdnsOption, findOption, parseEdns } from './message/edns.ts';
export { EDE, type ExtendedError, extendedErrorOption, readExtendedError } from './message/extended-error.ts';
export { type Header, HEADER_OCTETS, type ParsedHeader, parseHeader } from './message/header.ts';
export { fullRcode, type Message, type ParsedMessage, type Question } from './message/message.ts';
export { MAX_MESSAGE_OCTETS, MessageWriter, type RRsetOptions, type Section } from './message/message-writer.ts';
export { type Parsed, parseMessage, parseQuestion, parseRecord } from './message/parse-message.ts';
export { addSerial, compareSerials, firstSerial, MAX_SERIAL_INCREMENT, nextSerial } from './serial/serial.ts';
export { type BuiltZone, buildZone, type ZoneBuilder, zoneBuilder } from './zone/build-zone.ts';
export {
  type Diagnostic,
  type DiagnosticCode,
  type FileLocation,
  printDiagnostic,
  type ZoneCode,
  type ZoneConfigCode,
  type ZoneFileCode,
} from './zone/diagnostic.ts';
export { emptyZone } from './zone/immutable-zone.ts';
export { rrsetAt, type Zone, type ZoneEdit, type ZoneNode, type ZoneView } from './zone/zone.ts';
export {
  checkZoneConfig,
  configuredNames,
  configuredRRsets,
  type NameServer,
  scanMailbox,
  scanSoaNs,
  type ZoneConfig,
} from './zone/zone-config.ts';
export { printZoneFile } from './zone-file/print-zone-file.ts';
export { type OnRecord, readZoneFile } from './zone-file/read-zone-file.ts';
export type { IncludeReader, IncludeRefusal, ZoneFileOptions, ZoneFileText } from './zone-file/reading.ts';
export { AliasLowering, type AliasLoweringOptions, type AliasStatistics } from './alias/alias-lowering.ts';
export type { AliasProblem, AliasProblemCode } from './alias/alias-problem.ts';
export type { AddressType, FoundAddresses, FoundAlias, LookUp } from './alias/look-up.ts';
export { Catalog, type CatalogOptions } from './catalog/catalog.ts';
export type { Claim } from './catalog/claims.ts';
export type {
  Conflict,
  ConflictCode,
  DesiredRRset,
  HeldAlias,
  HeldRRset,
  NameChange,
  NameDemand,
  NameState,
  OcclusionCode,
  Origin,
  Qualifiers,
  SourceKind,
} from './catalog/name-change.ts';
export { OccludedNames, type OccludedNamesOptions } from './catalog/occluded-names.ts';
export { sameState } from './catalog/same-state.ts';
export type { Clock } from './contracts/clock.ts';
export type { LogFields, Logger } from './contracts/logger.ts';
export { providedKey, sameProvided } from './contracts/provided-rrset.ts';
export {
  type AliasTarget,
  type ApplyResult,
  type LoweredName,
  type NameWrite,
  type ObservedRRset,
  type ProvidedRRset,
  type Provider,
  ProviderError,
  type ProviderErrorCode,
  type ProviderTraits,
  type ProviderZone,
  type RejectedRRset,
  type RRsetWrite,
} from './contracts/provider.ts';
export { TimeLimit } from './contracts/time-limit.ts';
export { Turns } from './contracts/turns.ts';
export { type AdoptRule, printAdoptRule, scanAdoptRule } from './ownership/adopt-rule.ts';
export { type ExternalDnsAffixes } from './ownership/external-dns-place.ts';
export { externalDnsKey, externalDnsOwner } from './ownership/external-dns-text.ts';
export { type Marker, type MarkerSource, type OwnedRRset, printMarker, scanMarker } from './ownership/marker.ts';
export { type MarkerKey, markerKey } from './ownership/marker-mac.ts';
export { hashedPlace, isReservedName, placeBelow } from './ownership/marker-place.ts';
export { composeTxt, textOfTxt } from './ownership/txt-text.ts';
export {
  type Admission,
  type ChangeHistory,
  ChangeLimiter,
  type ChangeLimits,
  DEFAULT_DELETE_LIMITS,
  type HeldChanges,
  type LimitedAction,
} from './plan/change-limiter.ts';
export type { DesiredName, Waiting, WantedRRset } from './plan/desired-name.ts';
export type { PlanRequest } from './plan/name-case.ts';
export type { NamePlan, PlannedChange } from './plan/name-plan.ts';
export { type HeldNames, ObservedZone } from './plan/observed-zone.ts';
export { isQuiet, planName } from './plan/plan-name.ts';
export { NODE_SOURCES, type PlanSettings, type Policy, type QuarantineNotice, type SourceState } from './plan/plan-settings.ts';
export { namesToPlan, planZone, wantedBelow, type ZonePlan, type ZonePlanRequest } from './plan/plan-zone.ts';
export { type PlanDocument, planDocument, printPlan, type ShownPlan } from './plan/print-plan.ts';
export { type RRsetDocument } from './plan/print-rrset.ts';
export { afterRefusal, type AfterRefusal, Quarantine, type QuarantinedName } from './plan/quarantine.ts';
export { type Unit } from './plan/rrset-unit.ts';
export type { Withheld, WithheldCode } from './plan/withheld.ts';
