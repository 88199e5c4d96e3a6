import type { OwnerName } from '../name/owner-name.ts';
import { parentOf } from '../name/owner-name.ts';
import type { RRset } from '../rr/rrset.ts';
import { ArenaFull } from './arena-full.ts';
import { Arena } from './arena.ts';
import type { ArenaUsage } from './arena-usage.ts';
import { addEntry, directoryOctets, entryOctets, removeEntry, roomFor, writeDirectory, writeEntry } from './directory.ts';
import { Disposals } from './disposals.ts';
import { HashedName } from './hashed-name.ts';
import { BIRTH, NodeDraft, PREVIOUS, ZONE } from './node.ts';
import { PackedZone, type ZoneHost } from './packed-zone.ts';
import {
  type BlockAddress,
  createSharedMemory,
  DIRECTORY_WORD,
  keyOf,
  possibleOctets,
  type SharedMemory,
  UNIT_WORDS,
} from './shared-memory.ts';
import { TASK, type Task, Versions } from './versions.ts';
import { ZoneReader } from './zone-reader.ts';
import { ZoneSnapshot } from './zone-snapshot.ts';

/** How the memory is made. */
export interface PackedZonesOptions {
  /** A random integer of up to 53 bits, known to nobody outside. */
  readonly seed: number;
  /** How much memory there may be, 4 MiB to 2 GiB. @default 2 GiB of address space, of which only what is used takes memory */
  readonly maxOctets?: number;
  /** Where versions begin; not 0. They wrap around. @default 1 */
  readonly firstVersion?: number;
}

/** What of background work is done with each publication: a bound on what one change costs. */
const WORK = { tasks: 64, backlog: 512, slots: 64, blocks: 16, nodes: 64 } as const;

/** Held back, so that there are heads, and a directory, for the publication that removes names from a memory that is full. */
const RESERVE_OCTETS = 32_768;

/** How the memory is used, in octets. */
export interface PackedZonesUsage extends ArenaUsage {
  /** How much memory was asked for: where `limitOctets` is less, the system gave no more address space. */
  readonly askedOctets: number;
  /** How much background work waits until readers have gone on. */
  readonly waitingTasks: number;
}

/** A directory this many times as large as it would be if it were written now is written anew. */
const SPARSE = 4;

/** A served zone. */
interface Place {
  readonly zone: PackedZone;
  readonly entry: BlockAddress;
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
  readonly #askedOctets: number;
  readonly #arena: Arena;
  readonly #versions: Versions;
  readonly #host: ZoneHost;
  readonly #places = new Map<OwnerName, Place>();
  /** By number; the places of zones that are gone are used again. */
  readonly #zones: (PackedZone | undefined)[] = [];
  readonly #changed = new Set<PackedZone>();
  /** Zones whose tables are being replaced. */
  readonly #growing = new Set<PackedZone>();
  readonly #disposals: Disposals;
  #directory: BlockAddress = 0;
  /** How many entries can be added to the directory. */
  #room = 0;
  /** Whether a directory is to be written that has room for all zones. */
  #directoryChanged = false;
  /** Entries of zones that are gone, to be taken out of the directory. */
  #removed: BlockAddress[] = [];
  #isBehind = false;
  #reserve: BlockAddress;
  /** How many tasks were left after the last background work. */
  #leftWaiting = 0;

