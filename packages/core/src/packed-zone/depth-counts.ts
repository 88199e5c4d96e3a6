/** How many of a zone's names have so many labels: all of them, the zone cuts and DNAMEs, and the wildcards. */
export class DepthCounts {
  readonly #names = new Int32Array(128);
  readonly #cuts = new Int32Array(128);
  readonly #wildcards = new Int32Array(128);
  #mostLabels = 0;
  /** A bit for each number of labels, as in the zone's head. */
  readonly cuts: Int32Array = new Int32Array(4);
  readonly wildcards: Int32Array = new Int32Array(4);

  /** The labels of the name that has the most. */
  get mostLabels(): number {
    return this.#mostLabels;
  }

  /** Counts a name that has come (1) or gone (-1). */
  countName(labels: number, isWildcard: boolean, by: 1 | -1): void {
    this.#names[labels] = (this.#names[labels] as number) + by;
    if (labels > this.#mostLabels) this.#mostLabels = labels;
    while (this.#mostLabels > 0 && this.#names[this.#mostLabels] === 0) this.#mostLabels--;
    if (isWildcard) countAt(this.#wildcards, this.wildcards, labels, by);
  }

  /** Counts a name that has become a zone cut or got a DNAME (1), or is and has none any more (-1). */
  countCut(labels: number, by: 1 | -1): void {
    countAt(this.#cuts, this.cuts, labels, by);
  }
}

function countAt(counts: Int32Array, bits: Int32Array, labels: number, by: 1 | -1): void {
  const count = (counts[labels] as number) + by;
  counts[labels] = count;
  const bit = 1 << (labels & 31);
  const word = bits[labels >>> 5] as number;
  bits[labels >>> 5] = count > 0 ? word | bit : word & ~bit;
}
