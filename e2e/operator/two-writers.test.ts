/** Several built operators, and external-dns itself, with one zone at a vendor: each has its own names, and touches no other's. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildExternalDns, locateExternalDns, passOfExternalDns, serveExternalDns } from '@kubezone/providers/testing';

import { startOperator } from '../support/built-operator.ts';
import { type AskedEndpoint, endpointManifests } from '../support/endpoint-manifests.ts';
import { type SimulatedVendor, startVendor, type VendorName } from '../support/simulated-vendor.ts';
import { VendorRelay } from '../support/vendor-relay.ts';

/** Who writes: two that differ in one of these are two writers. */
interface Writer {
  readonly owner: string;
  /** What the folder of manifests is called, which stands in markers as the cluster's id. */
  readonly cluster: string;
}

/** What a process has done that ran to its end. */
interface Outcome {
  readonly code: number | string;
  readonly writes: number;
  readonly said: string;
}

const located = locateExternalDns();
const externalDns = 'missing' in located ? undefined : located.path;
if ('missing' in located) {
  if (process.env['CI'] === 'true') throw new Error(located.missing);
  process.stderr.write(`\n*** SKIPPED: the operator beside external-dns itself: ${located.missing}\n\n`);
}

let folder: string;
let vendor: SimulatedVendor | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubezone-writers-'));
});
afterEach(async () => {
  await vendor?.close();
  vendor = undefined;
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const host = (name: string, target: string): AskedEndpoint => ({
  dnsName: `${name}.example.com`,
  recordType: 'A',
  target,
});

/** Runs an operator once, with a provider and its options. */
async function runOnce(
  { owner, cluster }: Writer,
  asked: readonly AskedEndpoint[],
  provider: { readonly provider: string; readonly providerOptions: object },
  environment: Readonly<Record<string, string>> = {},
): Promise<Omit<Outcome, 'writes'>> {
  const home = join(folder, `${owner}-${cluster}`);
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'endpoints.yaml'), endpointManifests(asked));
  const config = {
    clusters: [{ name: cluster, manifests: home }],
    sources: ['dnsendpoint'],
    owner: { id: owner },
    log: { level: 'warn' },
    providers: [{ selector: ['example.com'], ...provider }],
  };
  const file = join(folder, `${owner}-${cluster}.yaml`);
  await writeFile(file, JSON.stringify(config));
  const operator = await startOperator(['--config', file, '--once'], { cwd: folder, env: environment });
  try {
    const code = await operator.ended(60_000);
    if (code !== 0 && code !== 4) throw new Error(`the operator ended with ${code}, and said: ${operator.text()}`);
    return { code, said: operator.text() };
  } finally {
    await operator.stop('SIGKILL');
  }
}

/** The same at the simulated vendor, through a relay that counts, and may hold, its writes. */
async function run(writer: Writer, asked: readonly AskedEndpoint[], hooks: VendorRelay['hooks'] = {}): Promise<Outcome> {
  if (vendor === undefined) throw new Error('there is no vendor');
  const relay = await VendorRelay.open(vendor.address);
  Object.assign(relay.hooks, hooks);
  try {
    const provider = { provider: vendor.name, providerOptions: { ...vendor.options(relay.url), batchChangeSize: 5 } };
    const outcome = await runOnce(writer, asked, provider, vendor.environment);
    return { ...outcome, writes: relay.writes };
  } finally {
    await relay.close();
  }
}

/** How it ended: 0, or 4 where another has a name that it is asked for; and what it says of that, as codes and names. */
function ended({ code, said }: Pick<Outcome, 'code' | 'said'>): string {
  const lines = said.split('\n').filter((line) => line !== '');
  const told = lines.map((line) => {
    const { code: why, names } = JSON.parse(line) as { readonly code?: string; readonly names?: readonly string[] };
    return names === undefined ? line : `${why} ${names.join(' ')}`;
  });
  return [code, ...told.toSorted()].join(', ');
}
const DONE = '0';
const OF_EXTERNAL_DNS = 'FOREIGN_RRSET edns.example.com.';
const OURS = /heritage=kubezone,v=1,owner=([\w-]+),cluster=([\w-]+),/;
/** Names with whose marker stands beside them. */
const markers = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => {
    const [, owner, cluster] = OURS.exec(line) ?? [];
    return owner === undefined ? [] : `${line.split(' ')[0]} ${owner} ${cluster}`;
  });
const data = (lines: readonly string[]): readonly string[] => lines.filter((line) => !OURS.test(line));

const FIRST: Writer = { owner: 'one', cluster: 'east' };

