import { asksOf } from './ask.ts';
import type { Contribution } from './contribution.ts';
import type { NameState } from './name-change.ts';
import type { Resolution } from './resolve-name.ts';

/**
 * What `resolveName` decides of a name of which one object asks for one value, without properties: nothing is merged, and nobody loses. Nearly every name of a
 * cluster is one of these.
 *
 * @returns undefined for all other names
 */
export function resolveSole(contributions: readonly Contribution[]): Resolution | undefined {
  const [contribution] = contributions;
  if (contribution === undefined || contributions.length > 1) return undefined;
  const state = soleState(contribution);
  return state && { state, origins: [contribution.origin], holders: [asksOf(contribution)], defeats: [] };
}

function soleState({ owner, desired }: Contribution): NameState | undefined {
  const [only] = desired;
  if (only === undefined || desired.length > 1 || only.kind === 'existence') return undefined;
  const { ttl, setIdentifier, properties } = only;
  if (setIdentifier !== undefined || properties !== undefined) return undefined;
  if (only.kind === 'alias')
    return only.targets.length === 1 ? { exists: true, rrsets: [], aliases: [{ ttl, targets: only.targets }] } : undefined;
  const { type, rdatas } = only;
  return rdatas.length === 1 ? { exists: true, rrsets: [{ owner, type, ttl, rdatas }] } : undefined;
}
