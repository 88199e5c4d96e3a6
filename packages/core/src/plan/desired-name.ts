import type { Origin } from '../catalog/name-change.ts';
import type { ProvidedRRset, RejectedRRset } from '../contracts/provider.ts';
import type { OwnerName } from '../name/owner-name.ts';

/** An RRset that shall stand at a name, as the provider will show it, and who wants it. */
export interface WantedRRset {
  readonly rrset: ProvidedRRset;
  /** The objects that want it. More than do is safe: it is then left alone while any of their sources is not synced. */
  readonly origins: readonly Origin[];
  /** Whether it shall stay when its objects go. @default false */
  readonly retain?: boolean;
}

/** Objects that ask for a name, but know nothing to put there at present: a load balancer without address, a Gateway that lost its acceptance. */
export interface Waiting {
  readonly origins: readonly Origin[];
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** What a name shall hold at a provider. */
export interface DesiredName {
  readonly owner: OwnerName;
  /** No two of one type and set identifier. */
  readonly rrsets: readonly WantedRRset[];
  /** What the provider cannot hold. @default nothing */
  readonly rejected?: readonly RejectedRRset[];
  readonly waiting?: Waiting | undefined;
}
