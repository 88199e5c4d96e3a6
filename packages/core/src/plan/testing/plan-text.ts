/**
 * Zones, wishes and writes as text.
 *
 *     www.example. 300 A 192.0.2.1 ; blue aws/weight=10            an RR, with set identifier and properties
 *     www.example. 0 A ALIAS lb.example.net. zone=Z1               the vendor's own kind
 *     _owner.www.example. @prod A.AAAA/ingress                     a marker; `@prod/c2`: of cluster c2; `name=…` and `mac=…` may follow
 *     www.example. 300 A 192.0.2.1 < ingress/shop/web              wanted by an object; `svc:` before it: of cluster svc
 *     www.example. WAITING < ingress/shop/web                      asked for, without address
 */
import type { Origin } from '../../catalog/name-change.ts';
import { originOf } from '../../catalog/testing/catalog-case.ts';
import type { NameWrite, ObservedRRset, ProvidedRRset, ProviderZone } from '../../contracts/provider.ts';
import { isFailure } from '../../failure.ts';
import { nameOf, type OwnerName } from '../../name/owner-name.ts';
import { scanMarker } from '../../ownership/marker.ts';
import { composeTxt, textOfTxt } from '../../ownership/txt-text.ts';
import { canonicalRdata } from '../../rr/rdata-wire.ts';
import { scanRecord } from '../../rr/record-text.ts';
import type { Rdata } from '../../rr/rrset.ts';
import { scanRRType, TYPE } from '../../rr/rr-type.ts';
import type { DesiredName, WantedRRset } from '../desired-name.ts';
import { ObservedZone } from '../observed-zone.ts';
import { printProvided } from '../print-rrset.ts';
import { unitKey } from '../rrset-unit.ts';

/** The cluster that a marker is of where it says none. */
export const HOME = 'c1';

/** RRsets of lines, in canonical form and order. */
export function providedOf(...lines: readonly string[]): ProvidedRRset[] {
  const found = new Map<string, ProvidedRRset>();
  for (const line of lines) {
    const rrset = scanLine(line);
    const key = `${rrset.owner} ${unitKey(rrset)}`;
    const known = found.get(key);
    const others = (known?.rdatas ?? []).filter((rdata) => !rrset.rdatas.some((one) => Buffer.compare(one, rdata) === 0));
    const rdatas = [...others, ...rrset.rdatas].toSorted((one, other) => Buffer.compare(one, other));
    found.set(key, { ...rrset, ...known, rdatas });
  }
  return [...found.values()];
}

/** What a provider shows of lines. */
export function observedOf(...lines: readonly string[]): ObservedRRset[] {
  return providedOf(...lines).map((rrset) => ({ ...rrset, vendor: { was: printProvided(rrset) } }));
}

/** A zone `example.` that holds lines. */
export function zoneOf(...lines: readonly string[]): ObservedZone {
  return new ObservedZone(EXAMPLE, observedOf(...lines));
}

const EXAMPLE: ProviderZone = { apex: nameOf('example'), id: 'Z1' };

/** What lines want, by name. A trailing `!` of an object: what it wants is retained. */
export function desiredOf(...lines: readonly string[]): Map<OwnerName, DesiredName> {
  const found = new Map<OwnerName, DesiredName>();
  const byUnit = Map.groupBy(lines, (line) => {
    const [data = ''] = line.split(' < ');
    const [owner = '', second] = data.split(' ');
    return second === 'WAITING' ? data : `${nameOf(owner)} ${unitKey(scanLine(data))}`;
  });
  for (const group of byUnit.values()) {
    const data = group.map((line) => line.split(' < ')[0] ?? '');
    const objects = [...new Set(group.map((line) => line.split(' < ')[1] ?? ''))];
    const origins: Origin[] = objects.map((text) => originOf(text.replace('!', '')));
    const owner = nameOf(data[0]?.split(' ')[0] ?? '');
    const name = found.get(owner) ?? { owner, rrsets: [] };
    if (data[0]?.endsWith('WAITING') === true) found.set(owner, { ...name, waiting: { origins, since: 0 } });
    else {
      const wanted: WantedRRset[] = providedOf(...data).map((rrset) => ({
        rrset,
        origins,
        retain: objects.some((one) => one.endsWith('!')),
      }));
      found.set(owner, { ...name, rrsets: [...name.rrsets, ...wanted] });
    }
  }
  return found;
}

