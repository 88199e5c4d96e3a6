import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nodeLookUp } from '@kubezone/controller';
import {
  AliasLowering,
  type AliasLoweringOptions,
  Catalog,
  type Clock,
  type FoundAddresses,
  type Logger,
  type NameChange,
  nameOf,
  printAddress,
  TYPE,
} from '@kubezone/core';
import { DnsServer } from '@kubezone/dns-server';

import { eventually } from '../support/eventually.ts';
import { loadZone } from '../support/load-zone.ts';
import { describeWithPrograms } from '../support/needs-programs.ts';
import { type Peer, PEER_PROGRAMS, startPeer, type ZoneText } from '../support/peers.ts';

const SOA = '@ 60 IN SOA ns1 admin 1 3600 900 86400 30';
const NS = '@ 60 IN NS ns1\nns1 60 IN A 127.0.0.1';

/** The zone of load balancers, with some other records. */
const elsewhere = (...records: readonly string[]): ZoneText => ({
  apex: 'lb.test.',
  text: `$ORIGIN lb.test.\n${SOA}\n${NS}\n${records.join('\n')}\n`,
});

/** Time that passes faster, so that nobody waits for a TTL. */
const FAST = 50;
const fastClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now() * FAST,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs / FAST);
    return () => clearTimeout(timer);
  },
};
const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function serverOf(zone: ZoneText): Promise<{ readonly server: DnsServer; readonly port: number }> {
  const server = new DnsServer({ clock: realClock, logger: silent, udpWorkers: 1 });
  server.zones.replace(loadZone(zone), { rotate: false });
  const [bound] = await server.listen([{ address: '127.0.0.1', port: 0 }]);
  return { server, port: bound?.port ?? 0 };
}

function printed(found: FoundAddresses): string {
  if (found.kind === 'addresses') return `${found.ttl} ${found.rdatas.map(printAddress).toSorted().join(' ')}`;
  return found.kind === 'none' ? 'none' : found.code;
}

const MANY = Array.from({ length: 200 }, (_, index) => `many 60 IN A 10.0.0.${index}`);

describeWithPrograms('names looked up at Knot', [PEER_PROGRAMS.knot], () => {
  let peer: Peer;
  beforeAll(async () => {
    peer = await startPeer('knot', [
      elsewhere(
        'a 60 IN A 192.0.2.1',
        'a 60 IN A 192.0.2.2',
        'a 30 IN AAAA 2001:db8::1',
        'short 20 IN CNAME a',
        'long 300 IN CNAME short',
        'dangling 60 IN CNAME nothing',
        'text 60 IN TXT "x"',
        'mapped 60 IN AAAA ::ffff:192.0.2.9',
        'away 60 IN CNAME www.example.com.',
        ...MANY,
      ),
    ]);
  });
  afterAll(() => peer.stop());

  it.each<[string, string, string]>([
    ['a', '60 192.0.2.1 192.0.2.2', '30 2001:db8::1'],
    ['short', '20 192.0.2.1 192.0.2.2', '20 2001:db8::1'],
    ['long', '20 192.0.2.1 192.0.2.2', '20 2001:db8::1'],
    ['nothing', 'none', 'none'],
    ['text', 'none', 'none'],
    ['dangling', 'none', 'none'],
    ['mapped', 'none', 'none'],
  ])('%s has the addresses %s and %s', async (name, ipv4, ipv6) => {
    const lookUp = nodeLookUp({ servers: [`127.0.0.1:${peer.port}`] });
    const owner = nameOf(`${name}.lb.test`);
    expect(printed(await lookUp.addresses(owner, TYPE.A))).toBe(ipv4);
    expect(printed(await lookUp.addresses(owner, TYPE.AAAA))).toBe(ipv6);
  });

  it('more than a datagram holds come by TCP', async () => {
    const found = await nodeLookUp({ servers: [`127.0.0.1:${peer.port}`] }).addresses(nameOf('many.lb.test'), TYPE.A);
    expect(found.kind === 'addresses' ? found.rdatas : []).toHaveLength(200);
  });

  it.each<[string, object]>([
    ['long', { kind: 'alias', target: 'short.lb.test.' }],
    ['away', { kind: 'alias', target: 'www.example.com.' }],
    ['a', { kind: 'none' }],
    ['nothing', { kind: 'none' }],
  ])('%s is an alias as Knot says: %j', async (name, expected) => {
    expect(await nodeLookUp({ servers: [`127.0.0.1:${peer.port}`] }).alias(nameOf(`${name}.lb.test`))).toEqual(expected);
  });

  it('a zone that Knot does not have is a failure, not the absence of the name', async () => {
    const lookUp = nodeLookUp({ servers: [`127.0.0.1:${peer.port}`] });
    expect(printed(await lookUp.addresses(nameOf('www.example.net'), TYPE.A))).toBe('EREFUSED');
    expect(await lookUp.alias(nameOf('www.example.net'))).toEqual({ kind: 'failure', code: 'EREFUSED' });
  });
});

