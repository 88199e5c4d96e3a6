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

/** A zone in the making. */
export interface DraftZone {
  /** Every name that has records: the first of its RRsets, which leads to the others. */
  readonly names: NameTable<DraftRRset>;
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

/** The last RRset of a name. */
export function lastOf(first: DraftRRset): DraftRRset {
  let last = first;
  while (last.next !== undefined) last = last.next;
  return last;
}

/** Where an RRset's first record stands; nothing where that is not known. */
export function locationOf({ file, line, column }: DraftRRset): FileLocation | undefined {
  return file === undefined ? undefined : { file, line, column };
}
