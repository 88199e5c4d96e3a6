/** Names that our server does not know, relayed to other implementations: what it passes on is what they answer. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Clock, Logger } from '@kubezone/core';
import { DnsServer } from '@kubezone/dns-server';

import { freePort } from '../support/free-port.ts';
import { loadZone } from '../support/load-zone.ts';
import { describeWithPrograms } from '../support/needs-programs.ts';
import { type Peer, PEER_PROGRAMS, type PeerName, startPeer } from '../support/peers.ts';
import { composeQuery } from '../support/query.ts';
import { QueryClient, type Transport } from '../support/query-client.ts';
import { readReply, type Reply } from '../support/read-reply.ts';
import { dig } from '../support/run-program.ts';

const APEX = 'split.example.';
/** What the world sees. */
const OUTSIDE = {
  apex: APEX,
  text: `$ORIGIN ${APEX}
@ 3600 IN SOA ns.outside.test. hostmaster.outside.test. 77 3600 900 86400 300
@ 3600 IN NS ns.outside.test.
www 120 IN A 198.51.100.1
www 120 IN A 198.51.100.2
www 121 IN AAAA 2001:db8::1
ours 3600 IN A 198.51.100.66
chain 60 IN CNAME link
link 61 IN CNAME www
away 60 IN CNAME www.elsewhere.test.
mail 300 IN MX 10 mx1
mail 300 IN MX 20 mx2
mx1 300 IN A 198.51.100.3
mx2 300 IN A 198.51.100.4
srv 300 IN SRV 1 2 443 www
many 30 IN TXT ${Array.from({ length: 40 }, (_, index) => `"${'y'.repeat(200)}${index}"`).join(' ')}
odd 5 IN TYPE65400 \\# 4 DEADBEEF
child 900 IN NS ns.child
ns.child 900 IN A 198.51.100.5
*.wild 15 IN TXT "anything"
`,
};
/** What the cluster has. */
const INSIDE = {
  apex: APEX,
  text: `$ORIGIN ${APEX}
@ 60 IN SOA ns1 hostmaster 1 3600 900 86400 30
@ 60 IN NS ns1
ns1 60 IN A 192.0.2.53
ours 60 IN A 192.0.2.1
`,
};

const TYPES = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NS: 2, TYPE65400: 65_400 };
const QUESTIONS: readonly (readonly [name: string, type: keyof typeof TYPES])[] = [
  ['www', 'A'],
  ['WwW', 'AAAA'],
  ['www', 'TXT'],
  ['chain', 'A'],
  ['chain', 'CNAME'],
  ['away', 'A'],
  ['mail', 'MX'],
  ['srv', 'SRV'],
  ['many', 'TXT'],
  ['odd', 'TYPE65400'],
  ['host.child', 'A'],
  ['any.wild', 'TXT'],
  ['nobody', 'A'],
];

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
const silent = (): void => undefined;
const logger: Logger = { debug: silent, info: silent, warn: silent, error: silent };
const programs = [...Object.values(PEER_PROGRAMS), { program: 'dig', aptPackage: 'bind9-dnsutils' }];

jest.setTimeout(60_000);

async function startInside(...ports: readonly number[]): Promise<{ readonly server: DnsServer; readonly port: number }> {
  const servers = ports.map((port) => ({ address: '127.0.0.1', port }));
  const server = new DnsServer({ clock, logger, fallthrough: { zones: 'all', servers, timeoutMs: 1000 } });
  server.zones.replace(loadZone(INSIDE), { rotate: false });
  const [bound] = await server.listen([{ address: '127.0.0.1', port: 0 }]);
  return { server, port: bound?.port ?? 0 };
}

async function ask(port: number, name: string, type: keyof typeof TYPES, transport: Transport, size?: number): Promise<Reply> {
  const client = new QueryClient(port, { timeoutMs: 5000, tries: 1 });
  try {
    const query = composeQuery({ name: `${name}.${APEX}`, type: TYPES[type], ...(size !== undefined && { ednsSize: size }) });
    return readReply(await client.ask(query, transport));
  } finally {
    client.close();
  }
}

/** What of a reply is its data, whatever the order in which a server puts addresses. */
function dataOf({ rcode, question, answer, authority }: Reply): object {
  const print = (records: Reply['answer']): string[] => records.map((record) => JSON.stringify(record)).toSorted();
  return { rcode, question, answer: print(answer), authority: print(authority) };
}

describeWithPrograms('fallthrough to other name servers', programs, () => {
  const peers = new Map<PeerName, Peer>();
  const own = new Map<PeerName, Awaited<ReturnType<typeof startInside>>>();

  beforeAll(async () => {
    for (const name of ['knot', 'nsd', 'bind'] as const) {
      const peer = await startPeer(name, [OUTSIDE]);
      peers.set(name, peer);
      own.set(name, await startInside(peer.port));
    }
  });

  afterAll(async () => {
    for (const { server } of own.values()) await server.stop(1000);
    for (const peer of peers.values()) await peer.stop();
  });

  const cases = (['knot', 'nsd', 'bind'] as const).flatMap((peer) =>
    (['udp', 'tcp'] as const).flatMap((transport) => QUESTIONS.map(([name, type]) => [peer, transport, name, type] as const)),
  );
  it.each(cases)('to %s, over %s: %s %s is what it answers by itself', async (name, transport, label, type) => {
    const size = transport === 'udp' ? 1232 : undefined;
    const passedOn = await ask(own.get(name)?.port ?? 0, label, type, transport, size);
    const expected = await ask(peers.get(name)?.port ?? 0, label, type, 'tcp');
    expect(passedOn).toMatchObject({ aa: false, qr: true });
    // 8 KB over UDP: the client is sent to TCP, as it would be there.
    const isTooLong = label === 'many' && transport === 'udp';
    expect(passedOn.tc).toBe(isTooLong);
    expect(dataOf(passedOn)).toEqual(dataOf(isTooLong ? { ...expected, answer: [], authority: [] } : expected));
  });

  it('never asks for what is known here', async () => {
    const inside = own.get('knot');
    const before = inside?.server.statistics().relay?.queries;
    expect(await ask(inside?.port ?? 0, 'ours', 'A', 'udp')).toMatchObject({ aa: true, answer: [{ rdata: '192.0.2.1' }] });
    expect(await ask(inside?.port ?? 0, 'ours', 'MX', 'udp')).toMatchObject({ aa: true, rcode: 0, answer: [] });
    expect(inside?.server.statistics().relay?.queries).toBe(before);
  });

  it('is read by dig without a warning, and with its cookie', async () => {
    const printed = await dig(own.get('nsd')?.port ?? 0, '+dnssec', '+cookie', `chain.${APEX}`, 'A');
    expect(printed).toContain('status: NOERROR');
    expect(printed).toContain('(good)');
    expect(printed.match(/\s\d+\s+IN\s+(CNAME|A)\s/g)).toHaveLength(4);
    expect(printed.replace(/;; WARNING: recursion requested but not available\n/, '')).not.toMatch(/warning/i);
  });

  it('goes on with the next server where one has gone', async () => {
    const gone = await freePort();
    const { server, port } = await startInside(gone, peers.get('knot')?.port ?? 0);
    try {
      expect(await ask(port, 'www', 'AAAA', 'udp')).toMatchObject({
        rcode: 0,
        answer: [{ rdata: expect.stringContaining('db8') }],
      });
      expect(server.statistics().relay?.servers).toMatchObject([{ failed: 1 }, { failed: 0, timedOut: 0 }]);
    } finally {
      await server.stop(1000);
    }
  });
});
