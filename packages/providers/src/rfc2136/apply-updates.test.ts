import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, type NameWrite, nameOf, OPCODE, type ParsedMessage, type Provider, RCODE } from '@kubezone/core';

import { stateOf } from '../testing/provided-text.ts';
import { replyTo, ScriptedServer } from '../testing/rfc2136-servers/scripted-server.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { systemClock } from '../testing/system-clock.ts';
import { createRfc2136Provider } from './rfc2136-provider.ts';

const ZONE = { apex: nameOf('example.com'), id: 'example.com.' };
const SIGNAL = new AbortController().signal;

describe('a server that does not do an update', () => {
  let server: ScriptedServer;
  let provider: Provider;
  /** The owner names of each update that it got. */
  let updates: string[][];
  beforeAll(async () => {
    server = await ScriptedServer.open();
    const options = { servers: [server.address], zones: ['example.com'], replyTimeoutMs: 200 };
    provider = createRfc2136Provider(options, { clock: systemClock(), logger: silentLogger });
  });
  afterAll(async () => {
    await server.close();
  });

  const apply = async (names: readonly string[], rcodeOf: (owners: readonly string[]) => number): Promise<string[]> => {
    updates = [];
    server.script = (request: ParsedMessage) => {
      const owners = request.authorities.map(({ owner }) => owner.slice(0, -'.example.com.'.length));
      updates.push(owners);
      return { messages: [replyTo(request, { opcode: OPCODE.UPDATE, rcode: rcodeOf(owners) })] };
    };
    const writes = names.map((name): NameWrite => {
      const { rrsets } = stateOf(`${name}.example.com. 300 A 192.0.2.1`);
      return { owner: nameOf(`${name}.example.com`), writes: rrsets.map((after) => ({ before: undefined, after })) };
    });
    const results = await provider.apply(ZONE, writes, SIGNAL);
    return results.map(({ owner, kind }) => `${owner.slice(0, -'.example.com.'.length)} ${kind}`);
  };

  it.each([
    [RCODE.YXRRSET, 'conflict'],
    [RCODE.NXRRSET, 'conflict'],
    [RCODE.YXDOMAIN, 'conflict'],
    [RCODE.NXDOMAIN, 'conflict'],
    [RCODE.FORMERR, 'refused'],
    [RCODE.NOTZONE, 'refused'],
    [RCODE.REFUSED, 'refused'],
    [RCODE.NOTAUTH, 'refused'],
  ])('because of one name (%d): that one is a %s, and the others are written', async (rcode, kind) => {
    const results = await apply(['a', 'b', 'c', 'd'], (owners) => (owners.includes('c') ? rcode : RCODE.NOERROR));
    expect(results).toEqual(['a applied', 'b applied', `c ${kind}`, 'd applied']);
    expect(updates.filter((owners) => owners.length > 0)).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['c', 'd'], ['c'], ['d']]);
  });

  it('because it fails on one name: after others were written, that one is refused', async () => {
    const results = await apply(['a', 'b', 'c', 'd'], (owners) => (owners.includes('c') ? RCODE.SERVFAIL : RCODE.NOERROR));
    expect(results).toEqual(['a applied', 'b applied', 'c refused', 'd applied']);
  });

  it('because it fails altogether: nobody knows, and few messages are spent', async () => {
    const names = Array.from({ length: 64 }, (_, index) => `h${index}`);
    const results = await apply(names, () => RCODE.SERVFAIL);
    expect(new Set(results.map((line) => line.split(' ')[1]))).toEqual(new Set(['unknown']));
    expect(results).toHaveLength(64);
    expect(updates.length).toBeLessThan(20);
  });

  it.each([
    [RCODE.REFUSED, 2],
    [RCODE.NOTAUTH, 2],
    [RCODE.NOTIMP, 1],
  ])('because it takes none (%d): an error, after %d messages', async (rcode, messages) => {
    await expect(apply(['a', 'b', 'c', 'd'], () => rcode)).rejects.toMatchObject({
      name: 'ProviderError',
      code: 'PROVIDER_FORBIDDEN',
    });
    expect(updates).toHaveLength(messages);
  });

  it('is sent no second update where the caller was to give up while the process stood still', async () => {
    const lease = new AbortController();
    // As after SIGSTOP and SIGCONT: when the first reply is read, the end of the lease is due too, and its turn has not come yet.
    const clock = systemClock();
    const stopping: Clock = {
      ...clock,
      after(delayMs, callback) {
        const cancel = clock.after(delayMs, callback);
        return () => {
          cancel();
          if (delayMs < 200 || updates.length === 0 || lease.signal.aborted) return;
          setTimeout(() => lease.abort(new Error('no longer the leader')), 0);
          const end = performance.now() + 20;
          while (performance.now() < end);
        };
      },
    };
    const options = { servers: [server.address], zones: ['example.com'], replyTimeoutMs: 200, maxNamesPerWrite: 1 };
    const single = createRfc2136Provider(options, { clock: stopping, logger: silentLogger });
    updates = [];
    server.script = (request: ParsedMessage) => {
      updates.push(request.authorities.map(({ owner }) => owner));
      return { messages: [replyTo(request, { opcode: OPCODE.UPDATE, rcode: RCODE.NOERROR })] };
    };
    const writes = ['a', 'b', 'c'].map((name): NameWrite => {
      const { rrsets } = stateOf(`${name}.example.com. 300 A 192.0.2.1`);
      return { owner: nameOf(`${name}.example.com`), writes: rrsets.map((after) => ({ before: undefined, after })) };
    });
    const results = await single.apply(ZONE, writes, lease.signal);
    expect(results.map(({ kind }) => kind)).toEqual(['applied', 'throttled', 'throttled']);
    expect(updates).toEqual([['a.example.com.']]);
  });

  it('with a reply to something else: nobody knows', async () => {
    server.script = (request) => ({ messages: [replyTo(request, { opcode: OPCODE.QUERY })] });
    const [after] = stateOf('a.example.com. 300 A 192.0.2.1').rrsets;
    const write: NameWrite = { owner: nameOf('a.example.com'), writes: [{ before: undefined, after }] };
    expect(await provider.apply(ZONE, [write], SIGNAL)).toEqual([
      { kind: 'unknown', owner: 'a.example.com.', reason: `${server.address} sent what is no reply to the request` },
    ]);
  });
});

