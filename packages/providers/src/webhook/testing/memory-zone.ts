import { isFailure, nameOf, type ObservedRRset, type ProviderZone, scanRecord } from '@kubezone/core';

import { MemoryProvider } from '../../memory/memory-provider.ts';
import { linesOf, stateOf } from '../../testing/provided-text.ts';

/** A provider with a zone that tests fill and look into. */
export interface MemoryZone {
  readonly provider: MemoryProvider;
  readonly zone: ProviderZone;
  /** Empties the zone, and puts lines of a zone file into it. */
  readonly seed: (lines: readonly string[]) => Promise<void>;
  /** What the zone holds, as lines in order. */
  readonly dump: () => Promise<readonly string[]>;
}

/** @param others further zones that stay empty */
export function memoryZone(apex = 'example.com', others: readonly string[] = []): MemoryZone {
  const provider = new MemoryProvider({ zones: [apex, ...others].map((name) => nameOf(name)) });
  const zone = { apex: nameOf(apex), id: nameOf(apex) };
  const all = async (): Promise<ObservedRRset[]> => {
    const rrsets: ObservedRRset[] = [];
    for await (const page of provider.list(zone)) rrsets.push(...page);
    return rrsets;
  };
  return {
    provider,
    zone,
    async seed(lines) {
      await provider.apply(zone, [{ owner: zone.apex, writes: (await all()).map((before) => ({ before, after: undefined })) }]);
      for (const [owner, some] of Map.groupBy(lines, ownerOf)) {
        const { rrsets } = provider.lower(zone, owner, stateOf(...some));
        await provider.apply(zone, [{ owner, writes: rrsets.map((after) => ({ before: undefined, after })) }]);
      }
    },
    dump: async () => linesOf(await all()),
  };
}

function ownerOf(line: string) {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return record.owner;
}
