import { afterEach, describe, expect, it } from '@jest/globals';
import type { Clock } from '@kubezone/core';

import { ApiError } from '../cluster/kubernetes/api-error.ts';
import { inTurn } from '../cluster/kubernetes/in-turn.ts';
import { MemoryApi, refuse } from '../reporting/testing/memory-api.ts';
import { passTime } from '../reporting/testing/pass-time.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { RecordingLogger } from '../testing/recording-logger.ts';
import { LeaderElection, type LeaderElectionOptions, type Term } from './leader-election.ts';

const NEVER = new AbortController().signal;
const PATH = '/apis/coordination.k8s.io/v1/namespaces/dns/leases/kubezone-resolver';

/** One process. */
class Candidate {
  readonly election: LeaderElection;
  readonly terms: Term[] = [];
  readonly logger = new RecordingLogger();
  /** Work that a term leaves behind when it is over. */
  lastWork: Promise<void> = Promise.resolve();

  constructor(api: MemoryApi, clock: FakeClock, identity: string, options: Partial<LeaderElectionOptions> = {}) {
    this.election = new LeaderElection({
      writer: api,
      namespace: 'dns',
      name: 'kubezone-resolver',
      identity,
      clock,
      logger: this.logger,
      random: () => 0,
      lead: async (term) => {
        this.terms.push(term);
        await new Promise((resolve) => term.signal.addEventListener('abort', resolve));
        await this.lastWork;
      },
      ...options,
    });
    candidates.push(this);
    this.election.start();
  }
}

/** The clock of a process that can be stopped, as by SIGSTOP: time goes on, and nothing is called back. */
class StoppableClock implements Clock {
  readonly #clock: Clock;
  #isStopped = false;
  #late: (() => void)[] = [];

  constructor(inner: Clock) {
    this.#clock = inner;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, callback: () => void): () => void {
    return this.#clock.after(delayMs, () => (this.#isStopped ? void this.#late.push(callback) : callback()));
  }

  stop(): void {
    this.#isStopped = true;
  }