describe('names looked up at nobody', () => {
  let mute: Socket;
  beforeAll(async () => {
    mute = createSocket('udp4');
    mute.bind(0, '127.0.0.1');
    await once(mute, 'listening');
  });
  afterAll(() => void mute.close());

  it('are a failure when the time is over', async () => {
    const lookUp = nodeLookUp({ servers: [`127.0.0.1:${mute.address().port}`], timeoutMs: 250, tries: 1 });
    expect(printed(await lookUp.addresses(nameOf('a.lb.test'), TYPE.A))).toBe('ETIMEOUT');
  });

  it('are a failure when it is stopped', async () => {
    const lookUp = nodeLookUp({ servers: [`127.0.0.1:${mute.address().port}`] });
    const asking = lookUp.addresses(nameOf('a.lb.test'), TYPE.A);
    lookUp.stop();
    expect(printed(await asking)).toBe('ECANCELLED');
  });

  it('are not looked up at all where a server is no address', () => {
    expect(() => nodeLookUp({ servers: ['dns.example.com'] })).toThrow('Invalid IP address: dns.example.com');
  });
});

describe('a resolver with a name that has the addresses of a load balancer', () => {
  const apex = nameOf('example.com');
  const origin = { source: 'service', cluster: 'test', namespace: 'ns', object: 'Service/ns/web', createdAt: 0 };
  const stops: (() => Promise<void>)[] = [];
  afterAll(async () => void (await Promise.all(stops.map((stop) => stop()))));

  /** From what an object asks for to what a client is answered. */
  async function start(options: Pick<AliasLoweringOptions, 'lookUp'> & Partial<AliasLoweringOptions>) {
    const { server, port } = await serverOf({ apex: 'example.com.', text: `$ORIGIN example.com.\n${SOA}\n${NS}\n` });
    const catalog = new Catalog({ order: ['service'], clock: fastClock });
    const serve = (changes: readonly NameChange[]): void => void server.zones.apply(changes, Math.floor(Date.now() / 1000));
    const lowering = new AliasLowering({
      names: {
        state: (owner) => catalog.state(owner),
        exists: (owner) => server.zones.find(owner)?.zone.node(owner) !== undefined,
      },
      apexes: new Set([apex]),
      mode: 'flatten',
      onChanges: serve,
      clock: fastClock,
      logger: silent,
      random: Math.random,
      ...options,
    });
    stops.push(async () => {
      lowering.stop();
      await server.stop();
    });
    const client = new Resolver({ timeout: 1000, tries: 1 });
    client.setServers([`127.0.0.1:${port}`]);
    const ask = async (): Promise<string> => {
      try {
        return (await client.resolve4('www.example.com')).toSorted().join(' ');
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? 'unknown';
      }
    };
    return {
      lowering,
      ask,
      want: (...targets: readonly string[]) =>
        serve(
          lowering.lower(
            catalog.put(origin, [{ kind: 'alias', owner: nameOf('www.example.com'), ttl: 5, targets: targets.map(nameOf) }]),
          ),
        ),
    };
  }

  it('follows its addresses, keeps them while nobody answers, and gives them up when they are gone', async () => {
    const upstream = await serverOf(elsewhere('web 5 IN A 192.0.2.1'));
    stops.push(() => upstream.server.stop());
    const lookUp = nodeLookUp({ servers: [`127.0.0.1:${upstream.port}`], timeoutMs: 250, tries: 1 });
    const { want, ask, lowering } = await start({ lookUp, goneForMs: 10_000 });
    const answered = (expected: string): Promise<boolean> =>
      eventually(`the answer ${expected}`, async () => ((await ask()) === expected ? true : undefined), { withinMs: 10_000 });

    want('web.lb.test');
    await lowering.settled(5000);
    expect(await ask()).toBe('192.0.2.1');

    upstream.server.zones.replace(loadZone(elsewhere('web 5 IN A 192.0.2.2', 'web 5 IN A 192.0.2.3')));
    await answered('192.0.2.2 192.0.2.3');

    upstream.server.zones.remove(nameOf('lb.test'));
    await eventually('a failure', () => (lowering.statistics().stale === 1 ? true : undefined), { withinMs: 10_000 });
    expect(await ask()).toBe('192.0.2.2 192.0.2.3');

    upstream.server.zones.replace(loadZone(elsewhere()));
    await answered('ENODATA');
  });
});
