import type { NameState } from '../catalog/name-change.ts';
import type { OwnerName } from '../name/owner-name.ts';
import { sortRdatas } from '../rr/compare-rdata.ts';
import { targetOf } from '../rr/rdata-wire.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { RRset, Rdata } from '../rr/rrset.ts';

import type { AliasProblemCode } from './alias-problem.ts';
import type { FamilyAnswer } from './family-answer.ts';
import { askOurselves, type KnownNames } from './known-names.ts';

/** What is known of a name that others know about. */
export interface TargetAnswer {
  readonly ipv4: FamilyAnswer;
  readonly ipv6: FamilyAnswer;
  /** Where its CNAMEs lead into our zones: the first name there, which counts in place of the addresses. */
  readonly into?: OwnerName;
}

/** Where addresses are known. */
export interface AddressSources {
  readonly names: KnownNames;
  /** The apexes of all zones. */
  readonly apexes: ReadonlySet<OwnerName>;
  /** What is known of a name elsewhere; undefined where nothing is yet. Absent: such names are passed over. */
  readonly answer?: (target: OwnerName) => TargetAnswer | undefined;
}

/** What stands in the way from a name to addresses. */
export interface Obstacle {
  readonly code: Extract<AliasProblemCode, 'ALIAS_LOOP' | 'ALIAS_CHAIN_TOO_LONG' | 'ALIAS_ADDRESSES_LEFT_OUT'>;
  /** Where. */
  readonly target: OwnerName;
}

/** The addresses to which names lead. */
export interface Followed {
  readonly ipv4: readonly Rdata[];
  readonly ipv6: readonly Rdata[];
  /** Seconds. */
  readonly ttl: number;
  /** Nothing is known yet of a name elsewhere. */
  readonly pending: boolean;
  /** Names of our zones that were looked at, each once. */
  readonly locals: readonly OwnerName[];
  /** Names elsewhere that were looked at, each once. */
  readonly targets: readonly OwnerName[];
  /** See `Reading.inferred`. */
  readonly inferred: boolean;
  /** The first of each code. */
  readonly obstacles: readonly Obstacle[];
}

/** How many names one after another lead to addresses at most, as `MAX_ALIASES` of answers. */
const MAX_STEPS = 16;
/** How many names are looked at for one, in all. */
const MAX_NAMES = 2000;
/** How many addresses an RRset has at most: a response with them fits into a message. */
const MAX_ADDRESSES = 1000;

/**
 * Follows names to their addresses: through our zones by what they should hold, and elsewhere by what has been found out.
 *
 * @param owner the name that shall have the addresses: who leads back to it, leads in a circle
 * @param ttl the lowest of the links before, in seconds
 */
export function followTargets(owner: OwnerName, targets: readonly OwnerName[], ttl: number, sources: AddressSources): Followed {
  return new Walk(owner, ttl, sources).follow(targets);
}

class Walk {
  readonly #sources: AddressSources;
  readonly #owner: OwnerName;
  #ttl: number;
  #pending = false;
  #inferred = false;
  /** Names on the way from the owner to where we are, and those that have been dealt with. */
  readonly #seen = new Map<OwnerName, 'open' | 'done'>();
  readonly #locals = new Set<OwnerName>();
  readonly #targets: OwnerName[] = [];
  readonly #obstacles: Obstacle[] = [];
  readonly #ipv4: (readonly Rdata[])[] = [];
  readonly #ipv6: (readonly Rdata[])[] = [];

  constructor(owner: OwnerName, ttl: number, sources: AddressSources) {
    this.#sources = sources;
    this.#owner = owner;
    this.#ttl = ttl;
    this.#seen.set(owner, 'open');
  }

  follow(targets: readonly OwnerName[]): Followed {
    for (const target of targets) this.#visit(target, 1);
    const ipv4 = this.#unite(this.#ipv4);
    const ipv6 = this.#unite(this.#ipv6);
    return {
      ipv4,
      ipv6,
      ttl: this.#ttl,
      pending: this.#pending,
      locals: [...this.#locals],
      targets: this.#targets.slice(),
      inferred: this.#inferred,
      obstacles: this.#obstacles.slice(),
    };
  }

  #visit(name: OwnerName, steps: number): void {
    const seen = this.#seen.get(name);
    if (seen === 'open') this.#report('ALIAS_LOOP', name);
    if (seen !== undefined) return;
    if (steps > MAX_STEPS || this.#seen.size > MAX_NAMES) {
      this.#report('ALIAS_CHAIN_TOO_LONG', name);
      return;
    }
    this.#seen.set(name, 'open');
    const { names, apexes } = this.#sources;
    const word = askOurselves(name, names, apexes, {
      read: (owner) => void this.#locals.add(owner),
      inferred: () => (this.#inferred = true),
    });
    if (word.kind === 'state') this.#take(word.state, steps);
    else if (word.kind === 'elsewhere') this.#takeAnswer(name, steps);
    else if (word.target !== undefined) {
      this.#lower(word.ttl);
      this.#visit(word.target, steps + 1);
    }
    this.#seen.set(name, 'done');
  }

  #take({ rrsets, aliases = [] }: NameState, steps: number): void {
    for (const rrset of rrsets) {
      if (rrset.type === TYPE.A) this.#add(this.#ipv4, rrset);
      else if (rrset.type === TYPE.AAAA) this.#add(this.#ipv6, rrset);
      else if (rrset.type === TYPE.CNAME) this.#takeCname(rrset, steps);
    }
    for (const { ttl, targets } of aliases) {
      this.#lower(ttl);
      for (const target of targets) this.#visit(target, steps + 1);
    }
  }

  #takeCname({ ttl, rdatas: [rdata] }: RRset, steps: number): void {
    const target = rdata && targetOf(TYPE.CNAME, rdata);
    if (target === undefined) return;
    this.#lower(ttl);
    this.#visit(target, steps + 1);
  }

  #takeAnswer(name: OwnerName, steps: number): void {
    const { answer } = this.#sources;
    if (answer === undefined) return;
    this.#targets.push(name);
    const known = answer(name);
    if (known === undefined) this.#pending = true;
    else if (known.into === undefined) {
      this.#add(this.#ipv4, known.ipv4);
      this.#add(this.#ipv6, known.ipv6);
    } else this.#visit(known.into, steps + 1);
  }

  #add(lists: (readonly Rdata[])[], { ttl, rdatas }: Pick<RRset, 'ttl' | 'rdatas'>): void {
    if (rdatas.length === 0) return;
    this.#lower(ttl);
    lists.push(rdatas);
  }

  #lower(ttl: number): void {
    this.#ttl = Math.min(this.#ttl, ttl);
  }

  #unite([only = [], ...more]: readonly (readonly Rdata[])[]): readonly Rdata[] {
    // Each list is sorted: where there is one, as for most names, it is shared by all who lead to it.
    const united = more.length === 0 ? only : sortRdatas([only, ...more].flat());
    if (united.length <= MAX_ADDRESSES) return united;
    this.#report('ALIAS_ADDRESSES_LEFT_OUT', this.#owner);
    return united.slice(0, MAX_ADDRESSES);
  }

  #report(code: Obstacle['code'], target: OwnerName): void {
    if (!this.#obstacles.some((obstacle) => obstacle.code === code)) this.#obstacles.push({ code, target });
  }
}
