/** Where the way down from a zone's apex to a name ends: what `descend` of the reference answerer finds, over packed nodes. */
import {
  type BlockAddress,
  apexLabelsOf,
  type HashedName,
  mayBeWildcard,
  mayCut,
  mayCutBetween,
  mostLabelsOf,
  NODE_FLAG,
  SHAPE,
  UNIT_WORDS,
  type ZoneReader,
} from '@kubezone/core/packed-zone';

/** How a search ends. */
export const FOUND = {
  /** Neither the name nor a wildcard for it. */
  MISSING: 0,
  /** The name itself. */
  EXACT: 1,
  /** The wildcard below the closest encloser (RFC 4592, section 3.3.1). */
  WILDCARD: 2,
  /** A zone cut at or above the name. */
  CUT: 3,
  /** A DNAME above the name. */
  DNAME: 4,
} as const;

/** Searches one name after the other, without an allocation. */
export class NodeSearch {
  readonly #reader: ZoneReader;
  readonly #words: Int32Array;
  readonly #wildcard: HashedName;
  /** The node that was found: of the name, the wildcard, the zone cut, or the DNAME's owner. */
  node: BlockAddress = 0;
  /** How many labels the name of the zone cut, or of the DNAME's owner, has. */
  cutLabels = 0;

  constructor(reader: ZoneReader) {
    this.#reader = reader;
    this.#words = reader.memory.words;
    this.#wildcard = reader.createName();
  }

  /** The hash of the wildcard that was found. */
  get wildcardHash(): number {
    return this.#wildcard.hashes[this.#wildcard.labels] as number;
  }

  /**
   * Searches a name.
   *
   * @param head of the zone that the name belongs to
   * @param passCuts whether to go on below zone cuts, where glue stands
   * @returns one of `FOUND`
   */
  search(head: BlockAddress, name: HashedName, passCuts: boolean): number {
    const words = this.#words;
    const reader = this.#reader;
    const { labels } = name;
    const mostLabels = mostLabelsOf(words, head);
    let encloser = labels;
    let node = labels <= mostLabels ? reader.findNode(head, name, labels) : 0;
    if (node === 0) {
      encloser = labels <= mostLabels ? labels - 1 : mostLabels;
      // The apex always exists.
      for (node = reader.findNode(head, name, encloser); node === 0; node = reader.findNode(head, name, encloser)) encloser--;
    }
    const apexLabels = apexLabelsOf(words, head);
    if (mayCutBetween(words, head, apexLabels, encloser + 1)) {
      const found = this.#searchAbove(head, name, apexLabels, encloser, node, passCuts);
      if (found !== FOUND.MISSING) return found;
    }
    if (encloser === labels) {
      this.node = node;
      return FOUND.EXACT;
    }
    if (!mayBeWildcard(words, head, encloser + 1)) return FOUND.MISSING;
    this.#wildcard.loadWildcard(name, encloser);
    this.node = reader.findNode(head, this.#wildcard, encloser + 1);
    return this.node === 0 ? FOUND.MISSING : FOUND.WILDCARD;
  }

  /** What stands at or above the deepest existing name and decides first. */
  #searchAbove(
    head: BlockAddress,
    name: HashedName,
    apexLabels: number,
    deepest: number,
    deepestNode: BlockAddress,
    passCuts: boolean,
  ): number {
    const words = this.#words;
    for (let labels = apexLabels; labels <= deepest; labels++) {
      if (!mayCut(words, head, labels)) continue;
      const node = labels === deepest ? deepestNode : this.#reader.findNode(head, name, labels);
      const shape = words[node * UNIT_WORDS + SHAPE] as number;
      if ((shape & NODE_FLAG.CUT) !== 0 && !passCuts) {
        this.node = node;
        this.cutLabels = labels;
        return FOUND.CUT;
      }
      // A DNAME covers what stands below its owner, not the owner (RFC 6672, section 2.3).
      if ((shape & NODE_FLAG.DNAME) !== 0 && labels < name.labels) {
        this.node = node;
        this.cutLabels = labels;
        return FOUND.DNAME;
      }
    }
    return FOUND.MISSING;
  }
}