describe.each<[string, Writer, string, readonly VendorName[]]>([
  ['another owner id', { owner: 'two', cluster: 'east' }, 'OTHER_OWNER', ['route53', 'google', 'cloudflare']],
  ['the same owner id in another cluster', { owner: 'one', cluster: 'west' }, 'OTHER_CLUSTER', ['route53', 'cloudflare']],
])('two operators, the second with %s', (_, second, reason, vendors) => {
  it.each(vendors)(
    'have each its own names at %s, and external-dns has its own',
    async (name) => {
      vendor = await startVendor(name);
      const text = `heritage=external-dns,external-dns/owner=one,external-dns/resource=service/default/edns`;
      const foreign = ['a-edns.example.com. 300 TXT', 'edns.example.com. 300 A 198.51.100.1'];
      const edns = foreign.map((line) => (line.endsWith('TXT') ? `${line} "${text}"` : line));
      vendor.seed(edns);
      const stored = (...names: readonly string[]): readonly string[] =>
        names.flatMap((owner) => [vendor?.stored(owner, 'A') ?? '', vendor?.stored(owner, 'TXT') ?? '']);

      // The first comes first where both want a name; what external-dns has is neither's.
      const askedFirst = [host('a', '192.0.2.1'), host('b', '192.0.2.1'), host('both', '192.0.2.1'), host('edns', '192.0.2.1')];
      expect(ended(await run(FIRST, askedFirst))).toBe(`4, ${OF_EXTERNAL_DNS}`);
      const askedSecond = [host('c', '192.0.2.2'), host('d', '192.0.2.2'), host('both', '192.0.2.2'), host('edns', '192.0.2.2')];
      expect(ended(await run(second, askedSecond))).toBe(`4, ${OF_EXTERNAL_DNS}, ${reason} both.example.com.`);
      const lines = (...pairs: readonly (readonly [string, string])[]): readonly string[] =>
        pairs.map(([label, address]) => `${label}.example.com. 300 A ${address}`);
      const mine = '192.0.2.1';
      const theirs = '192.0.2.2';
      expect(data(vendor.dump())).toEqual(
        [...edns, ...lines(['a', mine], ['b', mine], ['both', mine], ['c', theirs], ['d', theirs])].toSorted(),
      );
      expect(markers(vendor.dump())).toHaveLength(5);

      // Each of them in its turn changes, removes and adds, and finds nothing else to do.
      const ofSecond = stored('c.example.com.', 'd.example.com.', 'edns.example.com.', 'a-edns.example.com.');
      const changed = [host('a', '192.0.2.9'), host('new', mine), host('edns', mine)];
      expect(ended(await run(FIRST, changed))).toBe(`4, ${OF_EXTERNAL_DNS}`);
      expect(stored('c.example.com.', 'd.example.com.', 'edns.example.com.', 'a-edns.example.com.')).toEqual(ofSecond);
      const ofFirst = stored('a.example.com.', 'new.example.com.', 'edns.example.com.', 'a-edns.example.com.');
      expect(ended(await run(second, askedSecond.slice(1)))).toBe(`4, ${OF_EXTERNAL_DNS}`);
      expect(stored('a.example.com.', 'new.example.com.', 'edns.example.com.', 'a-edns.example.com.')).toEqual(ofFirst);
      expect(data(vendor.dump())).toEqual(
        [...edns, ...lines(['a', '192.0.2.9'], ['both', theirs], ['d', theirs], ['new', mine])].toSorted(),
      );
      expect(markers(vendor.dump()).filter((line) => line.endsWith(` ${second.owner} ${second.cluster}`))).toHaveLength(2);
      expect(markers(vendor.dump())).toHaveLength(4);
      expect((await run(FIRST, changed)).writes).toBe(0);
    },
    60_000,
  );
});

describe('two operators that begin at one moment and want the same names', () => {
  const SECOND: Writer = { owner: 'two', cluster: 'east' };
  const NAMES = 12;

  it.each<VendorName>(['route53', 'google', 'cloudflare'])(
    'have each name of %s to one of them, whole',
    async (name) => {
      vendor = await startVendor(name);
      vendor.seed(['other.example.com. 300 A 198.51.100.1']);
      // Each has looked, and sends its first write; then both go on.
      const barrier = Promise.withResolvers<void>();
      let arrived = 0;
      const arrive = (nth: number): Promise<void> | undefined => {
        if (nth === 1 && ++arrived === 2) barrier.resolve();
        return nth === 1 ? barrier.promise : undefined;
      };
      const asked = (address: string): readonly AskedEndpoint[] =>
        Array.from({ length: NAMES }, (_, index) => host(`n${index}`, address));
      const outcomes = await Promise.all([
        run(FIRST, asked('192.0.2.1'), { arrived: arrive }),
        run(SECOND, asked('192.0.2.2'), { arrived: arrive }),
      ]);
      expect(outcomes.map(({ code }) => code)).toContain(4);
      expect(outcomes.every(({ code }) => code === 0 || code === 4)).toBe(true);
      const dump = vendor.dump();
      expect(dump).toContain('other.example.com. 300 A 198.51.100.1');
      const owners = new Map(markers(dump).map((line) => [/n\d+/.exec(line)?.[0], line.split(' ')[1]]));
      expect(owners.size).toBe(NAMES);
      expect(markers(dump)).toHaveLength(NAMES);
      const addresses = data(dump).filter((line) => line.startsWith('n'));
      expect(addresses).toEqual(
        [...owners].map(([label, owner]) => `${label}.example.com. 300 A 192.0.2.${owner === 'one' ? 1 : 2}`).toSorted(),
      );
    },
    90_000,
  );
});

