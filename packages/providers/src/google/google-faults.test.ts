import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderError } from '@kubezone/core';

import { GoogleSimulator } from '../testing/google-simulator/google-simulator.ts';
import type { InjectedFault } from '../testing/google-simulator/injected-fault.ts';
import { createGoogleProvider } from './google-provider.ts';
import { GoogleWorld, kindsOf, SIGNAL, ZONE } from './testing/google-world.ts';

const WRITE = /^POST .*\/changes$/;
const READ = /^GET .*\/rrsets/;
const LINE = 'www.example.com. 300 A 192.0.2.1';

describe('google, when something goes wrong', () => {
  let world: GoogleWorld;
  const others: GoogleWorld[] = [];
  const openOther = async (...args: Parameters<typeof GoogleWorld.open>): Promise<GoogleWorld> => {
    const other = await GoogleWorld.open(...args);
    others.push(other);
    return other;
  };
  beforeEach(async () => {
    world = await GoogleWorld.open();
    await world.provider.zones(SIGNAL);
    world.simulator.forgetRequests();
  });
  afterEach(async () => {
    // Also after a failure: a server that is left behind keeps the whole run from ending.
    for (const open of [world, ...others.splice(0)]) await open.close();
  });

  const failureOf = async (work: Promise<unknown>): Promise<ProviderError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ProviderError);
    return error as ProviderError;
  };

  describe('with a write', () => {
    const cases: readonly (readonly [name: string, fault: InjectedFault, expected: object, written: boolean])[] = [
      [
        'is asked to slow down, with a time',
        { kind: 'error', status: 429, reason: 'rateLimitExceeded', headers: { 'retry-after': '7' } },
        { kind: 'throttled', afterMs: 7000 },
        false,
      ],
      [
        'is asked to slow down in the old way, without a time',
        { kind: 'error', status: 403, reason: 'rateLimitExceeded' },
        { kind: 'throttled', afterMs: 15_000 },
        false,
      ],
      ['gets a failure of the server', { kind: 'error', status: 500, reason: 'backendError' }, { kind: 'unknown' }, false],
      ['gets a server that is not available', { kind: 'error', status: 503, reason: 'backendError' }, { kind: 'unknown' }, false],
      ['loses the connection before it is done', { kind: 'reset', applied: false }, { kind: 'unknown' }, false],
      ['loses the connection after it is done', { kind: 'reset', applied: true }, { kind: 'unknown' }, true],
      ['gets a page of somebody between', { kind: 'page', status: 200, applied: false }, { kind: 'unknown' }, false],
      ['gets a page after it is done', { kind: 'page', status: 502, applied: true }, { kind: 'unknown' }, true],
    ];
    it.each(cases)('that %s: it is sent once, and the result says what is known', async (_, fault, expected, written) => {
      world.simulator.inject({ on: WRITE, fault });
      const results = await world.apply(world.create(LINE));
      expect(results).toEqual([expect.objectContaining({ owner: 'www.example.com.', ...expected })]);
      expect(world.requests('POST')).toBe(1);
      expect(world.simulator.dump('example')).toEqual(written ? [LINE] : []);
    });

    it('that gets no answer, which is given up in time', async () => {
      await world.read('www.example.com');
      world.simulator.inject({ on: WRITE, fault: { kind: 'silence', applied: true } });
      world.clock.longest = 200;
      const results = await world.apply(world.create(LINE));
      const reason = expect.stringContaining('no answer within 30 s') as unknown;
      expect(results).toEqual([{ kind: 'unknown', owner: 'www.example.com.', reason }]);
      expect(world.simulator.dump('example')).toEqual([LINE]);
    });

    it('that is given up by the caller while it is under way', async () => {
      world.simulator.inject({ on: WRITE, fault: { kind: 'silence', applied: true } });
      const lease = new AbortController();
      const pending = world.provider.apply(ZONE, [world.create(LINE)], lease.signal);
      while (world.requests('POST') === 0) await new Promise(setImmediate);
      lease.abort(new Error('the lease is lost'));
      const reason = expect.stringContaining('the lease is lost') as unknown;
      expect(await pending).toEqual([{ kind: 'unknown', owner: 'www.example.com.', reason }]);
    });

    it('that follows another is not sent where the caller was to give up while the process stood still', async () => {
      const small = await openOther({ quota: { rrsetAdditionsPerChange: 1 } });
      await small.provider.zones(SIGNAL);
      const lease = new AbortController();
      // As after SIGSTOP and SIGCONT: when the first answer is read, the end of the lease is due too, and its turn has not come yet.
      const after = small.clock.after.bind(small.clock);
      small.clock.after = (delayMs, callback) => {
        const cancel = after(delayMs, callback);
        return () => {
          cancel();
          if (small.requests('POST') === 0 || lease.signal.aborted) return;
          setTimeout(() => lease.abort(new Error('no longer the leader')), 0);
          const end = performance.now() + 20;
          while (performance.now() < end);
        };
      };
      const writes = ['a', 'b'].map((label) => small.create(`${label}.example.com. 300 A 192.0.2.1`));
      const results = await small.provider.apply(ZONE, writes, lease.signal);
      expect(kindsOf(results)).toEqual(['a.example.com. applied', 'b.example.com. throttled']);
      expect(small.requests('POST')).toBe(1);
    });

    it('that the caller has given up before: nothing is sent', async () => {
      const results = await world.provider.apply(ZONE, [world.create(LINE)], AbortSignal.abort());
      expect(results).toEqual([{ kind: 'throttled', owner: 'www.example.com.', afterMs: 0 }]);
      expect(world.simulator.requests).toEqual([]);
    });

    it('of which a later part is refused to all: what was written is reported, and the next call tells of the fault', async () => {
      const small = await openOther({ quota: { rrsetAdditionsPerChange: 1 } });
      await small.provider.zones(SIGNAL);
      const fault: InjectedFault = { kind: 'error', status: 403, reason: 'forbidden', message: 'Forbidden' };
      small.simulator.inject({ on: WRITE, fault, after: 1 }, { on: WRITE, fault, after: 1 });
      const [a, b, c] = ['a', 'b', 'c'].map((label) => small.create(`${label}.example.com. 300 A 192.0.2.1`));
      if (a === undefined || b === undefined || c === undefined) throw new Error('three writes');
      const results = await small.apply(a, b, c);
      expect(kindsOf(results)).toEqual(['a.example.com. applied', 'b.example.com. throttled', 'c.example.com. throttled']);
      expect((await failureOf(small.apply(b, c))).code).toBe('PROVIDER_FORBIDDEN');
    });

    it('to a server that cannot be reached: nothing was sent, and the provider says so', async () => {
      const gone = await GoogleSimulator.start({ zones: [] });
      const credentialsFile = await world.simulator.writeCredentials();
      const apiEndpoint = gone.url;
      await gone.close();
      const { clock, logger } = world;
      const provider = createGoogleProvider({ project: 'test-project', credentialsFile, apiEndpoint }, { clock, logger });
      const error = await failureOf(provider.apply(ZONE, [world.create(LINE)], SIGNAL));
      expect(error.code).toBe('PROVIDER_UNAVAILABLE');
      expect(error.message).toContain('ECONNREFUSED');
    });
  });

  describe('with a read', () => {
    beforeEach(() => {
      world.simulator.seed('example', [LINE]);
    });

    it.each<readonly [name: string, fault: InjectedFault]>([
      ['a failure of the server', { kind: 'error', status: 500, reason: 'internalError' }],
      ['a reset connection', { kind: 'reset', applied: false }],
      ['a gateway’s page', { kind: 'page', status: 502, applied: false }],
    ])('is tried again after %s', async (_, fault) => {
      world.clock.longest = 200;
      world.simulator.inject({ on: READ, fault }, { on: READ, fault });
      expect(await world.read('www.example.com')).toHaveLength(1);
      expect(world.requests('GET')).toBe(3);
    });

    it('fails after three tries', async () => {
      world.clock.longest = 200;
      const fault: InjectedFault = { kind: 'error', status: 503, reason: 'backendError', message: 'try later' };
      world.simulator.inject({ on: READ, fault }, { on: READ, fault }, { on: READ, fault });
      const error = await failureOf(world.read('www.example.com'));
      expect(error).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', message: 'Cloud DNS answers 503: try later' });
    });

    it('the second page of a listing is tried again, and nothing is lost or doubled', async () => {
      const lines = Array.from({ length: 250 }, (_, index) => `h${String(index).padStart(3, '0')}.example.com. 300 A 192.0.2.1`);
      world.simulator.seed('example', lines);
      world.clock.longest = 200;
      world.simulator.inject({ on: /pageToken=page-200/, fault: { kind: 'reset', applied: false } });
      const listed: string[] = [];
      for await (const page of world.provider.list(ZONE, SIGNAL)) for (const { owner } of page) listed.push(owner);
      expect(listed.filter((owner) => owner.startsWith('h'))).toEqual(lines.map((line) => line.split(' ')[0]));
    });

    it('a request to slow down is passed on, and obeyed by what follows', async () => {
      const fault: InjectedFault = { kind: 'error', status: 429, reason: 'rateLimitExceeded', headers: { 'retry-after': '1' } };
      world.simulator.inject({ on: READ, fault });
      const error = await failureOf(world.read('www.example.com'));
      expect(error).toMatchObject({ code: 'PROVIDER_THROTTLED', retryAfterMs: 1000 });
      await world.read('www.example.com');
      expect(world.clock.delays.some((delay) => delay > 500 && delay <= 1000)).toBe(true);
    });

    it('a page of somebody between is no zone without records', async () => {
      world.simulator.inject({ on: READ, fault: { kind: 'page', status: 200, applied: false } });
      expect((await failureOf(world.read('www.example.com'))).code).toBe('PROVIDER_BAD_RESPONSE');
    });

    it('ends when the caller gives up', async () => {
      world.simulator.inject({ on: READ, fault: { kind: 'silence', applied: false } });
      const stop = new AbortController();
      const pending = world.provider.read(ZONE, [ZONE.apex], stop.signal);
      while (world.requests('GET') === 0) await new Promise(setImmediate);
      stop.abort(new Error('shutting down'));
      await expect(pending).rejects.toThrow('shutting down');
    });
  });

  describe('with credentials', () => {
    it('a token that is void is an error once, and is exchanged for a new one at the next try', async () => {
      world.simulator.revokeTokens();
      const error = await failureOf(world.apply(world.create(LINE)));
      expect(error.code).toBe('PROVIDER_FORBIDDEN');
      expect(kindsOf(await world.apply(world.create(LINE)))).toEqual(['www.example.com. applied']);
    });

    it('a zone that they do not reach is an error of the provider, and no refusal of a record', async () => {
      world.simulator.inject({ on: WRITE, fault: { kind: 'error', status: 403, reason: 'forbidden', message: 'Forbidden' } });
      expect((await failureOf(world.apply(world.create(LINE)))).code).toBe('PROVIDER_FORBIDDEN');
    });

    it('a project that does not exist is an error that names it', async () => {
      const other = await openOther({}, { project: 'no-such-project' });
      const error = await failureOf(other.provider.zones(SIGNAL));
      expect(error.code).toBe('PROVIDER_ZONE_UNKNOWN');
      expect(error.message).toContain("'no-such-project' does not exist");
    });

    it('none of them stands in what is logged or thrown', async () => {
      const { simulator, provider, logger, clock } = world;
      clock.longest = 200;
      const shown: unknown[] = [];
      const faults: readonly InjectedFault[] = [
        { kind: 'error', status: 401, reason: 'authError', message: 'Invalid Credentials' },
        { kind: 'error', status: 403, reason: 'forbidden' },
        { kind: 'reset', applied: false },
        { kind: 'page', status: 200, applied: false },
      ];
      for (const fault of faults) {
        simulator.inject({ on: WRITE, fault });
        shown.push(await world.apply(world.create(LINE)).catch((error: unknown) => error));
      }
      simulator.revokeTokens();
      shown.push(await provider.zones(SIGNAL).catch((error: unknown) => error), provider);
      const text = [...shown, ...logger.lines]
        .map((one) => `${String(one)} ${inspectDeeply(one)} ${JSON.stringify(one)}`)
        .join('\n');
      expect(simulator.secrets.length).toBeGreaterThan(0);
      for (const secret of simulator.secrets) expect(text).not.toContain(secret);
      expect(text).not.toMatch(/bearer/i);
    });
  });
});

function inspectDeeply(value: unknown): string {
  return value instanceof Error ? `${value.stack} ${inspectDeeply(value.cause)} ${JSON.stringify(Object.entries(value))}` : '';
}
