/** A thread that looks one name up again and again while another thread makes and removes it, and checks that what it finds is of that name. */
import { parentPort, workerData } from 'node:worker_threads';

import { composeName, type OwnerName } from '../../name/owner-name.ts';
import { NAME_OCTETS } from '../node.ts';
import { attachSharedMemory, readerWord, UNIT_OCTETS, VERSION_WORD } from '../shared-memory.ts';
import { findNewest } from '../table-layout.ts';
import { tableOf } from '../zone-head.ts';
import { ZoneReader } from '../zone-reader.ts';

/** What the thread is given. */
export interface RacingTask {
  readonly memory: SharedArrayBuffer;
  readonly reader: number;
  /** Word 0 is set to 1 when it is time to stop; word 1 counts the threads that have begun. */
  readonly control: SharedArrayBuffer;
  readonly owner: OwnerName;
}

/** What it reports. */
export interface RacingReport {
  readonly lookups: number;
  readonly present: number;
  /** Nodes that were another name's. */
  readonly wrong: number;
}

function run({ memory, reader, control, owner }: RacingTask): RacingReport {
  const shared = attachSharedMemory(memory);
  const { octets, words } = shared;
  const stop = new Int32Array(control);
  const zones = new ZoneReader(shared);
  const name = zones.createName();
  const wire = composeName(owner);
  name.load(wire, 0, wire.length);
  const report = { lookups: 0, present: 0, wrong: 0 };
  Atomics.add(stop, 1, 1);
  while (Atomics.load(stop, 0) === 0) {
    Atomics.store(words, readerWord(reader), Atomics.load(words, VERSION_WORD));
    zones.begin();
    const head = zones.findZone(name, name.labels);
    for (let round = 0; round < 16; round++) {
      // As `findNode`, but with time for the writer between the two steps, as where the system takes the processor away.
      const newest = findNewest(shared, tableOf(words, head), name, name.labels);
      for (let spin = (round & 3) * 500; spin > 0; spin--) Atomics.load(stop, 0);
      const node = zones.live(newest);
      report.lookups++;
      if (node === 0) continue;
      report.present++;
      const at = node * UNIT_OCTETS + NAME_OCTETS;
      if (wire.some((octet, index) => octets[at + index] !== octet)) report.wrong++;
    }
    Atomics.store(words, readerWord(reader), 0);
  }
  return report;
}

parentPort?.postMessage(run(workerData as RacingTask), []);
