import type { OwnerName } from '../name/owner-name.ts';
import type { ZoneNode } from '../zone/zone.ts';
import type { BlockAddress } from './shared-memory.ts';
import type { ZoneReader } from './zone-reader.ts';
import { PackedZoneView } from './zone-view.ts';

/** A zone as it was, for as long as it takes: a zone transfer, say. Holds back the giving back of memory until it is closed. */
export class ZoneSnapshot extends PackedZoneView {
  #close: (() => void) | undefined;

  constructor(reader: ZoneReader, head: BlockAddress, apex: OwnerName, close: () => void) {
    super(reader, head, apex, 'at once');
    this.#close = close;
  }

  override node(owner: OwnerName): ZoneNode | undefined {
    this.#check();
    return super.node(owner);
  }

  override *nodes(): Generator<ZoneNode, void, undefined> {
    for (const node of super.nodes()) {
      this.#check();
      yield node;
    }
  }

  /** Ends it. Must be called, once; further calls do nothing. */
  close(): void {
    this.#close?.();
    this.#close = undefined;
  }

  #check(): void {
    if (this.#close === undefined) throw new RangeError(`the snapshot of ${this.apex} is closed`);
  }
}
