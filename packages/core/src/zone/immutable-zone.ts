import { isAtOrBelow, type OwnerName, parentOf } from '../name/owner-name.ts';
import { printRRType, type RRType, TYPE } from '../rr/rr-type.ts';
import type { RRset } from '../rr/rrset.ts';
import { type Edit, emptyHamt, type Hamt, hamtEntries, hamtGet, hamtOf, hamtPut, hamtRemove, hashName } from './hamt.ts';
import { sameRRsets } from './same-rrsets.ts';
import type { Zone, ZoneEdit, ZoneNode } from './zone.ts';

/** A name's hash; equal for equal names. */
export type NameHash = (name: string) => number;

/**
 * A zone that holds nothing but its SOA: patch it to fill it.
 *
 * What the `Zone` contract leaves open:
 * - A patch whose edits all ask for what is already there (same RRsets in the same order, octet by octet) returns the zone
 *   itself, so that `!==` tells whether the serial must change. Edits that undo each other within one patch are not noticed.
 * - Edits are applied in their order; of two for one name the later one counts.
 * - RRsets beside a SOA or CNAME are not judged here, but by `buildZone` and the catalog.
 *
 * @param hash replaceable so that tests can force collisions
 * @throws {RangeError} where the RRset is not the apex's SOA. `patch` throws it for an edit that is a mistake of the program:
 *   outside the zone, without the apex's SOA, with a SOA elsewhere, with two RRsets of a type or one of another owner, or with
 *   RRsets for a name that shall not exist
 */
export function emptyZone(apex: OwnerName, soa: RRset, hash: NameHash = hashName): Zone {
  const empty: ZoneContent = { root: emptyHamt(), soa, nameCount: 0, rrsetCount: 0 };
  return new ImmutableZone(apex, hash, empty).patch([{ owner: apex, exists: true, rrsets: [soa] }]);
}

/**
 * A zone that holds some names from the start: what `emptyZone` and one patch would make, for a fraction of its cost.
 *
 * @param names each name once, with its RRsets; all at or below the apex, which is among them with its SOA. Not checked one by
 *   one
 * @throws {RangeError} where the apex's SOA is missing
 */
export function zoneOf(apex: OwnerName, names: Iterable<ZoneNode>, hash: NameHash = hashName): Zone {
  const nodes: StoredNode[] = [];
  const children = new Map<OwnerName, number>();
  const countChild = (child: OwnerName): void => {
    if (child === apex) return;
    const parent = parentOf(child) as OwnerName;
    children.set(parent, (children.get(parent) ?? 0) + 1);
  };
  let rrsetCount = 0;
  for (const { owner, rrsets } of names) {
    nodes.push({ owner, rrsets, hash: hash(owner), own: true, children: 0 });
    rrsetCount += rrsets.length;
    countChild(owner);
  }
  const soa = nodes.find(({ owner }) => owner === apex)?.rrsets.find(isSoa);
  if (soa === undefined) throw new RangeError(`the zone ${apex} is to be made without a SOA`);

  const edit: Edit = {};
  let root = hamtOf(nodes, edit);
  let nameCount = nodes.length;
  // The map grows while it is walked: an empty non-terminal is a child too, and a parent that this makes known comes up later.
  for (const owner of children.keys()) {
    if (hamtGet(root, owner, hash(owner)) !== undefined) continue;
    root = hamtPut(root, { owner, rrsets: [], hash: hash(owner), own: false, children: 0 }, edit);
    nameCount++;
    countChild(owner);
  }
  for (const [owner, count] of children) {
    const node = hamtGet(root, owner, hash(owner)) as StoredNode;
    root = hamtPut(root, { ...node, children: count }, edit);
  }
  return new ImmutableZone(apex, hash, { root, soa, nameCount, rrsetCount });
}

/**
 * A node as it is stored. A name exists by itself or because of those below it: the count says when an empty non-terminal goes
 * without a look at the rest of the zone.
 *
 *     example.            own, children 1        (SOA, NS)
 *      └ default.example.      not own, children 2    an empty non-terminal
 *         ├ git.default.example.    own, children 0
 *         └ api.default.example.    own, children 0
 */
interface StoredNode extends ZoneNode {
  readonly hash: number;
  /** Whether the name exists by itself. */
  readonly own: boolean;
  /** How many names stand directly below this one. */
  readonly children: number;
}

interface ZoneContent {
  root: Hamt<StoredNode>;
  soa: RRset;
  nameCount: number;
  rrsetCount: number;
}

