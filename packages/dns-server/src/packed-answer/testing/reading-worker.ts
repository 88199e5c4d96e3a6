/** A thread that asks the same questions again and again while another one changes the zones, and checks that each answer is of one state. */
import { parentPort, workerData } from 'node:worker_threads';

import { isFailure, MAX_MESSAGE_OCTETS, MessageWriter, nameOf, parseMessage, type ParsedMessage, TYPE } from '@kubezone/core';
import { attachSharedMemory, readerWord, VERSION_WORD, ZoneReader } from '@kubezone/core/packed-zone';

import { PacketAnswerer } from '../packet-answerer.ts';
import { composeQueryParts } from './zone-arbitrary.ts';

/** What the thread is given. */
export interface ReadingTask {
  readonly memory: SharedArrayBuffer;
  readonly reader: number;
  /** Word 0 is set to 1 when it is time to stop; the word after it with the reader's number says how many states it has seen. */
  readonly control: SharedArrayBuffer;
}

/** What it reports. */
export interface ReadingReport {
  readonly answers: number;
  readonly composed: number;
  /** How many different states were seen: of how many the test says something. */
  readonly states: number;
  /** What was wrong, the first few. */
  readonly faults: readonly string[];
}

const PEER = { address: Uint8Array.of(127, 0, 0, 1) };

function run({ memory, reader, control }: ReadingTask): ReadingReport {
  const shared = attachSharedMemory(memory);
  const { words } = shared;
  const stop = new Int32Array(control);
  const answerer = new PacketAnswerer(new ZoneReader(shared), {
    udpPayloadSize: 4096,
    cookieSecrets: [],
    tcpIdleTimeoutMs: 10_000,
    nowSeconds: () => 0,
    writer: new MessageWriter(new Uint8Array(MAX_MESSAGE_OCTETS)),
    randomSeed: reader + 1,
  });
  const edns = { size: 4096, flags: 0, version: 0, options: [] };
  const queries = Object.entries(CHECKS).map(([question, check]) => {
    const [name = '', type = ''] = question.split(' ');
    const parts = { name: nameOf(name), upper: 0, type: TYPE[type as keyof typeof TYPE], qclass: 1, id: 0, flags: 0, edns };
    return { question, check, query: composeQueryParts(parts) };
  });
  const out = new Uint8Array(4096);
  const faults: string[] = [];
  const states = new Set<number>();
  let answers = 0;
  while (Atomics.load(stop, 0) === 0) {
    // As a transport does: say that this thread reads, then look what there is to be read.
    Atomics.store(words, readerWord(reader), Atomics.load(words, VERSION_WORD));
    answerer.begin();
    const seen = new Set<number>();
    for (let round = 0; round < 8; round++) {
      for (const { question, check, query } of queries) {
        const length = answerer.answer(query, query.length, out, 'udp', PEER);
        const message = parseMessage(out.subarray(0, length));
        answers++;
        const state = isFailure(message) ? message.message : check(message);
        if (typeof state === 'number') seen.add(state);
        else if (faults.length < 10) faults.push(`${question}: ${state}`);
      }
    }
    if (seen.size !== 1 && faults.length < 10) faults.push(`states ${[...seen].join(', ')} in one batch`);
    for (const state of seen) states.add(state);
    Atomics.store(stop, 1 + reader, states.size);
    Atomics.store(words, readerWord(reader), 0);
  }
  return { answers, composed: answerer.composed, states: states.size, faults };
}

/** By question, what tells the state of the zone that an answer is of, or what is wrong with it. */
const CHECKS: Readonly<Record<string, (message: ParsedMessage) => number | string>> = {
  'ten.zone.example A': ({ answers }) =>
    answers.length === 10 ? oneOf(answers.map(({ rdata }) => numberIn(rdata))) : `${answers.length} addresses`,
  // An alias and its target are changed together.
  'alias.zone.example A': ({ answers }) =>
    answers.length === 11
      ? oneOf(answers.map(({ type, ttl, rdata }) => (type === TYPE.CNAME ? ttl : numberIn(rdata))))
      : `${answers.length} records`,
  // Either the name or the wildcard exists, never neither.
  'either.wild.zone.example A': ({ answers, header }) =>
    answers.length === 1 && header.rcode === 0 ? numberIn((answers[0] as { rdata: Uint8Array }).rdata) : `rcode ${header.rcode}`,
  // Either three labels below exist or a wildcard above.
  'p.q.r.deep.zone.example A': ({ answers, header }) =>
    answers.length === 1 && header.rcode === 0 ? numberIn((answers[0] as { rdata: Uint8Array }).rdata) : `rcode ${header.rcode}`,
  'missing.zone.example A': ({ authorities, header }) =>
    header.rcode === 3 && authorities.length === 1
      ? serialIn((authorities[0] as { rdata: Uint8Array }).rdata)
      : `rcode ${header.rcode}`,
  'zone.example SOA': ({ answers }) =>
    answers.length === 1 ? serialIn((answers[0] as { rdata: Uint8Array }).rdata) : `${answers.length} records`,
  'x.cut.zone.example A': ({ authorities, additionals }) =>
    authorities.length === 1 && additionals.length === 1
      ? oneOf([(authorities[0] as { ttl: number }).ttl, numberIn((additionals[0] as { rdata: Uint8Array }).rdata)])
      : 'no referral with glue',
};

function oneOf(states: readonly number[]): number | string {
  const different = new Set(states);
  return different.size === 1 ? (states[0] as number) : `states ${[...different].join(', ')} in one answer`;
}

/** The state that an address bears in its last three octets. */
function numberIn(rdata: Uint8Array): number {
  return ((rdata[1] as number) << 16) | ((rdata[2] as number) << 8) | (rdata[3] as number);
}

function serialIn(rdata: Uint8Array): number {
  return new DataView(rdata.buffer, rdata.byteOffset, rdata.length).getUint32(rdata.length - 20);
}

parentPort?.postMessage(run(workerData as ReadingTask), []);
