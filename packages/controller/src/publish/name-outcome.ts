import type { NameDemand, Origin, OwnerName, Withheld, WithheldCode } from '@kubezone/core';

import type { Complaint } from '../reporting/finding.ts';
import type { WithheldName } from './withheld-names.ts';

/** What became of a name at one provider. */
export interface NameOutcome {
  readonly owner: OwnerName;
  readonly view: string;
  readonly provider: string;
  /** Undefined where the provider has no zone for it. */
  readonly zone: OwnerName | undefined;
  /**
   * `published`: it is there as it shall be. `pending`: it is on its way, and nothing speaks against it. `withheld`: something of it is not as it shall be. `planned`: the entry is
   * only to show what it would do. `leaving`: nobody asks for it any more, and it is there still, as far as is known.
   */
  readonly state: 'published' | 'pending' | 'withheld' | 'planned' | 'leaving';
  /** Why it is pending or withheld, in words; empty otherwise. */
  readonly messages: readonly string[];
}

/** What is withheld although all is as somebody said it should be (what asks for the name has it, or nothing asks for it), or what counts as held, or only follows from something else. */
const HARMLESS: ReadonlySet<WithheldCode> = new Set([
  'RETAINED',
  'ADOPTABLE_NOT_DESIRED',
  'HOLDING_LAST_ADDRESSES',
  'DELETE_LIMIT',
  'UPDATE_LIMIT',
  'REPLACEMENT_WITHHELD',
]);

/** Whether something that is asked for is not in place. */
export function isShortfall({ code, origins }: Withheld): boolean {
  return !HARMLESS.has(code) && (code !== 'POLICY' || origins.length > 0);
}

/**
 * What objects are to hear of what is withheld at a name.
 *
 * @param place where, for the message
 * @param demand who asks for the name
 */
export function* complaintsOf(
  { withheld, since }: WithheldName,
  place: string,
  demand: NameDemand | undefined,
): Generator<Complaint, void, undefined> {
  for (const one of withheld) {
    for (const { cluster, object } of concerned(one, demand)) {
      yield { code: one.code, cluster, object, message: `${place}: ${one.message}`, since };
    }
  }
}

/** What stays for the sake of objects that wait is told to them; what is withheld whole, to all who ask for the name. */
function concerned({ code, origins }: Withheld, demand: NameDemand | undefined): readonly Origin[] {
  if (origins.length > 0 || demand === undefined) return origins;
  if (code === 'HOLDING_LAST_ADDRESSES') return demand.waiting;
  return code === 'PROVIDER_REJECTS' || code === 'QUARANTINED' ? [...new Set(demand.holders.flat())] : origins;
}
