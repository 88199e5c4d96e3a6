import { rdataKey } from '../rr/make-rrset.ts';
import type { ProvidedRRset } from './provider.ts';

/** What an RRset is found by at a provider: owner name, type and set identifier. Set identifiers are the vendors' own text, and tell cases apart. */
export function providedKey({ owner, type, setIdentifier }: Pick<ProvidedRRset, 'owner' | 'type' | 'setIdentifier'>): string {
  return setIdentifier === undefined ? `${owner} ${type}` : `${owner} ${type} ${setIdentifier}`;
}

/** Whether two RRsets hold the same: TTL, rdatas in any order, alias target, properties. */
export function sameProvided(a: ProvidedRRset, b: ProvidedRRset): boolean {
  return (
    a.owner === b.owner &&
    a.type === b.type &&
    a.setIdentifier === b.setIdentifier &&
    a.ttl === b.ttl &&
    a.alias?.name === b.alias?.name &&
    a.alias?.zoneId === b.alias?.zoneId &&
    sameProperties(a.properties, b.properties) &&
    sameRdatas(a, b)
  );
}

function sameRdatas(a: ProvidedRRset, b: ProvidedRRset): boolean {
  if (a.rdatas === b.rdatas) return true;
  if (a.rdatas.length !== b.rdatas.length) return false;
  const [first, second] = [a.rdatas[0], b.rdatas[0]];
  if (first === undefined || second === undefined) return true;
  if (a.rdatas.length === 1) return rdataKey(a.type, first) === rdataKey(b.type, second);
  const keys = new Set(a.rdatas.map((rdata) => rdataKey(a.type, rdata)));
  return b.rdatas.every((rdata) => keys.has(rdataKey(b.type, rdata)));
}

function sameProperties(a: ProvidedRRset['properties'] = {}, b: ProvidedRRset['properties'] = {}): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
