import type { OwnerName } from '../name/owner-name.ts';
import { type Defeat, printDefeat } from './ask.ts';
import type { Contribution } from './contribution.ts';
import type { Conflict, ConflictCode, Origin } from './name-change.ts';

/** A conflict as the catalog keeps it: its message is made when it is read, since thousands of conflicts may come and go unread. */
class ConflictRecord implements Conflict {
  readonly #defeat: Defeat;
  readonly code: ConflictCode;
  readonly owner: OwnerName;
  readonly loser: Origin;
  readonly winner?: Origin;
  readonly since: number;

  constructor(defeat: Defeat, since: number) {
    const { code, loser, winner } = defeat;
    this.#defeat = defeat;
    this.code = code;
    this.owner = loser.owner;
    this.loser = loser.origin;
    if (winner !== undefined) this.winner = winner.contribution.origin;
    this.since = since;
  }

  get message(): string {
    return printDefeat(this.#defeat);
  }

  /** Whose contribution it is about. */
  get contribution(): Contribution {
    return this.#defeat.loser;
  }

  /** As `whatOf` of what it was made of. */
  get what(): string {
    return whatOf(this.#defeat);
  }
}

/** The conflicts at one name. */
export type ConflictRecords = readonly ConflictRecord[];

/**
 * Makes conflicts of what does not stand at a name. A conflict that was there before keeps its beginning.
 *
 * @param before the conflicts at the name so far
 * @param replaced a contribution, and the one that it took the place of
 * @param now milliseconds since the Unix epoch
 */
export function recordConflicts(
  defeats: readonly Defeat[],
  before: ConflictRecords | undefined,
  replaced: { readonly previous: Contribution | undefined; readonly next: Contribution | undefined },
  now: number,
): ConflictRecords {
  const begun = new Map<Contribution, Map<string, number>>();
  for (const record of before ?? []) {
    const of = begun.get(record.contribution);
    if (of === undefined) begun.set(record.contribution, new Map([[record.what, record.since]]));
    else of.set(record.what, record.since);
  }
  return defeats.map((defeat) => {
    const { loser } = defeat;
    const known = begun.get(loser === replaced.next && replaced.previous !== undefined ? replaced.previous : loser);
    return new ConflictRecord(defeat, known?.get(whatOf(defeat)) ?? now);
  });
}

/** Tells apart the conflicts of one contribution. */
function whatOf({ code, ask }: Defeat): string {
  return ask === undefined ? code : `${code} ${ask.type} ${ask.setIdentifier}`;
}
