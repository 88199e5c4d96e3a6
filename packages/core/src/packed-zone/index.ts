/** Zones packed in shared memory: see docs/adr/0009. The words of the layout are exported because the hot path of the server reads them itself. */
export { ArenaFull } from './arena-full.ts';
export type { ArenaUsage } from './arena-usage.ts';
export type { AppliedEdits, EditRefusal, EditRefusalCode } from './edit-refusal.ts';
export { mayHaveApexBetween } from './directory.ts';
export { FOLDED } from '../name/folded.ts';
export { HashedName } from './hashed-name.ts';
export { findRRset, NODE_FLAG, RRSET_WORDS, SHAPE } from './node.ts';
export { packedZoneBuilder, type PackedZoneBuilder } from './packed-zone-builder.ts';
export { PackedZone } from './packed-zone.ts';
export { PackedZones, type PackedZonesOptions, type PackedZonesUsage } from './packed-zones.ts';
export {
  attachSharedMemory,
  type BlockAddress,
  defaultMemoryOctets,
  MAX_THREADS,
  readerWord,
  type SharedMemory,
  UNIT_WORDS,
  VERSION_WORD,
} from './shared-memory.ts';
export {
  apexLabelsOf,
  flagsOf,
  mailboxPrefixOf,
  mayBeWildcard,
  mayCut,
  mayCutBetween,
  mayShareWithSoa,
  mostLabelsOf,
  negativeTtlOf,
  primaryPrefixOf,
  soaWord,
} from './zone-head.ts';
export { ZoneReader } from './zone-reader.ts';
export { ZoneSnapshot } from './zone-snapshot.ts';
export { PackedZoneView } from './zone-view.ts';
