import {
  type ApplyResult,
  isAtOrBelow,
  type LoweredName,
  type NameState,
  type NameWrite,
  type ObservedRRset,
  type OwnerName,
  printRRType,
  type ProvidedRRset,
  providedKey,
  type Provider,
  ProviderError,
  type ProviderTraits,
  type ProviderZone,
  sameProvided,
  TYPE,
} from '@kubezone/core';

import { lowerPlainDns } from '../lower/lower-name.ts';

export interface MemoryProviderOptions {
  /** As configured. @default memory */
  readonly name?: string;
  readonly zones: readonly OwnerName[];
  /** Called after each name's write. */
  readonly onWrite?: (zone: ProviderZone, write: NameWrite) => void;
}

/** RRsets of one owner name, by their key. */
type Node = ReadonlyMap<string, ObservedRRset>;

const NOTHING: Node = new Map();

/** RRsets on one page of a listing. */
const PAGE = 1000;

/**
 * Zones that live as long as the process: to see what would be published, and for tests.
 *
 * As strict as an authoritative server: it takes a write only where it finds exactly what the write replaces, and no CNAME beside other data.
 */
export class MemoryProvider implements Provider {
  readonly name: string;
  readonly traits: ProviderTraits = { conditionalWrites: true, setIdentifiers: false, maxNamesPerWrite: 1000 };
  readonly #zones: ReadonlyMap<OwnerName, Map<OwnerName, Node>>;
  readonly #onWrite: MemoryProviderOptions['onWrite'];

  constructor({ name = 'memory', zones, onWrite }: MemoryProviderOptions) {
    this.name = name;
    this.#zones = new Map(zones.map((apex) => [apex, new Map<OwnerName, Node>()]));
    this.#onWrite = onWrite;
  }

  zones(): Promise<readonly ProviderZone[]> {
    return Promise.resolve(Array.from(this.#zones.keys(), (apex) => ({ apex, id: apex })));
  }

  async *list(zone: ProviderZone): AsyncGenerator<readonly ObservedRRset[]> {
    let page: ObservedRRset[] = [];
    for (const node of this.#contents(zone).values()) {
      page.push(...node.values());
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield await Promise.resolve(page);
  }

  async read(zone: ProviderZone, owners: readonly OwnerName[]): Promise<readonly ObservedRRset[]> {
    const contents = this.#contents(zone);
    return Promise.resolve(owners.flatMap((owner) => [...(contents.get(owner) ?? NOTHING).values()]));
  }

  lower(zone: ProviderZone, owner: OwnerName, desired: NameState): LoweredName {
    return lowerPlainDns(zone, owner, desired);
  }

  async apply(zone: ProviderZone, writes: readonly NameWrite[], signal?: AbortSignal): Promise<readonly ApplyResult[]> {
    signal?.throwIfAborted();
    const contents = this.#contents(zone);
    return Promise.resolve(writes.map((write) => this.#write(zone, contents, write)));
  }

  #contents({ id }: ProviderZone): Map<OwnerName, Node> {
    const contents = this.#zones.get(id as OwnerName);
    if (contents === undefined) throw new ProviderError('PROVIDER_ZONE_UNKNOWN', `the provider ${this.name} has no zone ${id}`);
    return contents;
  }

  #write(zone: ProviderZone, contents: Map<OwnerName, Node>, write: NameWrite): ApplyResult {
    const { owner } = write;
    const nodes = new Map<OwnerName, Map<string, ObservedRRset>>();
    for (const { before, after } of write.writes) {
      const rrset = before ?? after;
      if (rrset === undefined) continue;
      if (!isAtOrBelow(rrset.owner, zone.apex))
        return { kind: 'refused', owner, reason: `${rrset.owner} lies outside the zone ${zone.apex}` };
      let node = nodes.get(rrset.owner);
      if (node === undefined) nodes.set(rrset.owner, (node = new Map(contents.get(rrset.owner))));
      const key = providedKey(rrset);
      const found = node.get(key);
      if (before === undefined ? found !== undefined : found === undefined || !sameProvided(found, before)) {
        return { kind: 'conflict', owner, reason: `${rrset.owner} ${printRRType(rrset.type)} is not what the write replaces` };
      }
      if (after === undefined) node.delete(key);
      else node.set(key, observe(after));
    }
    for (const [name, node] of nodes) {
      if (node.size > 1 && [...node.values()].some(({ type }) => type === TYPE.CNAME)) {
        return { kind: 'refused', owner, reason: `${name} would hold a CNAME beside other data` };
      }
    }
    for (const [name, node] of nodes) {
      if (node.size === 0) contents.delete(name);
      else contents.set(name, node);
    }
    this.#onWrite?.(zone, write);
    return { kind: 'applied', owner, observed: Array.from(nodes.values(), (node) => [...node.values()]).flat() };
  }
}

function observe(rrset: ProvidedRRset): ObservedRRset {
  return { ...rrset, vendor: undefined };
}
