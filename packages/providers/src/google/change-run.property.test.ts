import { describe, expect, it } from '@jest/globals';
import {
  type ApplyResult,
  isFailure,
  nameOf,
  type NameWrite,
  type ObservedRRset,
  type ProvidedRRset,
  scanRdataText,
  TYPE,
} from '@kubezone/core';
import * as fc from 'fast-check';

import { ApiError } from '../testing/google-simulator/api-error.ts';
import { changeRRsets, keyOf, type Naming, type RRsets, type StoredRRset } from '../testing/google-simulator/zone-rrsets.ts';
import { readApiFailure } from './api-failure.ts';
import { runChanges } from './change-run.ts';
import type { ChangeOutcome } from './cloud-dns-client.ts';
import { DEFAULT_QUOTA } from './quota.ts';
import { observeRRset } from './raw-rrset.ts';

const APEX = nameOf('example.com');
const QUOTA = {
  rrsetAdditionsPerChange: 1000,
  rrsetDeletionsPerChange: 1000,
  totalRrdataSizePerChange: 100_000,
  resourceRecordsPerRrset: 100,
  rrsetsPerManagedZone: 10_000,
};
const SIGNAL = new AbortController().signal;

/** What a name has been read to hold, does hold by now, and shall hold; and whether its data is what the vendor takes. */
interface Story {
  readonly read: string | undefined;
  readonly now: string | undefined;
  readonly wanted: string | undefined;
  readonly cname: boolean;
}

const address = fc.option(fc.constantFrom('192.0.2.1', '192.0.2.2'), { nil: undefined });
const story = fc.record<Story>({
  read: address,
  now: address,
  wanted: address,
  cname: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

function stored(name: string, text: string): StoredRRset {
  return { name, type: 'A', ttl: 300, rrdatas: [text] };
}

function observed(name: string, text: string): ObservedRRset {
  const rrset = observeRRset(stored(name, text));
  if (rrset === undefined) throw new RangeError(name);
  return rrset;
}

function provided(name: string, type: number, text: string): ProvidedRRset {
  const rdata = scanRdataText(type, text);
  if (isFailure(rdata)) throw new RangeError(text);
  return { owner: nameOf(name), type, ttl: 300, rdatas: [rdata] };
}

function writeOf(name: string, { read, wanted, cname }: Story): NameWrite {
  const owner = nameOf(name);
  const before = read === undefined ? undefined : observed(name, read);
  const after = wanted === undefined ? undefined : provided(name, TYPE.A, wanted);
  const alias = { before: undefined, after: provided(name, TYPE.CNAME, 'lb.example.net.') };
  return {
    owner,
    writes: [...(before === undefined && after === undefined ? [] : [{ before, after }]), ...(cname ? [alias] : [])],
  };
}

/** Cloud DNS without a network. */
class Zone {
  rrsets: RRsets;
  calls = 0;
  readonly #naming: Naming | 'silent';

  constructor(rrsets: RRsets, naming: Naming | 'silent') {
    this.rrsets = rrsets;
    this.#naming = naming;
  }

  change(_: string, body: Parameters<typeof changeRRsets>[2]): Promise<ChangeOutcome> {
    this.calls++;
    try {
      this.rrsets = changeRRsets(this.rrsets, APEX, body, QUOTA, this.#naming === 'silent' ? 'index' : this.#naming);
      return Promise.resolve({ kind: 'done' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const faults = this.#naming === 'silent' ? [{ reason: error.faults[0]?.reason ?? '', message: 'No.' }] : error.faults;
      const { status, body: shown } = new ApiError(error.status, faults);
      return Promise.resolve({ kind: 'rejected', failure: readApiFailure(status, JSON.stringify(shown), {}, 0) });
    }
  }
}

describe('names that are written together', () => {
  it('have each their own result, which says what the zone holds then; of n names there are at most 2n - 1 changes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(story, { minLength: 1, maxLength: 24 }),
        fc.constantFrom('index' as const, 'rrset' as const, 'silent' as const),
        async (stories, naming) => {
          const names = stories.map((_, index) => `h${index}.example.com.`);
          const start = stories.flatMap(({ now }, index) => (now === undefined ? [] : [stored(names[index] ?? '', now)]));
          const zone = new Zone(new Map(start.map((rrset) => [keyOf(rrset), rrset])), naming);
          const before = zone.rrsets;
          const writes = stories.map((one, index) => writeOf(names[index] ?? '', one));
          const results = await runChanges(writes, {
            client: zone,
            path: '',
            quota: DEFAULT_QUOTA,
            signal: SIGNAL,
            onQuotaOutdated: () => undefined,
          });
          const byOwner = new Map(results.map((result) => [result.owner as string, result]));
          expect(byOwner.size).toBe(stories.length);
          expect(results).toHaveLength(stories.length);
          expect(zone.calls).toBeLessThanOrEqual(2 * stories.length - 1);
          for (const [index, one] of stories.entries()) {
            const name = names[index] ?? '';
            const held = heldBy(zone.rrsets, name);
            const isApplied = (byOwner.get(name) as ApplyResult).kind === 'applied';
            expect(isApplied).toBe(isPossible(one));
            expect(held).toEqual(isApplied ? wantedOf(one) : heldBy(before, name));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

function heldBy(rrsets: RRsets, name: string): readonly string[] {
  return [...rrsets.values()].filter((rrset) => rrset.name === name).map(({ type, rrdatas }) => `${type} ${rrdatas.join()}`);
}

/** Where nothing is asked, whatever is there stays. */
function wantedOf({ read, now, wanted, cname }: Story): readonly string[] {
  const rest = read === wanted && read !== undefined ? now : wanted;
  const held = read === undefined && wanted === undefined ? now : rest;
  return [...(held === undefined ? [] : [`A ${held}`]), ...(cname ? ['CNAME lb.example.net.'] : [])];
}

/** Whether the zone is as the write says, and the outcome is a zone. */
function isPossible({ read, now, wanted, cname }: Story): boolean {
  // What stays as it is, is a condition of what else is written.
  const isUntouched = read === wanted && (read === undefined || !cname);
  const after = isUntouched ? now : wanted;
  return (isUntouched || read === now) && !(cname && after !== undefined);
}
