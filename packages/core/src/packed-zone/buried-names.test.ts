/** A name that is gone leaves a dead node in its slot, which every reader can find: it must not be used again while anybody may have found it. */
import { Worker } from 'node:worker_threads';

import { describe, expect, it } from '@jest/globals';

import { composeName, nameOf, type OwnerName } from '../name/owner-name.ts';
import { readOwner } from './node.ts';
import type { PackedZones } from './packed-zones.ts';
import { readerWord, VERSION_WORD } from './shared-memory.ts';
import { findNewest } from './table-layout.ts';
import type { RacingReport, RacingTask } from './testing/racing-reader.ts';
import { APEX, gone, own, soaOf, zonesWith } from './testing/small-zone.ts';
import { tableOf } from './zone-head.ts';
import { ZoneReader } from './zone-reader.ts';

const READERS = 2;
const MILLISECONDS = Number(process.env['CONCURRENT_MS'] ?? 2500);
const SECRET = nameOf('secret');

/** Another zone, being loaded: nobody may see anything of it, but its nodes are of no version. */
function loadSecret(zones: PackedZones, count: number): void {
  const zone = zones.create(SECRET, soaOf(SECRET));
  zone.apply(Array.from({ length: count }, (_, index) => own(nameOf(`bb${index}.secret`), index)));
}

describe('the node of a name that is gone', () => {
  it('is not given to another name while a reader that begins after the death is on its way from the slot to the node', () => {
    const { zones, zone } = zonesWith();
    const { words } = zones.memory;
    zone.apply([own(nameOf('aaaa.example'), 1)]);
    zones.publish();
    while (zones.maintain()) continue;
    // Another reader keeps the dead node in its slot for a while.
    Atomics.store(words, readerWord(1), words[VERSION_WORD] as number);
    zone.apply([gone(nameOf('aaaa.example'))]);
    zones.publish();
    Atomics.store(words, readerWord(0), words[VERSION_WORD] as number);
    const reader = new ZoneReader(zones.memory);
    const name = reader.createName();
    const wire = composeName(nameOf('aaaa.example'));
    name.load(wire, 0, wire.length);
    const newest = findNewest(zones.memory, tableOf(words, reader.findZone(name, name.labels)), name, name.labels);
    expect(newest).toBeGreaterThan(0);
    Atomics.store(words, readerWord(1), 0);
    while (zones.maintain()) continue;
    loadSecret(zones, 10);
    expect(reader.live(newest)).toBe(0);
    expect(readOwner(zones.memory, newest)).toBe('aaaa.example.');
    // It is given back when that reader has gone on.
    const held = zones.usage().usedOctets;
    Atomics.store(words, readerWord(0), 0);
    while (zones.maintain()) continue;
    expect(zones.usage().usedOctets).toBeLessThan(held);
    expect(zones.usage().waitingTasks).toBe(0);
  });

  it('is not given to another name while a snapshot has a table in which it still stands, though that was replaced', () => {
    const { zones, zone } = zonesWith();
    zone.apply([own(nameOf('keep.example'), 1), own(nameOf('dead.example'), 2)]);
    zones.publish();
    const older = zones.snapshot(APEX);
    zone.apply([gone(nameOf('dead.example'))]);
    zones.publish();
    const snapshot = zones.snapshot(APEX);
    zone.apply(Array.from({ length: 200 }, (_, index) => own(nameOf(`n${index}.example`), index)));
    zones.publish();
    older?.close();
    while (zones.maintain(10)) continue;
    loadSecret(zones, 100);
    const names = Array.from(snapshot?.nodes() ?? [], ({ owner }) => owner);
    expect(names.toSorted()).toEqual(['example.', 'keep.example.']);
    snapshot?.close();
  });

  it(
    'is never seen as another name’s by threads that look it up while it comes and goes',
    async () => {
      const { zones, zone } = zonesWith();
      const victim = nameOf('victim00.example');
      const other = nameOf('other000.example');
      zone.apply([own(victim, 1), own(other, 2)]);
      zones.publish();
      const control = new SharedArrayBuffer(8);
      const words = new Int32Array(control);
      const reports = Array.from({ length: READERS }, (_, reader) =>
        startReader({ memory: zones.memory.octets.buffer, reader, control, owner: victim }),
      );
      while (Atomics.load(words, 1) < READERS) await new Promise((resolve) => setTimeout(resolve, 5));
      const until = performance.now() + MILLISECONDS;
      while (performance.now() < until) {
        for (let turn = 0; turn < 100; turn++) comeAndGo(zones, victim, other, turn);
        await new Promise((resolve) => setImmediate(resolve));
      }
      Atomics.store(words, 0, 1);
      for (const { lookups, present, wrong } of await Promise.all(reports)) {
        expect(wrong).toBe(0);
        // The test says something only if the name was found at some times, and not found at others.
        expect(present).toBeGreaterThan(10);
        expect(lookups - present).toBeGreaterThan(10);
      }
    },
    MILLISECONDS + 20_000,
  );
});

/** The name dies and is buried, another one of the same size changes, and the name is there again. */
function comeAndGo(zones: PackedZones, victim: OwnerName, other: OwnerName, turn: number): void {
  const zone = zones.get(APEX);
  zone?.apply([gone(victim)]);
  zones.publish();
  zones.publish();
  for (let change = 0; change < 4; change++) {
    zone?.apply([own(other, (turn * 4 + change) & 0xff)]);
    zones.publish();
  }
  zone?.apply([own(victim, 1)]);
  zones.publish();
}

function startReader(task: RacingTask): Promise<RacingReport> {
  const worker = new Worker(new URL('./testing/racing-reader.ts', import.meta.url), {
    workerData: task,
    execArgv: ['--conditions=@kubezone/source', '--disable-warning=ExperimentalWarning'],
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
