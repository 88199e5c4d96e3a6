import { isFailure, type OwnerName } from '@kubezone/core';

import { scanVendorName } from './vendor-text.ts';

/** One thing that Route 53 finds wrong with a batch. */
export interface BatchFault {
  /** Whom it concerns, where the text says so. */
  readonly owner: OwnerName | undefined;
  /** Whether the zone holds something other than the batch expects, or the data themselves are refused. */
  readonly kind: 'conflict' | 'refused';
  readonly text: string;
}

/** Which RRset a text is about, by type and name; undefined where it does not say. */
export function setIn({ owner, text }: BatchFault): string | undefined {
  const type = /\btype='(?<type>\w+)'/.exec(text) ?? /resource record set '(?<type>\w+) /.exec(text);
  return owner === undefined || type === null ? undefined : `${type.groups?.['type']} ${owner}`;
}

/** Whether a text says that an RRset is not there any more as it was read. */
export function isGone({ text }: BatchFault): boolean {
  return text.startsWith('Tried to delete ');
}

/** What a batch has met that was not there when its names were read. */
const CONFLICTS: readonly RegExp[] = [
  /but it already exists/,
  /but it was not found/,
  /do not match the current values/,
  /conflicts with other records with the same DNS name/,
  /because a conflicting RRSet of type/,
  /cannot be created .*\bexists?\b/,
];

/** Where the texts name the owner. */
const OWNERS: readonly RegExp[] = [
  /\bname='(?<name>[^']+)'/,
  /\bDNS name (?<name>[^\s,]+)/,
  /resource record set '\S+ (?<name>[^\s']+)'/,
  /\bName=(?<name>[^\s,\]]+)/,
];

/** Where one text of a list ends and another begins: they are parted by commas, and have commas in themselves. */
const BETWEEN = /, (?=Tried to |RRSet |RRset |Invalid Resource Record|Invalid request|Duplicate |The request contains |Cannot )/;

/**
 * What the texts of an `InvalidChangeBatch` say. There is one for each change that is refused, some without a name.
 *
 * @param texts each one text, or a list of them in brackets
 */
export function readBatchFaults(texts: readonly string[]): readonly BatchFault[] {
  return texts
    .flatMap((text) => text.replace(/^\[([^]*)\]$/, '$1').split(BETWEEN))
    .map((text) => ({
      owner: ownerIn(text),
      kind: CONFLICTS.some((pattern) => pattern.test(text)) ? 'conflict' : 'refused',
      text,
    }));
}

function ownerIn(text: string): OwnerName | undefined {
  for (const pattern of OWNERS) {
    const name = pattern.exec(text)?.groups?.['name'];
    const owner = name === undefined ? undefined : scanVendorName(name);
    if (owner !== undefined && !isFailure(owner)) return owner;
  }
  return undefined;
}
