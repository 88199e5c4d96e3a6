/**
 * A day of changes, as fast as they go: does memory stay where it is?
 *
 *     node --conditions=@kubezone/source bench/zone-churn.ts [CHANGES] [NAMES]
 *
 * Names change their addresses, grow and shrink, come and go, and every change is published by itself, with a new serial. A thread looks names up all the time.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import { composeName, composeSoa, nameOf, type OwnerName, type RRset, TYPE, type ZoneEdit } from '@kubezone/core';
import { attachSharedMemory, PackedZones, readerWord, VERSION_WORD, ZoneReader } from '@kubezone/core/packed-zone';

import { markdownTable } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';

const APEX = nameOf('zone.example');
/** Of the changes: how often memory is looked at. */
const HOURS = 24;
/** Lookups between two versions, as many as one batch of packets asks for. */
const BATCH = 64;

/** What the reading thread is given. */
interface Reading {
  readonly memory: SharedArrayBuffer;
  /** Word 0 is set to 1 when it is time to stop. */
  readonly control: SharedArrayBuffer;
  readonly names: number;
}

function ownerOf(number: number): OwnerName {
  return `pod-${number % 997}.service-${number}.${APEX}` as OwnerName;
}

/** Marsaglia's xorshift32: the same numbers in each run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

function soaOf(serial: number): RRset {
  const rdata = composeSoa({ primary: APEX, mailbox: APEX, serial, refresh: 3600, retry: 900, expire: 86_400, minimum: 60 });
  return { owner: APEX, type: TYPE.SOA, ttl: 300, rdatas: [rdata] };
}

/** Looks names up until it is told to stop. Returns how many lookups that were. */
function read({ memory, control, names }: Reading): number {
  const shared = attachSharedMemory(memory);
  const reader = new ZoneReader(shared);
  const name = reader.createName();
  const random = randomFrom(4711);
  const wires = Array.from({ length: 10_000 }, () => composeName(ownerOf(random(names))));
  const stop = new Int32Array(control);
  let lookups = 0;
  while (Atomics.load(stop, 0) === 0) {
    Atomics.store(shared.words, readerWord(0), Atomics.load(shared.words, VERSION_WORD));
    reader.begin();
    for (let count = 0; count < BATCH; count++) {
      const wire = wires[lookups++ % wires.length] as Uint8Array;
      name.load(wire, 0, wire.length);
      reader.findNode(reader.findZone(name, name.labels), name, name.labels);
    }
    Atomics.store(shared.words, readerWord(0), 0);
  }
  return lookups;
}

async function measure(changes: number, names: number): Promise<void> {
  const random = randomFrom(0x2545_f491);
  const addresses = (owner: OwnerName, count: number): ZoneEdit => {
    const rdatas = Array.from({ length: count }, (_, index) => Uint8Array.of(10, random(256), random(256), index));
    return { owner, exists: true, rrsets: [{ owner, type: TYPE.A, ttl: 60, rdatas }] };
  };
  const editAt = (change: number): ZoneEdit => {
    const owner = ownerOf(random(names));
    // A tenth of the names are away at any time.
    if (random(10) === 0) return { owner, exists: false, rrsets: [] };
    // Most have one address, some many, and more of those in some hours than in others.
    const most = Math.floor((change / changes) * HOURS) % 2 === 0 ? 8 : 60;
    return addresses(owner, random(10) < 8 ? 1 : 1 + random(most));
  };

  const zones = new PackedZones({ seed: 77 });
  const zone = zones.create(APEX, soaOf(0));
  for (let number = 0; number < names; number++) zone.apply([addresses(ownerOf(number), 1)]);
  zones.install(zone);
  zones.publish();
  const control = new SharedArrayBuffer(4);
  const reading: Reading = { memory: zones.memory.octets.buffer, control, names };
  const worker = new Worker(new URL(import.meta.url), { workerData: reading, execArgv: ['--conditions=@kubezone/source'] });
  const lookups = new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });

  const touched: number[] = [];
  let slowest = 0;
  let slowestOfProcessor = 0;
  let refused = 0;
  const began = performance.now();
  for (let change = 0; change < changes; change++) {
    const edit = editAt(change);
    const at = performance.now();
    const used = process.threadCpuUsage();
    refused += zone.apply([edit]).refused.length;
    zone.setSoa(soaOf(change));
    zones.publish();
    const { user, system } = process.threadCpuUsage(used);
    slowest = Math.max(slowest, performance.now() - at);
    slowestOfProcessor = Math.max(slowestOfProcessor, (user + system) / 1000);
    if ((change + 1) % Math.ceil(changes / HOURS) === 0) touched.push(zones.usage().touchedOctets / 2 ** 20);
    if (change % 1000 === 0) {
      zones.maintain(2);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const seconds = (performance.now() - began) / 1000;
  Atomics.store(new Int32Array(control), 0, 1);
  const third = touched[Math.floor(touched.length / 3)] ?? Number.NaN;
  console.log(
    markdownTable(
      [
        'changes',
        'names',
        'refused',
        'µs per change',
        'slowest, ms',
        'of processor',
        'memory after a third, MiB',
        'at the end, MiB',
        'lookups meanwhile',
      ],
      [
        [
          String(changes),
          String(zone.nameCount),
          String(refused),
          ((seconds * 1e6) / changes).toFixed(1),
          slowest.toFixed(1),
          slowestOfProcessor.toFixed(1),
          third.toFixed(0),
          (touched.at(-1) ?? Number.NaN).toFixed(0),
          String(await lookups),
        ],
      ],
    ),
  );
  console.log(`\n${describeMachine()}; load average ${loadAverage()}, of which the two threads are 2`);
}

if (isMainThread) await measure(Number(process.argv[2] ?? 10_000_000), Number(process.argv[3] ?? 100_000));
else parentPort?.postMessage(read(workerData as Reading), []);
