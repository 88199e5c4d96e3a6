import { aliasFault } from './alias-fault.ts';
import { rdataFault } from './rdata-fault.ts';
import { labelsFrom, orderOf, shownName } from './record-text.ts';
import { describeSet, isSameSet, policiesOf, type RecordChange, type RecordSet } from './record-set.ts';

/** Where a listing begins. */
export interface ListStart {
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly identifier?: string | undefined;
}

/** A change batch that the zone refuses, with one text for each change that is wrong. */
export class RefusedBatch extends Error {
  override readonly name = 'RefusedBatch';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(`[${messages.join(', ')}]`);
    this.messages = messages;
  }
}

type Sets = Map<string, RecordSet>;

/** The limits of a request (Developer Guide, "Quotas"). */
const MAX_RECORDS = 1000;
const MAX_CHARACTERS = 32_000;

/** A hosted zone: takes batches whole or not at all, as Route 53 does. */
export class HostedZone {
  readonly id: string;
  /** `example.com.` */
  readonly name: string;
  readonly isPrivate: boolean;
  /** The service that manages it, where one does. */
  readonly linkedService: string | undefined;
  #sets: Sets = new Map();
  /** `#sets` in order, until something changes. */
  #sorted: readonly RecordSet[] | undefined;

  constructor(id: string, name: string, isPrivate: boolean, linkedService?: string) {
    this.id = id;
    this.name = name;
    this.isPrivate = isPrivate;
    this.linkedService = linkedService;
    this.clear();
  }

  /** Leaves what every zone has. */
  clear(): void {
    this.#sets = new Map();
    const soa = 'ns-2048.awsdns-64.net. hostmaster.awsdns.com. 1 7200 900 1209600 86400';
    this.put({ Name: this.name, Type: 'SOA', TTL: 900, ResourceRecords: [{ Value: soa }] });
    this.put({
      Name: this.name,
      Type: 'NS',
      TTL: 172_800,
      ResourceRecords: [{ Value: 'ns-2048.awsdns-64.net.' }, { Value: 'ns-2049.awsdns-65.org.' }],
    });
  }

  /** Puts an RRset there, whatever the rules say. */
  put(set: RecordSet): void {
    const returned = this.#shown(set);
    this.#sets.set(keyOf(returned), returned);
    this.#sorted = undefined;
  }

  /** All RRsets, in the order of listings. */
  sets(): readonly RecordSet[] {
    this.#sorted ??= [...this.#sets.values()]
      .map((set) => ({ set, key: orderKey(set) }))
      .sort((one, other) => compareKeys(one.key, other.key))
      .map(({ set }) => set);
    return this.#sorted;
  }

  /** One page of a listing, and where the next begins. */
  list(
    { name, type, identifier }: ListStart,
    max: number,
  ): { readonly page: readonly RecordSet[]; readonly next: RecordSet | undefined } {
    const labels = name === undefined ? [] : labelsFrom(name);
    const from = [orderOf(typeof labels === 'string' ? [] : labels), type ?? '', identifier ?? ''];
    const sets = this.sets().filter((set) => name === undefined || compareKeys(orderKey(set), from) >= 0);
    return { page: sets.slice(0, max), next: sets[max] };
  }

