import type { Transport } from '../support/query-client.ts';
import { complaintAbout, complaintAboutContents } from './check-reply.ts';
import { mutate, mutationBuffer } from './mutate.ts';
import { seededRandom } from './random.ts';

/** The function under test: octets to octets, no sockets. Undefined means that nothing is sent. */
export type AnswerPacket = (packet: Uint8Array, transport: Transport) => Uint8Array | undefined;

/** What to run. */
export interface FuzzOptions {
  readonly packets: number;
  readonly seed: number;
  readonly corpus: readonly Uint8Array[];
  readonly answer: AnswerPacket;
  /** Every n-th reply is read down to its records. @default 8 */
  readonly readEvery?: number;
  /** No packet may take longer, in milliseconds; far above a garbage collection's pause. @default 1000 */
  readonly slowestMs?: number;
  /** Called about every half million packets. */
  readonly onProgress?: (done: number) => void;
}

/** What came of it. */
export interface FuzzResult {
  readonly packets: number;
  readonly replies: number;
  readonly silent: number;
  /** Replies by rcode (the header's four bits). */
  readonly rcodes: Readonly<Record<number, number>>;
  readonly largestReply: number;
  readonly slowestMs: number;
  readonly seconds: number;
  /** What broke a rule: the packet in hexadecimal, and the rule. At most 20. */
  readonly findings: readonly { readonly packet: string; readonly transport: Transport; readonly complaint: string }[];
}

/** Answers mutated packets, one after the other, and checks every reply. Ends early at 20 findings. */
export function fuzz(options: FuzzOptions): FuzzResult {
  const { packets, seed, corpus, answer, readEvery = 8, slowestMs = 1000 } = options;
  const random = seededRandom(seed);
  const buffer = mutationBuffer();
  const findings: { packet: string; transport: Transport; complaint: string }[] = [];
  const rcodes: Record<number, number> = {};
  let [replies, silent, largestReply, slowest, done] = [0, 0, 0, 0, 0];
  const start = performance.now();
  for (; done < packets && findings.length < 20; done++) {
    const packet = mutate(corpus, random, buffer);
    const transport = (done & 7) === 0 ? 'tcp' : 'udp';
    const before = performance.now();
    let complaint: string | undefined;
    let reply: Uint8Array | undefined;
    try {
      reply = answer(packet, transport);
      complaint = complaintAbout(packet, reply, transport);
      if (reply !== undefined && complaint === undefined && done % readEvery === 0)
        complaint = complaintAboutContents(packet, reply);
    } catch (error) {
      complaint = `it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    }
    const took = performance.now() - before;
    if (took > slowest) slowest = took;
    if (took > slowestMs) complaint ??= `it took ${took.toFixed(0)} ms`;
    if (complaint !== undefined) findings.push({ packet: Buffer.from(packet).toString('hex'), transport, complaint });
    if (reply === undefined) silent++;
    else {
      replies++;
      const rcode = (reply[3] ?? 0) & 0x0f;
      rcodes[rcode] = (rcodes[rcode] ?? 0) + 1;
      if (reply.length > largestReply) largestReply = reply.length;
    }
    if ((done & 0x7ffff) === 0x7ffff) options.onProgress?.(done + 1);
  }
  const seconds = (performance.now() - start) / 1000;
  return { packets: done, replies, silent, rcodes, largestReply, slowestMs: slowest, seconds, findings };
}
