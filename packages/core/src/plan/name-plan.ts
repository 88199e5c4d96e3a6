import type { Origin } from '../catalog/name-change.ts';
import type { NameWrite, ObservedRRset, ProvidedRRset } from '../contracts/provider.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { Withheld } from './withheld.ts';

/** A change of a name's data, as a person sees it. Its marker follows it without mention. */
export interface PlannedChange {
  /** `update` also stands for RRsets that take the place of others which they cannot stand beside. */
  readonly action: 'create' | 'update' | 'delete';
  readonly before: readonly ObservedRRset[];
  readonly after: readonly ProvidedRRset[];
  /** The objects that want what comes; none where something only goes. */
  readonly origins: readonly Origin[];
}

/** What is to be done at a name, and what is not done. */
export interface NamePlan {
  readonly owner: OwnerName;
  /** Undefined where nothing is to be written. With a write and no changes, only the marker is: it says who wants what. */
  readonly write: NameWrite | undefined;
  readonly changes: readonly PlannedChange[];
  readonly withheld: readonly Withheld[];
  /** From whom RRsets of the name are taken over by the write, in the short form of the rules. */
  readonly adopted: readonly string[];
  /** Whether the name has no marker of ours yet: where a provider has no conditional writes, it is read again after the write. */
  readonly firstClaim: boolean;
  /** How many RRsets of the name are ours before and after the write. */
  readonly owned: { readonly before: number; readonly after: number };
  /** When the name is to be planned again though nothing changes, in milliseconds since the Unix epoch. */
  readonly againAt: number | undefined;
}
