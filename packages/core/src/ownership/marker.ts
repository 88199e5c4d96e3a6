/**
 * The text of an ownership marker: one TXT record for each writer of a name.
 *
 *     heritage=kubezone,v=1,owner=prod,cluster=1f2e3d4c,own=A.AAAA/ingress;A#blue/service+service@99aa88bb;TXT/record!,name=…,mac=…
 *                                                           ──┬─── ───┬───   ─┬──                ────┬───           ┬
 *                                                           types   source   set identifier   of another cluster   kept when its object goes
 *
 * Every value is printed in exactly one way, so that texts can be compared. Octets with a meaning here are written as percent and two hexadecimal digits.
 */
import { isFailure, ParseFailure } from '../failure.ts';
import type { SourceKind } from '../catalog/name-change.ts';
import { type OwnerName, ROOT, scanName } from '../name/owner-name.ts';
import { printRRType, type RRType, scanRRType } from '../rr/rr-type.ts';

/** A source that wants an RRset. */
export interface MarkerSource {
  readonly source: SourceKind;
  /** The id of the cluster that it reads. */
  readonly cluster: string;
}

/** An RRset that a writer owns. */
export interface OwnedRRset {
  readonly type: RRType;
  readonly setIdentifier: string | undefined;
  /** Who wants it; nobody where it was taken over from another writer and not wanted since. */
  readonly sources: readonly MarkerSource[];
  /** Whether it stays when its object goes. */
  readonly retain: boolean;
}

/** Who writes a name, and which of its RRsets. */
export interface Marker {
  readonly owner: string;
  /** The id of the cluster that the writer runs for. */
  readonly cluster: string;
  readonly own: readonly OwnedRRset[];
  /** Whose marker it is, where its place does not tell. */
  readonly name: OwnerName | undefined;
  /** See `marker-mac.ts`. */
  readonly mac: string | undefined;
}

const HERITAGE = 'heritage=kubezone';

/** Prints all of a marker but its MAC. */
export function printMarkerFields({ owner, cluster, own, name }: Omit<Marker, 'mac'>): string {
  const named = name === undefined ? '' : `,name=${encode(name)}`;
  return `${HERITAGE},v=1,owner=${encode(owner)},cluster=${encode(cluster)},own=${printOwn(own, cluster)}${named}`;
}

/** Prints a marker. */
export function printMarker(marker: Marker): string {
  return marker.mac === undefined ? printMarkerFields(marker) : `${printMarkerFields(marker)},mac=${marker.mac}`;
}

/** Prints what a marker owns, as its field `own`: sorted by set identifier and type, types of the same set identifier and sources together. */
export function printOwn(own: readonly OwnedRRset[], cluster: string): string {
  const groups = new Map<string, string>();
  for (const { type, setIdentifier, sources, retain } of own.length > 1 ? own.toSorted(compareOwned) : own) {
    const set = setIdentifier === undefined ? '' : `#${encode(setIdentifier)}`;
    const wanted = sources.length === 0 ? '' : `/${printSources(sources, cluster)}`;
    const rest = `${set}${wanted}${retain ? '!' : ''}`;
    const types = groups.get(rest);
    groups.set(rest, types === undefined ? printRRType(type) : `${types}.${printRRType(type)}`);
  }
  return Array.from(groups, ([rest, types]) => types + rest).join(';');
}

/**
 * Scans a marker. Undefined where the text is no marker of this software at all; a failure where it is one that cannot be understood, such as one of a later
 * version: what it owns is unknown, and it is somebody's.
 */
export function scanMarker(text: string): Marker | ParseFailure | undefined {
  if (!text.startsWith(HERITAGE) || (text.length > HERITAGE.length && text[HERITAGE.length] !== ',')) return undefined;
  const fields = new Map<string, string>();
  for (const field of text.split(',')) {
    const at = field.indexOf('=');
    if (at < 0 || fields.has(field.slice(0, at))) return fault(`"${field}" is no field, or stands there twice`);
    fields.set(field.slice(0, at), field.slice(at + 1));
  }
  if (fields.get('v') !== '1') return fault(`version ${fields.get('v') ?? 'none'} found, 1 expected`);
  const owner = decode(fields.get('owner') ?? '');
  const cluster = decode(fields.get('cluster') ?? '');
  if (!owner || !cluster) return fault('owner or cluster is missing');
  const own = scanOwn(fields.get('own') ?? '', cluster);
  if (isFailure(own)) return own;
  const name = scanMarkerName(fields.get('name'));
  if (isFailure(name)) return name;
  return { owner, cluster, own, name, mac: fields.get('mac') };
}

function printSources(sources: readonly MarkerSource[], home: string): string {
  const [only] = sources;
  if (sources.length === 1 && only !== undefined) return printSource(only, home);
  return [...new Set(sources.map((source) => printSource(source, home)))].toSorted().join('+');
}

function printSource({ source, cluster }: MarkerSource, home: string): string {
  return cluster === home ? encode(source) : `${encode(source)}@${encode(cluster)}`;
}

const GROUP = /^([A-Z0-9.]+)(?:#([^/!]+))?(?:\/([^!]+))?(!)?$/;

function scanOwn(text: string, home: string): OwnedRRset[] | ParseFailure {
  const own: OwnedRRset[] = [];
  for (const group of text.split(';')) {
    const [, types = '', set, wanted, retain] = GROUP.exec(group) ?? [];
    const setIdentifier = set === undefined ? undefined : decode(set);
    const sources = wanted === undefined ? [] : wanted.split('+').map((source) => scanSource(source, home));
    const bad = (set !== undefined && setIdentifier === undefined) || sources.includes(undefined);
    for (const mnemonic of types.split('.')) {
      const type = scanRRType(mnemonic);
      if (bad || type === undefined) return fault(`"${group}" is no group of types`);
      own.push({ type, setIdentifier, sources: sources as MarkerSource[], retain: retain !== undefined });
    }
  }
  return own;
}

function scanSource(text: string, home: string): MarkerSource | undefined {
  const [source = '', cluster, more] = text.split('@').map(decode);
  if (!source || more !== undefined || cluster === '') return undefined;
  return { source, cluster: cluster ?? home };
}

function scanMarkerName(text: string | undefined): OwnerName | ParseFailure | undefined {
  if (text === undefined) return undefined;
  const decoded = decode(text);
  return decoded === undefined ? fault(`"${text}" is no name`) : scanName(decoded, ROOT);
}

function compareOwned(one: OwnedRRset, other: OwnedRRset): number {
  const [left, right] = [one.setIdentifier ?? '', other.setIdentifier ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return one.type - other.type;
}

/** The longest value of a marker that is shown to a person, in characters. */
const MAX_SHOWN = 64;

/** Prints an owner, a cluster or a source for a person, as the marker itself has it: whatever others write there, it does nothing to a terminal or a log. */
export function printMarkerValue(value: string): string {
  const text = encode(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

const PLAIN = /^[\w.~*:-]*$/;

function encode(value: string): string {
  if (PLAIN.test(value)) return value;
  const octets = Buffer.from(value.toWellFormed(), 'utf8');
  return Array.from(octets, (octet) => {
    const character = String.fromCharCode(octet);
    return octet < 0x80 && PLAIN.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // no hexadecimal digits, or no UTF-8
  }
}

function fault(message: string): ParseFailure {
  return new ParseFailure('BAD_FIELD', `ownership marker: ${message}`);
}
