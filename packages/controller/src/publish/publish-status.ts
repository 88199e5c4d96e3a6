import type { HeldChanges, OwnerName, WithheldCode } from '@kubezone/core';

import type { ProviderPublisher, PublishedZone } from './provider-publisher.ts';
import type { PublishCounters } from './publish-counters.ts';
import type { ZoneFailure } from './zone-publisher.ts';

/** How one zone stands, for metrics and people. */
export interface ZoneStatus {
  readonly zone: OwnerName;
  readonly zoneId: string;
  /** Whether it was listed once. */
  readonly listed: boolean;
  /** Names that are asked for. */
  readonly names: number;
  /** RRsets that are there, ours among them. */
  readonly rrsets: number;
  readonly owned: number;
  /** Names that are to be planned: the size of what is to come. */
  readonly waiting: number;
  /** RRsets that are not as they shall be, by why. */
  readonly withheld: ReadonlyMap<WithheldCode, number>;
  readonly quarantined: number;
  /** What waits for a confirmation. */
  readonly held: readonly HeldChanges[];
  readonly failure: ZoneFailure | undefined;
  readonly counters: PublishCounters;
}

/** How one provider stands. */
export interface ProviderStatus {
  readonly provider: string;
  /** Why it is not known which zones there are. */
  readonly failure: { readonly code: string; readonly message: string } | undefined;
  /** How often its zones were asked for. */
  readonly zoneCalls: number;
  readonly zones: readonly ZoneStatus[];
}

export function statusOf({ provider, failure, zoneCalls, zones }: ProviderPublisher): ProviderStatus {
  return { provider: provider.name, failure, zoneCalls, zones: zones.map(zoneStatusOf) };
}

function zoneStatusOf({ zone, names, planner, publisher, counting }: PublishedZone): ZoneStatus {
  const withheld = new Map<WithheldCode, number>();
  for (const { withheld: some } of planner.withheld.values())
    for (const { code } of some) withheld.set(code, (withheld.get(code) ?? 0) + 1);
  return {
    zone: zone.apex,
    zoneId: zone.id,
    listed: planner.observed !== undefined,
    names: names.size,
    rrsets: planner.observed?.size ?? 0,
    owned: planner.owned,
    waiting: publisher.waiting,
    withheld,
    quarantined: planner.quarantine.list().length,
    held: planner.held,
    failure: publisher.failure,
    counters: counting.read(),
  };
}
