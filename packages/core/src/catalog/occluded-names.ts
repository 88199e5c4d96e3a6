import type { Clock } from '../contracts/clock.ts';
import { type OwnerName, parentOf } from '../name/owner-name.ts';
import { targetOf } from '../rr/rdata-wire.ts';
import { TYPE } from '../rr/rr-type.ts';
import type { ZoneView } from '../zone/zone.ts';
import type { Catalog } from './catalog.ts';
import type { Conflict, DesiredRRset, NameChange, NameState, Origin } from './name-change.ts';

/** What the register needs. */
export interface OccludedNamesOptions {
  /** The zone of an apex, as it is served; undefined while it is not. */
  readonly zone: (apex: OwnerName) => Pick<ZoneView, 'nodes'> | undefined;
  readonly catalog: Pick<Catalog, 'asking' | 'origins' | 'state'>;
  /** The configured zone that a name belongs to. */
  readonly apexOf: (owner: OwnerName) => OwnerName | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

/** A name from which on nothing is answered from our data. */
interface Cut {
  readonly by: 'NS' | 'DNAME';
  /** Name servers, whose addresses are in referrals. */
  readonly hosts: readonly OwnerName[];
}

/** A name of which no answer tells. */
interface Occluded {
  /** In milliseconds since the Unix epoch. */
  readonly since: number;
  /** Made when somebody reads, and kept while they hold: whoever tells of them wants to know what is new. */
  conflicts: readonly Conflict[];
  /** The cut for which they were made. */
  cut?: OwnerName;
}

/**
 * Names that objects ask for at or below a delegation, or below a DNAME, of the same zone: no answer contains what they hold (RFC 1034, section 4.3.2; RFC 6672, section 2.4).
 *
 * A change costs a look at the names above it. When a cut comes or goes, all names of its zone are looked at once, the next time that somebody reads.
 */
export class OccludedNames {
  readonly #options: OccludedNamesOptions;
  readonly #cuts = new Map<OwnerName, Cut>();
  #occluded = new Map<OwnerName, Occluded>();
  #isStale = false;

  constructor(options: OccludedNamesOptions) {
    this.#options = options;
  }

  /** Takes over changes of names, as they were decided. */
  take(changes: readonly NameChange[]): void {
    for (const { owner, after } of changes) this.#takeCut(owner, after);
    if (this.#isStale || this.#cuts.size === 0) return;
    for (const { owner, after } of changes) {
      if (!after.exists || this.#cutOver(owner) === undefined) this.#occluded.delete(owner);
      else if (!this.#occluded.has(owner)) this.#occluded.set(owner, this.#begin());
    }
  }

  /** What objects of clusters ask for in vain; what is wrong within a zone file, its reader says. */
  *[Symbol.iterator](): Generator<Conflict, void, undefined> {
    if (this.#isStale) this.#lookAtAll();
    for (const [owner, occluded] of this.#occluded) {
      const cut = this.#cutOver(owner);
      if (cut !== undefined) yield* this.#conflictsAt(owner, cut, occluded);
    }
  }

  #conflictsAt(owner: OwnerName, cut: OwnerName, occluded: Occluded): readonly Conflict[] {
    const { catalog } = this.#options;
    const type = this.#cuts.get(cut)?.by === 'NS' ? TYPE.NS : TYPE.DNAME;
    const [winner] = catalog.asking(cut, (asked) => asked.kind === 'rrset' && asked.type === type);
    const hidden = cut === owner ? new Set(catalog.asking(owner, isHiddenAtCut)) : undefined;
    const losers = catalog.origins(owner).filter((origin) => origin.cluster !== '' && hidden?.has(origin) !== false);
    const { conflicts, since } = occluded;
    const isSame = occluded.cut === cut && conflicts.length === losers.length;
    if (isSame && conflicts.every((one, index) => one.loser === losers[index] && one.winner === winner)) return conflicts;
    occluded.cut = cut;
    occluded.conflicts = losers.map((loser) => this.#conflict({ owner, cut, loser, winner, since }));
    return occluded.conflicts;
  }

  #begin(): Occluded {
    return { since: this.#options.clock.now(), conflicts: [] };
  }

  #conflict(at: {
    readonly owner: OwnerName;
    readonly cut: OwnerName;
    readonly loser: Origin;
    readonly winner: Origin | undefined;
    readonly since: number;
  }): Conflict {
    const { owner, cut, loser, winner, since } = at;
    const how = this.#cuts.get(cut)?.by === 'NS' ? 'delegated to other servers' : 'moved elsewhere by a DNAME';
    return {
      code: 'BELOW_ZONE_CUT',
      owner,
      loser,
      ...(winner === undefined ? {} : { winner }),
      // Of thousands nobody reads more than a few.
      get message() {
        const where = owner === cut ? 'it' : `all below ${cut}`;
        const by = winner === undefined ? '' : ` by ${printOrigin(winner)}`;
        return `${printOrigin(loser)} asks for ${owner}, of which no answer tells: ${where} is ${how}${by}`;
      },
      since,
    };
  }

  #takeCut(owner: OwnerName, state: NameState): void {
    const before = this.#cuts.get(owner);
    const after = this.#cutOf(owner, state);
    if (before === undefined && after === undefined) return;
    if (after === undefined) this.#cuts.delete(owner);
    else this.#cuts.set(owner, after);
    this.#isStale = true;
  }

  #cutOf(owner: OwnerName, { rrsets }: NameState): Cut | undefined {
    const ns = rrsets.find(({ type }) => type === TYPE.NS);
    if (ns !== undefined && this.#options.apexOf(owner) !== owner)
      return { by: 'NS', hosts: ns.rdatas.flatMap((rdata) => targetOf(TYPE.NS, rdata) ?? []) };
    return rrsets.some(({ type }) => type === TYPE.DNAME) ? { by: 'DNAME', hosts: [] } : undefined;
  }

  /** The nearest cut at or above a name, in its zone, of which it is no name server. */
  #cutOver(owner: OwnerName): OwnerName | undefined {
    const apex = this.#options.apexOf(owner);
    if (apex === undefined) return undefined;
    for (let at: OwnerName | undefined = owner; at !== undefined; at = at === apex ? undefined : parentOf(at)) {
      const cut = this.#cuts.get(at);
      // What stands beside a DNAME is answered; what stands beside the NS of a cut is not.
      if (cut !== undefined && !cut.hosts.includes(owner) && (at !== owner || cut.by === 'NS')) return at;
    }
    return undefined;
  }

  #lookAtAll(): void {
    const { zone, catalog, apexOf } = this.#options;
    const before = this.#occluded;
    this.#occluded = new Map();
    this.#isStale = false;
    for (const apex of new Set(Array.from(this.#cuts.keys(), apexOf))) {
      if (apex === undefined) continue;
      for (const { owner } of zone(apex)?.nodes() ?? []) {
        if (this.#cutOver(owner) === undefined || !catalog.state(owner).exists) continue;
        this.#occluded.set(owner, before.get(owner) ?? this.#begin());
      }
    }
  }
}

/** At a delegation, NS leads on, DS is answered, and nothing else (RFC 4035, section 3.1.4.1). */
function isHiddenAtCut(asked: DesiredRRset): boolean {
  return asked.kind === 'alias' || (asked.kind === 'rrset' && asked.type !== TYPE.NS && asked.type !== TYPE.DS);
}

function printOrigin({ source, cluster, object }: Origin): string {
  return cluster === '' ? `${source} ${object}` : `${source} ${object} (cluster ${cluster})`;
}
