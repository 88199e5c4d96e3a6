import { ALIAS, type Ask, type AskType, type Defeat, defeat } from './ask.ts';
import { isInAddressGroup } from './address-group.ts';
import { compareContributions } from './contribution.ts';
import { type Tally, withoutAsks } from './tally.ts';

/** Tallies after some asks were taken out of them. */
export interface Parted {
  readonly tallies: readonly Tally[];
  readonly defeats: readonly Defeat[];
}

/**
 * Leaves, of what the objects of one source ask for at a name, that of one namespace: the oldest object's. Addresses, CNAME and hostnames are one
 * matter, whatever their set identifiers, every other type is one by itself. Objects outside namespaces neither hold a name against others nor are they kept from it.
 */
export function partOtherNamespaces(tallies: readonly Tally[]): Parted {
  const holders = new Map<string, Ask>();
  for (const tally of tallies) {
    const oldest = tally.asks.find((ask) => namespaceOf(ask) !== '');
    if (oldest === undefined) continue;
    const matter = matterOf(tally);
    const holder = holders.get(matter);
    if (holder === undefined || compareContributions(oldest.contribution, holder.contribution) < 0) holders.set(matter, oldest);
  }
  const defeats: Defeat[] = [];
  const kept = tallies.flatMap((tally) => {
    const holder = holders.get(matterOf(tally));
    if (holder === undefined) return [tally];
    const isForeign = (ask: Ask): boolean => namespaceOf(ask) !== '' && namespaceOf(ask) !== namespaceOf(holder);
    for (const ask of tally.asks) if (isForeign(ask)) defeats.push(defeat(ask, 'OTHER_NAMESPACE', holder));
    return withoutAsks(tally, isForeign);
  });
  return { tallies: kept, defeats };
}

function namespaceOf({ contribution }: Ask): string {
  return contribution.origin.namespace;
}

function matterOf({ type, rank }: Tally): string {
  const group: AskType = isInAddressGroup(type) ? ALIAS : type;
  return `${rank} ${group}`;
}
