import {
  emptyZone,
  isFailure,
  makeRRset,
  nameOf,
  type OwnerName,
  type ResourceRecord,
  ROOT,
  scanRecord,
  TYPE,
  type Zone,
} from '@kubezone/core';

/** TTL of records that are written without one, in seconds. */
const DEFAULT_TTL = 3600;

/**
 * A zone from presentation format: one record on each line, `$ORIGIN` if names shall be relative. Nothing is judged, so that a test may hold what
 * no zone file should.
 */
export function zoneOf(text: string): Zone {
  let origin: OwnerName = ROOT;
  const records: ResourceRecord[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith(';')) continue;
    if (line.startsWith('$ORIGIN')) {
      origin = nameOf(line.slice('$ORIGIN'.length).trim());
      continue;
    }
    const record = scanRecord(line, origin, DEFAULT_TTL);
    if (isFailure(record)) throw new Error(`${line}: ${record.message}`);
    records.push(record);
  }
  const soa = records.find((record) => record.type === TYPE.SOA);
  if (soa === undefined) throw new Error('the zone has no SOA');
  const byOwner = Map.groupBy(records, (record) => record.owner);
  const edits = [...byOwner].map(([owner, own]) => ({
    owner,
    exists: true,
    rrsets: [...Map.groupBy(own, (record) => record.type)].map(([type, same]) =>
      makeRRset(
        owner,
        type,
        (same[0] as ResourceRecord).ttl,
        same.map((record) => record.rdata),
      ),
    ),
  }));
  return emptyZone(soa.owner, makeRRset(soa.owner, TYPE.SOA, soa.ttl, [soa.rdata])).patch(edits);
}
