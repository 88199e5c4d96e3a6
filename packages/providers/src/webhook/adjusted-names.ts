import type { OwnerName } from '@kubezone/core';

import type { Endpoint } from './endpoint.ts';

/** How many states of one name are kept: the whole of what is wanted, and the same without what is refused. */
const STATES_PER_NAME = 4;

/** What `/adjustendpoints` made of one state of a name. */
interface Answer {
  /** Undefined as long as it has not been asked. */
  adjusted: readonly Endpoint[] | undefined;
  readonly endpoints: readonly Endpoint[];
}

/**
 * What a webhook makes of desired names, by their state: asked once for each, since the answer is a function of the question.
 *
 * Lowering cannot wait for an answer. What it wants to know and nobody has asked yet is noted, and asked with the write at the latest.
 */
export class AdjustedNames {
  readonly #names = new Map<OwnerName, Map<string, Answer>>();

  /** What becomes of a name's endpoints; undefined where that is not known, which is noted. */
  find(owner: OwnerName, endpoints: readonly Endpoint[]): readonly Endpoint[] | undefined {
    const states = this.#names.get(owner);
    if (endpoints.length === 0) {
      this.#names.delete(owner);
      return endpoints;
    }
    const key = JSON.stringify(endpoints);
    const answer = states?.get(key);
    this.#keep(owner, key, answer ?? { adjusted: undefined, endpoints });
    return answer?.adjusted;
  }

  /** The states of some names that are to be asked. */
  open(owners: Iterable<OwnerName>): ReadonlyMap<OwnerName, readonly Endpoint[]> {
    const open = new Map<OwnerName, readonly Endpoint[]>();
    for (const owner of owners) {
      const last = [...(this.#names.get(owner)?.values() ?? [])].at(-1);
      if (last !== undefined && last.adjusted === undefined) open.set(owner, last.endpoints);
    }
    return open;
  }

  /**
   * Notes an answer.
   *
   * @returns whether it is something else than was asked
   */
  note(owner: OwnerName, endpoints: readonly Endpoint[], adjusted: readonly Endpoint[]): boolean {
    const key = JSON.stringify(endpoints);
    const isSame = JSON.stringify(adjusted) === key;
    this.#keep(owner, key, { adjusted: isSame ? endpoints : adjusted, endpoints });
    return !isSame;
  }

  /** As the last that was of interest. */
  #keep(owner: OwnerName, key: string, answer: Answer): void {
    let states = this.#names.get(owner);
    if (states === undefined) this.#names.set(owner, (states = new Map()));
    states.delete(key);
    states.set(key, answer);
    if (states.size <= STATES_PER_NAME) return;
    for (const oldest of states.keys()) {
      states.delete(oldest);
      return;
    }
  }
}
