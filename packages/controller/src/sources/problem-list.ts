import type { LocalProblem } from '../cluster/problem.ts';
import { showUnseen } from '../resources/fields.ts';

/** How many problems of one object are described; the others are counted. */
export const LISTED_PROBLEMS = 10;

/** Collects what is wrong with one object, however much that is. */
export class ProblemList {
  readonly #listed: LocalProblem[] = [];
  #unlisted = 0;

  /** What cannot be seen in the message is escaped: it may repeat what somebody wrote. */
  add(problem: LocalProblem): void {
    if (this.#listed.length < LISTED_PROBLEMS) this.#listed.push({ ...problem, message: showUnseen(problem.message) });
    else this.#unlisted++;
  }

  all(): readonly LocalProblem[] {
    if (this.#unlisted === 0) return this.#listed;
    return [...this.#listed, { code: 'MORE_PROBLEMS', message: `${this.#unlisted} more problems of this object are not listed` }];
  }
}
