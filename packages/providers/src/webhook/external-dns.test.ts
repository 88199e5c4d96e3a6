import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { nameOf, type ObservedRRset, type Provider, type ProviderZone } from '@kubezone/core';

import { buildExternalDns, locateExternalDns } from '../testing/external-dns/build.ts';
import { type ExternalDnsServer, passOfExternalDns, serveExternalDns } from '../testing/external-dns/external-dns.ts';
import { linesOf, stateOf } from '../testing/provided-text.ts';
import { openRoute53 } from '../testing/route53-simulator/under-test.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { systemClock } from '../testing/system-clock.ts';
import { memoryZone } from './testing/memory-zone.ts';
import { createWebhookProvider } from './webhook-provider.ts';
import { WebhookServer } from './webhook-server.ts';

// The program is built the first time.
jest.setTimeout(600_000);

const context = { clock: systemClock(), logger: silentLogger };
const SIGNAL = new AbortController().signal;
const located = locateExternalDns();
if ('missing' in located) {
  if (process.env['CI'] === 'true') throw new Error(located.missing);
  process.stderr.write(`\n*** SKIPPED: the webhook provider with external-dns itself: ${located.missing}\n\n`);
}
const path = 'missing' in located ? '' : located.path;
const describeWithGo = path === '' ? describe.skip : describe;

const own = (lines: readonly string[]): readonly string[] => lines.filter((line) => !line.includes('heritage='));

beforeAll(async () => {
  if (path !== '') await buildExternalDns(path);
});

