import { type OwnerName, wireLength } from '@kubezone/core';

import type { NameUpdate } from './update-records.ts';

/** What one message may hold. */
export interface MessageLimits {
  readonly maxNames: number;
  /** Records of the update section (RFC 2136, section 2.5), where there are several names; a name with more of them has a message of its own. */
  readonly batchChangeSize: number;
  /** Without the signature. */
  readonly maxOctets: number;
}

/** Header, type and class. */
const FIXED_OCTETS = 12 + 4;

/** How many octets a name's update takes in a message, at most: without compression. */
export function octetsOf({ prerequisites, updates }: NameUpdate): number {
  let octets = 0;
  for (const { owner, rdata } of prerequisites) octets += wireLength(owner) + 10 + rdata.length;
  for (const { owner, rdata } of updates) octets += wireLength(owner) + 10 + rdata.length;
  return octets;
}

/** How many octets of a message are free for updates of a zone. */
export function roomFor(apex: OwnerName, { maxOctets }: MessageLimits): number {
  return maxOctets - FIXED_OCTETS - wireLength(apex);
}

/** Packs updates into messages, in order. A name's update is never cut; none may be longer than the room of a whole message. */
export function packUpdates(apex: OwnerName, updates: readonly NameUpdate[], limits: MessageLimits): NameUpdate[][] {
  const room = roomFor(apex, limits);
  const groups: NameUpdate[][] = [];
  let group: NameUpdate[] = [];
  let octets = 0;
  let changes = 0;
  for (const update of updates) {
    const more = octetsOf(update);
    const isFull =
      group.length >= limits.maxNames || octets + more > room || changes + update.updates.length > limits.batchChangeSize;
    if (group.length > 0 && isFull) {
      groups.push(group);
      group = [];
      octets = 0;
      changes = 0;
    }
    group.push(update);
    octets += more;
    changes += update.updates.length;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
