import type { OwnerName } from '../name/owner-name.ts';
import { composeNameInto, isAtOrBelow } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';
import type { ZoneNode, ZoneView } from '../zone/zone.ts';
import type { HashedName } from './hashed-name.ts';
import { readOwner, readRRsets, viewRRsets } from './node.ts';
import type { BlockAddress } from './shared-memory.ts';
import { nodeAt, slotsOf } from './table-layout.ts';
import { nameCountOf, readSoaRRset, tableOf, zoneRRsetCountOf } from './zone-head.ts';
import type { ZoneReader } from './zone-reader.ts';

/**
 * A zone in shared memory as one version of it was. Good as long as the reader is not asked to go on to another version, and has said that it reads; so are,
 * but for those of a snapshot, the RRsets of its nodes, whose rdata is read when it is asked for.
 */
export class PackedZoneView implements ZoneView {
  readonly apex: OwnerName;
  readonly soa: RRset;
  readonly #reader: ZoneReader;
  readonly #head: BlockAddress;
  readonly #name: HashedName;
  readonly #wire: Uint8Array = new Uint8Array(256);
  readonly #readRRsets: typeof readRRsets;

  /**
   * @param head of the zone in the reader's version
   * @param rdata whether the rdata of a node is read when it is asked for, or with the node, so that it stays good for ever
   */
  constructor(reader: ZoneReader, head: BlockAddress, apex: OwnerName, rdata: 'later' | 'at once' = 'later') {
    this.#readRRsets = rdata === 'later' ? viewRRsets : readRRsets;
    this.apex = apex;
    this.#reader = reader;
    this.#head = head;
    this.#name = reader.createName();
    this.soa = readSoaRRset(reader.memory, head, apex);
  }

  get nameCount(): number {
    return nameCountOf(this.#reader.memory.words, this.#head);
  }

  get rrsetCount(): number {
    return zoneRRsetCountOf(this.#reader.memory.words, this.#head);
  }

  node(owner: OwnerName): ZoneNode | undefined {
    if (!isAtOrBelow(owner, this.apex)) return undefined;
    const name = this.#name;
    name.load(this.#wire, 0, composeNameInto(owner, this.#wire, 0));
    const node = this.#reader.findNode(this.#head, name, name.labels);
    return node === 0 ? undefined : this.#nodeOf(node, owner);
  }

  *nodes(): Generator<ZoneNode, void, undefined> {
    const { memory } = this.#reader;
    const table = tableOf(memory.words, this.#head);
    for (let slot = slotsOf(memory.words, table) - 1; slot >= 0; slot--) {
      const node = this.#reader.live(nodeAt(memory.words, table, slot));
      if (node !== 0) yield this.#nodeOf(node, readOwner(memory, node));
    }
  }

  #nodeOf(node: BlockAddress, owner: OwnerName): ZoneNode {
    const rrsets = this.#readRRsets(this.#reader.memory, node, owner);
    return { owner, rrsets: owner === this.apex ? [this.soa, ...rrsets] : rrsets };
  }
}
