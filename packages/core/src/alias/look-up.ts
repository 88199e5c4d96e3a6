import type { OwnerName } from '../name/owner-name.ts';
import type { TYPE } from '../rr/rr-type.ts';
import type { Rdata } from '../rr/rrset.ts';

/** A type of address. */
export type AddressType = typeof TYPE.A | typeof TYPE.AAAA;

/** What became of one question for addresses. */
export type FoundAddresses =
  | {
      readonly kind: 'addresses';
      /** Seconds: how much longer the answer is good for, aliases on the way included. */
      readonly ttl: number;
      /** At least one. */
      readonly rdatas: readonly Rdata[];
    }
  /** There is no such name, or it has no address of that type: somebody who must know says so. */
  | { readonly kind: 'none' }
  /** Nobody knows at present. The code is of `node:dns`, such as `ETIMEOUT`. */
  | { readonly kind: 'failure'; readonly code: string };

/** What became of the question for the name of which another is an alias. */
export type FoundAlias =
  | { readonly kind: 'alias'; readonly target: OwnerName }
  | { readonly kind: 'none' }
  | { readonly kind: 'failure'; readonly code: string };

/** Names outside our zones, asked of somebody who resolves. Never rejects; every call ends, by a time limit of its own if need be. */
export interface LookUp {
  /** All addresses of a type that a name has, CNAMEs followed. */
  addresses(name: OwnerName, type: AddressType): Promise<FoundAddresses>;
  /** The name in a name's CNAME RRset. */
  alias(name: OwnerName): Promise<FoundAlias>;
  /** Ends all that is under way, as failures. */
  stop(): void;
}
