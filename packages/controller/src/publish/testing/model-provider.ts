import {
  type ApplyResult,
  canonicalRdata,
  composeName,
  isAtOrBelow,
  isFailure,
  type LoweredName,
  type NameState,
  type NameWrite,
  nameOf,
  type ObservedRRset,
  type OwnerName,
  printRdata,
  printRRType,
  type ProvidedRRset,
  type Provider,
  providedKey,
  type ProviderTraits,
  type ProviderZone,
  type Rdata,
  rdataKey,
  type RejectedRRset,
  sameProvided,
  scanRecord,
  textOfTxt,
  TYPE,
} from '@kubezone/core';

/** One call, as tests look at it. */
export interface ModelCall {
  readonly kind: 'zones' | 'list' | 'read' | 'apply';
  readonly zone: OwnerName | undefined;
  /** Of a read and a write, the names. */
  readonly owners: readonly OwnerName[];
}

/** What comes before a call, and what after it: throws, waits, changes zones. */
export interface ModelHooks {
  before?: ((call: ModelCall, provider: ModelProvider) => void | Promise<void>) | undefined;
  /** Instead of what the provider answers. */
  after?:
    | ((call: ModelCall, results: readonly ApplyResult[]) => readonly ApplyResult[] | Promise<readonly ApplyResult[]>)
    | undefined;
}

export interface ModelProviderOptions {
  readonly name?: string;
  readonly zones: readonly string[];
  readonly traits?: Partial<ProviderTraits>;
  /** Whether a batch of which a part cannot be written is refused as a whole. @default false */
  readonly atomic?: boolean;
  /** Whether it holds aliases as they are. @default false: they become CNAMEs */
  readonly refuses?: (rrset: ProvidedRRset) => string | undefined;
}

/** A provider in memory, as a model of real ones: with and without conditional writes, with faults. It holds no more than A, AAAA, CNAME, TXT and the like. */
export class ModelProvider implements Provider {
  readonly name: string;
  readonly traits: ProviderTraits;
  readonly calls: ModelCall[] = [];
  readonly hooks: ModelHooks = {};
  readonly #zones: Map<OwnerName, Map<string, ObservedRRset>>;
  readonly #options: ModelProviderOptions;

  constructor(options: ModelProviderOptions) {
    const { name = 'model', zones, traits } = options;
    this.name = name;
    this.#options = options;
    this.traits = { conditionalWrites: true, setIdentifiers: false, maxNamesPerWrite: 1000, ...traits };
    this.#zones = new Map(zones.map((apex) => [nameOf(apex), new Map<string, ObservedRRset>()]));
  }