/** What writes do, record by record, sorted: `- ` what goes, `+ ` what comes. */
export function printWrites(writes: readonly NameWrite[]): string[] {
  return writes
    .flatMap(({ writes: ofName }) => ofName)
    .flatMap(({ before, after }) => {
      const [was, is] = [before, after].map((rrset) => (rrset === undefined ? [] : recordsOf(rrset)));
      return [
        ...(was ?? []).filter((one) => is?.includes(one) !== true).map((one) => `- ${one}`),
        ...(is ?? []).filter((one) => was?.includes(one) !== true).map((one) => `+ ${one}`),
      ];
    })
    .toSorted();
}

/** The records of RRsets, each on its line. */
export function recordsOf(rrset: ProvidedRRset): string[] {
  if (rrset.alias !== undefined) return [printProvided(rrset)];
  return rrset.rdatas.map(
    (rdata) =>
      (rrset.type === TYPE.TXT ? printMarkerLine(rrset, rdata) : undefined) ?? printProvided({ ...rrset, rdatas: [rdata] }),
  );
}

/**
 * Applies a write as a provider does that compares before it swaps.
 *
 * @throws where a write does not say what is there
 */
export function applyTo(zone: ObservedZone, { writes }: NameWrite): void {
  for (const { before, after } of writes) {
    const owner = (before ?? after)?.owner ?? zone.zone.apex;
    const key = unitKey(before ?? after ?? { type: 0 });
    const held = zone.at(owner);
    const found = held.find((rrset) => unitKey(rrset) === key);
    if (found !== before)
      throw new Error(`${owner} ${key} holds ${found && printProvided(found)}, not ${before && printProvided(before)}`);
    if (before !== undefined && after !== undefined && (before.owner !== after.owner || unitKey(before) !== unitKey(after))) {
      throw new Error(`${owner} ${key} is replaced by something else`);
    }
    const rest = held.filter((rrset) => rrset !== found);
    zone.replace([owner], after === undefined ? rest : [...rest, { ...after, vendor: { was: printProvided(after) } }]);
  }
}

const MARKER_LINE = /^(\S+) @([^/ ]+)(?:\/(\S+))? (\S+)(?: (name=\S+))?(?: (mac=\S+))?$/;
const ALIAS_LINE = /^(\S+) (\d+) (A|AAAA) ALIAS (\S+)(?: zone=(\S+))?$/;

function scanLine(line: string): ProvidedRRset {
  const marker = MARKER_LINE.exec(line);
  if (marker !== null) {
    const [, owner = '', id = '', cluster = HOME, own = '', ...more] = marker;
    const text = [
      `heritage=kubezone,v=1,owner=${id},cluster=${cluster},own=${own}`,
      ...more.filter((field) => field !== undefined),
    ].join(',');
    return { owner: nameOf(owner), type: TYPE.TXT, ttl: 300, rdatas: [composeTxt(text)] };
  }
  const [data = '', qualifiers = ''] = line.split(' ; ');
  const words = qualifiers.split(' ').filter((word) => word !== '');
  const setIdentifier = words.find((word) => !word.includes('='));
  const properties = Object.fromEntries(
    words.filter((word) => word.includes('=')).map((word) => word.split('=') as [string, string]),
  );
  const extra = {
    ...(setIdentifier !== undefined && { setIdentifier }),
    ...(Object.keys(properties).length > 0 && { properties }),
  };
  const alias = ALIAS_LINE.exec(data);
  if (alias !== null) {
    const [, owner = '', ttl, type = '', name = '', zoneId] = alias;
    return {
      owner: nameOf(owner),
      type: scanRRType(type) ?? 0,
      ttl: Number(ttl),
      rdatas: [],
      alias: { name: nameOf(name), ...(zoneId !== undefined && { zoneId }) },
      ...extra,
    };
  }
  const record = scanRecord(data);
  if (isFailure(record)) throw new RangeError(`${line}: ${record.message}`);
  const { owner, type, ttl, rdata } = record;
  return { owner, type, ttl, rdatas: [canonicalRdata(type, rdata)], ...extra };
}

function printMarkerLine({ owner }: ProvidedRRset, rdata: Rdata): string | undefined {
  const text = textOfTxt(rdata);
  const marker = scanMarker(text);
  if (marker === undefined || isFailure(marker)) return undefined;
  const { own } = Object.fromEntries(text.split(',').map((field) => field.split(/=(.*)/s).slice(0, 2) as [string, string])) as {
    own: string;
  };
  const cluster = marker.cluster === HOME ? '' : `/${marker.cluster}`;
  const name = marker.name === undefined ? '' : ` name=${marker.name}`;
  return `${owner} @${marker.owner}${cluster} ${own}${name}${marker.mac === undefined ? '' : ` mac=${marker.mac.slice(0, 8)}`}`;
}
