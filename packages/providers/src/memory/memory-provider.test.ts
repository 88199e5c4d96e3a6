import { isFailure, nameOf, scanRecord } from '@kubezone/core';

import { describeConformance } from '../testing/conformance.ts';
import { linesOf, stateOf } from '../testing/provided-text.ts';
import { MemoryProvider } from './memory-provider.ts';

describeConformance('memory', async () => {
  const provider = new MemoryProvider({ zones: [nameOf('example.com')] });
  const zone = { apex: nameOf('example.com'), id: 'example.com.' };
  const signal = new AbortController().signal;
  const all = async () => {
    const rrsets = [];
    for await (const page of provider.list(zone)) rrsets.push(...page);
    return rrsets;
  };
  return Promise.resolve({
    provider,
    zone,
    async seed(lines) {
      const { apply } = { apply: provider.apply.bind(provider) };
      await apply(zone, [{ owner: zone.apex, writes: (await all()).map((before) => ({ before, after: undefined })) }]);
      const byOwner = Map.groupBy(lines, (line) => {
        const record = scanRecord(line);
        if (isFailure(record)) throw new RangeError(record.message);
        return record.owner;
      });
      for (const [owner, some] of byOwner) {
        const { rrsets } = provider.lower(zone, owner, stateOf(...some));
        await apply(zone, [{ owner, writes: rrsets.map((after) => ({ before: undefined, after })) }]);
      }
      signal.throwIfAborted();
    },
    dump: async () => linesOf(await all()),
    close: () => Promise.resolve(),
  });
});