  constructor({ seed, maxOctets, firstVersion }: PackedZonesOptions) {
    const memory = createSharedMemory(seed, maxOctets, firstVersion);
    this.memory = memory;
    this.#askedOctets = possibleOctets(maxOctets ?? Infinity);
    this.#arena = new Arena(memory);
    this.#reserve = this.#arena.allocate(RESERVE_OCTETS, 'fixed');
    this.#versions = new Versions(memory);
    this.#disposals = new Disposals(memory.words, this.#arena);
    this.#host = {
      memory,
      arena: this.#arena,
      versions: this.#versions,
      draft: new NodeDraft(),
      createName: () => new HashedName(keyOf(memory)),
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

  /** Whether a publication has failed for want of memory: readers see the state before it until one succeeds, which `publish` and `maintain` try. */
  get isBehind(): boolean {
    return this.#isBehind;
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

  /**
   * Gives back a zone that was never installed.
   *
   * @throws {RangeError} for one that is or was installed, or was given back before
   */
  discard(zone: PackedZone): void {
    if (this.#zones[zone.number] !== zone || this.#places.get(zone.apex)?.zone === zone)
      throw new RangeError(`the zone ${zone.apex} is not one that waits to be installed`);
    this.#zones[zone.number] = undefined;
    zone.abandon();
    this.#disposals.add(zone.table);
  }

  /**
   * Serves a zone from the next publication on, in place of the one with the same apex if there is one.
   *
   * @throws {ArenaFull} with nothing changed: the zone can be installed later, or has to be given back by `discard`
   */
  install(zone: PackedZone): void {
    const before = this.#places.get(zone.apex);
    if (before?.zone === zone) return;
    const entry = before?.entry ?? this.#createEntry(zone.apexName);
    try {
      zone.commit(entry, before?.zone.head ?? 0);
    } catch (error) {
      if (before === undefined) this.#arena.free(entry);
      throw error;
    }
    if (zone.isGrowing) this.#growing.add(zone);
    this.#places.set(zone.apex, { zone, entry });
    if (before !== undefined) this.#retire(before.zone);
    else if (this.#directoryChanged || this.#room === 0) this.#directoryChanged = true;
    else {
      addEntry(this.memory, this.#directory, entry);
      this.#room--;
    }
  }

  /** Stops serving a zone from the next publication on; false where it is not served. */
  remove(apex: OwnerName): boolean {
    const place = this.#places.get(apex);
    if (place === undefined) return false;
    this.#places.delete(apex);
    this.#removed.push(place.entry);
    const octets = this.#directory === 0 ? 0 : this.#arena.octetsOf(this.#directory);
    if (octets > SPARSE * directoryOctets(this.#places.size)) this.#directoryChanged = true;
    if (place.zone.head !== 0) this.#versions.later(TASK.FREE, place.zone.head);
    this.#versions.later(TASK.FREE, place.entry);
    this.#retire(place.zone);
    return true;
  }

  /**
   * Lets readers see all changes since the last time, at once.
   *
   * @returns false where there is no memory for the heads of the changed zones, or for a directory with a new zone in it: readers go on with what they have, the
   *   changes stay, and the next publication, or `maintain` as soon as readers have let go of something, has them all
   */
  publish(): boolean {
    if (!this.#tryCommit()) {
      // What readers have let go of since the last time may be enough.
      this.#settle(1);
      if (!this.#tryCommit() && !this.#tryReserve()) return false;
    }
    this.#work(1);
    return true;
  }

  /**
   * Does background work: about 50 microseconds of it, times `effort`. Where a publication has failed it is tried again; while there are other changes that are
   * not published, nothing is done.
   *
   * @returns whether there is more that can be done now
   */
  maintain(effort = 1): boolean {
    if (this.#isBehind) {
      this.#settle(effort);
      this.#disposals.step(effort * WORK.nodes);
      if (!this.#tryCommit() && !this.#tryReserve()) return this.#versions.isDue() || !this.#disposals.isEmpty;
    } else if (this.#changed.size > 0 || this.#directoryChanged || this.#removed.length > 0) {
      return false;
    }
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
  usage(): PackedZonesUsage {
    const usage = this.#arena.usage();
    const reserved = this.#reserve === 0 ? 0 : this.#arena.octetsOf(this.#reserve);
    return {
      ...usage,
      usedOctets: usage.usedOctets - reserved,
      freeOctets: usage.freeOctets + reserved,
      askedOctets: this.#askedOctets,
      waitingTasks: this.#versions.waiting,
    };
  }

  /** Returns false where there is no memory for it. */
  #tryCommit(): boolean {
    try {
      this.#commit();
      this.#isBehind = false;
    } catch (error) {
      if (!(error instanceof ArenaFull)) throw error;
      this.#isBehind = true;
    }
    return !this.#isBehind;
  }

  /** Publishes with what was held back for it. */
  #tryReserve(): boolean {
    if (this.#reserve === 0) return false;
    this.#arena.free(this.#reserve);
    this.#reserve = 0;
    return this.#tryCommit();
  }

  #renewReserve(): void {
    try {
      if (this.#reserve === 0) this.#reserve = this.#arena.allocate(RESERVE_OCTETS, 'fixed');
    } catch (error) {
      if (!(error instanceof ArenaFull)) throw error;
    }
  }

  #commit(): void {
    for (const zone of this.#changed) {
      const place = this.#places.get(zone.apex);
      if (place?.zone === zone) zone.commit(place.entry);
      if (zone.isGrowing) this.#growing.add(zone);
      this.#changed.delete(zone);
    }
    if (this.#directoryChanged) this.#writeDirectory();
    else for (const entry of this.#removed) removeEntry(this.memory, this.#directory, entry);
    this.#removed = [];
    this.#versions.publish();
  }

  #writeDirectory(): void {
    const entries = Array.from(this.#places.values(), ({ entry }) => entry);
    const directory = this.#arena.allocate(directoryOctets(entries.length), 'fixed');
    writeDirectory(this.memory, directory, entries);
    Atomics.store(this.memory.words, DIRECTORY_WORD, directory);
    if (this.#directory !== 0) this.#versions.later(TASK.FREE, this.#directory);
    this.#directory = directory;
    this.#room = roomFor(entries.length) - entries.length;
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
    const done = this.#settle(effort);
    for (const zone of this.#growing) {
      zone.grow(effort * WORK.slots);
      if (!zone.isGrowing) this.#growing.delete(zone);
    }
    this.#disposals.step(effort * WORK.nodes);
    this.#renewReserve();
    const isCompacting = this.#compact(effort * WORK.blocks);
    // A table that was replaced, a node that was moved: they can be given back once there is a version that does not have them.
    if (this.#changed.size > 0 || this.#versions.waiting > waiting - done) this.#tryCommit();
    this.#leftWaiting = this.#versions.waiting;
    return this.#versions.isDue() || this.#growing.size > 0 || !this.#disposals.isEmpty || isCompacting;
  }

  /** Does the tasks whose time has come. Returns how many there were. */
  #settle(effort: number): number {
    const { waiting } = this.#versions;
    // As much as has come to it since the last time, so that it cannot grow for ever, and some of what has piled up.
    const limit = effort * WORK.tasks + Math.max(waiting - this.#leftWaiting, Math.min(waiting >>> 2, effort * WORK.backlog));
    return this.#versions.run(limit, (task, address) => this.#perform(task, address));
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
        this.#disposals.add(address);
        break;
      default:
        task satisfies never;
    }
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
