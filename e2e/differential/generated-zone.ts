/**
 * Zones made of few labels, so that names meet: wildcards beside what they would match, data below cuts and DNAMEs, chains into all of them.
 *
 * A zone is a list of records relative to an apex that is chosen later. So a smaller variant of it can be served
 * under another apex in the same run of a peer, which is how failures are made small.
 */

/** One line of a zone file. */
export interface GeneratedRecord {
  /** Relative to the apex, which is `@`. */
  readonly owner: string;
  readonly ttl: number;
  readonly type: string;
  /** Names without a final dot are relative to the apex. */
  readonly rdata: string;
}

/** A zone without its apex. Its SOA and NS come first. */
export interface GeneratedZone {
  readonly records: readonly GeneratedRecord[];
}

/** The zone as a zone file. */
export function printGeneratedZone(apex: string, zone: GeneratedZone): string {
  const lines = zone.records.map(({ owner, ttl, type, rdata }) => `${owner}\t${ttl}\tIN\t${type}\t${rdata}`);
  return `$ORIGIN ${apex}\n${lines.join('\n')}\n`;
}

/** A relative name as an absolute one. */
export function absoluteName(relative: string, apex: string): string {
  if (relative === '@') return apex;
  return relative.endsWith('.') && !relative.endsWith('\\.') ? relative : `${relative}.${apex}`;
}

/** How many octets a name takes in wire format. */
export function wireOctets(absolute: string): number {
  return absolute === '.' ? 1 : absolute.replaceAll(/\\\d{3}|\\./g, 'x').length + 1;
}

/** The labels of a relative or absolute name. */
export function splitLabels(name: string): string[] {
  if (name === '@' || name === '.') return [];
  return (name.match(/(?:\\\d{3}|\\.|[^.\\])+/g) ?? []).map(String);
}

/** Whether one relative name stands below another; everything is below `@`. */
export function isBelowRelative(name: string, ancestor: string): boolean {
  if (name === '@') return false;
  if (ancestor === '@') return true;
  const labels = splitLabels(fold(name));
  const upper = splitLabels(fold(ancestor));
  return (
    labels.length > upper.length && labels.slice(labels.length - upper.length).every((label, index) => label === upper[index])
  );
}

/** One spelling for all spellings of a name: case folded, `\*` and the like without their needless escape. */
export function fold(name: string): string {
  return name.toLowerCase().replaceAll(/\\([^\d.\\])/g, '$1');
}

/**
 * Leaves out what no server would load beside what stands before it: data beside a CNAME, a second CNAME or DNAME, an NS beside a DNAME below the
 * apex, other TTLs within one RRset; and what RFC 4592, section 4, leaves undefined: NS and DNAME at a wildcard.
 *
 * @param belowDname whether names below a DNAME stay. RFC 6672, section 2.4, forbids them, and NSD refuses such a zone; servers that take
 *   updates may hold them, occluded
 */
export function admitRecords(records: readonly GeneratedRecord[], belowDname: 'leave-out' | 'keep'): GeneratedRecord[] {
  const types = new Map<string, Map<string, number>>();
  const seen = new Set<string>();
  const admitted: GeneratedRecord[] = [];
  for (const record of records) {
    const key = fold(record.owner);
    const here = types.get(key) ?? new Map<string, number>();
    const line = `${key} ${record.type} ${fold(record.rdata)}`;
    if (seen.has(line) || conflicts(record, key, here)) continue;
    seen.add(line);
    const ttl = here.get(record.type) ?? record.ttl;
    here.set(record.type, ttl);
    types.set(key, here);
    admitted.push({ ...record, ttl });
  }
  if (belowDname === 'keep') return admitted;
  const dnames = admitted.filter(({ type }) => type === 'DNAME').map(({ owner }) => owner);
  return admitted.filter(({ owner }) => !dnames.some((dname) => isBelowRelative(owner, dname)));
}

function conflicts(record: GeneratedRecord, key: string, here: ReadonlyMap<string, number>): boolean {
  if (here.has('CNAME')) return true;
  switch (record.type) {
    case 'CNAME':
      return here.size > 0 || key === '@';
    case 'DNAME':
      return here.has('DNAME') || (here.has('NS') && key !== '@') || key.startsWith('*.') || key === '*';
    case 'NS':
      return (here.has('DNAME') && key !== '@') || key.startsWith('*.') || key === '*';
    case 'SOA':
      return here.has('SOA') || key !== '@';
    default:
      return false;
  }
}
