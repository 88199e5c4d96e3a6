import { isFailure, MAX_MESSAGE_OCTETS, MessageWriter, scanAddress } from '@kubezone/core';
import { ZoneReader } from '@kubezone/core/packed-zone';
import { PacketAnswerer, type Peer, ServedZones } from '@kubezone/dns-server';

import { loadZone } from '../support/load-zone.ts';
import type { AnswerPacket } from './fuzz-run.ts';
import { FUZZ_ZONES } from './fuzz-zones.ts';

/** The server's answerer over the fuzzer's zones, without sockets, and with nothing in it that differs from run to run. */
export function answerInProcess(): AnswerPacket {
  const clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
  const zones = new ServedZones({ clock, seed: 7, maxOctets: 2 ** 24 });
  for (const text of FUZZ_ZONES) zones.replace(loadZone(text));
  const answerer = new PacketAnswerer(new ZoneReader(zones.packed.memory), {
    udpPayloadSize: 1232,
    nsid: new Uint8Array(Buffer.from('fuzzed')),
    cookieSecrets: [new Uint8Array(16).fill(7)],
    tcpIdleTimeoutMs: 10_000,
    nowSeconds: () => 1_750_000_000,
    randomSeed: 5,
    writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
  });
  const peer = clientAt('192.0.2.200');
  const out = new Uint8Array(MAX_MESSAGE_OCTETS);
  return (packet, transport) => {
    answerer.begin();
    const length = answerer.answer(packet, packet.length, out, transport, peer);
    return length === 0 ? undefined : out.slice(0, length);
  };
}

function clientAt(text: string): Peer {
  const address = scanAddress(text);
  if (isFailure(address)) throw new RangeError(address.message);
  return { address: address.rdata };
}
