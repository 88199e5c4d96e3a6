import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

import { decode, encode, type Packet, RECURSION_DESIRED, streamDecode, streamEncode } from 'dns-packet';

/** What a server replied, by the reading of a library that is not ours. */
export interface Reply {
  readonly rcode: string;
  /** The data of the answer's A records, sorted. */
  readonly addresses: readonly string[];
}

/** Asks for the addresses of a name, and waits a second for the reply. */
export async function query(name: string, port: number, transport: 'udp' | 'tcp' = 'udp'): Promise<Reply> {
  const packet: Packet = { type: 'query', id: 4711, flags: RECURSION_DESIRED, questions: [{ type: 'A', name }] };
  const reply =
    transport === 'udp' ? decode(await askUdp(encode(packet), port)) : streamDecode(await askTcp(streamEncode(packet), port));
  const { rcode } = reply as Packet & { readonly rcode: string };
  const addresses = (reply.answers ?? []).flatMap((record) => (record.type === 'A' ? [record.data] : []));
  return { rcode, addresses: addresses.sort() };
}

/** The octets of the reply to a message over UDP, within a second. */
export function askUdp(request: Buffer, port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => socket.close(() => reject(new Error('no reply over UDP'))), 1000);
    socket.once('message', (reply) => {
      clearTimeout(timer);
      socket.close(() => resolve(reply));
    });
    socket.send(request, port, '127.0.0.1');
  });
}

function askTcp(request: Buffer, port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 }, () => socket.end(request));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('timeout', () => socket.destroy(new Error('no reply over TCP')));
    socket.on('error', reject);
    socket.on('end', () => resolve(Buffer.concat(chunks)));
  });
}
