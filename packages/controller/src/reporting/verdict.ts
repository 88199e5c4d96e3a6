import { joinMessages, reasonOf } from '../events/compose-event.ts';
import type { EventText } from '../events/compose-event.ts';
import type { Condition } from '../status/condition.ts';
import type { Finding } from './finding.ts';

/** The longest message of a condition: as long as an Event's. */
const LONGEST_MESSAGE = 1024;

/** How an object's names stand. `data`: at least one holds what it asks for. `existence`: they exist, without data. `nothing`: none is its own. */
export type Standing = 'data' | 'existence' | 'nothing';

/** How far a name has come that is on its way somewhere. */
export interface NameProgress {
  readonly done: boolean;
  /** Where it is, or why it is not there yet. */
  readonly message: string;
}

/** Words of an app for a condition. */
export interface ConditionWords {
  /** `Served`. */
  readonly type: string;
  /** Under which other types the same is said: `Ready`. @default none */
  readonly otherTypes?: readonly string[];
  /** In a word, that all is well: `Served`. */
  readonly whole: string;
  /** In a word, that something is missing: `PartlyServed`. */
  readonly partly: string;
  /** In a word, that nothing is asked for of which this app knows: `NotServed`. */
  readonly not: string;
  /** In a word, that it is on its way. @default Pending */
  readonly pending?: string;
  /** In a sentence, that all is well. */
  readonly message: string;
}

/** Findings after which nothing is left of what a Record asks for, whoever else holds data at its name. */
const TOTAL: ReadonlySet<string> = new Set(['RECORD_INVALID', 'NAME_OUTSIDE_ZONES', 'NODE_ADDRESSES_MISSING', 'BELOW_ZONE_CUT']);

/** What an object is to say about its names. */
export function judge(
  {
    standing,
    findings,
    progress = [],
    generation,
  }: {
    readonly standing: Standing;
    readonly findings: readonly Finding[];
    /** Of each of its names. */
    readonly progress?: readonly (NameProgress | undefined)[];
    readonly generation: number;
  },
  words: ConditionWords,
): Condition {
  const common = { type: words.type, observedGeneration: generation };
  const [first] = findings.toSorted((one, other) => one.since - other.since || (one.code < other.code ? -1 : 1));
  const total = findings.find(({ code }) => TOTAL.has(code));
  if (first !== undefined) {
    const message = joinMessages(
      findings.map((finding) => finding.message),
      LONGEST_MESSAGE,
    );
    // Where something is on its way, nobody knows yet what of it is there.
    const isThere = standing === 'data' && total === undefined && progress.every((one) => one?.done !== false);
    if (isThere) return { ...common, status: 'True', reason: words.partly, message };
    return { ...common, status: 'False', reason: reasonOf((total ?? first).code), message };
  }
  if (standing === 'data') {
    const waiting = progress.filter((one) => one?.done === false);
    const message = joinMessages(
      (waiting.length > 0 ? waiting : progress).flatMap((one) => one?.message ?? []),
      LONGEST_MESSAGE,
    );
    if (waiting.length > 0) return { ...common, status: 'False', reason: words.pending ?? 'Pending', message };
    return { ...common, status: 'True', reason: words.whole, message: message === '' ? words.message : message };
  }
  if (standing === 'existence')
    return {
      ...common,
      status: 'False',
      reason: 'NoData',
      message: 'the name exists, but nothing is known to put there at present',
    };
  return { ...common, status: 'False', reason: words.not, message: 'it asks for no name in a zone that is known here' };
}

/** What is to be told of an object by Events: one for each reason. */
export function warningsOf(findings: readonly Finding[]): EventText[] {
  const byCode = Map.groupBy(findings, ({ code }) => code);
  return Array.from(byCode, ([code, some]) => ({
    type: 'Warning',
    reason: reasonOf(code),
    note: joinMessages(some.map(({ message }) => message)),
  }));
}
