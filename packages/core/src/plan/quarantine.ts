import { sameProvided } from '../contracts/provided-rrset.ts';
import type { Clock } from '../contracts/clock.ts';
import type { ProvidedRRset } from '../contracts/provider.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { NamePlan } from './name-plan.ts';
import type { QuarantineNotice } from './plan-settings.ts';
import { type Unit, unitKey } from './rrset-unit.ts';

/** The first wait after a refusal, and the longest, in milliseconds. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 3_600_000;
/** For how long a refusal is remembered that was to be tried again and was not, in milliseconds: nobody wants it any more, or the provider is away. */
const OVERDUE_MS = 600_000;

/** One RRset's change, as far as refusals tell changes apart. */
interface Attempt {
  readonly key: Key;
  readonly after: ProvidedRRset | undefined;
}

/** The key of an RRset at its name, or `MARKER`. */
type Key = number | string;
const MARKER = 'marker alone';

interface Entry extends Attempt {
  readonly reason: string;
  readonly refusals: number;
  /** On the monotonic clock. */
  readonly until: number;
}

interface NameEntry {
  readonly culprits: Map<Key, Entry>;
  /** Changes of a write that was refused as a whole, in groups that are tried one after the other: the first is being tried. */
  suspects: readonly (readonly (readonly Attempt[])[])[];
  /** On the monotonic clock: by then the first was to be tried. Where nobody wants it any more, the others do not wait for it. */
  suspectsUntil: number;
  reason: string;
}

/** What is quarantined, for metrics and status. */
export interface QuarantinedName {
  readonly owner: OwnerName;
  readonly reason: string;
  /** In milliseconds from now. */
  readonly retryInMs: number;
}

/**
 * What the provider refused, and when to try it again.
 *
 * A provider often refuses a name's write without saying which RRset it means. So the changes of that write are tried in halves: each half by itself, a refused one
 * halved again, until a single change is refused. That one is left out while the rest of its name goes on, and tried again after a wait that doubles, or as
 * soon as something else is wanted.
 */
export class Quarantine {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: () => number;
  readonly #names = new Map<OwnerName, NameEntry>();

