/**
 * Notes at the nodes of a zone that nobody reads yet: 31 bits each, in the word in which published nodes have the one that they replaced. There it means
 * nothing, since nodes that were there at the first publication replaced none, and it takes no memory. A note goes with its node.
 */
import type { OwnerName } from '../name/owner-name.ts';
import type { ZoneNode } from '../zone/zone.ts';
import { NODE_FLAG, PREVIOUS, readOwner, SHAPE } from './node.ts';
import type { PackedZone } from './packed-zone.ts';
import { type SharedMemory, UNIT_WORDS } from './shared-memory.ts';
import { nodeAt, slotsOf } from './table-layout.ts';

/** What was noted at a name; 0 where nothing was. */
export function noteAt({ words }: SharedMemory, zone: PackedZone, owner: OwnerName): number {
  const node = zone.blockOf(owner);
  return node === 0 ? 0 : (words[node * UNIT_WORDS + PREVIOUS] as number);
}

/** Notes something at a name. */
export function noteIt({ words }: SharedMemory, zone: PackedZone, owner: OwnerName, note: number): void {
  const node = zone.blockOf(owner);
  if (node !== 0) words[node * UNIT_WORDS + PREVIOUS] = note;
}

/** The nodes that have NS or DNAME, the apex's first, without unpacking any other. */
export function* delegationsOf(memory: SharedMemory, zone: PackedZone): Generator<ZoneNode, void, undefined> {
  const { words } = memory;
  const atApex = zone.node(zone.apex);
  if (atApex !== undefined) yield atApex;
  for (let slot = slotsOf(words, zone.table) - 1; slot >= 0; slot--) {
    const block = nodeAt(words, zone.table, slot);
    if (block === 0 || ((words[block * UNIT_WORDS + SHAPE] as number) & (NODE_FLAG.CUT | NODE_FLAG.DNAME)) === 0) continue;
    const owner = readOwner(memory, block);
    const node = owner === zone.apex ? undefined : zone.node(owner);
    if (node !== undefined) yield node;
  }
}
