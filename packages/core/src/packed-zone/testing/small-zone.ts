import { composeName, nameOf, type OwnerName } from '../../name/owner-name.ts';
import { TYPE } from '../../rr/rr-type.ts';
import type { RRset } from '../../rr/rrset.ts';
import { composeSoa } from '../../rr/soa.ts';
import type { ZoneEdit } from '../../zone/zone.ts';
import { ArenaFull } from '../arena-full.ts';
import { Arena } from '../arena.ts';
import type { PackedZone } from '../packed-zone.ts';
import { PackedZones } from '../packed-zones.ts';
import type { ZoneReader } from '../zone-reader.ts';

/** The apex of `zonesWith`. */
export const APEX: OwnerName = nameOf('example');
/** What names are hashed with. */
export const SEED = 0x0bad_5eed;

/** A SOA RRset with a serial. */
export function soaOf(apex: OwnerName, serial = 1): RRset {
  const rdata = composeSoa({ primary: apex, mailbox: apex, serial, refresh: 1, retry: 1, expire: 1, minimum: 1 });
  return { owner: apex, type: TYPE.SOA, ttl: 60, rdatas: [rdata] };
}

/** An address RRset with these last octets. */
export function addressesAt(owner: OwnerName, ...hosts: readonly number[]): RRset {
  return { owner, type: TYPE.A, ttl: 60, rdatas: hosts.map((host) => Uint8Array.of(10, 0, 0, host)) };
}

/** An edit that gives a name these addresses, or existence alone. */
export function own(owner: OwnerName, ...hosts: readonly number[]): ZoneEdit {
  return { owner, exists: true, rrsets: hosts.length === 0 ? [] : [addressesAt(owner, ...hosts)] };
}

/** An edit that removes a name. */
export function gone(owner: OwnerName): ZoneEdit {
  return { owner, exists: false, rrsets: [] };
}

/** One zone, published. */
export function zonesWith(maxOctets = 2 ** 23): { zones: PackedZones; zone: PackedZone } {
  const zones = new PackedZones({ seed: SEED, maxOctets });
  const zone = zones.create(APEX, soaOf(APEX));
  zones.install(zone);
  zones.publish();
  return { zones, zone };
}

/** What a reader finds: the last octet of each address, nothing where the name does not exist. */
export function read(reader: ZoneReader, owner: string): number[] | undefined {
  const name = reader.createName();
  const wire = composeName(nameOf(owner));
  name.load(wire, 0, wire.length);
  const head = reader.findZone(name, name.labels);
  const node = head === 0 ? 0 : reader.findNode(head, name, name.labels);
  if (node === 0) return undefined;
  const { octets } = reader.memory;
  const start = node * 8 + 24 + ((wire.length + 3) & ~3);
  const count = (octets[start + 2] as number) | ((octets[start + 3] as number) << 8);
  return Array.from({ length: count }, (_, index) => octets[start + 12 + index * 6 + 5] as number);
}

/** Has allocations of a kind fail while something is done, as if the memory were full. */
export function withoutMemory<T>(fails: (octets: number) => boolean, work: () => T): T {
  const prototype: Pick<Arena, 'allocate'> = Arena.prototype;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'allocate') as TypedPropertyDescriptor<Arena['allocate']>;
  prototype.allocate = function (this: Arena, octets, space) {
    if (fails(octets)) throw new ArenaFull(0);
    return descriptor.value?.call(this, octets, space) ?? 0;
  };
  try {
    return work();
  } finally {
    Object.defineProperty(prototype, 'allocate', descriptor);
  }
}