  /** @param random from 0 to below 1: spreads what would be tried at one time */
  constructor(clock: Pick<Clock, 'monotonic'>, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** The notice that planning asks for: see `PlanSettings.quarantined`. */
  notice(owner: OwnerName, unit: Unit | undefined, after: ProvidedRRset | undefined): QuarantineNotice | undefined {
    const entry = this.#names.get(owner);
    if (entry === undefined) return undefined;
    const attempt = { key: unit === undefined ? MARKER : unitKey(unit), after };
    const now = this.#clock.monotonic();
    const culprit = entry.culprits.get(attempt.key);
    if (culprit !== undefined && sameAttempt(culprit, attempt) && culprit.until > now) return { reason: culprit.reason };
    if (entry.suspectsUntil <= now) return undefined;
    const waits = entry.suspects.slice(1).some((group) => group.flat().some((one) => sameAttempt(one, attempt)));
    return waits ? { reason: entry.reason } : undefined;
  }

  /**
   * Takes a refusal of a name's write. The name is to be planned again at once.
   *
   * @param plan whose write was refused
   * @param reason what the provider said
   */
  refused(plan: NamePlan, reason: string): void {
    const now = this.#clock.monotonic();
    const entry = this.#names.get(plan.owner) ?? { culprits: new Map(), suspects: [], suspectsUntil: 0, reason };
    this.#names.set(plan.owner, entry);
    if (entry.suspectsUntil <= now) entry.suspects = [];
    entry.suspectsUntil = now + FIRST_WAIT_MS;
    entry.reason = reason;
    const changes = plan.changes.map((change) => attemptsOf(change));
    if (changes.length === 0) changes.push([{ key: MARKER, after: undefined }]);
    const later = entry.suspects.slice(1);
    if (changes.length > 1) {
      const middle = Math.ceil(changes.length / 2);
      entry.suspects = [changes.slice(0, middle), changes.slice(middle), ...later];
      return;
    }
    entry.suspects = later.length === 0 ? [] : later;
    for (const attempt of changes.flat()) this.#convict(entry, attempt, reason);
  }

  /** Takes the success of a name's write. Where more of a refused write is to be tried, the name is to be planned again at once: that is what it returns. */
  applied(plan: NamePlan): boolean {
    const entry = this.#names.get(plan.owner);
    if (entry === undefined) return false;
    const now = this.#clock.monotonic();
    entry.suspects = entry.suspectsUntil <= now ? [] : entry.suspects.slice(1);
    entry.suspectsUntil = now + FIRST_WAIT_MS;
    const changes = plan.changes.length === 0 ? [{ key: MARKER } as const] : plan.changes.flatMap(attemptsOf);
    for (const { key } of changes) entry.culprits.delete(key);
    const more = entry.suspects.length > 0;
    if (!more && entry.culprits.size === 0) this.#names.delete(plan.owner);
    return more;
  }

  /** Forgets a name that is gone, or of which nothing is refused any more. */
  forget(owner: OwnerName): void {
    this.#names.delete(owner);
  }

  /** The names of which something is left out, and when they are to be planned again. What is overdue has been told of: it is told again after a while. */
  list(): QuarantinedName[] {
    const now = this.#clock.monotonic();
    const listed: QuarantinedName[] = [];
    for (const [owner, entry] of this.#names) {
      this.#prune(owner, entry, now);
      const dues = Array.from(entry.culprits.values(), ({ until }) => until);
      if (entry.suspects.length > 0) dues.push(entry.suspectsUntil);
      if (dues.length === 0) continue;
      const waits = dues.map((due) => (due > now ? due - now : FIRST_WAIT_MS));
      listed.push({ owner, reason: entry.reason, retryInMs: Math.min(...waits) });
    }
    return listed;
  }

  /** Forgets what was to be tried again long ago. */
  #prune(owner: OwnerName, entry: NameEntry, now: number): void {
    for (const [key, { until }] of entry.culprits) if (until <= now - OVERDUE_MS) entry.culprits.delete(key);
    if (entry.suspectsUntil <= now - OVERDUE_MS) entry.suspects = [];
    if (entry.culprits.size + entry.suspects.length === 0) this.#names.delete(owner);
  }

  #convict(entry: NameEntry, attempt: Attempt, reason: string): void {
    const known = entry.culprits.get(attempt.key);
    const refusals = known !== undefined && sameAttempt(known, attempt) ? known.refusals + 1 : 1;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (refusals - 1)) * (0.9 + 0.2 * this.#random());
    entry.culprits.set(attempt.key, { ...attempt, reason, refusals, until: this.#clock.monotonic() + wait });
  }
}

/** What came of a batch of several names of which the provider refused some. */
export interface AfterRefusal<T> {
  /** These were refused for what they hold. */
  readonly culprits: readonly T[];
  /** Batches to be tried now: the provider refused all that was sent together, and not everything in it need be wrong. */
  readonly retry: readonly (readonly T[])[];
}

/** Halves a batch that was refused as a whole; names that were refused while others of their batch were not are culprits themselves. */
export function afterRefusal<T>(batch: readonly T[], refused: readonly T[]): AfterRefusal<T> {
  if (refused.length === 0 || batch.length === 1 || refused.length < batch.length) return { culprits: refused, retry: [] };
  const middle = Math.ceil(batch.length / 2);
  return { culprits: [], retry: [batch.slice(0, middle), batch.slice(middle)] };
}

function attemptsOf({ before, after }: NamePlan['changes'][number]): Attempt[] {
  const keys = new Map<Key, ProvidedRRset | undefined>(before.map((rrset) => [unitKey(rrset), undefined]));
  for (const rrset of after) keys.set(unitKey(rrset), rrset);
  return Array.from(keys, ([key, rrset]) => ({ key, after: rrset }));
}

function sameAttempt(one: Attempt, other: Attempt): boolean {
  if (one.key !== other.key) return false;
  if (one.after === undefined || other.after === undefined) return one.after === other.after;
  return sameProvided(one.after, other.after);
}
