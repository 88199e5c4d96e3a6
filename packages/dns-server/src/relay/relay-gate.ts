import { carriesMark } from './relay-mark.ts';

/** What becomes of a query for a name that is not known here. */
export type RelayVerdict =
  /** It waits for another server's answer; `leave` is due when it has it. */
  | 'relay'
  /** Too many wait: it is answered SERVFAIL. */
  | 'full'
  /** It has been relayed before, and came back: there is nobody left to ask, and our own answer is the answer. */
  | 'looped';

/** What all threads need to decide; copied to each, but for the memory, which is shared. */
export interface RelayGateData {
  readonly memory: SharedArrayBuffer;
  /** How many queries of clients may wait. */
  readonly maxWaiting: number;
  /** See `relayMark`. */
  readonly mark: Uint8Array;
}

/** Indices into the memory: how many wait now; how many were too many, and how many came back, so far. */
const WAITING = 0;
const REFUSED = 1;
const LOOPED = 2;
const WORDS = 3;

/** Makes the memory. */
export function createRelayGate(maxWaiting: number, mark: Uint8Array): RelayGateData {
  return { memory: new SharedArrayBuffer(WORDS * BigInt64Array.BYTES_PER_ELEMENT), maxWaiting, mark };
}

/**
 * Lets so many queries through to the relay, and no more, whichever thread they arrive in. So what threads hand over to the main thread is bounded, and a flood of names that do not exist
 * is answered where it arrives.
 */
export class RelayGate {
  readonly #words: BigInt64Array<SharedArrayBuffer>;
  readonly #maxWaiting: bigint;
  readonly #mark: Uint8Array;

  constructor({ memory, maxWaiting, mark }: RelayGateData) {
    this.#words = new BigInt64Array(memory);
    this.#maxWaiting = BigInt(maxWaiting);
    this.#mark = mark;
  }

  /** @param query from 0 up to `length` */
  enter(query: Uint8Array, length: number): RelayVerdict {
    if (carriesMark(query, length, this.#mark)) {
      Atomics.add(this.#words, LOOPED, 1n);
      return 'looped';
    }
    if (Atomics.add(this.#words, WAITING, 1n) < this.#maxWaiting) return 'relay';
    Atomics.sub(this.#words, WAITING, 1n);
    Atomics.add(this.#words, REFUSED, 1n);
    return 'full';
  }

  /** A query that went through has its answer, or will get none. */
  leave(): void {
    Atomics.sub(this.#words, WAITING, 1n);
  }

  get waiting(): number {
    return this.#read(WAITING);
  }

  get refused(): number {
    return this.#read(REFUSED);
  }

  get looped(): number {
    return this.#read(LOOPED);
  }

  #read(index: number): number {
    return Number(Atomics.load(this.#words, index));
  }
}
