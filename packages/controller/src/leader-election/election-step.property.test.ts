import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import type { Fields } from '../resources/fields.ts';
import {
  type ElectionOutcome,
  type ElectionState,
  electionStep,
  FIRST_ELECTION_STATE,
  mayWrite,
  type Moment,
  USUAL_TIMING,
} from './election-step.ts';
import { heldLease, type Lease, readLease } from './lease.ts';

const PLACE = { namespace: 'dns', name: 'l' };
const WALL = Date.parse('2026-11-23T10:00:00Z');
/** By then whoever is left alone leads: a Lease of another has run out, and one that was missing has settled. */
const SETTLED_MS = 3 * USUAL_TIMING.leaseMs;

/** What happens to one request. */
interface Fate {
  /** Until the server takes it up, and from then until its answer is there, in milliseconds. */
  readonly wayMs: readonly [there: number, back: number];
  /** What is lost on the way. */
  readonly lost: 'nothing' | 'request' | 'answer';
  /** What others do to the Lease just before the server takes it up. */
  readonly others: 'nothing' | 'annotate' | 'delete';
}

const HARMLESS: Fate = { wayMs: [2, 2], lost: 'nothing', others: 'nothing' };
const fate: fc.Arbitrary<Fate> = fc.record({
  wayMs: fc.tuple(fc.nat(2_500), fc.nat(2_400)),
  lost: fc.constantFrom('nothing', 'nothing', 'request', 'answer'),
  others: fc.constantFrom('nothing', 'nothing', 'annotate', 'annotate', 'annotate', 'delete'),
});

/** One object of an API server. */
class Server {
  #object: Fields | undefined;
  #version = 0;

  put(object: Fields): Fields {
    this.#object = { ...object, metadata: { ...(object['metadata'] as Fields), resourceVersion: String(++this.#version) } };
    return this.#object;
  }

  disturb(others: Fate['others']): void {
    if (others === 'delete') this.#object = undefined;
    else if (others === 'annotate' && this.#object !== undefined) this.put(this.#object);
  }

  /** @param before what a write is on condition of; undefined where there is to be none */
  write(before: Lease | undefined, lease: Fields, sent: Moment): ElectionOutcome {
    if (before !== undefined && this.#object === undefined) return { kind: 'missing' };
    const [wanted, found] = [before?.object ?? {}, this.#object ?? {}].map((object) =>
      String((object['metadata'] as Fields | undefined)?.['resourceVersion']),
    );
    if (wanted !== found) return { kind: 'overtaken' };
    return { kind: 'held', lease: readLease(this.put(lease)), sent };
  }

  read(): ElectionOutcome {
    return this.#object === undefined ? { kind: 'missing' } : { kind: 'found', lease: readLease(this.#object) };
  }
}

/** One process: what it does next, and when. */
class Process {
  state: ElectionState = FIRST_ELECTION_STATE;
  nextAt: number;
  readonly identity: string;
  readonly #fates: Fate[];
  #then: () => void;

  constructor(identity: string, startsAt: number, fates: readonly Fate[], server: Server) {
    this.identity = identity;
    this.nextAt = startsAt;
    this.#fates = [...fates];
    this.#then = () => this.#begin(server);
  }

  /** Whether nothing goes wrong any more. */
  get isLeftAlone(): boolean {
    return this.#fates.length === 0;
  }

  writes(now: number): boolean {
    return mayWrite(this.state, USUAL_TIMING, at(now));
  }

  go(): void {
    this.#then();
  }

  #begin(server: Server): void {
    const { action } = this.state;
    if (action.kind === 'wait') return this.#later(action.delayMs, () => this.#take({ kind: 'waited' }, server));
    const { wayMs, lost, others } = this.#fates.shift() ?? HARMLESS;
    const sent = at(this.nextAt);
    this.#later(wayMs[0], () => {
      server.disturb(others);
      const outcome = lost === 'request' ? FAILED : this.#ask(server, sent);
      this.#later(wayMs[1], () => this.#take(lost === 'answer' ? FAILED : outcome, server));
    });
  }

  #ask(server: Server, sent: Moment): ElectionOutcome {
    const { action } = this.state;
    if (action.kind !== 'create' && action.kind !== 'replace') return server.read();
    const before = action.kind === 'replace' ? action.lease : undefined;
    const terms = { ...PLACE, identity: this.identity, leaseMs: USUAL_TIMING.leaseMs, now: sent.wall };
    return server.write(before, heldLease(before, terms), sent);
  }

  #take(outcome: ElectionOutcome, server: Server): void {
    const { identity, nextAt: now } = this;
    this.state = electionStep(this.state, outcome, { identity, timing: USUAL_TIMING, now, random: 0.3 });
    this.#later(0, () => this.#begin(server));
  }

  #later(ms: number, then: () => void): void {
    this.nextAt += ms;
    this.#then = then;
  }
}

const FAILED: ElectionOutcome = { kind: 'failed' };

function at(monotonic: number): Moment {
  return { monotonic, wall: WALL + monotonic };
}

/** Lets processes do what they do in the order of time, until all has gone well for long; returns what must not be, at the first time that it is. */
function findFault(processes: readonly Process[]): string | undefined {
  let calmSince = 0;
  for (;;) {
    const next = processes.reduce((one, other) => (other.nextAt < one.nextAt ? other : one));
    const now = next.nextAt;
    if (!processes.every((one) => one.isLeftAlone)) calmSince = now;
    const writing = processes.filter((one) => one.writes(now)).map(({ identity }) => identity);
    if (writing.length > 1) return `at ${now} ms ${writing.join(' and ')} write`;
    if (writing.length === 0 && now - calmSince > SETTLED_MS)
      return `at ${now} ms nobody writes, and all goes well since ${calmSince} ms`;
    if (now - calmSince > 2 * SETTLED_MS) return undefined;
    next.go();
  }
}

describe('an election, whatever happens to its requests', () => {
  it('leads some time after all goes well again, and from then on without a gap', () => {
    fc.assert(
      fc.property(fc.array(fate, { maxLength: 30 }), (fates) => {
        expect(findFault([new Process('me', 0, fates, new Server())])).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('lets one process write at a time, and one of several before long', () => {
    const fates = fc.array(fate, { maxLength: 20 });
    fc.assert(
      fc.property(fates, fates, fates, fc.nat(20_000), (one, two, three, later) => {
        const server = new Server();
        const processes = [
          new Process('one', 0, one, server),
          new Process('two', later, two, server),
          new Process('three', 1, three, server),
        ];
        expect(findFault(processes)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});
