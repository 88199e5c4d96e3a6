import type { OwnerName } from '../name/owner-name.ts';
import { parentOf } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';
import { Arena, ArenaFull, type ArenaUsage } from './arena.ts';
import { addEntry, directoryOctets, entryOctets, roomFor, seedOf, writeDirectory, writeEntry } from './directory.ts';
import { HashedName } from './hashed-name.ts';
import { BIRTH, NodeDraft, PREVIOUS, ZONE } from './node.ts';
import { PackedZone, type ZoneHost } from './packed-zone.ts';
import { type BlockAddress, createSharedMemory, DIRECTORY_WORD, type SharedMemory, UNIT_WORDS } from './shared-memory.ts';
import { nodeAt, slotsOf } from './table-layout.ts';
import { TASK, type Task, Versions } from './versions.ts';
import { ZoneReader } from './zone-reader.ts';
import { ZoneSnapshot } from './zone-snapshot.ts';

/** How the memory is made. */
export interface PackedZonesOptions {
  /** 32 random bits, known to nobody outside. */
  readonly seed: number;
  /** @default 2 GiB of address space, of which only what is used takes memory */
  readonly maxOctets?: number;
  /** Where versions begin; not 0. They wrap around. @default 1 */
  readonly firstVersion?: number;
}

/** What of background work is done with each publication: a bound on what one change costs. */
const WORK = { tasks: 64, backlog: 512, slots: 64, blocks: 16, nodes: 64 } as const;

/** A served zone. */
interface Place {
  readonly zone: PackedZone;
  readonly entry: BlockAddress;
}

/** A table of a zone that is gone, which is given back node by node. */
interface Disposal {
  readonly table: BlockAddress;
  slot: number;
}

/**
 * The zones of a process in one shared memory, written by this thread alone.
 *
 *     zones.create(apex, soa) ─► zone.apply(edits) … ─► zones.install(zone) ─► zones.publish()        a new zone, or one that replaces another
 *     zones.get(apex).apply(edits) … ─► zones.publish()                                             changes, visible all together
 *
 * Every publication also does some background work: it gives back what nobody reads any more, fills larger tables, and moves nodes together. What is
 * left is done by `maintain`, to be called now and then while nothing changes.
 */
export class PackedZones {
  readonly memory: SharedMemory;
  readonly #arena: Arena;
  readonly #versions: Versions;
  readonly #host: ZoneHost;
  readonly #places = new Map<OwnerName, Place>();
  /** By number; the places of zones that are gone are used again. */
  readonly #zones: (PackedZone | undefined)[] = [];
  readonly #changed = new Set<PackedZone>();
  /** Zones whose tables are being replaced. */
  readonly #growing = new Set<PackedZone>();
  readonly #disposals: Disposal[] = [];
  #directory: BlockAddress = 0;
  /** How many zones can be in the directory. */
  #room = 0;
  #directoryChanged = false;
  /** How many tasks were left after the last background work. */
  #leftWaiting = 0;

