import {
  type HeldAlias,
  type HeldRRset,
  isAtOrBelow,
  isFailure,
  type NameDemand,
  type Origin,
  type OwnerName,
  ParseFailure,
  type RRType,
  scanAddress,
  TYPE,
} from '@kubezone/core';

import type { Target } from '../annotations/target.ts';
import { type NameSelector, scanSelector } from './name-selector.ts';

/** Some targets: the addresses of a network, or host names. */
export type TargetPattern =
  | { readonly kind: 'network'; readonly type: RRType; readonly prefix: Uint8Array; readonly bits: number }
  | { readonly kind: 'names'; readonly selector: NameSelector };

/** Which targets an entry publishes. */
export interface TargetRules {
  /** @default all */
  readonly include?: readonly TargetPattern[];
  /** Comes before `include`. @default none */
  readonly exclude?: readonly TargetPattern[];
  /** What stands where an object asks for a name and no target of it is known, or left. @default nothing */
  readonly default?: readonly Target[];
  /** Seconds, of the default. @default 300 */
  readonly defaultTtl?: number;
}

/** How an entry changes what it publishes. */
export interface ShapeRules {
  readonly recordTypes?: ReadonlySet<RRType> | undefined;
  readonly targets?: TargetRules | undefined;
  readonly minTtl?: number | undefined;
}

/** Scans `192.0.2.0/24`, `2001:db8::/32`, an address, or names as selectors are written. */
export function scanTargetPattern(text: string): TargetPattern | ParseFailure {
  const [address = '', length, ...rest] = text.trim().split('/');
  const scanned = scanAddress(address);
  if (isFailure(scanned)) {
    const selector = length === undefined ? scanSelector(text) : scanned;
    return isFailure(selector) ? notAPattern(text) : { kind: 'names', selector };
  }
  const { type, rdata: prefix } = scanned;
  const bits = length === undefined ? prefix.length * 8 : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  return rest.length === 0 && bits <= prefix.length * 8 ? { kind: 'network', type, prefix, bits } : notAPattern(text);
}

function notAPattern(text: string): ParseFailure {
  return new ParseFailure(
    'BAD_FIELD',
    `${JSON.stringify(text)} is no target; expected is an address, a network such as 192.0.2.0/24, or names such as .example.com`,
  );
}

/** What an entry makes of what is wanted at a name: other types, targets and TTLs go. The demand itself where nothing does, as nearly always. */
export function shapeDemand(owner: OwnerName, demand: NameDemand, { recordTypes, targets, minTtl = 0 }: ShapeRules): NameDemand {
  if (recordTypes === undefined && targets === undefined && minTtl === 0) return demand;
  const { state, holders } = demand;
  const rrsets: [HeldRRset, readonly Origin[]][] = [];
  const aliases: [HeldAlias, readonly Origin[]][] = [];
  for (const [at, rrset] of state.rrsets.entries()) {
    if (recordTypes?.has(rrset.type) === false) continue;
    const rdatas = isAddress(rrset.type)
      ? rrset.rdatas.filter((rdata) => passes(targets, (pattern) => isInNetwork(pattern, rrset.type, rdata)))
      : rrset.rdatas;
    if (rdatas.length > 0) rrsets.push([{ ...rrset, rdatas, ttl: Math.max(rrset.ttl, minTtl) }, holders[at] ?? []]);
  }
  for (const [at, alias] of (state.aliases ?? []).entries()) {
    const left = alias.targets.filter((target) => passes(targets, (pattern) => isAmongNames(pattern, target)));
    if (left.length > 0)
      aliases.push([{ ...alias, targets: left, ttl: Math.max(alias.ttl, minTtl) }, holders[state.rrsets.length + at] ?? []]);
  }
  const hasTargets = aliases.length > 0 || rrsets.some(([{ type }]) => isAddress(type) || type === TYPE.CNAME);
  const isDefault = !hasTargets && state.exists && (targets?.default?.length ?? 0) > 0;
  if (isDefault) addDefault({ owner, demand, targets: targets ?? {}, minTtl, recordTypes }, rrsets, aliases);
  return {
    ...demand,
    ...(isDefault && { waiting: [] }),
    state: {
      exists: state.exists,
      rrsets: rrsets.map(([rrset]) => rrset),
      ...(aliases.length > 0 && { aliases: aliases.map(([alias]) => alias) }),
    },
    holders: [...rrsets, ...aliases].map(([, origins]) => origins),
  };
}

interface DefaultCase {
  readonly owner: OwnerName;
  readonly demand: NameDemand;
  readonly targets: TargetRules;
  readonly minTtl: number;
  readonly recordTypes: ReadonlySet<RRType> | undefined;
}

function addDefault(
  { owner, demand, targets, minTtl, recordTypes }: DefaultCase,
  rrsets: [HeldRRset, readonly Origin[]][],
  aliases: [HeldAlias, readonly Origin[]][],
): void {
  const origins = [...new Set([...demand.waiting, ...demand.holders.flat()])];
  const ttl = Math.max(targets.defaultTtl ?? 300, minTtl);
  for (const type of [TYPE.A, TYPE.AAAA]) {
    const rdatas = (targets.default ?? []).flatMap((one) => (one.kind === 'address' && one.type === type ? [one.rdata] : []));
    if (rdatas.length > 0 && recordTypes?.has(type) !== false) rrsets.push([{ owner, type, ttl, rdatas }, origins]);
  }
  const names = (targets.default ?? []).flatMap((one) => (one.kind === 'hostname' ? [one.name] : []));
  if (names.length > 0) aliases.push([{ ttl, targets: names }, origins]);
}

function passes({ include, exclude = [] }: TargetRules = {}, isMeant: (pattern: TargetPattern) => boolean): boolean {
  return !exclude.some(isMeant) && (include === undefined || include.length === 0 || include.some(isMeant));
}

function isAddress(type: RRType): boolean {
  return type === TYPE.A || type === TYPE.AAAA;
}

function isInNetwork(pattern: TargetPattern, type: RRType, rdata: Uint8Array): boolean {
  if (pattern.kind !== 'network' || pattern.type !== type) return false;
  const { prefix, bits } = pattern;
  return rdata.every((octet, at) => {
    const left = Math.min(8, Math.max(0, bits - 8 * at));
    return (octet ^ (prefix[at] ?? 0)) >> (8 - left) === 0;
  });
}

function isAmongNames(pattern: TargetPattern, target: OwnerName): boolean {
  if (pattern.kind !== 'names') return false;
  const { name, belowOnly } = pattern.selector;
  return isAtOrBelow(target, name) && !(belowOnly && target === name);
}
