import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ApplyResult,
  nameOf,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type ProvidedRRset,
  providedKey,
  type Provider,
  ProviderError,
  type ProviderZone,
  type RRsetWrite,
} from '@kubezone/core';

import { CONFORMANCE_STATES } from './conformance-states.ts';
import { linesOf, stateOf } from './provided-text.ts';

/** A provider and the server behind it. */
export interface ProviderUnderTest {
  readonly provider: Provider;
  /** The zone `example.com.`, with nothing in it but what every zone has. */
  readonly zone: ProviderZone;
  /** Empties the zone, and puts records into it, not by way of the provider. */
  seed(lines: readonly string[]): Promise<void>;
  /** What the server holds, not by way of the provider: lines of a zone file in order, without SOA and NS of the apex. */
  dump(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What not all of them can do. */
export interface ConformanceOptions {
  /** States beyond the usual that must be read back as they were lowered. */
  readonly states?: Readonly<Record<string, readonly string[]>>;
  /** Names of the states that this provider refuses. */
  readonly refuses?: readonly string[];
  /** Lower TTLs are raised to it. @default 0 */
  readonly minTtl?: number;
}

const SIGNAL = new AbortController().signal;
const WWW = nameOf('www.example.com');
const MARKER = nameOf('_owner.www.example.com');

/** The tests that every provider passes. */
export function describeConformance(
  name: string,
  open: () => Promise<ProviderUnderTest>,
  options: ConformanceOptions = {},
): void {
  const ttl = Math.max(300, options.minTtl ?? 0);

  describe(`the provider ${name}`, () => {
    let under: ProviderUnderTest;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(async () => {
      await under.close();
    });
    beforeEach(async () => {
      await under.seed([]);
    });

    const lowered = (owner: OwnerName, ...lines: readonly string[]): readonly ProvidedRRset[] => {
      const { rrsets, rejected } = under.provider.lower(under.zone, owner, stateOf(...lines));
      expect(rejected).toEqual([]);
      return rrsets;
    };
    const read = (...owners: readonly OwnerName[]): Promise<readonly ObservedRRset[]> =>
      under.provider.read(under.zone, owners, SIGNAL);
    const apply = (...writes: readonly NameWrite[]): Promise<readonly ApplyResult[]> =>
      under.provider.apply(under.zone, writes, SIGNAL);
    /** From what was read to what was lowered. */
    const writeOf = (owner: OwnerName, before: readonly ObservedRRset[], after: readonly ProvidedRRset[]): NameWrite => {
      const wanted = new Map(after.map((rrset) => [providedKey(rrset), rrset]));
      const found = new Map(before.map((rrset) => [providedKey(rrset), rrset]));
      const keys = [...new Set([...found.keys(), ...wanted.keys()])];
      return { owner, writes: keys.map((key): RRsetWrite => ({ before: found.get(key), after: wanted.get(key) })) };
    };
    const listed = async (): Promise<readonly ObservedRRset[]> => {
      const all: ObservedRRset[] = [];
      for await (const page of under.provider.list(under.zone, SIGNAL)) all.push(...page);
      return all;
    };

    it('lists the zone', async () => {
      expect(await under.provider.zones(SIGNAL)).toContainEqual(under.zone);
    });

    describe.each(
      Object.entries({ ...CONFORMANCE_STATES, ...options.states }).filter(([state]) => options.refuses?.includes(state) !== true),
    )('%s', (_, lines) => {
      const owner = nameOf(lines[0]?.split(' ')[0] ?? '');

      beforeEach(async () => {
        await under.provider.prepare?.(under.zone, new Map([[owner, stateOf(...lines)]]), SIGNAL);
      });

      it('is written, and read and listed as it was lowered', async () => {
        const after = lowered(owner, ...lines);
        const results = await apply(writeOf(owner, [], after));
        expect(results).toEqual([{ kind: 'applied', owner, observed: expect.anything() as unknown }]);
        const found = (await read(owner)).filter((rrset) => linesOf([rrset]).some(notOfZone));
        expect(linesOf(found)).toEqual(linesOf(after));
        expect(linesOf(await listed()).filter(notOfZone)).toEqual(linesOf(after));
        expect((await apply(writeOf(owner, found, []))).map(({ kind }) => kind)).toEqual(['applied']);
        expect(await under.dump()).toEqual([]);
      });

      it('is removed by what its write has shown, without another read', async () => {
        const after = lowered(owner, ...lines);
        const [written] = await apply(writeOf(owner, [], after));
        const observed = written?.kind === 'applied' ? written.observed : [];
        const before = observed.filter((rrset) => linesOf([rrset]).some(notOfZone));
        expect(linesOf(before)).toEqual(linesOf(after));
        expect((await apply(writeOf(owner, before, []))).map(({ kind }) => kind)).toEqual(['applied']);
        expect(await under.dump()).toEqual([]);
      });
    });

    for (const state of options.refuses ?? []) {
      it(`${state} is refused before it is sent, with a reason`, () => {
        const lines = CONFORMANCE_STATES[state] ?? [];
        const owner = nameOf(lines[0]?.split(' ')[0] ?? '');
        const { rrsets, rejected } = under.provider.lower(under.zone, owner, stateOf(...lines));
        expect(rrsets).toEqual([]);
        expect(rejected).toEqual([expect.objectContaining({ reason: expect.stringMatching(/\w \w/) as unknown })]);
      });
    }

    it('replaces addresses, and shows what it has written', async () => {
      await under.seed([`www.example.com. ${ttl} A 192.0.2.1`, `www.example.com. ${ttl} A 192.0.2.2`]);
      const after = lowered(WWW, `www.example.com. ${ttl} A 192.0.2.2`, `www.example.com. ${ttl} A 192.0.2.3`);
      const [result] = await apply(writeOf(WWW, await read(WWW), after));
      expect(result).toMatchObject({ kind: 'applied', owner: WWW });
      expect(result?.kind === 'applied' && linesOf(result.observed)).toEqual(linesOf(after));
      expect(await under.dump()).toEqual([`www.example.com. ${ttl} A 192.0.2.2`, `www.example.com. ${ttl} A 192.0.2.3`]);
    });

    it('goes on from what a write has shown, also of records that it left as they were', async () => {
      await under.seed([
        `www.example.com. ${ttl} MX 10 Mail.Example.NET.`,
        `www.example.com. ${ttl} MX 20 mx2.example.net.`,
        `_owner.www.example.com. ${ttl} TXT "theirs"`,
      ]);
      const [mx, theirs] = [`www.example.com. ${ttl} MX 10 mail.example.net.`, `_owner.www.example.com. ${ttl} TXT "theirs"`];
      const state = (exchanger: string, marker: string): readonly ProvidedRRset[] => [
        ...lowered(WWW, mx, `www.example.com. ${ttl} MX 30 ${exchanger}.example.net.`),
        ...lowered(MARKER, theirs, `_owner.www.example.com. ${ttl} TXT "${marker}"`),
      ];
      let held = await read(WWW, MARKER);
      for (const [exchanger, marker] of [
        ['mx3', 'ours'],
        ['mx4', 'ours, again'],
        ['mx5', 'ours, and again'],
      ] as const) {
        const after = state(exchanger, marker);
        const [result] = await apply(writeOf(WWW, held, after));
        expect(result).toMatchObject({ kind: 'applied' });
        held = result?.kind === 'applied' ? result.observed : [];
        expect(linesOf(held)).toEqual(linesOf(after));
      }
      expect(linesOf(await read(WWW, MARKER))).toEqual(linesOf(state('mx5', 'ours, and again')));
    });

    it('replaces addresses by a CNAME, and back, in one write each', async () => {
      await under.seed([`www.example.com. ${ttl} A 192.0.2.1`, `www.example.com. ${ttl} AAAA 2001:db8::1`]);
      await apply(writeOf(WWW, await read(WWW), lowered(WWW, `www.example.com. ${ttl} CNAME lb.example.net.`)));
      expect(await under.dump()).toEqual([`www.example.com. ${ttl} CNAME lb.example.net.`]);
      await apply(writeOf(WWW, await read(WWW), lowered(WWW, `www.example.com. ${ttl} A 192.0.2.9`)));
      expect(await under.dump()).toEqual([`www.example.com. ${ttl} A 192.0.2.9`]);
    });

    it('writes a name and its marker together', async () => {
      const rrsets = [
        ...lowered(WWW, `www.example.com. ${ttl} A 192.0.2.1`),
        ...lowered(MARKER, `_owner.www.example.com. ${ttl} TXT "heritage=kubezone"`),
      ];
      const results = await apply(writeOf(WWW, [], rrsets));
      expect(results.map(({ kind }) => kind)).toEqual(['applied']);
      expect(linesOf(await read(WWW, MARKER))).toEqual(linesOf(rrsets));
    });

    it('leaves the other values of a TXT RRset as they are', async () => {
      await under.seed([`_owner.www.example.com. ${ttl} TXT "another \\"owner\\""`]);
      const before = await read(MARKER);
      const both = lowered(
        MARKER,
        `_owner.www.example.com. ${ttl} TXT "another \\"owner\\""`,
        `_owner.www.example.com. ${ttl} TXT "ours"`,
      );
      await apply(writeOf(WWW, before, both));
      expect(await under.dump()).toEqual([
        `_owner.www.example.com. ${ttl} TXT "another \\"owner\\""`,
        `_owner.www.example.com. ${ttl} TXT "ours"`,
      ]);
      await apply(writeOf(WWW, await read(MARKER), lowered(MARKER, `_owner.www.example.com. ${ttl} TXT "another \\"owner\\""`)));
      expect(await under.dump()).toEqual([`_owner.www.example.com. ${ttl} TXT "another \\"owner\\""`]);
    });

    it('touches nothing else', async () => {
      const foreign = [
        `aaa.example.com. ${ttl} A 192.0.2.7`,
        `www.example.com. ${ttl} TXT "keep"`,
        `zzz.example.com. ${ttl} MX 10 mail.example.net.`,
      ];
      await under.seed(foreign);
      await apply(writeOf(WWW, [], lowered(WWW, `www.example.com. ${ttl} A 192.0.2.1`)));
      expect(await under.dump()).toEqual([...foreign, `www.example.com. ${ttl} A 192.0.2.1`].sort());
    });

    it('finds nothing where there is nothing', async () => {
      expect(await read(nameOf('nothing.example.com'), MARKER)).toEqual([]);
    });

    it('reads a name alone, not what stands below it', async () => {
      await under.seed([
        `a.www.example.com. ${ttl} A 192.0.2.1`,
        `www.example.com. ${ttl} A 192.0.2.2`,
        `www2.example.com. ${ttl} A 192.0.2.3`,
      ]);
      expect(linesOf(await read(WWW))).toEqual([`www.example.com. ${ttl} A 192.0.2.2`]);
    });

    it('lists every RRset once, however many pages there are', async () => {
      const lines = Array.from(
        { length: 720 },
        (__, index) => `h${String(index).padStart(4, '0')}.example.com. ${ttl} A 192.0.2.${index % 250}`,
      );
      await under.seed(lines);
      expect(linesOf(await listed()).filter(notOfZone)).toEqual(lines);
    });

    it('says that it does not know a zone', async () => {
      const nowhere = { apex: nameOf('nowhere.example'), id: 'nowhere.example.' };
      await expect(under.provider.read(nowhere, [nowhere.apex], SIGNAL)).rejects.toBeInstanceOf(ProviderError);
      const list = async (): Promise<void> => {
        for await (const page of under.provider.list(nowhere, SIGNAL)) expect(page).toBeUndefined();
      };
      await expect(list()).rejects.toBeInstanceOf(ProviderError);
      const owner = nameOf('www.nowhere.example');
      const [rrset] = stateOf(`${owner} ${ttl} A 192.0.2.1`).rrsets;
      const write = { owner, writes: [{ before: undefined, after: rrset && { ...rrset, owner } }] };
      await expect(under.provider.apply(nowhere, [write], SIGNAL)).rejects.toBeInstanceOf(ProviderError);
    });

    it('writes nothing for a caller who has given up', async () => {
      const write = writeOf(WWW, [], lowered(WWW, `www.example.com. ${ttl} A 192.0.2.1`));
      const results = await under.provider.apply(under.zone, [write], AbortSignal.abort()).catch(() => []);
      for (const result of results) expect(result).toMatchObject({ kind: 'throttled', owner: WWW });
      expect(await under.dump()).toEqual([]);
    });

    it('gives every name of a call one result, also where they are more than one request can hold', async () => {
      const count = under.provider.traits.maxNamesPerWrite;
      const owners = Array.from({ length: count }, (__, index) => nameOf(`h${index}.example.com`));
      const writes = owners.map((owner) =>
        writeOf(
          owner,
          [],
          [
            ...lowered(owner, `${owner} ${ttl} A 192.0.2.1`),
            ...lowered(nameOf(`_owner.${owner}`), `_owner.${owner} ${ttl} TXT "heritage=kubezone"`),
          ],
        ),
      );
      const results = await apply(...writes);
      expect(results.map(({ owner }) => owner).sort()).toEqual([...owners].sort());
      expect(results.filter(({ kind }) => kind !== 'applied')).toEqual([]);
      expect(await under.dump()).toHaveLength(2 * count);
    });

    describe('does not write over what it was not told of', () => {
      it('where a name is to be made that exists', async () => {
        await under.seed([`www.example.com. ${ttl} A 192.0.2.66`]);
        if (!under.provider.traits.conditionalWrites) return;
        const results = await apply(writeOf(WWW, [], lowered(WWW, `www.example.com. ${ttl} A 192.0.2.1`)));
        expect(results).toEqual([{ kind: 'conflict', owner: WWW, reason: expect.any(String) as unknown }]);
        expect(await under.dump()).toEqual([`www.example.com. ${ttl} A 192.0.2.66`]);
      });

      it('where somebody has changed it since, and its marker is not written either', async () => {
        await under.seed([`www.example.com. ${ttl} A 192.0.2.1`]);
        const before = await read(WWW);
        await under.seed([`www.example.com. ${ttl} A 192.0.2.66`]);
        if (!under.provider.traits.conditionalWrites) return;
        const after = [
          ...lowered(WWW, `www.example.com. ${ttl} A 192.0.2.2`),
          ...lowered(MARKER, `_owner.www.example.com. ${ttl} TXT "ours"`),
        ];
        const results = await apply(writeOf(WWW, before, after));
        expect(results.map(({ kind }) => kind)).toEqual(['conflict']);
        expect(await under.dump()).toEqual([`www.example.com. ${ttl} A 192.0.2.66`]);
      });

      it('where somebody has changed what is to be removed', async () => {
        await under.seed([`www.example.com. ${ttl} A 192.0.2.1`]);
        const before = await read(WWW);
        await under.seed([`www.example.com. ${ttl} A 192.0.2.1`, `www.example.com. ${ttl} A 192.0.2.66`]);
        if (!under.provider.traits.conditionalWrites) return;
        expect((await apply(writeOf(WWW, before, []))).map(({ kind }) => kind)).toEqual(['conflict']);
        expect(await under.dump()).toHaveLength(2);
      });

      it('where another writer has put his marker beside ours, and the data are not written either', async () => {
        await under.seed([`_owner.www.example.com. ${ttl} TXT "ours"`]);
        const before = await read(MARKER);
        await under.seed([`_owner.www.example.com. ${ttl} TXT "ours"`, `_owner.www.example.com. ${ttl} TXT "theirs"`]);
        if (!under.provider.traits.conditionalWrites) return;
        const after = [
          ...lowered(WWW, `www.example.com. ${ttl} A 192.0.2.2`),
          ...lowered(MARKER, `_owner.www.example.com. ${ttl} TXT "ours, more"`),
        ];
        expect((await apply(writeOf(WWW, before, after))).map(({ kind }) => kind)).toEqual(['conflict']);
        expect(await under.dump()).toEqual([
          `_owner.www.example.com. ${ttl} TXT "ours"`,
          `_owner.www.example.com. ${ttl} TXT "theirs"`,
        ]);
      });

      it('and the other names of the same call are written all the same, now or after another try', async () => {
        await under.seed([`www.example.com. ${ttl} A 192.0.2.66`]);
        if (!under.provider.traits.conditionalWrites) return;
        const other = nameOf('other.example.com');
        const writes = [
          writeOf(WWW, [], lowered(WWW, `www.example.com. ${ttl} A 192.0.2.1`)),
          writeOf(other, [], lowered(other, `other.example.com. ${ttl} A 192.0.2.2`)),
        ];
        const results = await apply(...writes);
        expect(results.find(({ owner }) => owner === WWW)?.kind).toBe('conflict');
        const isWritten = results.find(({ owner }) => owner === other)?.kind === 'applied';
        const again = isWritten ? results : await apply(...writes.slice(1));
        expect(again.find(({ owner }) => owner === other)?.kind).toBe('applied');
        expect(await under.dump()).toEqual([`other.example.com. ${ttl} A 192.0.2.2`, `www.example.com. ${ttl} A 192.0.2.66`]);
      });
    });

    it('refuses a name whose data the server refuses, and says why', async () => {
      await under.seed([`www.example.com. ${ttl} A 192.0.2.1`]);
      const cname = lowered(WWW, `www.example.com. ${ttl} CNAME lb.example.net.`);
      const [result] = await apply({ owner: WWW, writes: cname.map((after) => ({ before: undefined, after })) });
      expect(['refused', 'conflict']).toContain(result?.kind);
      expect(await under.dump()).toEqual([`www.example.com. ${ttl} A 192.0.2.1`]);
    });
  });
}

/** Every zone has an SOA and NS at its apex, which nobody here asks for. */
function notOfZone(line: string): boolean {
  return !/^example\.com\. \d+ (?:SOA|NS) /.test(line);
}
