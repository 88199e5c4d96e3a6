import { isFailure, type OwnerName, scanUnicodeName } from '@kubezone/core';

import type { LocalProblem } from '../cluster/problem.ts';
import { showUnseen } from '../resources/fields.ts';
import type { Desire } from './source.ts';

/** How many problems of one object are described; the others are counted. */
export const LISTED_PROBLEMS = 10;

/** How many names of one object that lie in no zone are listed; the others are counted. */
export const LISTED_OUTSIDE = 10;

const NONE_OUTSIDE: Pick<Desire, 'outside'> = {};

/** Collects what is wrong with one object, however much that is; and which of its names no zone holds, which is no mistake. */
export class ProblemList {
  readonly #listed: LocalProblem[] = [];
  #unlisted = 0;
  /** Most objects have none. */
  #outside: Set<OwnerName> | undefined;

  /** What cannot be seen in the message is escaped: it may repeat what somebody wrote. */
  add(problem: LocalProblem): void {
    if (this.#listed.length < LISTED_PROBLEMS) this.#listed.push({ ...problem, message: showUnseen(problem.message) });
    else this.#unlisted++;
  }

  /** @param host a valid name, absolute whether or not it has a final dot */
  addOutside(host: string): void {
    const owner = scanUnicodeName(host);
    if (!isFailure(owner)) (this.#outside ??= new Set()).add(owner);
  }

  /** The names outside all zones, as a part of what the object asks for. */
  outside(): Pick<Desire, 'outside'> {
    if (this.#outside === undefined) return NONE_OUTSIDE;
    return { outside: { listed: [...this.#outside].slice(0, LISTED_OUTSIDE), total: this.#outside.size } };
  }

  all(): readonly LocalProblem[] {
    if (this.#unlisted === 0) return this.#listed;
    return [...this.#listed, { code: 'MORE_PROBLEMS', message: `${this.#unlisted} more problems of this object are not listed` }];
  }
}