  /** Another that holds the same, in the same memory: what a new process finds. */
  reborn(): ModelProvider {
    const next = new ModelProvider({ ...this.#options, zones: [] });
    for (const [apex, contents] of this.#zones) next.#zones.set(apex, contents);
    return next;
  }

  addZone(apex: string): void {
    this.#zones.set(nameOf(apex), new Map());
  }

  async zones(): Promise<readonly ProviderZone[]> {
    await this.#before({ kind: 'zones', zone: undefined, owners: [] });
    return Array.from(this.#zones.keys(), (apex) => ({ apex, id: apex }));
  }

  async *list(zone: ProviderZone): AsyncGenerator<readonly ObservedRRset[]> {
    await this.#before({ kind: 'list', zone: zone.apex, owners: [] });
    const all = [...this.#contents(zone).values()];
    for (let at = 0; at < all.length || at === 0; at += 1000) yield all.slice(at, at + 1000);
  }

  async read(zone: ProviderZone, owners: readonly OwnerName[]): Promise<readonly ObservedRRset[]> {
    await this.#before({ kind: 'read', zone: zone.apex, owners });
    return [...this.#contents(zone).values()].filter(({ owner }) => owners.includes(owner));
  }

  lower(zone: ProviderZone, owner: OwnerName, { rrsets, aliases = [] }: NameState): LoweredName {
    const isPlain = ({ setIdentifier }: { readonly setIdentifier?: string }): boolean => setIdentifier === undefined;
    const lowered: ProvidedRRset[] = rrsets
      .filter(isPlain)
      .map(({ type, ttl, rdatas }) => ({ owner, type, ttl, rdatas: rdatas.map((rdata) => canonicalRdata(type, rdata)) }));
    const rejected: RejectedRRset[] = rrsets
      .filter((rrset) => !isPlain(rrset))
      .map(({ type, setIdentifier }) => ({ type, setIdentifier, reason: 'sets cannot be told apart there' }));
    const [alias] = aliases;
    const [target] = alias?.targets ?? [];
    if (alias === undefined || target === undefined) return { rrsets: lowered, rejected };
    if (owner === zone.apex || lowered.length > 0) {
      const reason = 'no CNAME can stand there';
      return { rrsets: lowered, rejected: [...rejected, { type: undefined, setIdentifier: undefined, reason }] };
    }
    return { rrsets: [{ owner, type: TYPE.CNAME, ttl: alias.ttl, rdatas: [composeName(target)] }], rejected };
  }

  async apply(zone: ProviderZone, writes: readonly NameWrite[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
    const call: ModelCall = { kind: 'apply', zone: zone.apex, owners: writes.map(({ owner }) => owner) };
    await this.#before(call);
    signal.throwIfAborted();
    const contents = this.#contents(zone);
    const results: readonly ApplyResult[] =
      this.#options.atomic === true ? this.#together(contents, writes) : writes.map((write) => this.#write(contents, write));
    return (await this.hooks.after?.(call, results)) ?? results;
  }

  /** Puts records there behind everybody's back, from presentation format. */
  put(...lines: readonly string[]): void {
    for (const line of lines) {
      const { owner, type, ttl, rdata } = recordOf(line);
      const contents = this.#holding(owner);
      const key = providedKey({ owner, type });
      const rdatas = [...(contents.get(key)?.rdatas ?? []), canonicalRdata(type, rdata)];
      contents.set(key, observed({ owner, type, ttl, rdatas }));
    }
  }

  /** Takes all RRsets of a type away behind everybody's back. */
  drop(name: string, type: number): void {
    const owner = nameOf(name);
    this.#holding(owner).delete(providedKey({ owner, type }));
  }

  /** All there is, a line for each record, markers too, sorted. */
  dump(): string[] {
    return [...this.#zones.values()].flatMap((contents) => [...contents.values()].flatMap(linesOf)).toSorted();
  }

  /** The same without markers. */
  data(): string[] {
    return this.dump().filter((line) => !line.includes('heritage=kubezone'));
  }

  /** How many calls of a kind there were. */
  count(kind: ModelCall['kind']): number {
    return this.calls.filter((call) => call.kind === kind).length;
  }

  async #before(call: ModelCall): Promise<void> {
    this.calls.push(call);
    await this.hooks.before?.(call, this);
  }

  #contents({ id }: ProviderZone): Map<string, ObservedRRset> {
    return this.#zones.get(id as OwnerName) ?? new Map<string, ObservedRRset>();
  }

  #holding(owner: OwnerName): Map<string, ObservedRRset> {
    const apex = [...this.#zones.keys()]
      .filter((one) => isAtOrBelow(owner, one))
      .toSorted((one, other) => other.length - one.length)[0];
    const contents = apex === undefined ? undefined : this.#zones.get(apex);
    if (contents === undefined) throw new RangeError(`no zone for ${owner}`);
    return contents;
  }

  #together(contents: Map<string, ObservedRRset>, writes: readonly NameWrite[]): readonly ApplyResult[] {
    const trial = new Map(contents);
    const results = writes.map((write) => this.#write(trial, write));
    const failed = results.find(({ kind }) => kind !== 'applied');
    if (failed === undefined) {
      contents.clear();
      for (const [key, rrset] of trial) contents.set(key, rrset);
      return results;
    }
    const reason = 'reason' in failed ? failed.reason : '';
    return writes.map(({ owner }) => ({ kind: failed.kind === 'conflict' ? 'conflict' : 'refused', owner, reason }));
  }

  #write(contents: Map<string, ObservedRRset>, { owner, writes }: NameWrite): ApplyResult {
    const next = new Map(contents);
    for (const { before, after } of writes) {
      const key = providedKey((before ?? after) as ProvidedRRset);
      const found = next.get(key);
      if (this.traits.conditionalWrites) {
        if (before === undefined ? found !== undefined : found === undefined || !sameProvided(found, before))
          return { kind: 'conflict', owner, reason: `${key} is not what the write replaces` };
      }
      const reason = after === undefined ? undefined : this.#options.refuses?.(after);
      if (reason !== undefined) return { kind: 'refused', owner, reason };
      const rdatas = merged(found, before, after);
      if (rdatas.length === 0) next.delete(key);
      else next.set(key, observed({ ...((after ?? found) as ProvidedRRset), rdatas }));
    }
    for (const [key, rrset] of next) contents.set(key, rrset);
    for (const key of contents.keys()) if (!next.has(key)) contents.delete(key);
    const keys = writes.map(({ before, after }) => providedKey((before ?? after) as ProvidedRRset));
    return { kind: 'applied', owner, observed: keys.flatMap((key) => contents.get(key) ?? []) };
  }
}

/** As providers do whose unit is the record: what the write takes away goes, what it brings comes, the rest stays. */
function merged(
  found: ObservedRRset | undefined,
  before: ProvidedRRset | undefined,
  after: ProvidedRRset | undefined,
): readonly Rdata[] {
  const type = (before ?? after)?.type ?? 0;
  const keysOf = (rrset: ProvidedRRset | undefined): Set<string> =>
    new Set((rrset?.rdatas ?? []).map((rdata) => rdataKey(type, rdata)));
  const gone = keysOf(before);
  const come = keysOf(after);
  const kept = (found?.rdatas ?? []).filter((rdata) => !gone.has(rdataKey(type, rdata)) && !come.has(rdataKey(type, rdata)));
  return [...kept, ...(after?.rdatas ?? [])].toSorted((one, other) => Buffer.compare(one, other));
}

function observed(rrset: ProvidedRRset): ObservedRRset {
  return { ...rrset, rdatas: rrset.rdatas.toSorted((one, other) => Buffer.compare(one, other)), vendor: undefined };
}

function recordOf(line: string): {
  readonly owner: OwnerName;
  readonly type: number;
  readonly ttl: number;
  readonly rdata: Rdata;
} {
  const record = scanRecord(line);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  return record;
}

function linesOf({ owner, type, ttl, rdatas }: ObservedRRset): string[] {
  return rdatas.map(
    (rdata) => `${owner} ${ttl} ${printRRType(type)} ${type === TYPE.TXT ? textOfTxt(rdata) : printRdata(type, rdata)}`,
  );
}
