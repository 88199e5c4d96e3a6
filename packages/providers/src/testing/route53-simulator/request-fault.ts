import { policiesOf, type RecordChange } from './record-set.ts';

/** What is wrong with the form of a change, whatever the zone holds: `InvalidInput`. Texts as users report them. */
export function requestFault({ Action, ResourceRecordSet: set }: RecordChange): string | undefined {
  const { Name, Type, SetIdentifier, TTL, ResourceRecords, AliasTarget, TrafficPolicyInstanceId } = set;
  const where = `in Change with [Action=${Action}, Name=${Name}, Type=${Type}, SetIdentifier=${SetIdentifier ?? 'null'}]`;
  const forms = [
    AliasTarget !== undefined,
    TTL !== undefined && ResourceRecords !== undefined,
    TrafficPolicyInstanceId !== undefined,
  ];
  const given = forms.filter(Boolean).length;
  if (given !== 1 || (AliasTarget !== undefined && (TTL !== undefined || ResourceRecords !== undefined))) {
    const found = given === 0 ? 'found none' : 'found more than one';
    return `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but ${found} ${where}`;
  }
  const policies = policiesOf(set);
  if (SetIdentifier === undefined && policies.length > 0) return `Invalid request: Missing field 'SetIdentifier' ${where}`;
  if (SetIdentifier !== undefined && policies.length !== 1) {
    const found = policies.length === 0 ? 'found none' : 'found more than one';
    return `Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but ${found} ${where}`;
  }
  const values = ResourceRecords?.map(({ Value }) => Value) ?? [];
  if (new Set(values).size < values.length) return `Invalid request: Duplicate Resource Record ${where}`;
  return undefined;
}
