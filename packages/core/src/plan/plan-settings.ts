import type { MarkerSource } from '../ownership/marker.ts';
import type { AdoptRule } from '../ownership/adopt-rule.ts';
import type { MarkerKey } from '../ownership/marker-mac.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { ProvidedRRset } from '../contracts/provider.ts';
import type { Unit } from './rrset-unit.ts';

/** What may be written of a difference: all, all but deletes, or creations alone. A change of type at one name is an update. */
export type Policy = 'sync' | 'upsert-only' | 'create-only';

/**
 * What is known of what a source wants from a cluster.
 *
 * | state | meaning | what it wanted |
 * |---|---|---|
 * | `synced` | all its objects are known | follows them |
 * | `absent` | the kind does not exist there, or may not be read | stays |
 * | `failing` | its objects are not known yet, or not any more | stays |
 * | `removed` | the source or the cluster is no longer configured | goes |
 */
export type SourceState = 'synced' | 'absent' | 'failing' | 'removed';

/** A refusal of the provider that is being waited out. */
export interface QuarantineNotice {
  /** What the provider said. */
  readonly reason: string;
}

/** How a zone is planned. */
export interface PlanSettings {
  readonly apex: OwnerName;
  /** Who writes: `owner.id`. */
  readonly owner: string;
  /** The id of the cluster for which it writes: 8 hexadecimal digits of the UID of its namespace `kube-system`, or a folder's configured name. */
  readonly cluster: string;
  /** The ids of all clusters that are read, by their configured names, as far as they are known. A name that is missing is its own id. */
  readonly clusterIds: ReadonlyMap<string, string>;
  /** The first signs, all verify. With none, markers are not signed, and a signed one is nobody's that is known here. */
  readonly keys: readonly MarkerKey[];
  readonly policy: Policy;
  readonly adopt: readonly AdoptRule[];
  /** Whether names that could be adopted, and nobody asks for, are deleted. */
  readonly pruneAdopted: boolean;
  readonly sourceState: (source: MarkerSource) => SourceState;
  /** Whether every source that is configured is synced: what an adopted RRset was wanted for is not known otherwise. */
  readonly everySourceSynced: boolean;
  /** For how long an object without address keeps what it had, in milliseconds; `Infinity`: for ever. */
  readonly emptyGraceMs: number;
  /** Sources whose names go as soon as they have no address: a node without address is no use to anybody. */
  readonly graceExempt: ReadonlySet<string>;
  /** Seconds, of marker RRsets that are created. One that exists keeps the TTL that it has. */
  readonly markerTtl: number;
  /**
   * What is known of a refusal of exactly this change, undefined where it may be tried: of an RRset to a value, or to nothing; of the marker alone where
   * there is no unit.
   */
  readonly quarantined: (
    owner: OwnerName,
    unit: Unit | undefined,
    after: ProvidedRRset | undefined,
  ) => QuarantineNotice | undefined;
}

/** The sources that stand for nodes. */
export const NODE_SOURCES: ReadonlySet<string> = new Set(['node', 'node-area']);
