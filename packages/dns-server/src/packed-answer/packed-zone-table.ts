import { composeNameInto, type OwnerName, parentOf } from '@kubezone/core';
import {
  apexLabelsOf,
  type BlockAddress,
  flagsOf,
  type HashedName,
  negativeTtlOf,
  PackedZoneView,
  type ZoneReader,
} from '@kubezone/core/packed-zone';

import type { ZoneTable } from '../answer/context.ts';
import type { ServedZone } from '../served-zones.ts';

/** The bits that a zone's head holds for the server. */
export const ZONE_FLAG = {
  /** Every source of the zone has listed once. */
  COMPLETE: 1,
  /** Address RRsets begin with another address in each answer. */
  ROTATE: 2,
  /** Queries for unknown names are relayed. */
  FALLTHROUGH: 4,
} as const;

/** The served zones as the reference answerer wants them, read from shared memory. */
export class PackedZoneTable implements ZoneTable {
  readonly #reader: ZoneReader;
  readonly #name: HashedName;
  readonly #wire: Uint8Array = new Uint8Array(256);

  constructor(reader: ZoneReader) {
    this.#reader = reader;
    this.#name = reader.createName();
  }

  /** The zone that a name belongs to. */
  find(name: OwnerName): ServedZone | undefined {
    const hashed = this.#name;
    hashed.load(this.#wire, 0, composeNameInto(name, this.#wire, 0));
    const head = this.#reader.findZone(hashed, hashed.labels);
    if (head === 0) return undefined;
    const { words } = this.#reader.memory;
    let apex = name;
    for (let labels = hashed.labels; labels > apexLabelsOf(words, head); labels--) apex = parentOf(apex) as OwnerName;
    return this.#serve(head, apex);
  }

  #serve(head: BlockAddress, apex: OwnerName): ServedZone {
    const { words } = this.#reader.memory;
    const zone = new PackedZoneView(this.#reader, head, apex);
    const flags = flagsOf(words, head);
    return {
      zone,
      complete: (flags & ZONE_FLAG.COMPLETE) !== 0,
      rotate: (flags & ZONE_FLAG.ROTATE) !== 0,
      fallthrough: (flags & ZONE_FLAG.FALLTHROUGH) !== 0,
      negativeSoa: { ...zone.soa, ttl: negativeTtlOf(words, head) },
    };
  }
}
