import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { nameOf, type NameState, type ObservedRRset, type ProvidedRRset, rdataKey, sameProvided, TYPE } from '@kubezone/core';

import { recordJson, SimulatedZone } from '../testing/cloudflare-simulator/simulated-zone.ts';
import { linesOf } from '../testing/provided-text.ts';
import { lowerCloudflareName } from './lower-name.ts';
import { operationsOf } from './name-operations.ts';
import { type ApiRecord, observeRecords, placeRecord } from './observe-records.ts';
import { PROPERTY } from './record-settings.ts';
import { rrsetWrites } from './testing/cloudflare-world.ts';
import { recordingLogger } from './testing/recording-logger.ts';
import { zoneFacts } from './zone-facts.ts';

const OWNER = nameOf('www.example.com');
const FACTS = zoneFacts('pro');
const { logger } = recordingLogger();

const address = fc.integer({ min: 0, max: 5 }).map((last) => Uint8Array.of(192, 0, 2, last));
const text = fc.constantFrom('a', 'b', 'c"', 'd\\').map((string) => Uint8Array.of(string.length, ...Buffer.from(string)));
const properties = fc.record(
  {
    [PROPERTY.proxied]: fc.constantFrom('true', 'false', ''),
    [PROPERTY.comment]: fc.constantFrom('', 'one', 'two'),
    [PROPERTY.tags]: fc.constantFrom('', 'a:b', 'c:d,a:b'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;
const rrset = (type: number, rdata: fc.Arbitrary<Uint8Array>) =>
  fc.record({
    owner: fc.constant(OWNER),
    type: fc.constant(type),
    ttl: fc.constantFrom(0, 1, 60, 300, 100_000),
    rdatas: fc.uniqueArray(rdata, { minLength: 1, maxLength: 5, selector: (one) => rdataKey(type, one) }),
    properties,
  });
const state: fc.Arbitrary<NameState> = fc
  .tuple(fc.option(rrset(TYPE.A, address)), fc.option(rrset(TYPE.TXT, text)))
  .map((some) => ({ exists: true, rrsets: some.filter((one) => one !== null) }));

function read(zone: SimulatedZone): ObservedRRset[] {
  return observeRecords(zone.records.flatMap((record) => placeRecord(recordJson(record) as unknown as ApiRecord, logger) ?? []));
}

/** Writes, and returns what the write says that it has left, and the operations that it took. */
function write(zone: SimulatedZone, after: readonly ProvidedRRset[]) {
  const operations = operationsOf({ owner: OWNER, writes: rrsetWrites(read(zone), after) }, nameOf('example.com'), FACTS);
  if (typeof operations === 'string') throw new RangeError(operations);
  const { deletes, patches, posts } = operations;
  const answer = zone.batch({ deletes, patches, posts } as unknown as Parameters<SimulatedZone['batch']>[0]);
  const answered = [...(answer['patches'] ?? []), ...(answer['posts'] ?? [])];
  const placed = answered.flatMap((record) => placeRecord(recordJson(record, true) as unknown as ApiRecord, logger) ?? []);
  return { observed: operations.observe(placed), size: operations.size };
}

describe('a name’s write', () => {
  it('leads from whatever is held to what is wanted in one batch, says what is there then, and has nothing to do after it', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 5 }), (states) => {
        const zone = new SimulatedZone('example.com', { plan: 'pro' });
        for (const desired of states) {
          const { rrsets } = lowerCloudflareName(OWNER, desired, FACTS, { proxied: false, comment: '', tags: [] });
          const { observed } = write(zone, rrsets);
          expect(linesOf(read(zone))).toEqual(linesOf(rrsets));
          expect(linesOf(observed ?? [])).toEqual(linesOf(rrsets));
          for (const one of read(zone)) {
            expect(rrsets.some((wanted) => sameProvided(one, wanted))).toBe(true);
            // What the write has shown can be written over as well as what is read.
            expect(observed).toContainEqual(one);
          }
          expect(write(zone, rrsets).size).toBe(0);
        }
      }),
      { numRuns: 150 },
    );
  });
});
