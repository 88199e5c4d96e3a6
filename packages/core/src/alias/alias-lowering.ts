import type { NameChange, NameState, Origin } from '../catalog/name-change.ts';
import { sameState } from '../catalog/same-state.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Logger } from '../contracts/logger.ts';
import { type OwnerName, parentOf } from '../name/owner-name.ts';

import type { AliasProblem, AliasProblemCode } from './alias-problem.ts';
import { type AddressSources, type Followed, followTargets, type Obstacle } from './follow-targets.ts';
import { GatheredLog } from './gathered-log.ts';
import { isOurs, type KnownNames } from './known-names.ts';
import type { LookUp } from './look-up.ts';
import { cnameTarget, targetsOf, withAddresses, withCname, withOldAddresses } from './lower-state.ts';
import { Readers } from './readers.ts';
import { type TargetStatistics, WatchedTargets } from './watched-targets.ts';

export interface AliasLoweringOptions {
  /** What our zones should hold, from all changes that have been decided, whether they have come here or not. */
  readonly names: KnownNames;
  /** The apexes of all zones. */
  readonly apexes: ReadonlySet<OwnerName>;
  /** `flatten`: the addresses of the targets. `cname`: a CNAME where the name can hold one, which takes a single target and no other data; else as `flatten`. */
  readonly mode: 'flatten' | 'cname';
  /** Names that must have addresses themselves (RFC 2181, section 10.3): those in NS RRsets. Apexes are among them anyway. @default none */
  readonly nameServers?: ReadonlySet<OwnerName>;
  /** Who knows names outside our zones. */
  readonly lookUp: LookUp;
  /** For how long the last known addresses of a target stand while it cannot be resolved, in milliseconds. @default 3 days (RFC 8767, section 5) */
  readonly staleForMs?: number;
  /** For how long they stand while those who must know say that there are none, in milliseconds. @default a minute */
  readonly goneForMs?: number;
  /** How many targets are asked for at a time, each with two questions or three. @default 32 */
  readonly maxConcurrent?: number;
  /** Called where names hold something else because their targets do. The changes have no aliases. */
  readonly onChanges: (changes: readonly NameChange[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** At least 0, and less than 1; so that not all is asked at the same moment. */
  readonly random: () => number;
}

/** How aliases stand. */
export interface AliasStatistics extends TargetStatistics {
  /** Names that have the addresses of others. */
  readonly aliases: number;
  /** Those of them with an obstacle: a loop, a chain that is too long, more addresses than an RRset is to have. */
  readonly obstructed: number;
}

/** A name with aliases. */
interface Lowered {
  readonly owner: OwnerName;
  readonly state: NameState;
  readonly origins: readonly Origin[];
  /** What was said last that it holds. */
  readonly held: NameState;
  readonly locals: readonly OwnerName[];
  readonly targets: readonly OwnerName[];
  readonly inferred: boolean;
  readonly obstacles: readonly Obstacle[];
  /** Since when there are any, in milliseconds since the Unix epoch. */
  readonly obstructedSince: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_STALE_FOR_MS = 3 * DAY_MS;
const DEFAULT_GONE_FOR_MS = 60_000;
const DEFAULT_CONCURRENT = 32;
/** How many names are looked at in one turn because of another name, a few milliseconds' work; more follow in turns of their own. */
const AT_ONCE = 200;

/**
 * Puts addresses, or a CNAME, where names shall have the addresses of others.
 *
 *     changes with aliases ──► lower ──► changes without         (and what that changes at names that lead to them)
 *                              ▲   │
 *     our zones, desired ──────┘   └──► targets elsewhere, asked for in the background ──► onChanges
 *
 * A name without any known address exists without data. Where a name's targets are replaced, it keeps its addresses until something is known of the new ones.
 * Nothing here is on the path of a query.
 */
export class AliasLowering {
  readonly #options: AliasLoweringOptions;
  readonly #targets: WatchedTargets;
  readonly #log: GatheredLog;
  readonly #lowered = new Map<OwnerName, Lowered>();
  /** Names in our zones → the names with aliases for which they were looked at. */
  readonly #localReaders = new Readers();
  /** Names elsewhere → the same. */
  readonly #targetReaders = new Readers();
  /** Names with aliases where the existence of names counted that nobody asks for. */
  readonly #inferred = new Set<OwnerName>();
  #obstructed = 0;
  /** Names with aliases to be looked at again. */
  readonly #stale = new Set<OwnerName>();
  #cancelTurn: (() => void) | undefined;
  #stopped = false;

  constructor(options: AliasLoweringOptions) {
    const { names, apexes, lookUp, clock, logger, random } = options;
    this.#options = options;
    this.#log = new GatheredLog({ clock, logger });
    this.#targets = new WatchedTargets({
      lookUp,
      clock,
      logger,
      random,
      keeping: {
        staleForMs: options.staleForMs ?? DEFAULT_STALE_FOR_MS,
        goneForMs: options.goneForMs ?? DEFAULT_GONE_FOR_MS,
      },
      maxConcurrent: options.maxConcurrent ?? DEFAULT_CONCURRENT,
      isOurs: (name) => isOurs(name, names, apexes),
      onAnswer: (target) => this.#targetChanged(target),
    });
  }

  /**
   * Changes with what is known now in place of aliases, and those of other names that follow from them. Of names that led to one that has changed, two hundred
   * are among them; where there are more, the others follow by `onChanges`.
   */
  lower(changes: readonly NameChange[]): NameChange[] {
    const lowered: NameChange[] = [];
    for (const change of changes) {
      const after = this.#lowerChange(change);
      if (after !== undefined) lowered.push(after);
    }
    const readers = new Set<OwnerName>();
    for (const { owner } of changes) for (const reader of this.#localReaders.of(owner)) readers.add(reader);
    this.#refresh(readers, lowered);
    for (const reader of readers) this.#stale.add(reader);
    if (this.#inferred.size > 0) {
      for (const { owner, before, after } of changes) if (before.exists !== after.exists) this.#outdateInferred(owner);
    }
    this.#planTurn();
    return lowered;
  }

  /** What a name holds, without aliases: as it was said last. */
  lowered(owner: OwnerName): NameState {
    return this.#lowered.get(owner)?.held ?? this.#options.names.state(owner);
  }

  /**
   * Resolves when something is known of every target, and at the latest after some time, in milliseconds: until then names would be denied addresses that
   * they may well have.
   */
  settled(withinMs: number): Promise<void> {
    return this.#targets.settled(withinMs);
  }

  statistics(): AliasStatistics {
    return { ...this.#targets.statistics(), aliases: this.#lowered.size, obstructed: this.#obstructed };
  }

  /** All that is wrong, in no order. */
  *problems(): Generator<AliasProblem, void, undefined> {
    for (const { owner, origins, obstacles, obstructedSince, targets } of this.#lowered.values()) {
      for (const { code, target } of obstacles) {
        yield { code, owner, origins, target, message: describe(code, owner, target, ''), since: obstructedSince };
      }
      for (const target of targets) {
        const found = this.#targets.health(target);
        if (found === undefined || found.health === 'good') continue;
        const code = found.health === 'failing' ? 'ALIAS_TARGET_FAILING' : 'ALIAS_TARGET_MISSING';
        yield { code, owner, origins, target, message: describe(code, owner, target, found.code), since: found.since };
      }
    }
  }

  /** Asks for nothing any more, and calls nobody. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTurn?.();
    this.#log.stop();
    this.#targets.stop();
  }

  #lowerChange(change: NameChange): NameChange | undefined {
    const { owner, before, after, origins } = change;
    const known = this.#lowered.get(owner);
    if (after.aliases === undefined) {
      if (known === undefined) return change;
      this.#forget(known);
      return sameState(known.held, after) ? undefined : { ...change, before: known.held };
    }
    const held = known?.held ?? { exists: before.exists, rrsets: before.rrsets };
    const next = this.#look({ owner, state: after, origins }, held, known);
    return sameState(next, held) ? undefined : { owner, before: held, after: next, origins };
  }

  /** Looks where the names lead whose addresses a name shall have, and says what it holds. */
  #look(name: Pick<Lowered, 'owner' | 'state' | 'origins'>, held: NameState, known: Lowered | undefined): NameState {
    const { owner, state } = name;
    const { targets, ttl } = targetsOf(state);
    const cname = this.#cnameTarget(owner, state);
    const followed = followTargets(owner, targets, ttl, this.#sources(cname === undefined));
    const circular = followed.obstacles.some(({ code }) => code === 'ALIAS_LOOP');
    let after: NameState;
    if (cname !== undefined && !circular) after = withCname(owner, state, cname);
    else {
      after = withAddresses(owner, state, followed);
      const isWaiting = followed.pending && followed.ipv4.length + followed.ipv6.length === 0;
      if (isWaiting) after = withOldAddresses(after, held);
    }
    const next = sameState(after, held) ? held : after;
    this.#remember(name, next, followed, known);
    return next;
  }

  #cnameTarget(owner: OwnerName, state: NameState): OwnerName | undefined {
    const { mode, apexes, nameServers } = this.#options;
    if (mode === 'flatten' || apexes.has(owner) || nameServers?.has(owner) === true) return undefined;
    return cnameTarget(state);
  }

  #sources(elsewhere: boolean): AddressSources {
    const { names, apexes } = this.#options;
    return { names, apexes, ...(elsewhere && { answer: (target: OwnerName) => this.#targets.answer(target) }) };
  }

  #remember(
    name: Pick<Lowered, 'owner' | 'state' | 'origins'>,
    held: NameState,
    { locals, targets, inferred, obstacles }: Followed,
    known: Lowered | undefined,
  ): void {
    const { owner } = name;
    const { clock } = this.#options;
    const obstructedSince = known !== undefined && known.obstacles.length > 0 ? known.obstructedSince : clock.now();
    this.#lowered.set(owner, { ...name, held, locals, targets, inferred, obstacles, obstructedSince });
    this.#obstructed += Number(obstacles.length > 0) - Number((known?.obstacles.length ?? 0) > 0);
    if (known === undefined || !sameNames(known.locals, locals)) this.#localReaders.replace(owner, known?.locals ?? [], locals);
    if (known === undefined || !sameNames(known.targets, targets)) this.#rewatch(owner, known?.targets ?? [], targets);
    if (inferred) this.#inferred.add(owner);
    else this.#inferred.delete(owner);
    this.#logObstacles(owner, known?.obstacles ?? [], obstacles);
  }

  #forget({ owner, locals, targets, obstacles }: Lowered): void {
    this.#lowered.delete(owner);
    this.#stale.delete(owner);
    this.#inferred.delete(owner);
    if (obstacles.length > 0) this.#obstructed--;
    this.#localReaders.replace(owner, locals, []);
    this.#rewatch(owner, targets, []);
  }

  #rewatch(owner: OwnerName, before: readonly OwnerName[], after: readonly OwnerName[]): void {
    for (const target of this.#targetReaders.replace(owner, before, after)) this.#targets.unwatch(target);
    for (const target of after) this.#targets.watch(target);
  }

  #logObstacles(owner: OwnerName, before: readonly Obstacle[], after: readonly Obstacle[]): void {
    for (const { code, target } of after) {
      if (before.some((one) => one.code === code)) continue;
      this.#log.add('warn', 'names do not have all addresses of their targets', {
        code,
        reason: describe(code, owner, target, ''),
      });
    }
  }

  #targetChanged(target: OwnerName): void {
    for (const reader of this.#targetReaders.of(target)) this.#stale.add(reader);
    if (this.#cancelTurn === undefined) this.#turn();
  }

  /** A name has come or gone, and with it, in its zone, perhaps names above it that nobody asks for: that is seen when the zone has the change. */
  #outdateInferred(owner: OwnerName): void {
    const { apexes } = this.#options;
    for (let at: OwnerName | undefined = owner; at !== undefined && !apexes.has(at); at = parentOf(at)) {
      for (const reader of this.#localReaders.of(at)) if (this.#inferred.has(reader)) this.#stale.add(reader);
    }
  }

  /** Looks again at some names that are out of date, and takes them out. */
  #refresh(owners: Set<OwnerName>, changes: NameChange[]): void {
    let count = 0;
    for (const owner of owners) {
      if (count++ === AT_ONCE) return;
      owners.delete(owner);
      const known = this.#lowered.get(owner);
      if (known === undefined) continue;
      const { held, origins } = known;
      const next = this.#look(known, held, known);
      if (next !== held) changes.push({ owner, before: held, after: next, origins });
    }
  }

  #planTurn(): void {
    if (this.#stale.size > 0 && !this.#stopped) this.#cancelTurn ??= this.#options.clock.after(0, () => this.#turn());
  }

  #turn(): void {
    this.#cancelTurn = undefined;
    if (this.#stopped) return;
    const changes: NameChange[] = [];
    this.#refresh(this.#stale, changes);
    this.#planTurn();
    if (changes.length > 0) this.#options.onChanges(changes);
  }
}

function sameNames(some: readonly OwnerName[], others: readonly OwnerName[]): boolean {
  return some.length === others.length && some.every((name, at) => name === others[at]);
}

function describe(code: AliasProblemCode, owner: OwnerName, target: OwnerName, reason: string): string {
  switch (code) {
    case 'ALIAS_TARGET_FAILING':
      return `${owner} has the addresses of ${target}, which cannot be resolved at present (${reason})`;
    case 'ALIAS_TARGET_MISSING':
      return `${owner} has the addresses of ${target}, which does not exist, or has none`;
    case 'ALIAS_LOOP':
      return `${owner} would have its own addresses: the names whose addresses it shall have lead in a circle, by ${target}`;
    case 'ALIAS_CHAIN_TOO_LONG':
      return `${owner} has the addresses of names that lead too far: ${target} is not followed`;
    case 'ALIAS_ADDRESSES_LEFT_OUT':
      return `the names whose addresses ${owner} shall have have more than an RRset is to have; the first ones in their order are used`;
    default:
      return code satisfies never;
  }
}