  constructor({ seed, maxOctets, firstVersion }: PackedZonesOptions) {
    const memory = createSharedMemory(seed, maxOctets, firstVersion);
    this.memory = memory;
    this.#arena = new Arena(memory);
    this.#versions = new Versions(memory);
    this.#host = {
      memory,
      arena: this.#arena,
      versions: this.#versions,
      draft: new NodeDraft(),
      createName: () => new HashedName(seedOf(memory)),
      onChange: (zone) => this.#changed.add(zone),
    };
  }

  /** Every zone that is installed, in the order in which they were first installed. */
  *[Symbol.iterator](): Generator<PackedZone, void, undefined> {
    for (const { zone } of this.#places.values()) yield zone;
  }

  get size(): number {
    return this.#places.size;
  }

  /** The zone of an apex. */
  get(apex: OwnerName): PackedZone | undefined {
    return this.#places.get(apex)?.zone;
  }

  /** The zone that a name belongs to: the one with the longest apex. */
  find(name: OwnerName): PackedZone | undefined {
    for (let apex: OwnerName | undefined = name; apex !== undefined; apex = parentOf(apex)) {
      const zone = this.get(apex);
      if (zone !== undefined) return zone;
    }
    return undefined;
  }

  /**
   * Begins a zone, which nobody sees until it is installed and published: to be filled by `apply`. One that is not wanted any more is given back by `discard`.
   *
   * @throws {RangeError} where the RRset is not the apex's SOA; {ArenaFull}
   */
  create(apex: OwnerName, soa: RRset): PackedZone {
    const free = this.#zones.indexOf(undefined);
    const number = free < 0 ? this.#zones.length : free;
    const zone = new PackedZone(this.#host, number, apex, soa);
    this.#zones[number] = zone;
    return zone;
  }

  /** Gives back a zone that was never installed. */
  discard(zone: PackedZone): void {
    this.#zones[zone.number] = undefined;
    zone.abandon();
    this.#disposals.push({ table: zone.table, slot: 0 });
  }

  /**
   * Serves a zone from the next publication on, in place of the one with the same apex if there is one.
   *
   * @throws {ArenaFull}
   */
  install(zone: PackedZone): void {
    const before = this.#places.get(zone.apex);
    if (before?.zone === zone) return;
    const entry = before?.entry ?? this.#createEntry(zone.apexName);
    zone.commit(entry, before?.zone.head ?? 0);
    if (zone.isGrowing) this.#growing.add(zone);
    this.#places.set(zone.apex, { zone, entry });
    if (before !== undefined) this.#retire(before.zone);
    else if (this.#directoryChanged || this.#places.size > this.#room) this.#directoryChanged = true;
    else addEntry(this.memory, this.#directory, entry);
  }

  /** Stops serving a zone from the next publication on; false where it is not served. */
  remove(apex: OwnerName): boolean {
    const place = this.#places.get(apex);
    if (place === undefined) return false;
    this.#places.delete(apex);
    this.#directoryChanged = true;
    if (place.zone.head !== 0) this.#versions.later(TASK.FREE, place.zone.head);
    this.#versions.later(TASK.FREE, place.entry);
    this.#retire(place.zone);
    return true;
  }

  /**
   * Lets readers see all changes since the last time, at once.
   *
   * @throws {ArenaFull} where there is no memory for the heads of the changed zones; the changes stay, for a later call
   */
  publish(): void {
    this.#commit();
    this.#work(1);
  }

  /**
   * Does background work: about 50 microseconds of it, times `effort`. Does nothing while there are changes that are not published.
   *
   * @returns whether there is more that can be done now
   */
  maintain(effort = 1): boolean {
    if (this.#changed.size > 0 || this.#directoryChanged) return true;
    return this.#work(effort);
  }

  /**
   * Keeps the published version of a zone readable, whatever changes, until the snapshot is closed. While one is open, nothing that is replaced is given back.
   *
   * @returns undefined where the zone is not served
   * @throws {RangeError} where more than 32 are open
   */
  snapshot(apex: OwnerName): ZoneSnapshot | undefined {
    const place = this.#places.get(apex);
    if (place === undefined) return undefined;
    const number = this.#versions.open();
    const reader = new ZoneReader(this.memory);
    const head = reader.headOf(place.entry);
    if (head !== 0) return new ZoneSnapshot(reader, head, apex, () => this.#versions.close(number));
    this.#versions.close(number);
    return undefined;
  }

  /** Says that a thread reads nothing any more, because it has died. Threads that live say so themselves. */
  releaseReader(reader: number): void {
    this.#versions.close(reader);
  }

  /** How the memory is used. */
  usage(): ArenaUsage & { readonly waitingTasks: number } {
    return { ...this.#arena.usage(), waitingTasks: this.#versions.waiting };
  }

  #commit(): void {
    for (const zone of this.#changed) {
      const place = this.#places.get(zone.apex);
      if (place?.zone === zone) zone.commit(place.entry);
      if (zone.isGrowing) this.#growing.add(zone);
      this.#changed.delete(zone);
    }
    if (this.#directoryChanged) this.#writeDirectory();
    this.#versions.publish();
  }

  #writeDirectory(): void {
    const entries = Array.from(this.#places.values(), ({ entry }) => entry);
    const directory = this.#arena.allocate(directoryOctets(entries.length), 'fixed');
    writeDirectory(this.memory, directory, entries);
    Atomics.store(this.memory.words, DIRECTORY_WORD, directory);
    if (this.#directory !== 0) this.#versions.later(TASK.FREE, this.#directory);
    this.#directory = directory;
    this.#room = roomFor(entries.length);
    this.#directoryChanged = false;
  }

  #createEntry(apex: HashedName): BlockAddress {
    const entry = this.#arena.allocate(entryOctets(apex), 'fixed');
    writeEntry(this.memory, entry, apex);
    return entry;
  }

  /** Has a zone given back once nobody reads it. */
  #retire(zone: PackedZone): void {
    this.#zones[zone.number] = undefined;
    this.#changed.delete(zone);
    this.#growing.delete(zone);
    zone.abandon();
    this.#versions.later(TASK.DISPOSE, zone.table);
  }

  /** Returns whether there is more to do. */
  #work(effort: number): boolean {
    const { waiting } = this.#versions;
    // As much as has come to it since the last time, so that it cannot grow for ever, and some of what has piled up.
    const limit = effort * WORK.tasks + Math.max(waiting - this.#leftWaiting, Math.min(waiting >>> 2, effort * WORK.backlog));
    const done = this.#versions.run(limit, (task, address) => this.#perform(task, address));
    for (const zone of this.#growing) {
      zone.grow(effort * WORK.slots);
      if (!zone.isGrowing) this.#growing.delete(zone);
    }
    this.#dispose(effort * WORK.nodes);
    const isCompacting = this.#compact(effort * WORK.blocks);
    // A table that was replaced, a node that was moved: they can be given back once there is a version that does not have them.
    if (this.#changed.size > 0 || this.#versions.waiting > waiting - done) this.#commit();
    this.#leftWaiting = this.#versions.waiting;
    return this.#versions.isDue() || this.#growing.size > 0 || this.#disposals.length > 0 || isCompacting;
  }

  #perform(task: Task, address: BlockAddress): void {
    const { words } = this.memory;
    switch (task) {
      case TASK.FREE:
        this.#arena.free(address);
        break;
      case TASK.SETTLE:
        Atomics.store(words, address * UNIT_WORDS + BIRTH, 0);
        words[address * UNIT_WORDS + PREVIOUS] = 0;
        break;
      case TASK.BURY:
        this.#zones[words[address * UNIT_WORDS + ZONE] as number]?.bury(address);
        break;
      case TASK.DISPOSE:
        this.#disposals.push({ table: address, slot: 0 });
        break;
      default:
        task satisfies never;
    }
  }

  #dispose(nodes: number): void {
    const { words } = this.memory;
    const disposal = this.#disposals[0];
    if (disposal === undefined) return;
    const { table } = disposal;
    const end = Math.min(slotsOf(words, table), disposal.slot + 4 * nodes);
    for (; disposal.slot < end; disposal.slot++) {
      const node = nodeAt(words, table, disposal.slot);
      if (node !== 0) this.#arena.free(node);
    }
    if (disposal.slot < slotsOf(words, table)) return;
    this.#arena.free(table);
    this.#disposals.shift();
  }

  #compact(blocks: number): boolean {
    if (!this.#arena.needsCompaction()) return false;
    try {
      this.#arena.compact(blocks, (node) => this.#zones[this.memory.words[node * UNIT_WORDS + ZONE] as number]?.move(node));
    } catch (error) {
      // No place to move to: the nodes stay where they are.
      if (!(error instanceof ArenaFull)) throw error;
      return false;
    }
    return this.#arena.needsCompaction();
  }
}
