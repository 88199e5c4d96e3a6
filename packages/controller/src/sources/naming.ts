import type { OwnerName, ParseFailure } from '@kubezone/core';

/** How host names found on objects become owner names, and with which TTL: the same for every source. */
export interface Naming {
  /**
   * The owner names that a host name stands for. One that lies in a configured zone is itself; one with a final dot is absolute; one that lies outside every zone and has no final dot is
   * relative to each of the zones configured for that, where `relative` allows it (Service, Node and area names and hostname annotations; never Ingress
   * hosts and route hostnames).
   *
   * @param text in presentation format, U-labels allowed; a leading `*.` is a wildcard
   * @returns no names where the host lies outside every zone and is not relative: nobody's problem; a failure where it is no host name
   */
  ownersOf(text: string, relative: 'relative' | 'absolute'): readonly OwnerName[] | ParseFailure;
  /** The TTL of what an object says nothing about, in seconds. */
  ttlOf(owner: OwnerName): number;
  /** Whether a name is the apex of a configured zone. */
  isApex(owner: OwnerName): boolean;
}