describe('what a server can hold', () => {
  const provider = createRfc2136Provider(
    { servers: ['192.0.2.1'], zones: ['example.com'], minTtl: 60 },
    { clock: systemClock(), logger: silentLogger },
  );

  it('has no lower TTL than is configured', () => {
    const { rrsets } = provider.lower(ZONE, nameOf('www.example.com'), stateOf('www.example.com. 5 A 192.0.2.1'));
    expect(rrsets.map(({ ttl }) => ttl)).toEqual([60]);
  });

  it.each([
    ['www.example.com. 300 NSEC a.example.com. A', 'the server makes NSEC itself'],
    ['www.example.com. 300 SOA a. b. 1 2 3 4 5', 'an SOA stands at the apex of a zone alone'],
  ])('is not %s', (line, reason) => {
    const lowered = provider.lower(ZONE, nameOf('www.example.com'), stateOf(line, 'www.example.com. 300 A 192.0.2.1'));
    expect(lowered.rejected.map((rejection) => rejection.reason)).toEqual([reason]);
    expect(lowered.rrsets).toHaveLength(1);
  });

  it.each([
    [{ servers: [] }, 'rfc2136 needs at least one server'],
    [{ servers: ['nowhere:x'] }, 'the server "nowhere:x" is neither ADDRESS:PORT nor NAME:PORT'],
    [{ tsig: { name: 'k', secret: 'hunter2!' } }, 'the secret of the TSIG key k is not base64'],
  ])('is not configured by %j', (wrong, message) => {
    const options = { servers: ['192.0.2.1'], zones: ['example.com'], ...wrong };
    expect(() => createRfc2136Provider(options, { clock: systemClock(), logger: silentLogger })).toThrow(message);
  });
});

describe('an update of many names', () => {
  it.each([
    [4, 4, [['a', 'b', 'c', 'd'], ['e']]],
    [
      3,
      3,
      [
        ['a', 'b', 'c'],
        ['d', 'e'],
      ],
    ],
    [1, 1, [['a'], ['b'], ['c'], ['d'], ['e']]],
    [undefined, 500, [['a', 'b', 'c', 'd', 'e']]],
  ])('holds %s records in a message, where that is asked for', async (batchChangeSize, maxNames, messages) => {
    const server = await ScriptedServer.open();
    try {
      const seen: string[][] = [];
      server.script = (request: ParsedMessage) => {
        seen.push(request.authorities.map(({ owner }) => owner.slice(0, -'.example.com.'.length)));
        return { messages: [replyTo(request, { opcode: OPCODE.UPDATE, rcode: RCODE.NOERROR })] };
      };
      const size = batchChangeSize === undefined ? {} : { batchChangeSize };
      const options = { servers: [server.address], zones: ['example.com'], ...size };
      const limited = createRfc2136Provider(options, { clock: systemClock(), logger: silentLogger });
      expect(limited.traits.maxNamesPerWrite).toBe(maxNames);
      const writes = ['a', 'b', 'c', 'd', 'e'].map((name): NameWrite => {
        const { rrsets } = stateOf(`${name}.example.com. 300 A 192.0.2.1`);
        return { owner: nameOf(`${name}.example.com`), writes: rrsets.map((after) => ({ before: undefined, after })) };
      });
      const results = await limited.apply(ZONE, writes, SIGNAL);
      expect(results.map(({ kind }) => kind)).toEqual(['applied', 'applied', 'applied', 'applied', 'applied']);
      expect(seen).toEqual(messages);
    } finally {
      await server.close();
    }
  });
});
