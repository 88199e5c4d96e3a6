import { Catalog, type CatalogOptions } from '../../catalog/catalog.ts';
import type { NameChange, NameState } from '../../catalog/name-change.ts';
import { sameState } from '../../catalog/same-state.ts';
import { originOf } from '../../catalog/testing/catalog-case.ts';
import { desiredText, printState } from '../../catalog/testing/desired-text.ts';
import type { Clock } from '../../contracts/clock.ts';
import type { Logger } from '../../contracts/logger.ts';
import { isFailure } from '../../failure.ts';
import { isBelow, nameOf, type OwnerName } from '../../name/owner-name.ts';
import { scanAddress } from '../../rr/address.ts';
import { TYPE } from '../../rr/rr-type.ts';
import type { Rdata } from '../../rr/rrset.ts';
import { AliasLowering, type AliasLoweringOptions } from '../alias-lowering.ts';
import type { AddressType, FoundAddresses, FoundAlias, LookUp } from '../look-up.ts';

/** A clock that stands still until it is advanced. */
export class SteppedClock implements Clock {
  #now = 0;
  readonly #waiting = new Set<{ readonly at: number; readonly callback: () => void }>();

  now(): number {
    return 1_800_000_000_000 + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const entry = { at: this.#now + delayMs, callback };
    this.#waiting.add(entry);
    return () => void this.#waiting.delete(entry);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** When the next callback is due, in milliseconds from now; undefined where none waits. */
  get nextIn(): number | undefined {
    const next = Math.min(...Array.from(this.#waiting, ({ at }) => at));
    return Number.isFinite(next) ? next - this.#now : undefined;
  }

  /** Goes on by some time, calling whoever is due at its end. */
  step(ms: number): void {
    this.#now += ms;
    for (const entry of [...this.#waiting].sort((one, other) => one.at - other.at)) {
      if (entry.at <= this.#now && this.#waiting.delete(entry)) entry.callback();
    }
  }
}

/** Names elsewhere: `60 192.0.2.1 2001:db8::1`, `CNAME other.test`, `ETIMEOUT`; what is not there does not exist. */
export class Elsewhere implements LookUp {
  readonly answers = new Map<OwnerName, string>();
  /** The questions so far, such as `lb.test. A`. */
  readonly asked: string[] = [];
  /** Whether questions wait until `release`. */
  holding = false;
  /** The most questions for addresses of type A that were ever under way together. */
  atOnce = 0;
  stopped = false;
  #underWay = 0;
  #held: (() => void)[] = [];

  set(name: string, answer: string | undefined): void {
    if (answer === undefined) this.answers.delete(nameOf(name));
    else this.answers.set(nameOf(name), answer);
  }

  release(): void {
    this.holding = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }

  async addresses(name: OwnerName, type: AddressType): Promise<FoundAddresses> {
    this.asked.push(`${name} ${type === TYPE.A ? 'A' : 'AAAA'}`);
    if (type === TYPE.A) this.atOnce = Math.max(this.atOnce, ++this.#underWay);
    if (this.holding) await new Promise<void>((resolve) => void this.#held.push(resolve));
    else await Promise.resolve();
    if (type === TYPE.A) this.#underWay--;
    return this.#find(name, type);
  }

  async alias(name: OwnerName): Promise<FoundAlias> {
    await Promise.resolve();
    const answer = this.answers.get(name) ?? '';
    if (answer.startsWith('E')) return { kind: 'failure', code: answer };
    const [, target] = /^CNAME (\S+)$/.exec(answer) ?? [];
    return target === undefined ? { kind: 'none' } : { kind: 'alias', target: nameOf(target) };
  }

  stop(): void {
    this.stopped = true;
  }

  #find(name: OwnerName, type: AddressType): FoundAddresses {
    const answer = this.answers.get(name);
    if (answer === undefined) return { kind: 'none' };
    if (answer.startsWith('E')) return { kind: 'failure', code: answer };
    const [first = '', ...texts] = answer.split(' ');
    if (first === 'CNAME') return this.#find(nameOf(texts[0] as string), type);
    const rdatas = texts.map(octets).filter(({ length }) => length === (type === TYPE.A ? 4 : 16));
    return rdatas.length === 0 ? { kind: 'none' } : { kind: 'addresses', ttl: Number(first), rdatas };
  }
}

function octets(text: string): Rdata {
  const address = scanAddress(text);
  if (isFailure(address)) throw new RangeError(address.message);
  return address.rdata;
}

/** The zones of these tests. */
export const APEXES: ReadonlySet<OwnerName> = new Set(['example.', 'child.example.'].map(nameOf));

/** A catalog, names elsewhere, and what becomes of aliases: all that holds, as it was told, in the order in which it was told. */
export class AliasWorld {
  readonly clock = new SteppedClock();
  readonly elsewhere = new Elsewhere();
  readonly catalog: Catalog;
  readonly lowering: AliasLowering;
  readonly held = new Map<OwnerName, NameState>();
  /** How many changes each call brought that was made in the background. */
  readonly background: number[] = [];
  readonly log: string[] = [];

  constructor(options: Partial<AliasLoweringOptions> = {}, catalog: Partial<CatalogOptions> = {}) {
    const order = ['record', 'service', 'ingress', 'zone-file'];
    this.catalog = new Catalog({ order, clock: this.clock, ...catalog });
    const note = (message: string, fields: unknown): void => void this.log.push(`${message} ${JSON.stringify(fields)}`);
    const logger: Logger = { debug: note, info: note, warn: note, error: note };
    this.lowering = new AliasLowering({
      names: { state: (owner) => this.catalog.state(owner), exists: (owner) => this.#exists(owner) },
      apexes: APEXES,
      mode: 'flatten',
      lookUp: this.elsewhere,
      clock: this.clock,
      logger,
      random: () => 0,
      onChanges: (changes) => {
        this.background.push(changes.length);
        this.#take(changes);
      },
      ...options,
    });
  }

  /** An object (`service/ns/svc`) asks for what these lines say, and for nothing else any more. */
  ask(origin: string, ...lines: readonly string[]): void {
    this.#take(this.lowering.lower(this.catalog.put(originOf(origin), desiredText(...lines))));
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets time pass, second by second. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.step(1000);
      await this.settle();
    }
  }

  /** What a name holds, as `60 A 192.0.2.1`; `NODATA`, or `NXDOMAIN`. */
  holds(name: string): string[] {
    const owner = nameOf(name);
    const state = this.held.get(owner) ?? { exists: false, rrsets: [] };
    if (!state.exists) return ['NXDOMAIN'];
    const lines = printState(state, owner).map((line) => line.slice(owner.length + 1).replace(' IN ', ' '));
    return lines.length === 0 ? ['NODATA'] : lines;
  }

  /** Everything that holds, as `www.example. 60 A 192.0.2.1`. */
  all(): string[] {
    const owners = [...this.held].flatMap(([owner, { exists }]) => (exists ? [owner] : []));
    return owners.flatMap((owner) => this.holds(owner).map((line) => `${owner} ${line}`)).toSorted();
  }

  problems(): string[] {
    return Array.from(this.lowering.problems(), ({ code, owner, target }) => `${code} ${owner} ${target}`).toSorted();
  }

  #take(changes: readonly NameChange[]): void {
    for (const { owner, before, after } of changes) {
      const held = this.held.get(owner) ?? { exists: false, rrsets: [] };
      if (!sameState(held, before)) throw new Error(`${owner} does not hold what the change says it held`);
      if (after.aliases !== undefined) throw new Error(`${owner} has aliases left`);
      if (sameState(before, after)) throw new Error(`${owner} changes into what it is`);
      this.held.set(owner, after);
    }
  }

  #exists(owner: OwnerName): boolean {
    if (APEXES.has(owner)) return true;
    return [...this.held].some(([name, { exists }]) => exists && (name === owner || isBelow(name, owner)));
  }
}
