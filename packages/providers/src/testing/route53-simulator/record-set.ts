/** An RRset as requests and responses have it: the model's ResourceRecordSet. */
export interface RecordSet {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly Weight?: number;
  readonly Region?: string;
  readonly GeoLocation?: Readonly<Record<string, string>>;
  readonly Failover?: string;
  readonly MultiValueAnswer?: boolean;
  readonly TTL?: number;
  readonly ResourceRecords?: readonly { readonly Value: string }[];
  readonly AliasTarget?: { readonly HostedZoneId: string; readonly DNSName: string; readonly EvaluateTargetHealth: boolean };
  readonly HealthCheckId?: string;
  readonly TrafficPolicyInstanceId?: string;
  readonly CidrRoutingConfig?: { readonly CollectionId: string; readonly LocationName: string };
  readonly GeoProximityLocation?: Readonly<Record<string, unknown>>;
}

/** One change of a batch. */
export interface RecordChange {
  readonly Action: 'CREATE' | 'DELETE' | 'UPSERT';
  readonly ResourceRecordSet: RecordSet;
}

const POLICIES = [
  'Weight',
  'Region',
  'Failover',
  'GeoLocation',
  'MultiValueAnswer',
  'GeoProximityLocation',
  'CidrRoutingConfig',
] as const;

/** The fields by which Route 53 chooses among RRsets of one name and type. */
export function policiesOf(set: RecordSet): readonly string[] {
  return POLICIES.filter((policy) => set[policy] !== undefined && set[policy] !== false);
}

/** Whether a DELETE names exactly what is there: values in any order, absent flags as false. */
export function isSameSet(one: RecordSet, other: RecordSet): boolean {
  return comparable(one) === comparable(other);
}

function comparable({ ResourceRecords = [], MultiValueAnswer = false, AliasTarget, ...rest }: RecordSet): string {
  return JSON.stringify([
    Object.entries(rest)
      .filter(([name, value]) => name !== 'Name' && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    ResourceRecords.map(({ Value }) => Value).sort(),
    MultiValueAnswer,
    AliasTarget && [AliasTarget.DNSName, AliasTarget.HostedZoneId, AliasTarget.EvaluateTargetHealth],
  ]);
}

/** `[name='www.example.com.', type='A', set-identifier='blue']`, as error texts have it. */
export function describeSet({ Name, Type, SetIdentifier }: RecordSet): string {
  return `[name='${Name}', type='${Type}'${SetIdentifier === undefined ? '' : `, set-identifier='${SetIdentifier}'`}]`;
}
