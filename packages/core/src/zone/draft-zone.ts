import type { OwnerName } from '../name/owner-name.ts';
import type { RRType } from '../rr/rr-type.ts';
import type { Rdata } from '../rr/rrset.ts';
import type { FileLocation } from './diagnostic.ts';
import type { NameTable } from './name-table.ts';

/** An RRset in the making. Zone files have millions: hence one object for it and its place in the file. */
export interface DraftRRset {
  readonly owner: OwnerName;
  /** `hashName` of the owner. */
  readonly hash: number;
  readonly type: RRType;
  /** The lowest so far. */
  ttl: number;
  readonly rdatas: Rdata[];
  /** Where its first record stands, if it comes from a file. */
  readonly file: string | undefined;
  readonly line: number;
  readonly column: number;
  /** Whether its records' TTLs were found to differ. */
  ttlDiffers: boolean;
  /** Another RRset of the same name. */
  next: DraftRRset | undefined;
}

/** What leads at once to one of a name's many RRsets. */
interface WideName {
  readonly byType: Map<RRType, DraftRRset>;
  last: DraftRRset;
}

/** A zone in the making. */
export interface DraftZone {
  /** Every name that has records: the first of its RRsets, which leads to the others. */
  readonly names: NameTable<DraftRRset>;
  /** The names that have so many RRsets that going from one to the next takes too long. Hardly any zone has such a name. */
  readonly wide: Map<OwnerName, WideName>;
  /** Every CNAME: the only RRsets that others can forbid. */
  readonly cnames: DraftRRset[];
  /** Every NS and DNAME, the apex's too: the only RRsets that can hide others. */
  readonly delegations: DraftRRset[];
}

/** All RRsets of a name. */
export function draftsOf(first: DraftRRset | undefined): DraftRRset[] {
  const drafts: DraftRRset[] = [];
  for (let draft = first; draft !== undefined; draft = draft.next) drafts.push(draft);
  return drafts;
}

/** How many RRsets of a name are gone through one by one. */
const MAX_STEPS = 16;

/** The RRset of a type at a name. */
export function draftOf({ wide }: DraftZone, first: DraftRRset | undefined, type: RRType): DraftRRset | undefined {
  let rrset = first;
  for (let steps = 0; rrset !== undefined && rrset.type !== type; steps++) {
    if (steps === MAX_STEPS) return wide.get(rrset.owner)?.byType.get(type);
    rrset = rrset.next;
  }
  return rrset;
}

/** Adds an RRset of a type that its name does not have yet. */
export function addDraft({ names, wide }: DraftZone, first: DraftRRset | undefined, added: DraftRRset): void {
  if (first === undefined) {
    names.add(added);
    return;
  }
  const many = wide.get(first.owner);
  if (many !== undefined) {
    many.last.next = added;
    many.last = added;
    many.byType.set(added.type, added);
    return;
  }
  let last = first;
  let count = 1;
  for (; last.next !== undefined; count++) last = last.next;
  last.next = added;
  if (count === MAX_STEPS) {
    wide.set(first.owner, { byType: new Map(draftsOf(first).map((draft) => [draft.type, draft])), last: added });
  }
}

/** Where an RRset's first record stands; nothing where that is not known. */
export function locationOf({ file, line, column }: DraftRRset): FileLocation | undefined {
  return file === undefined ? undefined : { file, line, column };
}
