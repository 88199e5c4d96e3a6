/** Fallthrough from client to client: a server with a zone, and other servers that do what a test says, over loopback. */
import { describe, expect, it, jest } from '@jest/globals';
import { EDNS_OPTION, nameOf, RCODE, TYPE } from '@kubezone/core';

import { ask, SOA, start, upstream, upstreams } from './relay/testing/fallthrough-fixture.ts';
import { composeScripted, type Script, ScriptedUpstream } from './relay/testing/scripted-upstream.ts';
import { composeQuery, type ShownResponse } from './testing/ask.ts';
import { until } from './testing/server-fixture.ts';
import { askUdp, type TestServer } from './testing/test-server.ts';
import { findAddonForTests } from './transport/testing/native-addon.ts';

const LONG = `"${'x'.repeat(200)}"`;
const backEnds = findAddonForTests().kind === 'found' ? (['native', 'dgram'] as const) : (['dgram'] as const);

// Starting a thread takes a quarter of a second, and several times that on a busy machine.
jest.setTimeout(30_000);

describe.each(backEnds)('fallthrough with the back end %s', (backEnd) => {
  it.each(['udp', 'tcp'] as const)('passes on what another server answers, over %s', async (transport) => {
    const other = await upstream({
      'nobody.example.com.': { answer: ['nobody.example.com. 17 IN A 198.51.100.1', 'nobody.example.com. 17 IN A 198.51.100.2'] },
      'alias.example.com.': {
        answer: ['alias.example.com. 5 IN CNAME www.example.net.', 'www.example.net. 300 IN A 198.51.100.3'],
      },
      'empty.example.com.': { authority: ['example.com. 60 IN SOA a. b. 1 2 3 4 5'] },
    });
    const server = await start({ backEnd }, [other]);
    expect(await ask(server, 'NoBody.example.com. A', { transport, flags: 'rd' })).toEqual({
      rcode: 'NOERROR',
      flags: 'qr rd ra',
      question: 'NoBody.example.com. IN A',
      answer: ['nobody.example.com. 17 A 198.51.100.1', 'nobody.example.com. 17 A 198.51.100.2'],
      authority: [],
      additional: [],
    });
    expect(await ask(server, 'alias.example.com. A', { transport })).toMatchObject({
      flags: 'qr ra',
      answer: ['alias.example.com. 5 CNAME www.example.net.', 'www.example.net. 300 A 198.51.100.3'],
    });
    expect(await ask(server, 'empty.example.com. A', { transport })).toMatchObject({
      rcode: 'NOERROR',
      authority: ['example.com. 60 SOA a. b. 1 2 3 4 5'],
    });
    expect(await ask(server, 'really-nobody.example.com. A', { transport })).toMatchObject({ rcode: 'NXDOMAIN', flags: 'qr ra' });
    expect(await ask(server, 'web.example.com. A', { transport })).toMatchObject({
      flags: 'qr aa',
      answer: ['web.example.com. 60 A 192.0.2.1'],
    });
    expect(other.seen.map(({ message }) => message.questions[0]?.name)).toEqual([
      'nobody.example.com.',
      'alias.example.com.',
      'empty.example.com.',
      'really-nobody.example.com.',
    ]);
    const { responses, relay } = server.server.statistics();
    expect(responses).toEqual([
      { transport, type: 'A', rcode: 'NOERROR', count: 4 },
      { transport, type: 'A', rcode: 'NXDOMAIN', count: 1 },
    ]);
    expect(relay).toMatchObject({ queries: 4, answered: 4, waiting: 0, duration: { count: 4 } });
  });

  it('speaks EDNS with either side by itself: DO goes through, cookies and sizes do not', async () => {
    const other = await upstream({ '*': { answer: ['nobody.example.com. 1 IN A 198.51.100.1'] } });
    const server = await start({ backEnd }, [other]);
    const cookie = { code: EDNS_OPTION.COOKIE, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const response = await ask(server, 'nobody.example.com. A', {
      flags: 'cd',
      id: 0x1234,
      edns: { dnssecOk: true, udpPayloadSize: 4096, options: [cookie] },
    });
    expect(response?.flags).toBe('qr ra cd');
    expect(response?.edns).toMatch(/^version=0 size=1232 do cookie=0102030405060708[0-9a-f]{32}$/);
    const [seen] = other.seen;
    expect(seen?.message.header).toMatchObject({ checkingDisabled: true, recursionDesired: false });
    expect(seen?.message.edns).toMatchObject({ dnssecOk: true, udpPayloadSize: 1232 });
    expect(seen?.message.edns?.options.map(({ code }) => code)).toEqual([65_053]);
    expect((await ask(server, 'nobody.example.com. AAAA'))?.edns).toBeUndefined();
    expect(other.seen[1]?.message.edns).toMatchObject({ dnssecOk: false });
  });

  it('fetches over TCP what is too long for a datagram, and truncates it for a client that cannot take it', async () => {
    const long = Array.from({ length: 12 }, (_, index) => `long.example.com. 9 IN TXT "${index}" ${LONG}`);
    const other = await upstream({
      'long.example.com.': ({ transport }) => (transport === 'udp' ? { flags: { truncated: true } } : { answer: long }),
    });
    const server = await start({ backEnd }, [other]);
    expect(await ask(server, 'long.example.com. TXT', { edns: {} })).toMatchObject({ flags: 'qr tc ra', answer: [] });
    expect((await ask(server, 'long.example.com. TXT', { transport: 'tcp' }))?.answer).toHaveLength(12);
    expect(other.seen.map(({ transport }) => transport)).toEqual(['udp', 'tcp', 'udp', 'tcp']);
    expect(new Set(other.seen.map(({ message }) => message.header.id)).size).toBeGreaterThan(1);
    expect(server.server.statistics().events.truncated).toBe(1);
  });

  it('believes nobody who has not seen the query', async () => {
    const forged = ['nobody.example.com. 1 IN A 203.0.113.66'];
    const other = await upstream({
      '*': {
        answer: ['nobody.example.com. 1 IN A 198.51.100.1'],
        before: (query) => {
          const made = composeScripted(query, { answer: forged });
          const otherId = made.slice();
          otherId[0] = (otherId[0] as number) ^ 0xff;
          const isQuery = made.slice();
          isQuery[2] = (isQuery[2] as number) & 0x7f;
          const otherQuestion = composeScripted(
            { ...query, questions: [{ name: nameOf('nobody.example.net.'), type: TYPE.A, class: 1 }] },
            { answer: forged },
          );
          const noQuestion = composeScripted({ ...query, questions: [] }, { answer: forged });
          return [otherId, isQuery, otherQuestion, noQuestion, Uint8Array.of(1, 2, 3)];
        },
      },
    });
    const server = await start({ backEnd }, [other]);
    expect((await ask(server, 'nobody.example.com. A'))?.answer).toEqual(['nobody.example.com. 1 A 198.51.100.1']);
    expect(server.server.statistics().relay?.servers).toMatchObject([{ queries: 1, mismatched: 5, failed: 0 }]);
  });

  it.each<[string, Script | 'silence' | 'hang-up']>([
    ['is silent', 'silence'],
    ['refuses', { rcode: RCODE.REFUSED }],
    ['fails', { rcode: RCODE.SERVFAIL }],
    ['is truncated over TCP too', { flags: { truncated: true } }],
    ['sends nonsense behind the question', { octets: new Uint8Array() }],
  ])('asks the next server where one %s', async (_, script) => {
    const first = await upstream({
      '*': ({ message }) => {
        if (typeof script === 'string') return script as never;
        if (script.octets === undefined) return script;
        const cut = composeScripted(message, { answer: ['nobody.example.com. 1 IN A 198.51.100.1'] });
        return { octets: cut.subarray(0, cut.length - 3) };
      },
    });
    const second = await upstream({ '*': { answer: ['nobody.example.com. 1 IN A 198.51.100.2'] } });
    const server = await start({ backEnd, timeoutMs: 200 }, [first, second]);
    expect((await ask(server, 'nobody.example.com. A'))?.answer).toEqual(['nobody.example.com. 1 A 198.51.100.2']);
    const relay = server.server.statistics().relay;
    expect(relay).toMatchObject({ queries: 1, answered: 1, servers: [{ queries: 1 }, { queries: 1, failed: 0, timedOut: 0 }] });
    expect((relay?.servers[0]?.failed ?? 0) + (relay?.servers[0]?.timedOut ?? 0)).toBe(1);
  });

  it('asks the next server where one is not there', async () => {
    const gone = await upstream({});
    await gone.stop();
    upstreams.pop();
    const other = await upstream({ '*': { answer: ['nobody.example.com. 1 IN A 198.51.100.2'] } });
    const server = await start({ backEnd, timeoutMs: 5000 }, [gone, other]);
    expect((await ask(server, 'nobody.example.com. A'))?.answer).toEqual(['nobody.example.com. 1 A 198.51.100.2']);
    expect(server.server.statistics().relay?.servers[0]).toMatchObject({ failed: 1, timedOut: 0 });
  });

  it('answers SERVFAIL where no server has an answer, and says why (RFC 8914)', async () => {
    const silent = await upstream({ '*': 'silence' });
    const refusing = await upstream({ '*': { rcode: RCODE.REFUSED } });
    const gone = await upstream({});
    await gone.stop();
    upstreams.splice(upstreams.indexOf(gone), 1);
    const bogus = await upstream({
      '*': { rcode: RCODE.SERVFAIL, edns: { options: [{ code: EDNS_OPTION.EXTENDED_ERROR, data: Uint8Array.of(0, 6, 98) }] } },
    });
    const reason = async (others: readonly ScriptedUpstream[]): Promise<unknown> => {
      const server = await start({ backEnd, timeoutMs: 50 }, others);
      const response = await ask(server, 'nobody.example.com. A', { edns: {} });
      const { answered, timedOut, failed } = server.server.statistics().relay ?? {};
      return [response?.rcode, response?.flags, /ede=(\d+)/.exec(response?.edns ?? '')?.[1], answered, timedOut, failed];
    };
    expect(await reason([silent])).toEqual(['SERVFAIL', 'qr', '22', 0, 1, 0]);
    expect(await reason([refusing])).toEqual(['SERVFAIL', 'qr', '22', 0, 0, 1]);
    expect(await reason([gone])).toEqual(['SERVFAIL', 'qr', '23', 0, 0, 1]);
    expect(await reason([gone, bogus, refusing])).toEqual(['SERVFAIL', 'qr', '6', 0, 0, 1]);
  });

  it('asks a server without EDNS that does not know it', async () => {
    const other = await upstream({
      '*': ({ message }) =>
        message.edns === undefined
          ? { answer: ['nobody.example.com. 1 IN A 198.51.100.1'] }
          : { rcode: RCODE.FORMERR, withoutEdns: true },
    });
    const server = await start({ backEnd }, [other]);
    expect((await ask(server, 'nobody.example.com. A'))?.answer).toEqual(['nobody.example.com. 1 A 198.51.100.1']);
    expect(other.seen).toHaveLength(2);
  });

  it('sends one query for all who ask the same at the same time, and a new one for who asks later', async () => {
    const other = await upstream({ '*': { delayMs: 150, answer: ['nobody.example.com. 1 IN A 198.51.100.1'] } });
    const server = await start({ backEnd, timeoutMs: 5000 }, [other]);
    const responses = await Promise.all(
      [1, 2, 3, 4, 5].map((id) => ask(server, 'nobody.example.com. A', { id, ...(id === 5 && { transport: 'tcp' }) })),
    );
    for (const response of responses) expect(response?.answer).toEqual(['nobody.example.com. 1 A 198.51.100.1']);
    expect(other.seen).toHaveLength(1);
    await ask(server, 'nobody.example.com. A');
    expect(other.seen).toHaveLength(2);
    expect(new Set(other.seen.map(({ port }) => port)).size).toBe(2);
  });

  it('lets so many queries wait and no more: the next is answered SERVFAIL at once', async () => {
    const released = Promise.withResolvers<Script>();
    const other = await ScriptedUpstream.start(() => released.promise);
    upstreams.push(other);
    const server = await start({ backEnd, timeoutMs: 30_000, maxWaiting: 2 }, [other]);
    const waiting = ['a', 'b'].map((label) => ask(server, `${label}.example.com. A`, { edns: {} }));
    await until(() => server.server.statistics().relay?.waiting === 2);
    expect(await ask(server, 'c.example.com. A', { edns: {} })).toMatchObject({ rcode: 'SERVFAIL', flags: 'qr' });
    expect((await ask(server, 'd.example.com. A', { transport: 'tcp' }))?.rcode).toBe('SERVFAIL');
    expect((await ask(server, 'web.example.com. A'))?.rcode).toBe('NOERROR');
    expect(server.server.statistics().relay).toMatchObject({ refused: 2, queries: 2, waiting: 2 });
    released.resolve({ rcode: RCODE.NXDOMAIN });
    for (const response of await Promise.all(waiting)) expect(response?.rcode).toBe('NXDOMAIN');
    expect(server.server.statistics().relay).toMatchObject({ waiting: 0, answered: 2, timedOut: 0 });
  });

  it('gives its own answer to what it has asked and what came back to it, and that answer to the client', async () => {
    let self: TestServer | undefined;
    // A forwarder that asks nobody but us, and passes our options on, as CoreDNS does.
    const forwarder = await ScriptedUpstream.start(async ({ message }) => {
      const octets = await askUdp((self as TestServer).at, composeQuery('nobody.example.com. A', { edns: message.edns ?? {} }));
      if (octets === undefined) return 'silence';
      const { id } = message.header;
      return { octets: Uint8Array.of(id >> 8, id & 0xff, ...octets.subarray(2)) };
    });
    upstreams.push(forwarder);
    self = await start({ backEnd }, [forwarder]);
    expect(await ask(self, 'nobody.example.com. A')).toMatchObject({ rcode: 'NXDOMAIN', flags: 'qr', authority: [SOA] });
    expect(self.server.statistics().relay).toMatchObject({ looped: 1, queries: 1, answered: 1, servers: [{ queries: 1 }] });
  });

  it('does not ask again for a query that comes back without our mark: it waits for itself', async () => {
    let self: TestServer | undefined;
    const forwarder = await ScriptedUpstream.start(() => {
      void askUdp((self as TestServer).at, composeQuery('nobody.example.com. A'), 300);
      return 'silence';
    });
    upstreams.push(forwarder);
    self = await start({ backEnd, timeoutMs: 200 }, [forwarder]);
    expect((await ask(self, 'nobody.example.com. A'))?.rcode).toBe('SERVFAIL');
    // The datagram is sent once more after half of the time; it is the same query.
    expect(new Set(forwarder.seen.map(({ message }) => message.header.id)).size).toBe(1);
  });

  it('asks nobody on behalf of a client that is beyond its limit', async () => {
    const other = await upstream({ '*': { answer: ['nobody.example.com. 1 IN A 198.51.100.1'] } });
    const rateLimits = { responsesPerSecond: 1, windowSeconds: 1, burstSeconds: 1, exempt: [], slip: 1 };
    const server = await start({ backEnd, rateLimits }, [other]);
    const responses: (ShownResponse | undefined)[] = [];
    for (let index = 0; index < 10; index++) responses.push(await ask(server, `n${index}.example.com. A`));
    const slipped = responses.filter((response) => response?.flags === 'qr tc');
    expect(slipped.length).toBeGreaterThan(5);
    // Nothing is denied by the way.
    for (const response of slipped) expect(response?.rcode).toBe('NOERROR');
    expect(other.seen.length).toBe(10 - slipped.length);
    expect((await ask(server, 'over-tcp.example.com. A', { transport: 'tcp' }))?.answer).toHaveLength(1);
  });

  it('relays in the zones that are named, and in no others', async () => {
    const other = await upstream({ '*': { answer: ['nobody.example.com. 1 IN A 198.51.100.1'] } });
    const elsewhere = await start({ backEnd, zones: new Set([nameOf('example.net')]) }, [other]);
    expect(await ask(elsewhere, 'nobody.example.com. A')).toMatchObject({ rcode: 'NXDOMAIN', authority: [SOA] });
    const here = await start({ backEnd, zones: new Set([nameOf('example.com')]) }, [other]);
    expect((await ask(here, 'nobody.example.com. A'))?.rcode).toBe('NOERROR');
  });

  it('answers what waits before it stops', async () => {
    const other = await upstream({ '*': { delayMs: 200, answer: ['nobody.example.com. 1 IN A 198.51.100.1'] } });
    const server = await start({ backEnd, timeoutMs: 5000 }, [other]);
    const [udp, tcp] = [ask(server, 'nobody.example.com. A'), ask(server, 'nobody.example.com. A', { transport: 'tcp' })];
    await until(() => server.server.statistics().relay?.waiting === 2);
    await server.server.stop(5000);
    expect((await udp)?.rcode).toBe('NOERROR');
    expect((await tcp)?.rcode).toBe('NOERROR');
  });

  it('stops in time though a server does not answer', async () => {
    const other = await upstream({ '*': 'silence' });
    const server = await start({ backEnd, timeoutMs: 60_000 }, [other]);
    void askUdp(server.at, composeQuery('nobody.example.com. A'), 500);
    await until(() => server.server.statistics().relay?.waiting === 1);
    await server.server.stop(200);
    await until(() => server.server.statistics().relay?.waiting === 0);
    expect(server.server.statistics().relay).toMatchObject({ queries: 1, timedOut: 1 });
  });
});
