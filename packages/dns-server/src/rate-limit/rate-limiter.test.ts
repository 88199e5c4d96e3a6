import { describe, expect, it } from '@jest/globals';
import { RCODE } from '@kubezone/core';

import { LimitedPrefixes } from './limited-prefixes.ts';
import { attachRateLimitMemory } from './rate-limit-memory.ts';
import { type RateLimits, resolveRateLimits } from './rate-limits.ts';
import { fixtureMemory, limiterFixture, prefixOf } from './testing/limiter-fixture.ts';

const CLIENT = '198.51.100.7';

/** A query for the root with an OPT record that holds a COOKIE option of so many octets. */
function queryWithCookie(octets: number): Uint8Array {
  const header = '0001000000010000000000010000010001';
  const length = (4 + octets).toString(16).padStart(4, '0');
  const option = `000a${octets.toString(16).padStart(4, '0')}${'ab'.repeat(octets)}`;
  return Uint8Array.from(Buffer.from(`${header}00002904d000000000${length}${option}`, 'hex'));
}

describe('a rate limiter', () => {
  it.each<[string, Partial<RateLimits>, string]>([
    ['5 a second, all others slipped', { responsesPerSecond: 5 }, '+++++tttttttt'],
    ['every second one slipped', { responsesPerSecond: 5, slip: 2 }, '+++++-t-t-t-t'],
    ['every third one slipped', { responsesPerSecond: 5, slip: 3 }, '+++++--t--t--'],
    ['none slipped', { responsesPerSecond: 5, slip: 0 }, '+++++--------'],
    ['one a second', { responsesPerSecond: 1, slip: 0 }, '+------------'],
    ['credit for two seconds', { responsesPerSecond: 5, burstSeconds: 2, slip: 0 }, '++++++++++---'],
    ['no limit', { responsesPerSecond: 0, errorsPerSecond: 1 }, '+++++++++++++'],
  ])('sends what is within the limit: %s', (_, limits, expected) => {
    expect(limiterFixture(limits).flood(13, CLIENT)).toBe(expected);
  });

  it.each([
    ['IPv4, /24', '192.0.2.1', '192.0.2.200', '192.0.3.1', {}],
    ['IPv4, /20', '192.0.2.1', '192.0.15.1', '192.0.16.1', { ipv4PrefixLength: 20 }],
    ['IPv4, /32', '192.0.2.1', '192.0.2.1', '192.0.2.2', { ipv4PrefixLength: 32 }],
    ['IPv6, /56', '2001:db8:0:ff::1', '2001:db8::ffff', '2001:db8:0:100::1', {}],
    ['IPv6, /64', '2001:db8::1', '2001:db8::ffff', '2001:db8:0:1::1', { ipv6PrefixLength: 64 }],
    ['IPv6, /32', '2001:db8::1', '2001:db8:ffff::', '2001:db9::', { ipv6PrefixLength: 32 }],
  ])('takes a prefix for one client: %s', (_, first, same, other, limits) => {
    const { flood } = limiterFixture({ responsesPerSecond: 4, slip: 0, ...limits });
    expect(flood(5, first)).toBe('++++-');
    expect(flood(2, same)).toBe('--');
    expect(flood(5, other)).toBe('++++-');
  });

  it('takes an IPv4 address in the form of IPv6 for what it is', () => {
    const mapped = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]);
    const { flood } = limiterFixture({ responsesPerSecond: 4, slip: 0 });
    expect(flood(5, mapped)).toBe('++++-');
    expect(flood(1, '192.0.2.9')).toBe('-');
    const exempt = limiterFixture({ responsesPerSecond: 4, exempt: [prefixOf('192.0.2.0/24')] });
    expect(exempt.flood(6, mapped)).toBe('++++++');
  });

  it('keeps names, names that do not exist, and errors apart', () => {
    const { flood } = limiterFixture({ responsesPerSecond: 4, nxdomainsPerSecond: 6, errorsPerSecond: 8, slip: 0 });
    expect(flood(9, CLIENT, { account: 1 })).toBe('++++-----');
    // Of the four, two were for whatever is not looked at closely.
    expect(flood(9, CLIENT, { account: 2 })).toBe('++-------');
    expect(flood(9, CLIENT, { account: 1, rcode: RCODE.NXDOMAIN })).toBe('++++-----');
    expect(flood(9, CLIENT, { account: 2, rcode: RCODE.NXDOMAIN })).toBe('++++-----');
    // Errors are one account, whatever was asked for.
    expect(flood(4, CLIENT, { account: 1, rcode: RCODE.REFUSED })).toBe('++++');
    expect(flood(5, CLIENT, { account: 2, rcode: RCODE.SERVFAIL })).toBe('++---');
  });

  it('does not limit who is exempt, nor count it as the prefix it stands in', () => {
    const { flood, events } = limiterFixture({ responsesPerSecond: 4, queriesPerSecond: 4, exempt: [prefixOf('192.0.2.53')] });
    expect(flood(50, '192.0.2.53')).toBe('+'.repeat(50));
    expect(flood(5, '192.0.2.54')).toBe('++++x');
    expect([...events]).toEqual([['limitedQueries', 1]]);
  });

  it('exempts by default whom no query from the Internet can come from', () => {
    const { exempt } = resolveRateLimits({});
    const { flood } = limiterFixture({ responsesPerSecond: 1, exempt });
    for (const client of [
      '127.0.0.1',
      '10.244.3.7',
      '172.31.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '169.254.20.10',
      '::1',
      'fd00::1',
      'fe80::1',
    ]) {
      expect(flood(9, client)).toBe('+++++++++');
    }
    for (const client of ['172.32.0.1', '100.128.0.1', '8.8.8.8', '2001:db8::1']) expect(flood(3, client)).toBe('+tt');
  });

  it('sends what a valid cookie asks for, and does not count it', () => {
    const { flood } = limiterFixture({ responsesPerSecond: 4, slip: 0 });
    expect(flood(50, CLIENT, { hasCookie: true })).toBe('+'.repeat(50));
    expect(flood(5, CLIENT)).toBe('++++-');
    expect(flood(5, CLIENT, { hasCookie: true })).toBe('+++++');
  });

  it('does not answer more queries of a client than it may have, without looking at them', () => {
    const { flood, events } = limiterFixture({ queriesPerSecond: 5 });
    expect(flood(5, CLIENT, { account: 1 })).toBe('+++++');
    expect(flood(3, CLIENT, { account: 2, rcode: RCODE.NXDOMAIN })).toBe('xxx');
    expect(flood(5, '203.0.113.1')).toBe('+++++');
    expect([...events]).toEqual([['limitedQueries', 3]]);
  });

  it('answers beyond that limit if there is a server cookie, and sends the answer if the cookie is valid', () => {
    const { flood, events } = limiterFixture({ queriesPerSecond: 2 });
    expect(flood(3, CLIENT)).toBe('++x');
    for (const octets of [16, 24, 40]) expect(flood(2, CLIENT, { query: queryWithCookie(octets), hasCookie: true })).toBe('++');
    expect(flood(2, CLIENT, { query: queryWithCookie(24), hasCookie: false })).toBe('--');
    // A client cookie alone proves nothing.
    expect(flood(1, CLIENT, { query: queryWithCookie(8) })).toBe('x');
    expect([...events]).toEqual([['limitedQueries', 4]]);
  });

  it('in mode log counts what it would do, and does nothing', () => {
    const { flood, events } = limiterFixture({ responsesPerSecond: 4, queriesPerSecond: 8, slip: 2, mode: 'log' });
    expect(flood(12, CLIENT)).toBe('+'.repeat(12));
    expect(Object.fromEntries(events)).toEqual({ wouldLimitDropped: 4, wouldLimitSlipped: 4, wouldLimitQueries: 4 });
  });

  it('answers again when the flood is over, after as long as it was beyond the limit, up to the window', () => {
    const { flood, at } = limiterFixture({ responsesPerSecond: 10, windowSeconds: 3, slip: 0 });
    expect(flood(25, CLIENT).replaceAll('-', '')).toHaveLength(10);
    // 15 in debt; asking takes it one further.
    at(1500);
    expect(flood(1, CLIENT)).toBe('-');
    at(1800);
    expect(flood(3, CLIENT)).toBe('++-');
    flood(1000, CLIENT);
    at(1800 + 2900);
    expect(flood(1, CLIENT)).toBe('-');
    at(1800 + 3300);
    expect(flood(9, CLIENT)).toMatch(/^\+{2,4}-+$/);
  });

  it('without a window lets the rate through for as long as a flood lasts', () => {
    const { flood, at } = limiterFixture({ responsesPerSecond: 10, windowSeconds: 0, slip: 0 });
    flood(100, CLIENT);
    let sent = 0;
    for (let now = 1; now <= 10_000; now++) {
      at(now);
      sent += flood(5, CLIENT).replaceAll('-', '').length;
    }
    expect(sent).toBe(100);
  });

  it.each([
    ['back by an hour', -3_600_000],
    ['back by ten days', -864_000_000],
    ['ahead by an hour', 3_600_000],
    ['ahead by ten days', 864_000_000],
    ['beyond 32 bits', 2 ** 32 - 1],
  ])('gives each client one more burst at most when the clock is set %s, and goes on', (_, step) => {
    const { flood, at } = limiterFixture({ responsesPerSecond: 10, slip: 0 });
    const start = Date.UTC(2026, 10, 22);
    at(start);
    expect(flood(100, CLIENT)).toBe(`++++++++++${'-'.repeat(90)}`);
    at(start + step);
    expect(flood(100, CLIENT).replaceAll('-', '').length).toBeLessThanOrEqual(10);
    at(start + step + 20_000);
    expect(flood(100, CLIENT)).toBe(`++++++++++${'-'.repeat(90)}`);
  });

  it('takes time that goes back a little, as threads do not read their clocks at one moment, for time that stands still', () => {
    const { flood, at } = limiterFixture({ responsesPerSecond: 10, slip: 0, windowSeconds: 0 });
    at(10_000);
    flood(100, CLIENT);
    let sent = 0;
    for (let now = 10_000; now < 20_000; now += 10) {
      at(now);
      sent += flood(3, CLIENT).replaceAll('-', '').length;
      at(now - 7);
      sent += flood(3, CLIENT).replaceAll('-', '').length;
    }
    // Of 100, those that fell due in the last hundredth of a second are still to come.
    expect(sent).toBe(99);
  });

  it('lets a slow thread add nothing to what a busy one sends', () => {
    const memory = fixtureMemory();
    const [busy, slow] = [0, 1].map(() => limiterFixture({ responsesPerSecond: 10, windowSeconds: 0, slip: 0 }, memory, 2));
    let sent = 0;
    const seconds = 60;
    for (let now = 0; now < seconds * 1000; now += 10) {
      for (const [thread, count] of [
        [busy, 3],
        // Less than the half of a limit that is this thread's.
        [slow, now % 500 === 0 ? 1 : 0],
      ] as const) {
        thread?.at(now);
        sent += thread?.flood(count, CLIENT).replaceAll('-', '').length ?? 0;
      }
    }
    expect(sent).toBeGreaterThan(10 * seconds - 10);
    expect(sent).toBeLessThanOrEqual(10 * (seconds + 1));
  });

  it('lists who is limited, and how often', () => {
    const { flood, memory, at } = limiterFixture({ responsesPerSecond: 4, slip: 2 });
    at(1234);
    flood(8, CLIENT);
    flood(5, '2001:db8:0:1ff::1');
    flood(2, '203.0.113.1');
    const { prefixes } = attachRateLimitMemory(memory);
    expect([...prefixes]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          family: 4,
          high: 0xc6336400 | 0,
          low: 0,
          last: 1234,
          dropped: 2,
          slipped: 2,
          queriesDropped: 0,
        }),
        expect.objectContaining({
          family: 6,
          high: 0x20010db8,
          low: 0x100,
          last: 1234,
          dropped: 1,
          slipped: 0,
          queriesDropped: 0,
        }),
      ]),
    );
    expect([...prefixes]).toHaveLength(2);
    for (const prefix of prefixes) prefixes.free(prefix);
    expect([...prefixes]).toEqual([]);
  });

  it('says how many it could not list', () => {
    const { prefixes } = attachRateLimitMemory(fixtureMemory(4));
    for (let client = 0; client < 1000; client++) prefixes.note(4, client << 8, 0, 1, 5);
    const listed = [...prefixes].length;
    expect(listed).toBeGreaterThan(48);
    expect(prefixes.unlisted).toBe(1000 - listed);
    expect(prefixes).toBeInstanceOf(LimitedPrefixes);
  });

  it.each([
    [{ responsesPerSecond: -1 }, 'rateLimits.responsesPerSecond is -1; a whole number from 0 to 100000'],
    [{ errorsPerSecond: 0.5 }, 'rateLimits.errorsPerSecond is 0.5'],
    [{ burstSeconds: 0 }, 'rateLimits.burstSeconds is 0; a whole number from 1 to 10'],
    [{ windowSeconds: 3601 }, 'rateLimits.windowSeconds is 3601'],
    [{ slip: 11 }, 'rateLimits.slip is 11'],
    [{ ipv4PrefixLength: 33 }, 'rateLimits.ipv4PrefixLength is 33'],
    [{ ipv6PrefixLength: 65 }, 'rateLimits.ipv6PrefixLength is 65; a whole number from 1 to 64'],
  ])('refuses %j', (limits, message) => {
    expect(() => resolveRateLimits(limits)).toThrow(message);
  });
});
