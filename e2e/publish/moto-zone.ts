import {
  type ApplyResult,
  nameOf,
  type NameState,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  type ProvidedRRset,
  providedKey,
  type Provider,
  type ProviderZone,
  TYPE,
} from '@kubezone/core';
import { linesOf } from '@kubezone/providers/testing';

import type { MotoServer } from './moto-server.ts';
import { byRRset, recordOf } from './zone-server.ts';

const SIGNAL = new AbortController().signal;

/** A hosted zone of moto's, by way of a provider. SOA and NS of its apex are left out. */
export class MotoZone {
  readonly provider: Provider;
  readonly zone: ProviderZone;

  private constructor(provider: Provider, zone: ProviderZone) {
    this.provider = provider;
    this.zone = zone;
  }

  /** Makes the hosted zone. @param apex without its final dot */
  static async create(moto: MotoServer, provider: Provider, apex: string): Promise<MotoZone> {
    return new MotoZone(provider, { apex: nameOf(apex), id: await moto.createZone(`${apex}.`) });
  }

  /** All that is listed. */
  async list(): Promise<readonly ObservedRRset[]> {
    const found: ObservedRRset[] = [];
    for await (const page of this.provider.list(this.zone, SIGNAL)) found.push(...page);
    return found.filter((rrset) => this.#isData(rrset));
  }

  /** The same, as lines of a zone file in order. */
  async lines(): Promise<readonly string[]> {
    return linesOf(await this.list());
  }

  async read(...owners: readonly OwnerName[]): Promise<readonly ObservedRRset[]> {
    const found = await this.provider.read(this.zone, owners, SIGNAL);
    return found.filter((rrset) => this.#isData(rrset));
  }

  /** What names are to hold as the provider would write it. */
  lower(wanted: ReadonlyMap<OwnerName, NameState>): readonly ProvidedRRset[] {
    return Array.from(wanted, ([owner, state]) => this.provider.lower(this.zone, owner, state).rrsets).flat();
  }

  /** Writes; gives back what became of each name, such as `applied`. */
  async apply(...writes: readonly NameWrite[]): Promise<readonly ApplyResult['kind'][]> {
    return (await this.results(...writes)).map(({ kind }) => kind);
  }

  results(...writes: readonly NameWrite[]): Promise<readonly ApplyResult[]> {
    return this.provider.apply(this.zone, writes, SIGNAL);
  }

  #isData({ owner, type }: ObservedRRset): boolean {
    return owner !== this.zone.apex || (type !== TYPE.SOA && type !== TYPE.NS);
  }
}

/** One name's write, its marker's too if it is among them: from what was observed to what shall be there. */
export function writeOf(owner: OwnerName, before: readonly ObservedRRset[], after: readonly ProvidedRRset[]): NameWrite {
  const keys = new Set([...before, ...after].map(providedKey));
  const find = <T extends ProvidedRRset>(some: readonly T[], key: string): T | undefined =>
    some.find((rrset) => providedKey(rrset) === key);
  return { owner, writes: Array.from(keys, (key) => ({ before: find(before, key), after: find(after, key) })) };
}

/** What names are to hold, from lines of a zone file, by owner name; `www.example.com. 300 ALIAS lb.example.net.` for a host name whose addresses it has. */
export function statesOf(...lines: readonly string[]): ReadonlyMap<OwnerName, NameState> {
  const groups = Map.groupBy(lines, (line) => line.split(' ')[0] ?? '');
  const states = Array.from(groups, ([name, some]) => {
    const records = some.filter((line) => !ALIAS.test(line));
    const aliases = some.flatMap((line) => {
      const [, ttl, target = ''] = ALIAS.exec(line) ?? [];
      return ttl === undefined ? [] : [{ ttl: Number(ttl), targets: [nameOf(target)] }];
    });
    const state: NameState = { exists: true, rrsets: Array.from(byRRset(records).values(), rrsetOf), aliases };
    return [nameOf(name), state] as const;
  });
  return new Map(states);
}

const ALIAS = /^\S+ (\d+) ALIAS (\S+)$/;

function rrsetOf(lines: readonly string[]): NameState['rrsets'][number] {
  const [first, ...others] = lines.map(recordOf);
  if (first === undefined) throw new RangeError('an RRset has records');
  const { owner, type, ttl, rdata } = first;
  return { owner, type, ttl, rdatas: [rdata, ...others.map((record) => record.rdata)] };
}
