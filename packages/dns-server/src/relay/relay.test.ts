import { describe, expect, it } from '@jest/globals';
import { type Clock, nameOf, RCODE, TYPE } from '@kubezone/core';

import { parseResponse } from '../testing/ask.ts';
import { recordingLogger } from '../testing/test-server.ts';
import type { AskOptions, ServerOutcome } from './ask-server.ts';
import { Relay } from './relay.ts';
import { RelayCounters } from './relay-counters.ts';
import { composeRelayQuery, type RelayQuestion } from './relay-question.ts';
import { composeScripted } from './testing/scripted-upstream.ts';

const SERVERS = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => ({ address, port: 53 }));

function questionOf(label: string): RelayQuestion {
  const name = nameOf(`${label}.example.com`);
  return { name, type: TYPE.A, recursionDesired: true, checkingDisabled: false, dnssecOk: false };
}

function answerFrom({ server, question }: AskOptions): ServerOutcome {
  const query = parseResponse(composeRelayQuery(question, 1, undefined));
  return {
    kind: 'answered',
    message: parseResponse(composeScripted(query, { answer: [`${question.name} 1 IN A ${server.address}`] })),
  };
}

const TIMED_OUT: ServerOutcome = { kind: 'timed-out' };

/** A relay whose servers, clock and event loop are the test's. */
function relayWith(react: (options: AskOptions) => ServerOutcome | Promise<ServerOutcome>, servers = SERVERS) {
  const asked: AskOptions[] = [];
  const turns: (() => void)[] = [];
  let now = 0;
  const clock: Clock = { now: () => now, monotonic: () => now, after: () => () => undefined };
  const counters = new RelayCounters(servers);
  const { logger, lines } = recordingLogger();
  const relay = new Relay({
    servers,
    logger,
    timeoutMs: 2000,
    mark: new Uint8Array(16),
    clock,
    counters,
    nextTurn: (callback) => turns.push(callback),
    ask: (options) => {
      asked.push(options);
      const cancelled = Promise.withResolvers<ServerOutcome>();
      const outcome = Promise.race([Promise.resolve(react(options)), cancelled.promise]);
      return { outcome, cancel: () => cancelled.resolve(TIMED_OUT) };
    },
  });
  return {
    relay,
    asked,
    counters,
    lines,
    pass: (ms: number) => {
      now += ms;
    },
    /** Lets all that is ready go on, and the event loop come round once. */
    turn: async () => {
      await settle();
      for (const callback of turns.splice(0)) callback();
      await settle();
    },
  };
}

/** Lets promises go on that wait for nothing else. */
async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) await Promise.resolve();
}

async function addressFor(relay: Relay, label: string): Promise<unknown> {
  const { rcode, answer } = await relay.resolve(questionOf(label));
  return rcode === RCODE.NOERROR ? answer[0]?.rdatas[0]?.at(3) : rcode;
}

describe('a relay', () => {
  it('asks the first server, and the others in their order where those before have no answer', async () => {
    const { relay, asked } = relayWith((options) => (options.server === SERVERS[2] ? answerFrom(options) : TIMED_OUT));
    expect(await addressFor(relay, 'a')).toBe(3);
    expect(asked.map(({ server }) => server)).toEqual(SERVERS);
  });

  it('asks a server after the others that has failed three times in a row, for ten seconds', async () => {
    let isDead = true;
    const { relay, asked, pass, lines } = relayWith((options) =>
      options.server === SERVERS[0] && isDead ? TIMED_OUT : answerFrom(options),
    );
    const firstAsked = async (label: string): Promise<unknown> => {
      asked.length = 0;
      await relay.resolve(questionOf(label));
      return asked[0]?.server;
    };
    for (const label of ['a', 'b', 'c']) expect(await firstAsked(label)).toBe(SERVERS[0]);
    expect(await firstAsked('d')).toBe(SERVERS[1]);
    pass(9999);
    expect(await firstAsked('e')).toBe(SERVERS[1]);
    pass(1);
    expect(await firstAsked('f')).toBe(SERVERS[0]);
    // One more failure, and it rests again.
    expect(await firstAsked('g')).toBe(SERVERS[1]);
    isDead = false;
    pass(10_000);
    for (const label of ['h', 'i']) expect(await firstAsked(label)).toBe(SERVERS[0]);
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { ...SERVERS[0], reason: 'no answer within 2000 ms' }],
      ['info', { ...SERVERS[0] }],
    ]);
  });

  it('asks all of them where all rest', async () => {
    const { relay, asked } = relayWith(() => TIMED_OUT);
    for (const label of ['a', 'b', 'c', 'd']) expect(await addressFor(relay, label)).toBe(RCODE.SERVFAIL);
    expect(asked).toHaveLength(12);
  });

  it('asks once for all who wait for the same, and again for who comes later', async () => {
    const answered = Promise.withResolvers<void>();
    const { relay, asked, counters } = relayWith(async (options) => {
      await answered.promise;
      return answerFrom(options);
    });
    const waiting = ['a', 'b', 'a', 'a'].map((label) => addressFor(relay, label));
    await settle();
    expect(asked).toHaveLength(2);
    answered.resolve();
    expect(await Promise.all(waiting)).toEqual([1, 1, 1, 1]);
    await addressFor(relay, 'a');
    expect(asked).toHaveLength(3);
    expect(counters.servers[0]).toMatchObject({ queries: 3 });
  });

  it('asks at most sixteen questions in a turn of the event loop', async () => {
    const { relay, asked, turn } = relayWith(answerFrom);
    const waiting = Array.from({ length: 40 }, (_, index) => addressFor(relay, `n${index}`));
    const began: number[] = [];
    await settle();
    for (let round = 0; round < 4; round++) {
      began.push(asked.length);
      await turn();
    }
    expect(began).toEqual([16, 32, 40, 40]);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([1]));
    // Another day: there is a full turn's share again.
    await turn();
    for (let index = 0; index < 20; index++) void addressFor(relay, `m${index}`);
    await settle();
    expect(asked).toHaveLength(56);
    relay.stop();
  });

  it('gives up what is under way when it is stopped, and asks no further server', async () => {
    const { relay, asked } = relayWith(() => new Promise(() => undefined));
    const waiting = Array.from({ length: 20 }, (_, index) => addressFor(relay, `n${index}`));
    await settle();
    relay.stop();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([RCODE.SERVFAIL]));
    expect(asked).toHaveLength(16);
  });
});

describe('the counters of a relay', () => {
  it('tell how long clients waited, and how it ended', async () => {
    const { relay, counters, pass } = relayWith((options) => {
      pass(options.question.name.startsWith('slow') ? 300 : 2);
      return options.question.name.startsWith('bad') ? { kind: 'unreachable', reason: 'ECONNREFUSED' } : answerFrom(options);
    });
    for (const label of ['quick', 'slow', 'bad']) await addressFor(relay, label);
    const { queries, answered, timedOut, failed, duration } = counters.snapshot({ waiting: 0, refused: 1, looped: 2 } as never);
    expect({ queries, answered, timedOut, failed }).toEqual({ queries: 3, answered: 2, timedOut: 0, failed: 1 });
    expect(duration).toMatchObject({ count: 3, sumSeconds: expect.closeTo(0.308, 5) });
    const counts = Object.fromEntries(duration.buckets.map(({ upperBoundSeconds, count }) => [upperBoundSeconds, count]));
    expect(counts).toMatchObject({ 0.001: 0, 0.0025: 1, 0.01: 2, 0.25: 2, 0.5: 3, 10: 3 });
  });
});
