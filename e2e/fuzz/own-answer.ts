import { MAX_MESSAGE_OCTETS, MessageWriter } from '@kubezone/core';
import { answer, type AnswerContext, ServedZones } from '@kubezone/dns-server';

import { loadZone } from '../support/load-zone.ts';
import type { AnswerPacket } from './fuzz-run.ts';
import { FUZZ_ZONES } from './fuzz-zones.ts';

/** Our answering function over the fuzzer's zones, without sockets, and with nothing in it that differs from run to run. */
export function answerInProcess(): AnswerPacket {
  const zones = new ServedZones();
  for (const text of FUZZ_ZONES) zones.replace(loadZone(text));
  const context: AnswerContext = {
    zones,
    udpPayloadSize: 1232,
    nsid: new Uint8Array(Buffer.from('fuzzed')),
    cookieSecrets: [new Uint8Array(16).fill(7)],
    tcpIdleTimeoutMs: 10_000,
    nowSeconds: () => 1_750_000_000,
    random: () => 0.5,
    writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
  };
  return (packet, transport) => answer(packet, { transport, address: '192.0.2.200' }, context);
}
