/** Judges writes by when they arrived, and by which process had said that it writes. */
import { type ArrivedWrite, BEGINS, ENDS, type Life } from './replica.ts';

/** A write that is begun in time may end so much later. */
const LATE_MS = 5_000;

/** A time in which a process says that it writes, in milliseconds since the Unix epoch. */
export interface Term {
  readonly life: string;
  readonly from: number;
  /** `Infinity` where it has not said that it is over. */
  readonly to: number;
}

/** The terms of a process, as the lines of its log tell them. */
export function termsIn(life: string, lines: readonly Readonly<Record<string, unknown>>[]): readonly Term[] {
  const terms: Term[] = [];
  let from: number | undefined;
  for (const { msg, time } of lines) {
    const at = Date.parse(String(time));
    if (msg === BEGINS) from = at;
    else if (msg === ENDS && from !== undefined) {
      terms.push({ life, from, to: at });
      from = undefined;
    }
  }
  return from === undefined ? terms : [...terms, { life, from, to: Infinity }];
}

/** Writes that came from a process that had not begun to write, when its term had been over for too long, or when another had begun: one line each. */
export function judgeWrites(terms: readonly Term[], writes: readonly ArrivedWrite[]): readonly string[] {
  const inOrder = terms.toSorted((one, other) => one.from - other.from);
  return writes.flatMap(({ life, apex, at }) => {
    const told = `${printTime(at)} ${life} writes to ${apex}`;
    const own = inOrder.findLast((term) => term.life === life && term.from <= at);
    if (own === undefined) return [`${told} and has not begun to`];
    const next = inOrder.find((term) => term.from > own.from && term.life !== life && term.from + LATE_MS < at);
    if (next !== undefined) return [`${told} though ${next.life} does since ${printTime(next.from)}`];
    return own.to + LATE_MS < at ? [`${told} though it does not any more since ${printTime(own.to)}`] : [];
  });
}

/** The same of processes. */
export function writesOutOfTurn(lives: readonly Life[], writes: readonly ArrivedWrite[]): readonly string[] {
  return judgeWrites(
    lives.flatMap(({ name, process }) => termsIn(name, process.logLines())),
    writes,
  );
}

/** Who writes now, by what they have said. */
export function writersNow(lives: readonly Life[]): readonly string[] {
  return lives.flatMap(({ name, process }) =>
    termsIn(name, process.logLines()).some(({ to }) => to === Infinity) ? [name] : [],
  );
}

function printTime(at: number): string {
  return new Date(at).toISOString();
}
