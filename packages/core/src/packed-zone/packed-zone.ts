/**
 * One zone in the shared memory, as its writer sees it: always the newest state, be it published or not.
 *
 * A change of a name is a new node in the name's slot, which leads to the old one for readers of older versions (see `node.ts`). A name exists by itself
 * or because of those below it; each node counts the names directly below, so an empty non-terminal goes without a look at the rest of the zone:
 *
 *     example.            own, children 1        (NS; the SOA stands in the zone's head)
 *      └ default.example.      not own, children 2    an empty non-terminal
 *         ├ git.default.example.    own, children 0
 *         └ api.default.example.    own, children 0
 *
 * Until a zone is published nobody but its writer reads it: nodes are then replaced and freed at once.
 */
import { composeNameInto, isAtOrBelow, type OwnerName } from '../name/owner-name.ts';
import { printRRType, TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import { sameRRsets } from '../zone/same-rrsets.ts';
import type { ZoneEdit, ZoneNode, ZoneView } from '../zone/zone.ts';
import type { Arena } from './arena.ts';
import { ArenaFull } from './arena-full.ts';
import { checkEdit, isSoa } from './check-edit.ts';
import { DepthCounts } from './depth-counts.ts';
import { storeHead } from './directory.ts';
import { type AppliedEdits, type EditRefusal, refuseSize } from './edit-refusal.ts';
import type { HashedName } from './hashed-name.ts';
import {
  BIRTH,
  CHILDREN,
  copyNode,
  isDead,
  isTooLarge,
  NODE_FLAG,
  type NodeDraft,
  nodeOctets,
  PREVIOUS,
  readOwner,
  readRRsets,
  rrsetCountOf,
  SHAPE,
} from './node.ts';
import { type BlockAddress, type SharedMemory, UNIT_WORDS } from './shared-memory.ts';
import { nodeAt, slotsOf } from './table-layout.ts';
import { TASK, type Versions } from './versions.ts';
import { headOctets, type HeadFields, writeHead } from './zone-head.ts';
import { ZoneTable } from './zone-table.ts';

/** What the zones of one memory share. */
export interface ZoneHost {
  readonly memory: SharedMemory;
  readonly arena: Arena;
  readonly versions: Versions;
  /** For one change at a time. */
  readonly draft: NodeDraft;
  createName(): HashedName;
  /** Told that a zone needs another head with the next version. */
  onChange(zone: PackedZone): void;
}

/** A zone that can be changed. Made by `PackedZones`, which also publishes the changes. */
export class PackedZone implements ZoneView {
  readonly apex: OwnerName;
  /** Its number in the memory's list of zones, which its nodes bear. */
  readonly number: number;
  readonly apexName: HashedName;
  readonly #host: ZoneHost;
  readonly #name: HashedName;
  readonly #wire: Uint8Array = new Uint8Array(256);
  readonly #table: ZoneTable;
  readonly #depths = new DepthCounts();
  #soa: RRset;
  #flags = 0;
  #nameCount = 0;
  #rrsetCount = 1;
  #head: BlockAddress = 0;
  #isPublished = false;
  #isGone = false;
  /** Counts changes: whoever goes through the nodes must not go on after one. */
  #changes = 0;

  /** @throws {RangeError} where the RRset is not the apex's SOA; {ArenaFull} */
  constructor(host: ZoneHost, number: number, apex: OwnerName, soa: RRset) {
    if (soa.owner !== apex || soa.type !== TYPE.SOA)
      throw new RangeError(`${soa.owner} ${printRRType(soa.type)} is not the SOA of ${apex}`);
    this.#host = host;
    this.number = number;
    this.apex = apex;
    this.#soa = soa;
    this.apexName = host.createName();
    this.#load(apex, this.apexName);
    this.#name = host.createName();
    this.#table = new ZoneTable(host.memory, host.arena, host.createName(), (table) => this.#retire(table));
    try {
      this.#edit({ owner: apex, exists: true, rrsets: [] });
    } catch (error) {
      host.arena.free(this.#table.address);
      throw error;
    }
  }

  get soa(): RRset {
    return this.#soa;
  }
  get nameCount(): number {
    return this.#nameCount;
  }
  get rrsetCount(): number {
    return this.#rrsetCount;
  }

  /** 8 bits for the zones' user, which belong to the version as the rest does. */
  get flags(): number {
    return this.#flags;
  }

  set flags(flags: number) {
    if (flags === this.#flags) return;
    this.#flags = flags & 0xff;
    this.#noteChange();
  }

  node(owner: OwnerName): ZoneNode | undefined {
    const node = isAtOrBelow(owner, this.apex) ? this.blockOf(owner) : 0;
    return node === 0 ? undefined : this.#nodeOf(node, owner);
  }

  /** @throws {RangeError} from the iterator, where the zone has changed since it began: what must outlast changes reads a snapshot */
  *nodes(): Generator<ZoneNode, void, undefined> {
    const { memory } = this.#host;
    const changes = this.#changes;
    const table = this.#table.address;
    for (let slot = slotsOf(memory.words, table) - 1; slot >= 0; slot--) {
      const node = nodeAt(memory.words, table, slot);
      if (node === 0 || isDead(memory.words, node)) continue;
      yield this.#nodeOf(node, readOwner(memory, node));
      if (this.#changes !== changes) throw new RangeError(`the zone ${this.apex} has changed while its nodes were read`);
    }
  }

  /**
   * Changes names. Readers see it once it is published.
   *
   * An edit that asks for what is there already (same RRsets in the same order, octet by octet; at the apex the place of the SOA among them does not matter)
   * changes nothing. Edits are made in their order; of two for one name the later one counts.
   *
   * @throws {RangeError} before anything is changed, for an edit that is a mistake of the program: outside the zone, without the apex's SOA, with a SOA
   *   elsewhere, with two RRsets of a type or one of another owner, or with RRsets for a name that shall not exist; or where the zone is no longer served
   */
  apply(edits: readonly ZoneEdit[]): AppliedEdits {
    if (this.#isGone) throw new RangeError(`the zone ${this.apex} is gone: another has taken its place, or none`);
    for (const edit of edits) checkEdit(this.apex, edit);
    const refused: EditRefusal[] = [];
    let changed = false;
    for (const edit of edits) {
      const large = edit.rrsets.find(isTooLarge);
      if (large !== undefined) {
        refused.push(refuseSize(edit, large));
        continue;
      }
      try {
        if (this.#edit(edit)) changed = true;
      } catch (error) {
        if (!(error instanceof ArenaFull)) throw error;
        refused.push({ edit, code: error.code, message: error.message });
      }
    }
    if (changed) this.#noteChange();
    return { changed, refused };
  }

  /** Replaces the SOA alone: what a change of the serial costs. */
  setSoa(soa: RRset): void {
    if (sameRRsets([soa], [this.#soa])) return;
    this.#soa = soa;
    this.#noteChange();
  }

  /** The newest node of a name; 0 where it does not exist. */
  blockOf(owner: OwnerName): BlockAddress {
    this.#load(owner, this.#name);
    return this.#find(this.#name, this.#name.labels);
  }

  // --- For PackedZones ---

  /** 0 where the zone was never published. */
  get head(): BlockAddress {
    return this.#head;
  }

  get table(): BlockAddress {
    return this.#table.address;
  }
  get isGrowing(): boolean {
    return this.#table.isGrowing;
  }

  /**
   * Writes the head of the version being made.
   *
   * @param entry the directory's, from which readers get to it
   * @param replaced the head of a zone of the same apex whose place this one takes
   */
  commit(entry: BlockAddress, replaced: BlockAddress = this.#head): void {
    const { memory, arena, versions } = this.#host;
    const fields: HeadFields = {
      table: this.#table.address,
      flags: this.#flags,
      apex: this.apexName,
      scratch: this.#name,
      mostLabels: this.#depths.mostLabels,
      names: this.#nameCount,
      rrsets: this.#rrsetCount,
      soa: this.#soa,
      cuts: this.#depths.cuts,
      wildcards: this.#depths.wildcards,
    };
    const head = arena.allocate(headOctets(fields), 'fixed');
    writeHead(memory, head, fields, versions.next, replaced);
    storeHead(memory.words, entry, head);
    if (replaced !== 0) versions.later(TASK.FREE, replaced);
    versions.later(TASK.SETTLE, head);
    this.#head = head;
    this.#isPublished = true;
  }

  /** Goes on with a larger or smaller table, if one is being filled. */
  grow(slots: number): void {
    this.#table.step(slots);
  }

  /** Takes no more changes: the zone's memory is about to be given back. */
  abandon(): void {
    this.#isGone = true;
    this.#table.abandon();
  }

  /** Takes the dead node of a name out of the table, unless the name is there again. Readers may have found it until now, so it is given back a version later. */
  bury(node: BlockAddress): void {
    if (this.#table.remove(node)) this.#free(node);
  }

  /** Copies a node to another place. Does nothing for one that is to be freed anyway. */
  move(node: BlockAddress): void {
    const { memory, arena, versions } = this.#host;
    const { words } = memory;
    if (isDead(words, node) || !this.#table.holds(node)) return;
    const copy = arena.allocate(nodeOctets(words, node), 'node');
    copyNode(words, node, copy);
    if (words[copy * UNIT_WORDS + BIRTH] !== 0) versions.later(TASK.SETTLE, copy);
    this.#table.move(node, copy);
    this.#free(node);
  }

  /** Makes one edit, whole or not at all. Returns whether it changed anything. */
  #edit({ owner, exists, rrsets }: ZoneEdit): boolean {
    const isApex = owner === this.apex;
    const soa = isApex ? (rrsets.find(isSoa) ?? this.#soa) : undefined;
    const others = soa === undefined ? rrsets : rrsets.filter((rrset) => !isSoa(rrset));
    const nodeChanged = this.#editNode(owner, exists, others, isApex);
    if (soa === undefined || sameRRsets([soa], [this.#soa])) return nodeChanged;
    this.#soa = soa;
    return true;
  }

  #editNode(owner: OwnerName, exists: boolean, rrsets: readonly RRset[], isApex: boolean): boolean {
    const { memory, draft } = this.#host;
    const name = this.#name;
    this.#load(owner, name);
    const before = this.#find(name, name.labels);
    const own = before !== 0 && ((memory.words[before * UNIT_WORDS + SHAPE] as number) & NODE_FLAG.OWN) !== 0;
    if (!own && !exists) return false;
    draft.compose(rrsets, isApex);
    if (own && exists && draft.equals(memory, before)) return false;
    if (exists || this.#childrenOf(before) > 0) this.#write(name, before, exists);
    else this.#remove(name, name.labels, before);
    return true;
  }

  /** Writes what the draft holds, and the empty non-terminals that are missing above it. */
  #write(name: HashedName, before: BlockAddress, own: boolean): void {
    const { memory, arena, draft } = this.#host;
    const missing = before === 0 ? this.#countMissing(name) : 0;
    // A name that is there has its slot, and gives back its node: it can be changed however full table and memory are, if it does not grow.
    if (draft.octets(name.length) > (before === 0 ? 0 : arena.octetsOf(before)) && arena.isNearlyFull()) throw arena.full();
    if (before === 0) this.#table.makeRoom(1 + missing);
    const blocks: BlockAddress[] = [];
    try {
      blocks.push(arena.allocate(draft.octets(name.length), 'node'));
      for (let count = 1; count <= missing; count++)
        blocks.push(arena.allocate(draft.emptyOctets(name.lengthOf(name.labels - count)), 'node'));
    } catch (error) {
      for (const block of blocks) arena.free(block);
      throw error;
    }
    const [node = 0, ...ancestors] = blocks;
    draft.write(memory, node, name, name.labels, this.number, own);
    this.#hang(name, name.labels, node, this.#childrenOf(before));
    draft.clear();
    for (const [index, ancestor] of ancestors.entries()) {
      const labels = name.labels - 1 - index;
      draft.write(memory, ancestor, name, labels, this.number, false);
      this.#hang(name, labels, ancestor, 1);
    }
    const parentLabels = name.labels - 1 - missing;
    if (before === 0 && parentLabels >= this.apexName.labels) this.#countChild(this.#find(name, parentLabels), 1);
  }

  /** Hangs a node into the slot of its name. */
  #hang(name: HashedName, labels: number, node: BlockAddress, children: number): void {
    const { memory, versions } = this.#host;
    const { words } = memory;
    const newest = this.#table.find(name, labels);
    const word = node * UNIT_WORDS;
    words[word + BIRTH] = this.#isPublished ? versions.next : 0;
    words[word + PREVIOUS] = this.#isPublished ? newest : 0;
    words[word + CHILDREN] = children;
    if (newest !== 0 && !isDead(words, newest)) this.#countNode(name, labels, newest, -1);
    this.#countNode(name, labels, node, 1);
    this.#table.set(name, labels, node);
    if (newest !== 0) this.#free(newest);
    if (this.#isPublished) versions.later(TASK.SETTLE, node);
  }

  /** Removes a name that nothing holds any more, and the empty non-terminals above it that it was the last to hold. */
  #remove(name: HashedName, labels: number, node: BlockAddress): void {
    const { arena, versions, memory } = this.#host;
    const { words } = memory;
    this.#countNode(name, labels, node, -1);
    const parent = labels > this.apexName.labels ? this.#find(name, labels - 1) : 0;
    if (this.#isPublished) {
      const word = node * UNIT_WORDS;
      words[word + CHILDREN] = versions.next;
      Atomics.or(words, word + SHAPE, NODE_FLAG.DEAD);
      versions.later(TASK.BURY, node);
    } else {
      this.#table.remove(node);
      arena.free(node);
    }
    if (parent === 0) return;
    this.#countChild(parent, -1);
    const isOwn = ((words[parent * UNIT_WORDS + SHAPE] as number) & NODE_FLAG.OWN) !== 0;
    if (!isOwn && this.#childrenOf(parent) === 0) this.#remove(name, labels - 1, parent);
  }

  /** How many names above one do not exist: they lie directly above it. */
  #countMissing(name: HashedName): number {
    let missing = 0;
    while (name.labels - 1 - missing > this.apexName.labels && this.#find(name, name.labels - 1 - missing) === 0) missing++;
    return missing;
  }

  #countNode(name: HashedName, labels: number, node: BlockAddress, by: 1 | -1): void {
    const { words } = this.#host.memory;
    this.#nameCount += by;
    this.#rrsetCount += by * rrsetCountOf(words, node);
    this.#depths.countName(labels, name.isWildcard(labels), by);
    if (((words[node * UNIT_WORDS + SHAPE] as number) & (NODE_FLAG.CUT | NODE_FLAG.DNAME)) !== 0)
      this.#depths.countCut(labels, by);
  }

  #countChild(parent: BlockAddress, by: 1 | -1): void {
    const { words } = this.#host.memory;
    words[parent * UNIT_WORDS + CHILDREN] = this.#childrenOf(parent) + by;
  }

  #find(name: HashedName, labels: number): BlockAddress {
    const node = this.#table.find(name, labels);
    return node === 0 || isDead(this.#host.memory.words, node) ? 0 : node;
  }

  #childrenOf(node: BlockAddress): number {
    return node === 0 ? 0 : (this.#host.memory.words[node * UNIT_WORDS + CHILDREN] as number);
  }

  #nodeOf(node: BlockAddress, owner: OwnerName): ZoneNode {
    const rrsets = readRRsets(this.#host.memory, node, owner);
    return { owner, rrsets: owner === this.apex ? [this.#soa, ...rrsets] : rrsets };
  }

  #load(owner: OwnerName, name: HashedName): void {
    name.load(this.#wire, 0, composeNameInto(owner, this.#wire, 0));
  }

  /** Gives a block back as soon as nobody can read it. */
  #free(block: BlockAddress): void {
    if (this.#isPublished) this.#host.versions.later(TASK.FREE, block);
    else this.#host.arena.free(block);
  }

  #retire(table: BlockAddress): void {
    this.#free(table);
    this.#noteChange();
  }

  #noteChange(): void {
    this.#changes++;
    if (this.#isPublished && !this.#isGone) this.#host.onChange(this);
  }
}
