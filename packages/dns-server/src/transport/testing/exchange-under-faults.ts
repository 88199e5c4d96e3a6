/** A process of its own for `native-faults.test.ts`: five queries, five answers, under the faults of the environment. Prints what came of it as JSON. */
import { findNativeUdp, namedSystemError } from '../native-udp.ts';
import { COUNTER } from '../udp-statistics.ts';
import { openBatch } from './native-peer.ts';
import { UdpClient } from './udp-client.ts';

const search = findNativeUdp();
if (search.kind === 'absent') throw new Error(search.reason);
const { addon } = search;
const server = addon.openSocket('127.0.0.1', 0, false, 0, 0);
const client = await UdpClient.open();
for (const text of ['a', 'b', 'c', 'd', 'e']) client.send({ address: '127.0.0.1', port: server.port }, text);

const batch = openBatch(addon, [server.descriptor], 50);
const returned: number[] = [];
let thrown: unknown;
try {
  // As a worker does it: until all queries were there and nothing more comes.
  for (let seen = 0; returned.length < 200 && (seen < 5 || returned.at(-1) !== 0);) {
    const received = batch.exchange();
    returned.push(received);
    for (const [slot, { text }] of batch.received(received).entries()) batch.answer(slot, text.toUpperCase());
    seen += received;
  }
} catch (error) {
  thrown = namedSystemError(error);
}

const answers: string[] = [];
const { counters } = batch;
while (answers.length < (counters[COUNTER.sent] as number)) answers.push((await client.next())?.text ?? 'none');
await client.close();
process.stdout.write(
  JSON.stringify({
    returned,
    answers: answers.join(''),
    sent: counters[COUNTER.sent],
    sendFailed: counters[COUNTER.sendFailed],
    receiveFailed: counters[COUNTER.receiveFailed],
    lastErrno: counters[COUNTER.lastErrno],
    thrown: typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined,
  }),
);
