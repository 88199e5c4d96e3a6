/** A process of its own for `native-sanitizers.test.ts`: uses all that the addon has and ends, after a fault on purpose if the argument names one. */
import { findNativeUdp } from '../native-udp.ts';
import { openBatch } from './native-peer.ts';
import { UdpClient } from './udp-client.ts';

const search = findNativeUdp();
if (search.kind === 'absent') throw new Error(search.reason);
const { addon } = search;
const client = await UdpClient.open();
for (let round = 0; round < 10; round++) {
  const server = addon.openSocket(round % 2 === 0 ? '0.0.0.0' : '127.0.0.1', 0, false, 1 << 16, 1 << 16);
  const batch = openBatch(addon, [server.descriptor, server.descriptor].slice(0, 1 + (round % 2)), 10);
  client.send({ address: '127.0.0.1', port: server.port }, 'query');
  const path = new Uint8Array(addon.layout.pathOctets);
  if (batch.exchange() === 1) {
    batch.answer(0, 'answer');
    batch.returnPath(0, path);
    addon.sendAnswer(server, Buffer.from('late'), path);
  }
  batch.flush();
  if (round % 3 === 0) batch.close();
  if (round % 3 === 1) addon.closeSocket(server);
}
await client.close();
const fault = process.argv[2];
if (fault !== undefined) (addon as unknown as { misbehave: (kind: string) => void }).misbehave(fault);
