import type { Origin, OwnerName } from '@kubezone/core';

/** Why a name is not served as it is asked for, of what the resolver alone knows. */
export type UnservedCode =
  /** A name server of a zone is a Service that does not exist, or has no addresses: its name is NODATA, and nobody can ask it. */
  'NAME_SERVER_WITHOUT_ADDRESS';

/** A name, or a line of a zone file, that is not served as it is asked for, for a reason that the catalog does not know. */
export interface Unserved {
  /** `UnservedCode`, or that of whoever knows such codes. */
  readonly code: string;
  /** The name; of what is wrong with a zone file, its zone. */
  readonly owner: OwnerName;
  /** The objects that ask for it. */
  readonly origins: readonly Origin[];
  readonly message: string;
  /** Since when, in milliseconds since the Unix epoch. */
  readonly since: number;
}

/** Who asks for what stands in a zone file: there is one such object for each zone, and its age decides nothing. */
export function zoneFileOrigin(apex: OwnerName): Origin {
  return { source: 'zone-file', cluster: '', namespace: '', object: `ZoneFile/${apex}`, createdAt: 0 };
}
