import {
  type Clock,
  isBelow,
  type OwnerName,
  parentOf,
  type RRset,
  rrsetAt,
  targetOf,
  TYPE,
  type ZoneEdit,
  type ZoneView,
} from '@kubezone/core';
import type { EditRefusal } from '@kubezone/core/packed-zone';
import type { ServedZones } from '@kubezone/dns-server';

/** What the delegations need. */
export interface ZoneCutsOptions {
  readonly zones: ServedZones;
  /** Every zone that is configured, served already or not. */
  readonly apexes: ReadonlySet<OwnerName>;
  readonly clock: Clock;
  /** Called with each zone whose cuts were set, the names of which that was tried, and those of them that the zone did not take. */
  readonly onPlaced?: (parent: OwnerName, tried: readonly OwnerName[], refused: readonly EditRefusal[]) => void;
}

/** What stands at names of a parent zone that belong to zones below it: NS and DS of cuts, and glue. */
type CutData = ReadonlyMap<OwnerName, readonly RRset[]>;

/**
 * Delegations between zones that are served here both. A parent without them would deny that its child exists (RFC 1034, section 4.2.2), and has
 * nowhere to keep the child's DS.
 *
 * What stands at and below a cut passes the catalog by: there, a name has one owner, and these belong to the child.
 *
 * - A parent from a zone file has what the file says.
 * - A parent whose SOA and NS are configured has no place where one could write a delegation: it gets the NS RRset that its child has, and the
 *   addresses of name servers that lie in zones below it, as they are there.
 */
export class ZoneCuts {
  readonly #options: ZoneCutsOptions;
  /** Zones that have others directly below them → these. */
  readonly #children: ReadonlyMap<OwnerName, readonly OwnerName[]>;
  /** Zones whose cuts are made from what their children have. */
  readonly #derived = new Set<OwnerName>();
  readonly #placed = new Map<OwnerName, CutData>();

  constructor(options: ZoneCutsOptions) {
    this.#options = options;
    const children = new Map<OwnerName, OwnerName[]>();
    for (const apex of options.apexes) {
      const parent = this.#above(apex);
      if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), apex]);
    }
    this.#children = children;
  }

  /** The configured zone that a name belongs to, by the longest match. */
  apexOf(owner: OwnerName): OwnerName | undefined {
    let name: OwnerName | undefined = owner;
    while (name !== undefined && !this.#options.apexes.has(name)) name = parentOf(name);
    return name;
  }

  /** Makes the cuts of a zone, from now on, from what its children have. */
  derive(parent: OwnerName): void {
    if (!this.#children.has(parent)) return;
    this.#derived.add(parent);
    this.update([parent]);
  }

  /** Takes over what a zone file says of names that belong to other zones; what an earlier version said there goes. */
  takeFile({ apex, nodes }: { readonly apex: OwnerName; readonly nodes: CutData }): void {
    this.#place(apex, nodes);
  }

  /** Zones directly below a zone to which its content does not lead: whoever follows delegations never finds them. */
  undelegated(zone: ZoneView): OwnerName[] {
    return (this.#children.get(zone.apex) ?? []).filter((child) => {
      for (let name: OwnerName | undefined = child; name !== undefined && name !== zone.apex; name = parentOf(name)) {
        const node = zone.node(name);
        if (node !== undefined && rrsetAt(node, TYPE.NS) !== undefined) return false;
      }
      return true;
    });
  }

  /** Brings cuts in step after zones have changed: their own, and those of all zones above them. */
  update(changed: Iterable<OwnerName>): void {
    const stale = new Set<OwnerName>();
    for (const apex of changed) {
      for (let at: OwnerName | undefined = apex; at !== undefined; at = this.#above(at)) if (this.#derived.has(at)) stale.add(at);
    }
    for (const parent of stale) this.#place(parent, this.#derivedCuts(parent));
  }

  /** Sets the cuts of a zone anew, as they should be: it may have room now for what it refused. */
  retry(parent: OwnerName): void {
    this.#place(parent, this.#placed.get(parent) ?? new Map());
  }

  #above(apex: OwnerName): OwnerName | undefined {
    const name = parentOf(apex);
    return name === undefined ? undefined : this.apexOf(name);
  }

  #derivedCuts(parent: OwnerName): CutData {
    const cuts = new Map<OwnerName, RRset[]>();
    const hosts = new Set<OwnerName>();
    for (const apex of [parent, ...(this.#children.get(parent) ?? [])]) {
      const ns = this.#rrsetOf(apex, apex, TYPE.NS);
      if (ns === undefined) continue;
      if (apex !== parent) cuts.set(apex, [ns]);
      for (const rdata of ns.rdatas) {
        const host = targetOf(TYPE.NS, rdata);
        if (host !== undefined && isBelow(host, parent)) hosts.add(host);
      }
    }
    for (const host of hosts) {
      const apex = this.apexOf(host);
      if (apex === undefined || apex === parent) continue;
      const addresses = [TYPE.A, TYPE.AAAA].flatMap((type) => this.#rrsetOf(apex, host, type) ?? []);
      if (addresses.length > 0) cuts.set(host, [...(cuts.get(host) ?? []), ...addresses]);
    }
    return cuts;
  }

  #rrsetOf(apex: OwnerName, owner: OwnerName, type: number): RRset | undefined {
    const node = this.#options.zones.get(apex)?.zone.node(owner);
    return node && rrsetAt(node, type);
  }

  #place(parent: OwnerName, cuts: CutData): void {
    const { zones, clock, onPlaced } = this.#options;
    const edits: ZoneEdit[] = [];
    for (const owner of this.#placed.get(parent)?.keys() ?? [])
      if (!cuts.has(owner)) edits.push({ owner, exists: false, rrsets: [] });
    for (const [owner, rrsets] of cuts) edits.push({ owner, exists: true, rrsets });
    this.#placed.set(parent, cuts);
    const { refused } = zones.patch(parent, edits, Math.floor(clock.now() / 1000));
    onPlaced?.(
      parent,
      edits.map(({ owner }) => owner),
      refused,
    );
  }
}