describe('two operators with set identifiers under one name', () => {
  it('have each its own RRset of it, side by side', async () => {
    vendor = await startVendor('route53');
    const weighted = (setIdentifier: string, target: string): AskedEndpoint => ({
      ...host('www', target),
      setIdentifier,
      properties: { 'aws/weight': '10' },
    });
    const second: Writer = { owner: 'two', cluster: 'east' };
    expect(ended(await run(FIRST, [host('a', '192.0.2.1'), weighted('blue', '192.0.2.1')]))).toBe(DONE);
    expect(ended(await run(second, [host('b', '192.0.2.2'), weighted('green', '192.0.2.2')]))).toBe(DONE);
    const green = 'www.example.com. 300 A 192.0.2.2 ; green';
    expect(data(vendor.dump()).filter((line) => line.startsWith('www'))).toEqual([
      'www.example.com. 300 A 192.0.2.1 ; blue',
      green,
    ]);
    expect((await run({ owner: 'three', cluster: 'east' }, [host('www', '192.0.2.3')])).writes).toBe(0);
    expect(ended(await run(FIRST, [host('a', '192.0.2.1')]))).toBe(DONE);
    expect(data(vendor.dump()).filter((line) => line.startsWith('www'))).toEqual([green]);
    expect(markers(vendor.dump()).filter((line) => line.includes('www'))).toEqual([
      expect.stringMatching(/www\.example\.com\. two east$/),
    ]);
    expect((await run(second, [host('b', '192.0.2.2'), weighted('green', '192.0.2.2')])).writes).toBe(0);
  }, 60_000);
});

(externalDns === undefined ? describe.skip : describe)('an operator and external-dns itself', () => {
  it('leave each other alone in one zone, whoever comes first', async () => {
    const program = externalDns ?? '';
    await buildExternalDns(program);
    const server = await serveExternalDns(program, ['example.com']);
    try {
      const theirs = (...labels: readonly string[]): readonly unknown[] =>
        labels.map((label) => ({
          dnsName: `${label}.example.com`,
          recordType: 'A',
          recordTTL: 300,
          targets: ['198.51.100.1'],
          labels: { resource: `service/default/${label}` },
        }));
      const records = async (): Promise<readonly string[]> => {
        const accept = 'application/external.dns.webhook+json;version=1';
        const response = await fetch(`${server.url}/records`, { headers: { accept } });
        const listed = (await response.json()) as { dnsName: string; recordType: string; targets: string[] }[];
        return listed.map(({ dnsName, recordType, targets }) => `${dnsName} ${recordType} ${targets.join(' ')}`).sort();
      };
      const addresses = async (): Promise<readonly string[]> => (await records()).filter((line) => line.includes(' A '));
      const operate = (...asked: readonly AskedEndpoint[]) =>
        runOnce(FIRST, asked, { provider: 'webhook', providerOptions: { url: server.url } });

      await passOfExternalDns(program, server.url, theirs('x', 'both'));
      const ofTheirs = await records();
      expect(ended(await operate(host('a', '192.0.2.1'), host('mine', '192.0.2.1'), host('both', '192.0.2.1')))).toBe(
        '4, FOREIGN_RRSET both.example.com.',
      );
      expect(await addresses()).toEqual([
        'a.example.com A 192.0.2.1',
        'both.example.com A 198.51.100.1',
        'mine.example.com A 192.0.2.1',
        'x.example.com A 198.51.100.1',
      ]);
      // external-dns wants what we have, and no longer what it had.
      await passOfExternalDns(program, server.url, theirs('mine', 'both'));
      expect(await addresses()).toEqual([
        'a.example.com A 192.0.2.1',
        'both.example.com A 198.51.100.1',
        'mine.example.com A 192.0.2.1',
      ]);
      expect(ended(await operate(host('a', '192.0.2.1'), host('both', '192.0.2.1')))).toBe('4, FOREIGN_RRSET both.example.com.');
      expect(await addresses()).toEqual(['a.example.com A 192.0.2.1', 'both.example.com A 198.51.100.1']);
      const left = (await records()).filter((line) => line.includes('heritage=external-dns'));
      expect(left).toEqual(ofTheirs.filter((line) => line.includes('heritage=external-dns') && line.includes('both')));
    } finally {
      await server.stop();
    }
  }, 600_000);
});