  /** Makes all changes, or none. @throws RefusedBatch */
  apply(changes: readonly RecordChange[]): void {
    const counted = changes.flatMap((change) => (change.Action === 'UPSERT' ? [change, change] : [change]));
    const values = counted.map(({ ResourceRecordSet: { ResourceRecords = [] } }) => ResourceRecords.map(({ Value }) => Value));
    if (values.reduce((sum, some) => sum + Math.max(1, some.length), 0) > MAX_RECORDS)
      throw new RefusedBatch([`Number of records limit of ${MAX_RECORDS} exceeded.`]);
    if (values.flat().reduce((sum, value) => sum + value.length, 0) > MAX_CHARACTERS)
      throw new RefusedBatch([`Number of characters limit of ${MAX_CHARACTERS} exceeded.`]);

    const sets: Sets = new Map(this.#sets);
    const messages: string[] = [];
    for (const change of changes) {
      const fault = this.#change(sets, change);
      if (fault !== undefined) messages.push(fault);
    }
    if (messages.length === 0) messages.push(...this.#faultsOfWhole(sets, changes));
    if (messages.length > 0) throw new RefusedBatch(messages);
    this.#sets = sets;
    this.#sorted = undefined;
  }

  #change(sets: Sets, { Action, ResourceRecordSet }: RecordChange): string | undefined {
    const labels = labelsFrom(ResourceRecordSet.Name);
    if (typeof labels === 'string')
      return `Invalid domain name: FATAL problem: ${labels} encountered with '${ResourceRecordSet.Name}'`;
    const set = this.#shown(ResourceRecordSet);
    if (!`.${set.Name}`.endsWith(`.${this.name}`)) return `RRSet with DNS name ${set.Name} is not permitted in zone ${this.name}`;
    const key = keyOf(set);
    const found = sets.get(key);
    if (Action === 'DELETE') {
      if (found === undefined) return `Tried to delete resource record set ${describeSet(set)} but it was not found`;
      if (!isSameSet(found, set))
        return `Tried to delete resource record set ${describeSet(set)} but the values provided do not match the current values`;
      sets.delete(key);
      return undefined;
    }
    if (Action === 'CREATE' && found !== undefined)
      return `Tried to create resource record set ${describeSet(set)} but it already exists`;
    const fault = this.#faultBeside(sets, set) ?? this.#faultInside(set);
    if (fault !== undefined) return fault;
    sets.set(key, set);
    return undefined;
  }

  /** What the rest of the zone forbids. */
  #faultBeside(sets: Sets, set: RecordSet): string | undefined {
    const { Name, Type, SetIdentifier } = set;
    if (Type === 'CNAME' && Name === this.name)
      return `RRSet of type CNAME with DNS name ${Name} is not permitted at apex in zone ${this.name}`;
    const beside = [...sets.values()].filter((other) => other.Name === Name && keyOf(other) !== keyOf(set));
    if (Type === 'CNAME' && beside.some((other) => other.Type !== 'CNAME'))
      return `RRSet of type CNAME with DNS name ${Name} is not permitted as it conflicts with other records with the same DNS name in zone ${this.name}`;
    if (Type !== 'CNAME' && beside.some((other) => other.Type === 'CNAME'))
      return `RRSet of type ${Type} with DNS name ${Name} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone ${this.name}`;
    const group = beside.filter((other) => other.Type === Type);
    const start = `RRSet with DNS name ${Name}, type ${Type}, SetIdentifier ${SetIdentifier ?? 'null'} cannot be created`;
    if (group.some((other) => (other.SetIdentifier === undefined) !== (SetIdentifier === undefined)))
      return `${start} as other RRSets exist with the same name and type`;
    const [policy] = policiesOf(set);
    if (group.some((other) => policiesOf(other)[0] !== policy))
      return `${start} as RRSets with another routing policy exist with the same name and type`;
    if (policy === 'Weight' && set.TTL !== undefined && group.some((other) => other.TTL !== undefined && other.TTL !== set.TTL))
      return `${start} as weighted sets must contain the same TTL`;
    return undefined;
  }

  #faultInside(set: RecordSet): string | undefined {
    const { Type, ResourceRecords = [], AliasTarget } = set;
    if (Type === 'CNAME' && ResourceRecords.length > 1)
      return `Invalid Resource Record: CNAME resource record sets must contain exactly one resource record`;
    for (const { Value } of ResourceRecords) {
      const fault = rdataFault(Type, Value);
      if (fault !== undefined) return fault;
    }
    return AliasTarget === undefined ? undefined : aliasFault(this, set, AliasTarget);
  }

  #faultsOfWhole(sets: Sets, changes: readonly RecordChange[]): readonly string[] {
    const faults: string[] = [];
    if (!sets.has(keyOf({ Name: this.name, Type: 'SOA' }))) faults.push('A HostedZone must contain exactly one SOA record.');
    if (!sets.has(keyOf({ Name: this.name, Type: 'NS' })))
      faults.push('A HostedZone must contain at least one NS record for the zone itself.');
    for (const { Action, ResourceRecordSet } of changes) {
      const { AliasTarget, Type } = ResourceRecordSet;
      if (Action === 'DELETE' || AliasTarget?.HostedZoneId !== this.id) continue;
      const { DNSName } = this.#shown(ResourceRecordSet).AliasTarget ?? AliasTarget;
      if (![...sets.values()].some((other) => other.Name === DNSName && other.Type === Type))
        faults.push(
          `Tried to create an alias that targets ${DNSName}, type ${Type} in zone ${this.id}, but that target was not found`,
        );
    }
    return faults;
  }

  /** As it is returned: names in lower case, with escapes and a final dot. */
  #shown(set: RecordSet): RecordSet {
    const { AliasTarget } = set;
    return {
      ...set,
      Name: shown(set.Name),
      ...(AliasTarget === undefined ? {} : { AliasTarget: { ...AliasTarget, DNSName: shown(AliasTarget.DNSName) } }),
    };
  }
}

function shown(name: string): string {
  const labels = labelsFrom(name);
  return typeof labels === 'string' ? name : shownName(labels);
}

function keyOf({ Name, Type, SetIdentifier }: Pick<RecordSet, 'Name' | 'Type' | 'SetIdentifier'>): string {
  return SetIdentifier === undefined ? `${Name} ${Type}` : `${Name} ${Type} ${SetIdentifier}`;
}

function orderKey({ Name, Type, SetIdentifier = '' }: RecordSet): readonly string[] {
  const labels = labelsFrom(Name);
  return [orderOf(typeof labels === 'string' ? [] : labels), Type, SetIdentifier];
}

function compareKeys(one: readonly string[], other: readonly string[]): number {
  for (const [index, part] of one.entries()) {
    const against = other[index] ?? '';
    if (part !== against) return part < against ? -1 : 1;
  }
  return 0;
}