  goOn(): void {
    this.#isStopped = false;
    for (const callback of this.#late) callback();
    this.#late = [];
  }
}

const candidates: Candidate[] = [];
let clock = new FakeClock();
let api = new MemoryApi();

/** Two candidates, the first of which leads. */
async function two(): Promise<[Candidate, Candidate]> {
  const one = new Candidate(api, clock, 'one');
  await passTime(clock, 100);
  const other = new Candidate(api, clock, 'other');
  await passTime(clock, 16_000);
  return [one, other];
}

const leaders = (): string[] =>
  candidates.filter(({ election }) => election.isLeader()).map(({ election }) => String(election.status().holder));

afterEach(async () => {
  api.fault = () => undefined;
  api.afterwards = () => undefined;
  const stopping = candidates.map(({ election }) => election.stop());
  await passTime(clock, 6_000);
  await Promise.all(stopping);
  candidates.length = 0;
  clock = new FakeClock();
  api = new MemoryApi();
});

describe('an election', () => {
  it('has one leader, after a whole duration where there was no Lease', async () => {
    const one = new Candidate(api, clock, 'one');
    const other = new Candidate(api, clock, 'other');
    await passTime(clock, 14_900);
    expect(leaders()).toEqual([]);
    expect(other.election.deadline()).toBeUndefined();
    await passTime(clock, 200);
    expect(leaders()).toEqual(['one']);
    await passTime(clock, 60_000);
    expect(leaders()).toEqual(['one']);
    expect(one.terms).toHaveLength(1);
    expect(one.election.deadline()).toBeGreaterThan(clock.monotonic() + 7_000);
  });

  it('passes on at once when the leader stops', async () => {
    const [one, other] = await two();
    await one.election.stop();
    expect(one.terms[0]?.signal.aborted).toBe(true);
    expect(leaders()).toEqual([]);
    await passTime(clock, 2_100);
    expect(leaders()).toEqual(['other']);
    expect(other.election.status()).toMatchObject({ leading: true, holder: 'other', transitions: 1 });
  });

  it('waits for nothing any more when it has stopped', async () => {
    const one = new Candidate(api, clock, 'one');
    await passTime(clock, 16_000);
    expect(leaders()).toEqual(['one']);
    await one.election.stop();
    expect(clock.waiting).toBe(0);
  });

  it('passes on when the leader is heard of no more, and not before it has ceased to write', async () => {
    const [one] = await two();
    api.fault = ({ body }) => {
      if (body !== undefined && JSON.stringify(body).includes('"one"')) throw new ApiError('API_UNREACHABLE', 'refused');
      return undefined;
    };
    for (let second = 0; second < 20; second++) {
      await passTime(clock, 1_000);
      expect(leaders().length).toBeLessThan(2);
    }
    expect(leaders()).toEqual(['other']);
    expect(one.terms[0]?.signal.aborted).toBe(true);
    expect(one.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('is known to be lost by a process that was stopped, before it writes', async () => {
    const stopped = new StoppableClock(clock);
    const one = new Candidate(api, clock, 'one', { clock: stopped });
    await passTime(clock, 16_000);
    const other = new Candidate(api, clock, 'other');
    const [term] = one.terms;
    expect(term?.mayWrite()).toBe(true);
    stopped.stop();
    await passTime(clock, 20_000);
    expect(other.election.isLeader()).toBe(true);
    // Nothing has told it yet: no timer has called back, and no answer has come.
    expect(term?.signal.aborted).toBe(false);
    expect([term?.mayWrite(), term?.deadline(), one.election.isLeader()]).toEqual([false, -Infinity, false]);
    stopped.goOn();
    await passTime(clock, 1_000);
    expect(term?.signal.aborted).toBe(true);
    expect(leaders()).toEqual(['other']);
  });

  it('is over for good once somebody was told so, though the Lease is renewed after all', async () => {
    const stopped = new StoppableClock(clock);
    const answer = { mayCome: Promise.resolve() };
    const writer = {
      send: async (...request: Parameters<MemoryApi['send']>) => {
        const answered = await api.send(...request);
        await answer.mayCome;
        return answered;
      },
    };
    const one = new Candidate(api, clock, 'one', { clock: stopped, writer });
    await passTime(clock, 16_000);
    const { promise, resolve } = Promise.withResolvers<void>();
    answer.mayCome = promise;
    // A renewal is sent; and the process stops until just after the deadline. What it does first then is to ask.
    await passTime(clock, 3_000);
    stopped.stop();
    while ((one.election.deadline() ?? 0) > clock.monotonic()) await passTime(clock, 100);
    const [term] = one.terms;
    expect(term?.mayWrite()).toBe(false);
    resolve();
    await passTime(clock, 0);
    expect([term?.signal.aborted, term?.mayWrite()]).toEqual([true, false]);
    expect(one.terms).toHaveLength(2);
    expect(one.terms[1]?.mayWrite()).toBe(true);
    stopped.goOn();
  });

  it('goes on through a server that is away for less than the deadline', async () => {
    const [one] = await two();
    api.fault = () => {
      throw new ApiError('API_UNREACHABLE', 'refused');
    };
    await passTime(clock, 7_000);
    expect(leaders()).toEqual(['one']);
    api.fault = () => undefined;
    await passTime(clock, 10_000);
    expect(leaders()).toEqual(['one']);
    expect(one.terms).toHaveLength(1);
  });

  it('has a new term after an outage for all, of the same leader', async () => {
    const [one] = await two();
    api.fault = () => {
      throw new ApiError('API_UNREACHABLE', 'refused');
    };
    await passTime(clock, 12_000);
    expect(leaders()).toEqual([]);
    api.fault = () => undefined;
    await passTime(clock, 2_500);
    expect(leaders()).toEqual(['one']);
    expect(one.terms).toHaveLength(2);
    expect(one.terms[0]?.mayWrite()).toBe(false);
    expect(one.terms[1]?.mayWrite()).toBe(true);
  });

  it('survives that somebody writes an annotation into the Lease', async () => {
    const [one] = await two();
    for (let round = 0; round < 5; round++) {
      const held = api.get(PATH);
      api.put(PATH, { ...held, metadata: { name: 'kubezone-resolver', annotations: { 'kubezone.io/confirm': String(round) } } });
      await passTime(clock, 2_500);
    }
    expect(one.terms).toHaveLength(1);
    expect(leaders()).toEqual(['one']);
    expect(api.get(PATH)).toMatchObject({ metadata: { annotations: { 'kubezone.io/confirm': '4' } } });
  });

  it('has a new term as soon as others leave the Lease alone, however long they were faster', async () => {
    const [one] = await two();
    let writes = 0;
    const annotate = (): void => {
      const held = api.get(PATH);
      api.put(PATH, { ...held, metadata: { name: 'kubezone-resolver', annotations: { 'example.com/count': String(writes++) } } });
    };
    // Whoever reads the Lease to write it is too late each time.
    api.afterwards = ({ method }) => (method === 'GET' ? annotate() : undefined);
    annotate();
    await passTime(clock, 12_000);
    expect(one.terms[0]?.signal.aborted).toBe(true);
    expect(one.logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    api.afterwards = () => undefined;
    await passTime(clock, 2_500);
    expect(leaders()).toEqual(['one']);
    expect(one.terms).toHaveLength(2);
  });

  it('goes on while this process writes into the Lease itself, without a pause', async () => {
    // An answer takes as long as it takes others to be faster.
    const writer = {
      send: async (...request: Parameters<MemoryApi['send']>) => {
        await new Promise(setImmediate);
        return api.send(...request);
      },
    };
    const one = new Candidate(api, clock, 'one', { writer });
    await passTime(clock, 16_000);
    const enough = new AbortController();
    let count = 0;
    const write = async (): Promise<void> => {
      while (!enough.signal.aborted) {
        const body = { metadata: { annotations: { 'kubezone.io/change-history': String(count++) } } };
        await inTurn(writer, PATH, () => writer.send({ method: 'PATCH', path: PATH, body }, NEVER));
      }
    };
    const all = Promise.all([write(), write()]);
    await passTime(clock, 30_000);
    enough.abort();
    await all;
    expect(count).toBeGreaterThan(1_000);
    expect(leaders()).toEqual(['one']);
    expect(one.terms).toHaveLength(1);
  });

  it('is held by nobody for a whole duration after the Lease was deleted', async () => {
    const [one] = await two();
    api.delete(PATH);
    await passTime(clock, 3_000);
    expect(one.terms[0]?.signal.aborted).toBe(true);
    await passTime(clock, 11_000);
    expect(leaders()).toEqual([]);
    await passTime(clock, 4_000);
    expect(leaders()).toHaveLength(1);
  });

  it('takes a Lease that it wrote although it never heard of that', async () => {
    let lost = 1;
    api.afterwards = ({ method }) => {
      if (method === 'POST' && lost-- > 0) throw new ApiError('API_SILENT', 'no answer');
    };
    const one = new Candidate(api, clock, 'one');
    await passTime(clock, 10_000);
    expect(one.election.isLeader()).toBe(false);
    await passTime(clock, 10_000);
    expect(leaders()).toEqual(['one']);
    expect(api.get(PATH)).toMatchObject({ spec: { leaseTransitions: 0 } });
  });

  it('begins no term, and gives nothing back, before the work of the last one has ended', async () => {
    const [one] = await two();
    const work = Promise.withResolvers<void>();
    one.lastWork = work.promise;
    const stopping = one.election.stop();
    await passTime(clock, 2_000);
    expect(api.get(PATH)).toMatchObject({ spec: { holderIdentity: 'one' } });
    work.resolve();
    await stopping;
    expect(JSON.stringify(api.get(PATH))).not.toContain('holderIdentity');
  });

  it('lets the Lease run out where the last work does not end', async () => {
    const [one] = await two();
    one.lastWork = new Promise(() => undefined);
    const stopping = one.election.stop();
    await passTime(clock, 5_100);
    await stopping;
    expect(api.get(PATH)).toMatchObject({ spec: { holderIdentity: 'one' } });
  });

  it('goes on asking where RBAC denies it, and says so once', async () => {
    api.fault = () => refuse(403, 'leases is forbidden');
    const one = new Candidate(api, clock, 'one');
    await passTime(clock, 120_000, 1_000);
    expect(one.logger.lines.map(({ fields }) => fields['code'])).toEqual(['API_FORBIDDEN']);
    api.fault = () => undefined;
    await passTime(clock, 60_000, 1_000);
    expect(leaders()).toEqual(['one']);
  });

  it('has a timing that leaves room for what is under way when a term ends', () => {
    const timing = { leaseMs: 10_000, deadlineMs: 10_000, renewMs: 2_000, retryMs: 2_000 };
    expect(() => new Candidate(api, clock, 'one', { timing })).toThrow(RangeError);
  });

  it('begins another term, not at once, where writing ends by a defect: nobody else could write', async () => {
    const terms: Term[] = [];
    const { logger } = new Candidate(api, clock, 'one', {
      lead: async (term) => {
        terms.push(term);
        if (terms.length <= 3) throw new TypeError('a defect');
        await new Promise((resolve) => term.signal.addEventListener('abort', resolve));
      },
    });
    await passTime(clock, 60_000);
    expect(terms.map((term) => [term.signal.aborted, term.mayWrite()])).toEqual([
      [true, false],
      [true, false],
      [true, false],
      [false, true],
    ]);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(3);
  });
});
