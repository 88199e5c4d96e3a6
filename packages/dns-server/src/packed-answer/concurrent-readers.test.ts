/** Threads read while another one writes: every answer, and every batch of answers, is of one state that the zone had. */
import { Worker } from 'node:worker_threads';

import { describe, expect, it } from '@jest/globals';
import { nameOf, type OwnerName, type RRset, TYPE, type ZoneEdit } from '@kubezone/core';
import { PackedZones } from '@kubezone/core/packed-zone';

import { ZONE_FLAG } from './packed-zone-table.ts';
import type { ReadingReport, ReadingTask } from './testing/reading-worker.ts';
import { rrsetOf, soaOf } from './testing/zone-arbitrary.ts';

const APEX = nameOf('zone.example');
const READERS = 2;
const MILLISECONDS = Number(process.env['CONCURRENT_MS'] ?? 2500);
const MOST_MILLISECONDS: number = MILLISECONDS + 30_000;
/** How many states each reader is to see at least. */
const MIN_STATES = 10;

function addresses(owner: OwnerName, state: number, count = 1): RRset {
  // The first octet tells the addresses of one RRset apart, the others bear the state.
  const rdatas = Array.from({ length: count }, (_, index) => Uint8Array.of(index, state >>> 16, state >>> 8, state));
  return { owner, type: TYPE.A, ttl: 60, rdatas };
}

function own(owner: string, ...rrsets: readonly RRset[]): ZoneEdit {
  return { owner: nameOf(owner), exists: true, rrsets };
}

function gone(owner: string): ZoneEdit {
  return { owner: nameOf(owner), exists: false, rrsets: [] };
}

/** All that changes from one state to the next: it must be seen together. */
function editsOf(state: number): ZoneEdit[] {
  const wild = nameOf('*.wild.zone.example');
  const either = nameOf('either.wild.zone.example');
  const deepWild = nameOf('*.deep.zone.example');
  const deep = nameOf('p.q.r.deep.zone.example');
  const alias = { ...rrsetOf(nameOf('alias.zone.example'), 1, 'CNAME', ['ten.zone.example.']), ttl: state };
  const ns = { ...rrsetOf(nameOf('cut.zone.example'), 1, 'NS', ['ns.cut.zone.example.']), ttl: state };
  const isEven = state % 2 === 0;
  return [
    own('zone.example', { ...soaOf(APEX, state) }),
    // The one that goes before the one that comes, and the other way round, in turn.
    ...(state % 4 < 2 ? [isEven ? gone(either) : gone(wild)] : []),
    isEven ? own(wild, addresses(wild, state)) : own(either, addresses(either, state)),
    ...(state % 4 < 2 ? [] : [isEven ? gone(either) : gone(wild)]),
    isEven ? gone(deep) : gone(deepWild),
    isEven ? own(deepWild, addresses(deepWild, state)) : own(deep, addresses(deep, state)),
    own('ten.zone.example', addresses(nameOf('ten.zone.example'), state, 10)),
    own('alias.zone.example', alias),
    own('cut.zone.example', ns),
    own('ns.cut.zone.example', addresses(nameOf('ns.cut.zone.example'), state)),
  ];
}

describe('threads that read while zones change', () => {
  it(
    'see each state as a whole, through growing tables, zones that are replaced, and nodes that are moved',
    async () => {
      const zones = new PackedZones({ seed: 0xc0ffee, maxOctets: 2 ** 26 });
      const install = (state: number): void => {
        const zone = zones.create(APEX, soaOf(APEX, state));
        zone.apply(editsOf(state));
        zone.flags = ZONE_FLAG.COMPLETE | ZONE_FLAG.ROTATE;
        zones.install(zone);
      };
      install(0);
      zones.publish();
      const control = new SharedArrayBuffer(4 + READERS * 4);
      // The test says something only if the readers were reading while there were changes, however busy the machine is.
      const hasSeenMuch = (): boolean => new Int32Array(control, 4).every((states) => states > MIN_STATES);
      const reports = Array.from({ length: READERS }, (_, reader) =>
        startReader({ memory: zones.memory.octets.buffer, reader, control }),
      );
      const began = performance.now();
      const isOver = (): boolean => performance.now() - began > (hasSeenMuch() ? MILLISECONDS : MOST_MILLISECONDS);
      let state = 0;
      let fillers = 0;
      while (!isOver()) {
        for (let turn = 0; turn < 50; turn++) {
          state++;
          // The first thousands grow the table; later ones come and go with other sizes, so that nodes are moved together.
          const filler = Array.from({ length: 20 }, (_, index) => fillerOf(fillers + index, state));
          fillers += 20;
          if (state % 500 === 499) install(state);
          else zones.get(APEX)?.apply([...editsOf(state), ...filler]);
          zones.publish();
        }
        zones.maintain(4);
        // Lets the threads' messages in.
        await new Promise((resolve) => setImmediate(resolve));
      }
      Atomics.store(new Int32Array(control), 0, 1);
      const all = await Promise.all(reports);
      if (process.env['SHARES'] !== undefined) process.stderr.write(`${JSON.stringify({ state, all, usage: zones.usage() })}\n`);
      for (const { faults, answers, composed, states } of all) {
        expect(faults).toEqual([]);
        expect(composed).toBe(answers);
        expect(states).toBeGreaterThan(MIN_STATES);
      }
      expect(state).toBeGreaterThan(100);
      while (zones.maintain(100)) continue;
      expect(zones.usage().waitingTasks).toBe(0);
    },
    MOST_MILLISECONDS + 20_000,
  );
});

/** A name that nobody asks for: there for a while with one content, then gone. */
function fillerOf(number: number, state: number): ZoneEdit {
  const owner = nameOf(`filler-${number % 5000}.zone.example`);
  if (Math.floor(number / 5000) % 3 === 2) return { owner, exists: false, rrsets: [] };
  return { owner, exists: true, rrsets: [addresses(owner, state, 1 + (Math.floor(number / 5000) % 30))] };
}

function startReader(task: ReadingTask): Promise<ReadingReport> {
  const worker = new Worker(new URL('./testing/reading-worker.ts', import.meta.url), {
    workerData: task,
    execArgv: ['--conditions=@kubezone/source', '--disable-warning=ExperimentalWarning'],
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