describeWithGo('our client with the webhook server of external-dns', () => {
  let server: ExternalDnsServer;
  let provider: Provider;
  const zone: ProviderZone = { apex: nameOf('example.com'), id: 'example.com.' };
  beforeAll(async () => {
    server = await serveExternalDns(path, ['example.com', 'sub.example.com']);
    provider = createWebhookProvider({ url: server.url }, context);
  });
  afterAll(() => server.stop());

  const read = (...names: readonly string[]): Promise<readonly ObservedRRset[]> =>
    provider.read(
      zone,
      names.map((name) => nameOf(name)),
      SIGNAL,
    );
  const write = async (name: string, before: readonly ObservedRRset[], ...lines: readonly string[]) => {
    const owner = nameOf(name);
    const { rrsets } = provider.lower(zone, owner, stateOf(...lines));
    const writes = [
      ...before
        .filter(({ type }) => !rrsets.some((rrset) => rrset.type === type))
        .map((rrset) => ({ before: rrset, after: undefined })),
      ...rrsets.map((after) => ({ before: before.find(({ type }) => type === after.type), after })),
    ];
    return await provider.apply(zone, [{ owner, writes }], SIGNAL);
  };

  it('learns its zones, of which one lies in the other', async () => {
    expect((await provider.zones(SIGNAL)).map(({ apex }) => apex)).toEqual(['example.com.', 'sub.example.com.']);
  });

  it.each([
    [['www.example.com. 300 A 192.0.2.1', 'www.example.com. 300 A 192.0.2.2', 'www.example.com. 60 AAAA 2001:db8::1']],
    [['alias.example.com. 300 CNAME lb.example.net.']],
    [['*.example.com. 300 A 192.0.2.1']],
    [
      [
        '_owner.www.example.com. 300 TXT "heritage=kubezone,v=1,owner=a" "two"',
        '_owner.www.example.com. 300 TXT "other \\"x\\" \\\\"',
      ],
    ],
    [['_sip._tcp.example.com. 300 SRV 10 20 5060 sip.example.com.']],
    [['example.com. 300 MX 10 mail.example.com.', 'example.com. 300 MX 20 mail.example.net.']],
  ])('creates, reads back and removes %j', async (lines) => {
    const name = lines[0]?.split(' ')[0] ?? '';
    expect(await write(name, [], ...lines)).toMatchObject([{ kind: 'applied' }]);
    const found = await read(name);
    expect(linesOf(found)).toEqual([...lines].sort());
    expect(await write(name, found)).toMatchObject([{ kind: 'applied' }]);
    expect(await read(name)).toEqual([]);
  });

  it('changes an address, and then the type', async () => {
    await write('change.example.com', [], 'change.example.com. 300 A 192.0.2.1');
    await write('change.example.com', await read('change.example.com'), 'change.example.com. 300 A 192.0.2.9');
    expect(linesOf(await read('change.example.com'))).toEqual(['change.example.com. 300 A 192.0.2.9']);
    await write('change.example.com', await read('change.example.com'), 'change.example.com. 60 CNAME lb.example.net.');
    expect(linesOf(await read('change.example.com'))).toEqual(['change.example.com. 60 CNAME lb.example.net.']);
    await write('change.example.com', await read('change.example.com'));
  });

  it('finds the one name of a batch that is refused, and writes the others', async () => {
    await write('taken.example.com', [], 'taken.example.com. 300 A 192.0.2.66');
    const names = Array.from({ length: 12 }, (_, index) => (index === 7 ? 'taken.example.com' : `h${index}.example.com`));
    const results = await provider.apply(
      zone,
      names.map((name) => {
        const { rrsets } = provider.lower(zone, nameOf(name), stateOf(`${name}. 300 A 192.0.2.1`));
        return { owner: nameOf(name), writes: rrsets.map((after) => ({ before: undefined, after })) };
      }),
      SIGNAL,
    );
    // external-dns refuses to create what exists; what stands there is neither what was expected nor what is wanted.
    expect(results.filter(({ kind }) => kind !== 'applied').map(({ owner, kind }) => `${owner} ${kind}`)).toEqual([
      'taken.example.com. unknown',
    ]);
    expect(linesOf(await read(...names))).toHaveLength(12);
    expect(linesOf(await read('taken.example.com'))).toEqual(['taken.example.com. 300 A 192.0.2.66']);
  });

  it('keeps set identifiers and properties', async () => {
    const owner = nameOf('weighted.example.com');
    const state = {
      exists: true,
      rrsets: ['blue', 'green'].map((setIdentifier, index) => ({
        ...(stateOf(`weighted.example.com. 300 A 192.0.2.${index + 1}`).rrsets[0] as ReturnType<
          typeof stateOf
        >['rrsets'][number]),
        setIdentifier,
        properties: { 'webhook/weight': String(index), alias: 'false', 'aws/weight': '3' },
      })),
    };
    const { rrsets } = provider.lower(zone, owner, state);
    await provider.apply(zone, [{ owner, writes: rrsets.map((after) => ({ before: undefined, after })) }], SIGNAL);
    expect(linesOf(await read('weighted.example.com'))).toEqual([
      'weighted.example.com. 300 A 192.0.2.1 ; blue alias=false webhook/weight=0',
      'weighted.example.com. 300 A 192.0.2.2 ; green alias=false webhook/weight=1',
    ]);
  });
});

