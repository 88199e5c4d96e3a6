import { isAtOrBelow, type OwnerName, type Withheld, type WithheldCode } from '@kubezone/core';

import type { ProviderPublisher } from './provider-publisher.ts';
import type { Router } from './router.ts';

/** What is left, or may be left, at one provider of what was published at a name for objects that ask for it no more. */
export interface NameRemains {
  readonly provider: string;
  /** Undefined where it is not known which zones there are. */
  readonly zone: OwnerName | undefined;
  /** `going`: it goes as soon as it can. `staying`: something holds it that does not pass by itself. */
  readonly state: 'going' | 'staying';
  /** What holds it; empty where nothing does, or a dry run. */
  readonly codes: readonly WithheldCode[];
  /** The same in words, and what the provider says. */
  readonly messages: readonly string[];
}

/** What is not what somebody asked for before, though nobody asks for it now. */
const NOT_LEFT: ReadonlySet<WithheldCode> = new Set(['ADOPTABLE_NOT_DESIRED', 'PROVIDER_REJECTS']);
/** What may pass by itself: a source comes back, the provider changes its mind. */
const PASSING: ReadonlySet<WithheldCode> = new Set(['SOURCE_NOT_SYNCED', 'QUARANTINED']);

/**
 * What is left of a name at one provider, beside what is still asked for. Empty where all that is to go is acknowledged to be gone: not before the name was planned from a listing of
 * each zone where it may stand.
 */
export function remainsAt(
  owner: OwnerName,
  { provider, zones, isFound, failure }: ProviderPublisher,
  router: Router,
): NameRemains[] {
  const rules = router.rulesAt(owner, provider);
  if (rules === undefined) return [];
  const common = { provider: provider.name };
  if (!isFound) {
    const why = failure?.message ?? 'it is not known yet which zones there are';
    return [{ ...common, zone: undefined, state: 'going', codes: [], messages: [why] }];
  }
  const isAskedFor = router.routeAt(owner, provider) !== undefined;
  return zones.flatMap(({ zone, planner, publisher }): NameRemains[] => {
    if (!isAtOrBelow(owner, zone.apex)) return [];
    const here = { ...common, zone: zone.apex };
    const why = publisher.obstacle(owner);
    const going = { ...here, state: 'going', codes: [], messages: why === undefined ? [] : [why] } as const;
    if (publisher.isPending(owner)) return [going];
    const held = (planner.withheld.get(owner)?.withheld ?? []).filter(isLeft);
    if (held.length > 0) {
      const state = held.every(({ code }) => PASSING.has(code)) ? 'going' : 'staying';
      return [{ ...here, state, codes: held.map(({ code }) => code), messages: held.map(({ message }) => message) }];
    }
    if (isAskedFor || planner.ownedAt(owner) === 0) return [];
    if (!rules.dryRun) return [going];
    return [{ ...here, state: 'staying', codes: [], messages: ['the entry is a dry run, and writes nothing'] }];
  });
}

/** What is to stay for the sake of objects that ask for it is not left. */
function isLeft({ code, origins }: Withheld): boolean {
  return origins.length === 0 && !NOT_LEFT.has(code);
}
