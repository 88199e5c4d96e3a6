/**
 * Markers of the systems whose names can be taken over: where they stand, and which RRsets of the name they cover.
 *
 * | format | marker | covers |
 * |---|---|---|
 * | external-dns | TXT at a name of its own for each type, of the same set identifier | that type; `cname-` an alias of type A too |
 * | external-dns before 0.12 | the same without type | every type but AAAA |
 * | Mate | TXT at the name itself: `mate:GROUP`, or `heritage=mate` and `mate/record-group-id=GROUP` | A |
 * | ARES | TXT `ares` at `_owner.` and the name | A, AAAA, CNAME |
 */
import type { ObservedRRset } from '../contracts/provider.ts';
import type { OwnerName } from '../name/owner-name.ts';
import type { Rdata } from '../rr/rrset.ts';
import { type RRType, TYPE } from '../rr/rr-type.ts';
import type { AdoptRule } from './adopt-rule.ts';
import { EXTERNAL_DNS_TYPES, externalDnsPlace, nameOfExternalDnsPlace } from './external-dns-place.ts';
import { externalDnsOwner } from './external-dns-text.ts';
import { textOfTxt, unquoted } from './txt-text.ts';

/** A marker of another system that covers some of a name's RRsets. */
export interface ForeignMarker {
  /** The RRset that holds it, and the records of it that are the marker: the others are somebody else's. */
  readonly rrset: ObservedRRset;
  readonly rdatas: readonly Rdata[];
  /** Which of the name's RRsets it covers. */
  covers(rrset: ObservedRRset): boolean;
}

/** A rule for a system that has markers of its own format. */
export type ForeignRule = Extract<AdoptRule, { readonly format: 'external-dns' | 'mate' | 'ares' }>;

/** What stands at owner names. */
export interface HeldAt {
  at(owner: OwnerName): readonly ObservedRRset[];
}

/** Undefined: the record without type. */
const MARKED_TYPES: readonly (RRType | undefined)[] = [undefined, ...EXTERNAL_DNS_TYPES];
const NO_MARKERS: readonly ForeignMarker[] = [];
const NO_RRSETS: readonly ObservedRRset[] = [];

/** The markers by which a rule's system holds a name. */
export function foreignMarkers(name: OwnerName, held: HeldAt, rule: ForeignRule): ForeignMarker[] {
  switch (rule.format) {
    case 'external-dns':
      return MARKED_TYPES.flatMap((type) => externalDnsMarkers(name, type, held, rule));
    case 'mate':
      return txtAt(name, held).flatMap((rrset) => mateMarker(rrset, rule.group) ?? []);
    case 'ares':
      return txtAt(`_owner.${name}` as OwnerName, held).flatMap((rrset) => aresMarker(rrset) ?? []);
    default:
      return rule satisfies never;
  }
}

const NO_AFFIXES = { txtPrefix: '', txtSuffix: '', wildcardReplacement: '' };

/**
 * Whether some external-dns, Mate or ARES has marked an RRset, whatever its owner id or group. External-dns is looked for without affixes and with those of the
 * rules: its records have no place of their own.
 */
export function isMarkedByAnybody(name: OwnerName, rrset: ObservedRRset, held: HeldAt, rules: readonly AdoptRule[]): boolean {
  const ofExternalDns = [NO_AFFIXES, ...rules.filter((rule) => rule.format === 'external-dns')].some((affixes) =>
    [undefined, TYPE.CNAME, rrset.type].some((type) => {
      const place = externalDnsPlace(name, type, affixes);
      const key = 'encryptionKey' in affixes ? affixes.encryptionKey : undefined;
      return (
        coversType(type, rrset) &&
        place !== undefined &&
        textsAt(place, held).some((text) => externalDnsOwner(text, key) !== undefined)
      );
    }),
  );
  return (
    ofExternalDns ||
    (rrset.type === TYPE.A && textsAt(name, held).some((text) => text.startsWith('mate:') || text === 'heritage=mate')) ||
    (ARES_TYPES.has(rrset.type) && textsAt(`_owner.${name}` as OwnerName, held).includes('ares'))
  );
}

function textsAt(owner: OwnerName, held: HeldAt): string[] {
  return txtAt(owner, held).flatMap(({ rdatas }) => rdatas.map((rdata) => unquoted(textOfTxt(rdata))));
}

/** The names that a TXT RRset may mark by a rule's system, by its owner name alone. */
export function namesMarkedFrom(place: OwnerName, rule: ForeignRule): OwnerName[] {
  switch (rule.format) {
    case 'external-dns':
      return MARKED_TYPES.flatMap((type) => nameOfExternalDnsPlace(place, type, rule) ?? []);
    case 'mate':
      return [place];
    case 'ares':
      return place.startsWith('_owner.') ? [place.slice('_owner.'.length) as OwnerName] : [];
    default:
      return rule satisfies never;
  }
}

function externalDnsMarkers(
  name: OwnerName,
  type: RRType | undefined,
  held: HeldAt,
  rule: Extract<AdoptRule, { readonly format: 'external-dns' }>,
): readonly ForeignMarker[] {
  const place = externalDnsPlace(name, type, rule);
  const found = place === undefined ? NO_RRSETS : txtAt(place, held);
  if (found.length === 0) return NO_MARKERS;
  return found.flatMap((rrset) => {
    const rdatas = rrset.rdatas.filter((rdata) => externalDnsOwner(textOfTxt(rdata), rule.encryptionKey) === rule.owner);
    if (rdatas.length === 0) return [];
    const covers = (one: ObservedRRset): boolean =>
      one.setIdentifier === rrset.setIdentifier && one !== rrset && coversType(type, one);
    return [{ rrset, rdatas, covers }];
  });
}

function coversType(type: RRType | undefined, rrset: ObservedRRset): boolean {
  if (type === undefined) return rrset.type !== TYPE.AAAA && EXTERNAL_DNS_TYPES.includes(rrset.type);
  return rrset.type === type || (type === TYPE.CNAME && rrset.type === TYPE.A && rrset.alias !== undefined);
}

function mateMarker(rrset: ObservedRRset, group: string): ForeignMarker | undefined {
  const texts = rrset.rdatas.map((rdata) => unquoted(textOfTxt(rdata)));
  const heritage = texts.indexOf('heritage=mate');
  const ofGroup = texts.indexOf(`mate/record-group-id=${group}`);
  const values = new Set([texts.indexOf(`mate:${group}`), ...(heritage >= 0 && ofGroup >= 0 ? [heritage, ofGroup] : [])]);
  const rdatas = rrset.rdatas.filter((_, index) => values.has(index));
  if (rdatas.length === 0) return undefined;
  return { rrset, rdatas, covers: (one) => one.type === TYPE.A && one.setIdentifier === rrset.setIdentifier };
}

const ARES_TYPES: ReadonlySet<RRType> = new Set([TYPE.A, TYPE.AAAA, TYPE.CNAME]);

function aresMarker(rrset: ObservedRRset): ForeignMarker | undefined {
  const rdatas = rrset.rdatas.filter((rdata) => unquoted(textOfTxt(rdata)) === 'ares');
  if (rdatas.length === 0) return undefined;
  return { rrset, rdatas, covers: (one) => ARES_TYPES.has(one.type) && one.setIdentifier === undefined };
}

function txtAt(owner: OwnerName, held: HeldAt): readonly ObservedRRset[] {
  const rrsets = held.at(owner);
  return rrsets.length === 0 ? NO_RRSETS : rrsets.filter(({ type }) => type === TYPE.TXT);
}
