/** Rate limits as clients see them: through UDP workers, on loopback, whose addresses are of one machine and of any number of prefixes. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { EDNS_OPTION, isFailure } from '@kubezone/core';

import { type IpPrefix, scanIpPrefix } from './rate-limit/ip-prefix.ts';
import type { GivenRateLimits } from './rate-limit/rate-limits.ts';
import type { StatisticsSnapshot } from './statistics.ts';
import { composeQuery, parseResponse, show } from './testing/ask.ts';
import { type Flood, type FloodOptions, sendFlood } from './testing/flood.ts';
import { ANSWER, connectTo, query, start, until } from './testing/server-fixture.ts';
import type { TestServer } from './testing/test-server.ts';
import { findAddonForTests } from './transport/testing/native-addon.ts';

// Far more than these tests take; they share two cores with others.
jest.setTimeout(30_000);

const RATE = 20;
const COUNT = 400;
const CLIENT_COOKIE = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

const floods: Flood[] = [];

afterEach(() => {
  for (const sent of floods.splice(0)) sent.close();
});

function prefix(text: string): IpPrefix {
  const scanned = scanIpPrefix(text);
  if (isFailure(scanned)) throw new Error(scanned.message);
  return scanned;
}

/** How many queries have met their end. */
function ends({ responses, events }: StatisticsSnapshot): number {
  const { limitedDropped, limitedQueries } = events;
  const sent = responses.filter(({ transport }) => transport === 'udp').reduce((sum, { count }) => sum + count, 0);
  return sent + limitedDropped + limitedQueries;
}

/** Sends queries, waits until the server has done with them and its responses have come. Returns those. */
async function flood(server: TestServer['server'], options: FloodOptions): Promise<{ shown: string[]; most: number }> {
  const before = server.statistics();
  const sent = await sendFlood(options);
  floods.push(sent);
  await until(() => ends(server.statistics()) - ends(before) === options.count);
  const after = server.statistics();
  const responses = options.count - (after.events.limitedDropped - before.events.limitedDropped);
  const expected = responses - (after.events.limitedQueries - before.events.limitedQueries);
  await until(() => sent.replies.length === expected);
  const shown = sent.replies.map((reply) => {
    const { rcode, flags, answer } = show(reply);
    return `${rcode} ${flags} ${answer.length}`;
  });
  // A burst, and what became due while the flood was sent and answered.
  return { shown, most: RATE + Math.ceil((sent.tookMs / 1000 + 1) * RATE) };
}

function countOf(shown: readonly string[], response: string): number {
  return shown.filter((each) => each === response).length;
}

const FULL = 'NOERROR qr aa 1';
const SLIPPED = 'NOERROR qr aa tc 0';

const addon = findAddonForTests();

