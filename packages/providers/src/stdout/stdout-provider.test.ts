import { describe, expect, it } from '@jest/globals';
import { nameOf, type ObservedRRset, type Provider } from '@kubezone/core';

import { describeConformance } from '../testing/conformance.ts';
import { linesOf, stateOf } from '../testing/provided-text.ts';
import { createStdoutProvider, type StdoutOptions } from './stdout-provider.ts';

const SIGNAL = new AbortController().signal;
const zone = { apex: nameOf('example.com'), id: 'example.com.' };
const www = nameOf('www.example.com');

const open = (format?: StdoutOptions['format']) => {
  const lines: string[] = [];
  const provider = createStdoutProvider(
    { zones: [zone.apex], ...(format === undefined ? {} : { format }) },
    { write: (line) => void lines.push(line) },
  );
  return { provider, lines };
};
/** Makes a name hold some lines, and nothing else. */
const put = async (provider: Provider, owner: ReturnType<typeof nameOf>, ...texts: readonly string[]): Promise<void> => {
  const held = await provider.read(zone, [owner], SIGNAL);
  const { rrsets } = provider.lower(zone, owner, stateOf(...texts));
  const writes = [
    ...held.filter(({ type }) => !rrsets.some((rrset) => rrset.type === type)).map((before) => ({ before, after: undefined })),
    ...rrsets.map((after) => ({ before: held.find(({ type }) => type === after.type), after })),
  ];
  await provider.apply(zone, [{ owner, writes }], SIGNAL);
};

describeConformance('stdout', () => {
  const { provider } = open();
  const all = async (): Promise<ObservedRRset[]> => {
    const found: ObservedRRset[] = [];
    for await (const page of provider.list(zone, SIGNAL)) found.push(...page);
    return found;
  };
  return Promise.resolve({
    provider,
    zone,
    async seed(lines) {
      for (const { owner } of await all()) await put(provider, owner);
      for (const [name, some] of Map.groupBy(lines, (line) => line.split(' ')[0] ?? ''))
        await put(provider, nameOf(name), ...some);
    },
    dump: async () => linesOf(await all()),
    close: () => Promise.resolve(),
  });
});

describe('the provider stdout', () => {
  it('prints Mate’s lines, change by change', async () => {
    const { provider, lines } = open();
    await put(provider, www, 'www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 AAAA 2001:db8::1');
    await put(provider, www, 'www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 A 192.0.2.2');
    await put(provider, www, 'www.example.com. 60 A 192.0.2.1', 'www.example.com. 60 A 192.0.2.2');
    await put(provider, www, 'www.example.com. 300 ALIAS lb.example.net.');
    await put(provider, www, 'www.example.com. 300 TXT "a b"');
    expect(lines).toEqual([
      'process record: www.example.com. 192.0.2.1 - \n',
      'process record: www.example.com. 2001:db8::1 - \n',
      'delete record: www.example.com. 2001:db8::1 - \n',
      'process record: www.example.com. 192.0.2.2 - \n',
      'process record: www.example.com. 192.0.2.1 - \n',
      'process record: www.example.com. 192.0.2.2 - \n',
      'delete record: www.example.com. 192.0.2.1 - \n',
      'delete record: www.example.com. 192.0.2.2 - \n',
      'process record: www.example.com.  - lb.example.net.\n',
      'delete record: www.example.com.  - lb.example.net.\n',
      'process record: www.example.com. TXT "a b"\n',
    ]);
  });

  it('prints JSON, an object on each line', async () => {
    const { provider, lines } = open('json');
    await put(provider, www, 'www.example.com. 300 A 192.0.2.1');
    await put(provider, www, 'www.example.com. 60 A 192.0.2.2');
    await put(provider, www);
    const common = { zone: 'example.com.', owner: 'www.example.com.', type: 'A' };
    const [one, two] = [
      { ttl: 300, rdatas: ['192.0.2.1'] },
      { ttl: 60, rdatas: ['192.0.2.2'] },
    ];
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ...common, change: 'create', after: one },
      { ...common, change: 'update', before: one, after: two },
      { ...common, change: 'delete', before: two },
    ]);
    expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
  });

  it('prints nothing for a write that is not made', async () => {
    const { provider, lines } = open();
    await put(provider, www, 'www.example.com. 300 A 192.0.2.1');
    const [after] = provider.lower(zone, www, stateOf('www.example.com. 300 A 192.0.2.9')).rrsets;
    const results = await provider.apply(zone, [{ owner: www, writes: [{ before: undefined, after }] }], SIGNAL);
    expect([results[0]?.kind, lines.length]).toEqual(['conflict', 1]);
  });
});
