import { isFailure, MAX_MESSAGE_OCTETS, scanAddress } from '@kubezone/core';
import { PackedZones, ZoneReader } from '@kubezone/core/packed-zone';

import type { AnswerContext, Client } from '../answer/context.ts';
import { PacketAnswerer } from '../packed-answer/packet-answerer.ts';
import { ZONE_FLAG } from '../packed-answer/packed-zone-table.ts';
import type { ReferenceZones } from './reference-zones.ts';

const out = new Uint8Array(MAX_MESSAGE_OCTETS);

/** A response, and whether the query is to be relayed instead. */
export interface PackedResponse {
  readonly octets: Uint8Array;
  readonly relays: boolean;
}

/**
 * Answers a query as the server does, from packed zones that hold what the reference zones hold now; undefined where no answer is due. Addresses are not
 * rotated: the reference must not rotate them either.
 */
export function answerPacked(
  context: AnswerContext & { readonly zones: ReferenceZones },
  query: Uint8Array,
  { transport, address }: Client,
): PackedResponse | undefined {
  const zones = new PackedZones({ seed: 77, maxOctets: 2 ** 22 });
  for (const { zone, complete, fallthrough } of context.zones) {
    const packed = zones.create(zone.apex, zone.soa);
    for (const { owner, rrsets } of zone.nodes()) packed.apply([{ owner, exists: true, rrsets }]);
    packed.flags = (complete ? ZONE_FLAG.COMPLETE : 0) | (fallthrough ? ZONE_FLAG.FALLTHROUGH : 0);
    zones.install(packed);
  }
  zones.publish();
  const { zones: _, random: __, ...settings } = context;
  const answerer = new PacketAnswerer(new ZoneReader(zones.memory), { ...settings, randomSeed: 1 });
  answerer.begin();
  const scanned = scanAddress(address.replace(/%.*$/, ''));
  if (isFailure(scanned)) throw new RangeError(`${address} is no address`);
  const length = answerer.answer(query, query.length, out, transport, { address: scanned.rdata });
  return length === 0 ? undefined : { octets: out.slice(0, length), relays: answerer.lastRelays };
}