describe.each(addon.kind === 'found' ? (['native', 'dgram'] as const) : (['dgram'] as const))(
  'rate limits, by %s',
  (udpBackEnd) => {
    const begin = (rateLimits: GivenRateLimits): Promise<TestServer> =>
      start({ udpBackEnd, udpWorkers: 2, rateLimits: { exempt: [], slip: 2, ...rateLimits } });

    it('are for each prefix, slip every second response, and leave TCP alone', async () => {
      const { server, at, log } = await begin({ responsesPerSecond: RATE });
      const { shown, most } = await flood(server, { to: at, from: '127.0.0.1', query: query(), count: COUNT });
      const full = countOf(shown, FULL);
      expect(full).toBeGreaterThanOrEqual(RATE / 2);
      expect(full).toBeLessThanOrEqual(most);
      expect(countOf(shown, SLIPPED)).toBe(shown.length - full);
      const { events } = server.statistics();
      expect(events.limitedDropped + events.limitedSlipped).toBe(COUNT - full);
      expect(Math.abs(events.limitedDropped - events.limitedSlipped)).toBeLessThanOrEqual(1);
      expect(events.truncated).toBe(events.limitedSlipped);
      // Others are answered, and so is this one over TCP.
      const other = await flood(server, { to: at, from: '127.0.1.1', query: query(), count: RATE / 2 });
      expect(countOf(other.shown, FULL)).toBe(RATE / 2);
      const client = await connectTo(at);
      for (let count = 0; count < 3 * RATE; count++) client.send(query());
      const responses = await client.receive(3 * RATE);
      expect(responses.map((response) => show(response).answer)).toEqual(Array.from({ length: 3 * RATE }, () => ANSWER));
      await until(() => log.some(({ message }) => message === 'a client is beyond its rate limit'));
      // One line, or two where both workers have entered the client at the same moment.
      const lines = log.filter(({ fields }) => 'client' in fields).map(({ fields }) => JSON.stringify(fields));
      expect(new Set(lines)).toEqual(new Set([JSON.stringify({ client: '127.0.0.0/24', mode: 'limit' })]));
      expect(lines.length).toBeLessThanOrEqual(2);
    });

    it('are not for clients with a valid cookie, which a slipped response offers', async () => {
      const { server, at } = await begin({ responsesPerSecond: RATE, slip: 1, windowSeconds: 3600 });
      const withCookie = (cookie: Uint8Array): Uint8Array =>
        composeQuery('ns1.example. A', { edns: { options: [{ code: EDNS_OPTION.COOKIE, data: cookie }] } });
      const from = { to: at, from: '127.0.0.1', sockets: 1 };
      const first = await flood(server, { ...from, query: withCookie(CLIENT_COOKIE), count: COUNT });
      const refused = countOf(first.shown, 'BADCOOKIE qr 0');
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBe(COUNT - countOf(first.shown, FULL));
      expect(server.statistics().responses).toContainEqual({ transport: 'udp', type: 'A', rcode: 'BADCOOKIE', count: refused });
      const { options } = parseResponse(floods.at(-1)?.replies.at(-1) as Uint8Array).edns ?? { options: [] };
      const cookie = options.find(({ code }) => code === EDNS_OPTION.COOKIE)?.data ?? new Uint8Array();
      expect(cookie).toHaveLength(24);
      const second = await flood(server, { ...from, query: withCookie(cookie), count: 5 * RATE });
      expect(countOf(second.shown, FULL)).toBe(5 * RATE);
      // Not one that somebody made up.
      const forged = await flood(server, { ...from, query: withCookie(cookie.with(20, (cookie[20] as number) ^ 1)), count: 1 });
      expect(forged.shown).toEqual(['BADCOOKIE qr 0']);
    });

    it('are not for those who are exempt', async () => {
      const { server, at } = await begin({ responsesPerSecond: 1, queriesPerSecond: 1, exempt: [prefix('127.0.2.0/24')] });
      const { shown } = await flood(server, { to: at, from: '127.0.2.9', query: query(), count: COUNT });
      expect(countOf(shown, FULL)).toBe(COUNT);
    });

    it('leave queries unanswered that are too many, whatever they ask for', async () => {
      const { server, at } = await begin({ queriesPerSecond: RATE });
      const { shown, most } = await flood(server, { to: at, from: '127.0.0.1', query: query(), count: COUNT });
      expect(countOf(shown, FULL)).toBe(shown.length);
      expect(shown.length).toBeLessThanOrEqual(most);
      expect(server.statistics().events).toMatchObject({ limitedQueries: COUNT - shown.length, limitedDropped: 0 });
      const other = await flood(server, { to: at, from: '127.0.1.1', query: query(), count: RATE / 2 });
      expect(other.shown).toHaveLength(RATE / 2);
    });

    it('in mode log answer everything, and say what they would do', async () => {
      const { server, at, log } = await begin({ responsesPerSecond: RATE, mode: 'log' });
      const { shown } = await flood(server, { to: at, from: '127.0.0.1', query: query(), count: COUNT });
      expect(countOf(shown, FULL)).toBe(COUNT);
      const { events } = server.statistics();
      expect(events.wouldLimitDropped + events.wouldLimitSlipped).toBeGreaterThan(COUNT / 2);
      expect(events).toMatchObject({ limitedDropped: 0, limitedSlipped: 0 });
      await until(() => log.some(({ fields }) => fields['mode'] === 'log'));
    });
  },
);

it('without rate limits one client has all its queries answered', async () => {
  const { server, at } = await start();
  const { shown } = await flood(server, { to: at, from: '127.0.0.1', query: query(), count: COUNT });
  expect(countOf(shown, FULL)).toBe(COUNT);
});
