/**
 * The clients that are limited at the moment, in shared memory: threads that limit write what they do, the main thread reads and logs it.
 *
 *     word   0        UNLISTED   how often a client was limited for which there was no place
 *     words 16 …      places of 8 words: STATE, HIGH, LOW, FAMILY, LAST, DROPPED, SLIPPED, QUERIES
 *
 * A client stands in one of four places, or, where two threads enter it at the same moment, in two.
 */
const UNLISTED = 0;
const PLACES_AT = 16;
const PLACES = 64;
const PROBES = 4;

const STATE = 0;
const HIGH = 1;
const LOW = 2;
const FAMILY = 3;
const LAST = 4;
const PLACE_WORDS = 8;

const FREE = 0;
const BEING_WRITTEN = 1;
const TAKEN = 2;

/** 2^32 divided by the golden ratio: spreads addresses that differ in a few bits only. */
const GOLDEN = 0x9e37_79b1;

/** How many words the list takes. */
export const LIMITED_PREFIXES_WORDS: number = PLACES_AT + PLACES * PLACE_WORDS;

/** What was done about a client: the word of its place that counts it. */
export const DEED = { dropped: 5, slipped: 6, queriesDropped: 7 } as const;

/** One of `DEED`. */
export type Deed = (typeof DEED)[keyof typeof DEED];

/** A client as the list has it. */
export interface LimitedPrefix {
  /** Its place, by which it is given up. */
  readonly place: number;
  readonly family: 4 | 6;
  /** The first 32 bits of the address. */
  readonly high: number;
  /** The second 32, of IPv6 addresses. */
  readonly low: number;
  /** When it was limited last, in milliseconds modulo 2^32, as a signed number. */
  readonly last: number;
  readonly dropped: number;
  readonly slipped: number;
  readonly queriesDropped: number;
}

/** A view of the list, for one thread. */
export class LimitedPrefixes {
  readonly #words: Int32Array;

  /** @param words `LIMITED_PREFIXES_WORDS`, zeros at first */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Notes that a client was limited. */
  note(family: 4 | 6, high: number, low: number, now: number, deed: Deed): void {
    const words = this.#words;
    const start = Math.imul(high ^ Math.imul(low, GOLDEN), GOLDEN) >>> 26;
    let free = -1;
    for (let probe = 0; probe < PROBES; probe++) {
      const at = PLACES_AT + ((start + probe) % PLACES) * PLACE_WORDS;
      const state = Atomics.load(words, at + STATE);
      if (state === TAKEN && words[at + HIGH] === high && words[at + LOW] === low && words[at + FAMILY] === family) {
        if (Atomics.load(words, at + LAST) !== now) Atomics.store(words, at + LAST, now);
        Atomics.add(words, at + deed, 1);
        return;
      }
      if (state === FREE && free < 0) free = at;
    }
    if (free < 0 || Atomics.compareExchange(words, free + STATE, FREE, BEING_WRITTEN) !== FREE) {
      Atomics.add(words, UNLISTED, 1);
      return;
    }
    words[free + HIGH] = high;
    words[free + LOW] = low;
    words[free + FAMILY] = family;
    words[free + LAST] = now;
    for (const other of Object.values(DEED)) words[free + other] = other === deed ? 1 : 0;
    Atomics.store(words, free + STATE, TAKEN);
  }

  /** How often a client was limited for which there was no place, since the start, modulo 2^32. */
  get unlisted(): number {
    return Atomics.load(this.#words, UNLISTED) >>> 0;
  }

  /** Copies the list. */
  *[Symbol.iterator](): IterableIterator<LimitedPrefix> {
    const words = this.#words;
    const count = (at: number): number => Atomics.load(words, at) >>> 0;
    for (let place = 0; place < PLACES; place++) {
      const at = PLACES_AT + place * PLACE_WORDS;
      if (Atomics.load(words, at + STATE) !== TAKEN) continue;
      yield {
        place,
        family: words[at + FAMILY] === 6 ? 6 : 4,
        high: words[at + HIGH] as number,
        low: words[at + LOW] as number,
        last: Atomics.load(words, at + LAST),
        dropped: count(at + DEED.dropped),
        slipped: count(at + DEED.slipped),
        queriesDropped: count(at + DEED.queriesDropped),
      };
    }
  }

  /** Gives a place up: for the one thread that reads the list. */
  free({ place }: LimitedPrefix): void {
    Atomics.store(this.#words, PLACES_AT + place * PLACE_WORDS + STATE, FREE);
  }
}
