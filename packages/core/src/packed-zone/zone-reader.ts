/**
 * Reads zones as they were in one version, whatever is written meanwhile.
 *
 *     directory ──► entry ──► head ──► table ──► node              what each step gives is the newest;
 *                              │                  │                what is too new leads to what it replaced
 *                              └─► previous       └─► previous
 */
import { apexLengthOf, findEntry, headIn } from './directory.ts';
import { HashedName } from './hashed-name.ts';
import { BIRTH, CHILDREN, NODE_FLAG, PREVIOUS, SHAPE } from './node.ts';
import { type BlockAddress, keyOf, type SharedMemory, UNIT_WORDS, VERSION_WORD } from './shared-memory.ts';
import { findNewest } from './table-layout.ts';
import { tableOf } from './zone-head.ts';

/** One reader: a thread that has said by its reader's word that it reads, a snapshot, or the writer itself. */
export class ZoneReader {
  readonly memory: SharedMemory;
  readonly #words: Int32Array;
  /** What is newer is not there. */
  version = 0;

  constructor(memory: SharedMemory) {
    this.memory = memory;
    this.#words = memory.words;
    this.begin();
  }

  /** Goes on to the newest version: after the thread has said that it reads, and before it does. */
  begin(): void {
    this.version = Atomics.load(this.#words, VERSION_WORD);
  }

  /** A name to search with. */
  createName(): HashedName {
    return new HashedName(keyOf(this.memory));
  }

  /**
   * The head of the zone that a name belongs to: the one with the longest apex (RFC 1034, section 4.3.2, step 2).
   *
   * @param labels how many of the name's last labels are meant
   * @returns 0 where there is none
   */
  findZone(name: HashedName, labels: number): BlockAddress {
    let entry = findEntry(this.memory, name, labels);
    while (entry !== 0) {
      const head = this.headOf(entry);
      if (head !== 0) return head;
      // The zone is younger than this version: then it was another's business.
      let apexLabels = labels;
      while (name.lengthOf(apexLabels) > apexLengthOf(this.#words, entry)) apexLabels--;
      entry = apexLabels === 0 ? 0 : findEntry(this.memory, name, apexLabels - 1);
    }
    return 0;
  }

  /** The head of an entry of the directory; 0 where the zone is younger than this version. */
  headOf(entry: BlockAddress): BlockAddress {
    return this.#visible(headIn(this.#words, entry));
  }

  /** The node of a name of a zone; 0 where the name does not exist. */
  findNode(head: BlockAddress, name: HashedName, labels: number): BlockAddress {
    return this.live(findNewest(this.memory, tableOf(this.#words, head), name, labels));
  }

  /** The node of this version that a newest one stands for; 0 where the name does not exist. */
  live(newest: BlockAddress): BlockAddress {
    if (newest === 0) return 0;
    const node = this.#visible(newest);
    const words = this.#words;
    const word = node * UNIT_WORDS;
    if (node !== 0 && (Atomics.load(words, word + SHAPE) & NODE_FLAG.DEAD) !== 0) {
      return (((words[word + CHILDREN] as number) - this.version) | 0) > 0 ? node : 0;
    }
    return node;
  }

  #visible(newest: BlockAddress): BlockAddress {
    const words = this.#words;
    let block = newest;
    while (block !== 0) {
      const birth = words[block * UNIT_WORDS + BIRTH] as number;
      if (birth === 0 || ((birth - this.version) | 0) <= 0) return block;
      block = words[block * UNIT_WORDS + PREVIOUS] as BlockAddress;
    }
    return 0;
  }
}
