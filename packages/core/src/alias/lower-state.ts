import { excludesCname, isInAddressGroup } from '../catalog/address-group.ts';
import type { HeldRRset, NameState } from '../catalog/name-change.ts';
import { composeName, type OwnerName } from '../name/owner-name.ts';
import { TYPE } from '../rr/rr-type.ts';

import type { Followed } from './follow-targets.ts';

/** All names whose addresses a name shall have, each once, and the lowest TTL. */
export function targetsOf({ aliases = [] }: NameState): { readonly targets: readonly OwnerName[]; readonly ttl: number } {
  const [only, ...more] = aliases;
  if (only !== undefined && more.length === 0) return only;
  return { targets: [...new Set(aliases.flatMap(({ targets }) => targets))], ttl: Math.min(...aliases.map(({ ttl }) => ttl)) };
}

/** The name to which a CNAME can lead in place of addresses: where there is one, and nothing that excludes a CNAME (RFC 1034, section 3.6.2). */
export function cnameTarget(state: NameState): OwnerName | undefined {
  const { targets } = targetsOf(state);
  return targets.length === 1 && state.rrsets.every(({ type }) => !isInAddressGroup(type) && !excludesCname(type))
    ? targets[0]
    : undefined;
}

/** What a name holds with a CNAME in place of its aliases. */
export function withCname(owner: OwnerName, state: NameState, target: OwnerName): NameState {
  const { ttl } = targetsOf(state);
  return { exists: true, rrsets: [...state.rrsets, { owner, type: TYPE.CNAME, ttl, rdatas: [composeName(target)] }] };
}

/** What a name holds with addresses in place of its aliases. Without any it exists all the same. */
export function withAddresses(owner: OwnerName, { rrsets }: NameState, { ipv4, ipv6, ttl }: Followed): NameState {
  const lowered: HeldRRset[] = [...rrsets];
  const add = (type: number, rdatas: HeldRRset['rdatas']): void => {
    // Addresses that somebody asks for as such come before those of other names.
    if (rdatas.length > 0 && !rrsets.some((rrset) => rrset.type === type)) lowered.push({ owner, type, ttl, rdatas });
  };
  add(TYPE.A, ipv4);
  add(TYPE.AAAA, ipv6);
  return { exists: true, rrsets: lowered.length === rrsets.length ? rrsets : lowered };
}

/** What a name holds with the addresses that it had before. */
export function withOldAddresses({ rrsets }: NameState, before: NameState): NameState {
  const missing = before.rrsets.filter(
    ({ type }) => (type === TYPE.A || type === TYPE.AAAA) && !rrsets.some((rrset) => rrset.type === type),
  );
  return { exists: true, rrsets: missing.length === 0 ? rrsets : [...rrsets, ...missing] };
}