/** A class, although nothing in it ever changes: all snapshots share one shape, and `node` is on the path of every query. */
class ImmutableZone implements Zone {
  readonly apex: OwnerName;
  readonly #hash: NameHash;
  readonly #root: Hamt<StoredNode>;
  readonly soa: RRset;
  readonly nameCount: number;
  readonly rrsetCount: number;

  constructor(apex: OwnerName, hash: NameHash, content: Readonly<ZoneContent>) {
    this.apex = apex;
    this.#hash = hash;
    this.#root = content.root;
    this.soa = content.soa;
    this.nameCount = content.nameCount;
    this.rrsetCount = content.rrsetCount;
  }

  node(name: OwnerName): ZoneNode | undefined {
    return hamtGet(this.#root, name, this.#hash(name));
  }

  nodes(): Iterable<ZoneNode> {
    const root = this.#root;
    return { [Symbol.iterator]: () => hamtEntries(root) };
  }

  patch(edits: readonly ZoneEdit[]): Zone {
    const { soa, nameCount, rrsetCount } = this;
    const draft = new Draft(this.apex, this.#hash, { root: this.#root, soa, nameCount, rrsetCount });
    for (const edit of edits) {
      checkEdit(this.apex, edit);
      draft.apply(edit);
    }
    return draft.content.root === this.#root ? this : new ImmutableZone(this.apex, this.#hash, draft.content);
  }
}

/** A patch in the making; lives for one call of `patch`. */
class Draft {
  readonly content: ZoneContent;
  readonly #apex: OwnerName;
  readonly #hash: NameHash;
  readonly #edit: Edit = {};

  constructor(apex: OwnerName, hash: NameHash, content: ZoneContent) {
    this.#apex = apex;
    this.#hash = hash;
    this.content = content;
  }

  apply({ owner, exists, rrsets }: ZoneEdit): void {
    const hash = this.#hash(owner);
    const node = hamtGet(this.content.root, owner, hash);
    if (node?.own === true ? exists && sameRRsets(node.rrsets, rrsets) : !exists) return;
    this.content.rrsetCount += rrsets.length - (node?.rrsets.length ?? 0);
    if (owner === this.#apex) this.content.soa = rrsets.find(isSoa) as RRset;
    this.#replace(node, { owner, rrsets, hash, own: exists, children: node?.children ?? 0 });
  }

  /** Puts a node in place of another, or takes it away where nothing holds it any more. */
  #replace(before: StoredNode | undefined, after: StoredNode): void {
    if (after.own || after.children > 0) {
      this.content.root = hamtPut(this.content.root, after, this.#edit);
      if (before === undefined) this.#countChild(after.owner, 1);
    } else {
      this.content.root = hamtRemove(this.content.root, after.owner, after.hash, this.#edit);
      this.#countChild(after.owner, -1);
    }
  }

  /**
   * After a name has appeared or gone: its parent holds one name more or less, and may appear or go with it, and so on up to the
   * apex.
   */
  #countChild(child: OwnerName, change: 1 | -1): void {
    this.content.nameCount += change;
    if (child === this.#apex) return;
    const owner = parentOf(child) as OwnerName;
    const hash = this.#hash(owner);
    const parent = hamtGet(this.content.root, owner, hash);
    if (parent === undefined) this.#replace(undefined, { owner, rrsets: [], hash, own: false, children: 1 });
    else this.#replace(parent, { ...parent, children: parent.children + change });
  }
}

function isSoa(rrset: RRset): boolean {
  return rrset.type === TYPE.SOA;
}

function checkEdit(apex: OwnerName, { owner, exists, rrsets }: ZoneEdit): void {
  if (!isAtOrBelow(owner, apex)) throw new RangeError(`${owner} is not in the zone ${apex}`);
  if (rrsets.some(isSoa) !== (owner === apex)) {
    throw new RangeError(
      owner === apex ? `the edit leaves the zone ${apex} without a SOA` : `a SOA at ${owner}, not at the apex ${apex}`,
    );
  }
  if (!exists && rrsets.length > 0) throw new RangeError(`RRsets for ${owner}, which shall not exist`);
  const types = new Set<RRType>();
  for (const rrset of rrsets) {
    if (rrset.owner !== owner) throw new RangeError(`an RRset of ${rrset.owner} for ${owner}`);
    if (types.has(rrset.type)) throw new RangeError(`two ${printRRType(rrset.type)} RRsets for ${owner}`);
    types.add(rrset.type);
  }
}