describeWithGo('our server with the client, registry and plan of external-dns', () => {
  const memory = memoryZone('example.com', ['other.example']);
  let server: WebhookServer;
  let url = '';
  beforeAll(async () => {
    server = new WebhookServer({ provider: memory.provider, ...context });
    url = `http://127.0.0.1:${await server.listen(0)}`;
  });
  afterAll(() => server.close());
  afterEach(() => memory.seed([]));

  const pass = (...desired: readonly unknown[]) => passOfExternalDns(path, url, desired);

  it('publishes, finds nothing to do with the next pass, changes, and removes', async () => {
    const www = { dnsName: 'www.example.com', recordType: 'A', targets: ['192.0.2.1', '192.0.2.2'], recordTTL: 60 };
    const app = { dnsName: 'app.example.com', recordType: 'CNAME', targets: ['lb.example.net'] };
    const mail = { dnsName: 'example.com', recordType: 'MX', targets: ['10 mail.example.com'] };
    const srv = { dnsName: '_sip._tcp.example.com', recordType: 'SRV', targets: ['0 50 5060 sip.example.com.'] };
    expect((await pass(www, app, mail, srv)).create).toHaveLength(4);
    const published = await memory.dump();
    expect(own(published)).toEqual([
      '_sip._tcp.example.com. 300 SRV 0 50 5060 sip.example.com.',
      'app.example.com. 300 CNAME lb.example.net.',
      'example.com. 300 MX 10 mail.example.com.',
      'www.example.com. 60 A 192.0.2.1',
      'www.example.com. 60 A 192.0.2.2',
    ]);
    expect(published).toContain('a.www.example.com. 300 TXT "heritage=external-dns,external-dns/owner=external-dns"');
    expect(await pass(www, app, mail, srv)).toEqual({});
    await pass({ ...www, targets: ['192.0.2.9'] }, { ...app, recordType: 'A', targets: ['192.0.2.8'] });
    expect(own(await memory.dump())).toEqual(['app.example.com. 300 A 192.0.2.8', 'www.example.com. 60 A 192.0.2.9']);
    await pass();
    expect(await memory.dump()).toEqual([]);
  });

  it('leaves alone what is not its own, and what lies in no zone', async () => {
    const foreign = ['mail.example.com. 300 A 192.0.2.7', 'www.example.com. 300 TXT "keep"'];
    await memory.seed(foreign);
    const outside = { dnsName: 'www.example.org', recordType: 'A', targets: ['192.0.2.1'] };
    expect(await pass(outside, { dnsName: 'mail.example.com', recordType: 'A', targets: ['192.0.2.9'] })).toEqual({});
    expect(await memory.dump()).toEqual(foreign);
  });

  it('is told of a failure, and publishes the rest', async () => {
    await memory.seed(['bad.example.com. 300 CAA 0 issue "ca.example.net"']);
    const bad = { dnsName: 'bad.example.com', recordType: 'CNAME', targets: ['lb.example.net'] };
    const good = { dnsName: 'good.example.com', recordType: 'A', targets: ['192.0.2.1'] };
    await expect(pass(bad, good)).rejects.toThrow('failed to apply changes with code 500');
    expect(own(await memory.dump())).toEqual([
      'bad.example.com. 300 CAA 0 issue "ca.example.net"',
      'good.example.com. 300 A 192.0.2.1',
    ]);
  });
});

describeWithGo('our server for Route 53 with the client, registry and plan of external-dns', () => {
  it('makes aliases of load balancers, finds nothing to do with the next pass, and removes them', async () => {
    const { provider, simulator, zone } = await openRoute53();
    const server = new WebhookServer({ provider, ...context });
    const url = `http://127.0.0.1:${await server.listen(0)}`;
    try {
      const balancer = 'k8s-1234.eu-west-1.elb.amazonaws.com';
      const app = { dnsName: 'app.example.com', recordType: 'CNAME', targets: [balancer], recordTTL: 60 };
      const weighted = ['blue', 'green'].map((setIdentifier, index) => ({
        dnsName: 'weighted.example.com',
        recordType: 'A',
        targets: [`192.0.2.${index}`],
        setIdentifier,
        providerSpecific: [{ name: 'aws/weight', value: '10' }],
      }));
      const wanted = [app, { ...app, dnsName: '*.example.com', targets: ['host.example.net'] }, ...weighted];
      expect((await passOfExternalDns(path, url, wanted)).create).toHaveLength(5);
      expect(own(simulator.dump(zone.id))).toHaveLength(5);
      expect(await passOfExternalDns(path, url, wanted)).toEqual({});
      await passOfExternalDns(path, url, []);
      expect(simulator.dump(zone.id)).toEqual([]);
    } finally {
      await server.close();
      await simulator.close();
    }
  });
});
