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
const MATE_GROUP = 'mate/record-group-id=';
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

/** Who has marked something, by whatever system. */
interface Mark {
  readonly format: ForeignRule['format'];
  /** The owner id or group; empty where the system has none. */
  readonly who: string;
}

/**
 * Whether some external-dns, Mate or ARES has marked an RRset, whatever its owner id or group. External-dns is looked for without affixes and with those of the
 * rules: its records have no place of their own.
 */
export function isMarkedByAnybody(name: OwnerName, rrset: ObservedRRset, held: HeldAt, rules: readonly AdoptRule[]): boolean {
  return !marksOf(name, rrset, held, rules).next().done;
}

/** Whether somebody has marked an RRset whose names no rule takes over: he may write it still. Looked for as above. */
export function isMarkedByOthers(name: OwnerName, rrset: ObservedRRset, held: HeldAt, rules: readonly AdoptRule[]): boolean {
  return [...marksOf(name, rrset, held, rules)].some((mark) => !rules.some((rule) => isOf(rule, mark)));
}

function isOf(rule: AdoptRule, { format, who }: Mark): boolean {
  if (rule.format !== format) return false;
  if (rule.format === 'external-dns') return rule.owner === who;
  return rule.format !== 'mate' || rule.group === who;
}

function* marksOf(
  name: OwnerName,
  rrset: ObservedRRset,
  held: HeldAt,
  rules: readonly AdoptRule[],
): Generator<Mark, void, undefined> {
  for (const affixes of [NO_AFFIXES, ...rules.filter((rule) => rule.format === 'external-dns')]) {
    const key = 'encryptionKey' in affixes ? affixes.encryptionKey : undefined;
    for (const type of new Set([undefined, TYPE.CNAME, rrset.type])) {
      const place = coversType(type, rrset) ? externalDnsPlace(name, type, affixes) : undefined;
      if (place === undefined) continue;
      for (const text of textsAt(place, held, rrset.setIdentifier)) {
        const who = externalDnsOwner(text, key);
        if (who !== undefined) yield { format: 'external-dns', who };
      }
    }
  }
  if (rrset.type === TYPE.A) {
    const texts = textsAt(name, held, rrset.setIdentifier);
    for (const text of texts) if (text.startsWith('mate:')) yield { format: 'mate', who: text.slice('mate:'.length) };
    const groups = texts.filter((text) => text.startsWith(MATE_GROUP)).map((text) => text.slice(MATE_GROUP.length));
    if (texts.includes('heritage=mate')) for (const who of groups.length > 0 ? groups : ['']) yield { format: 'mate', who };
  }
  if (ARES_TYPES.has(rrset.type) && textsAt(`_owner.${name}` as OwnerName, held, undefined).includes('ares'))
    yield { format: 'ares', who: '' };
}

function textsAt(owner: OwnerName, held: HeldAt, setIdentifier: string | undefined): string[] {
  return txtAt(owner, held)
    .filter((rrset) => rrset.setIdentifier === setIdentifier)
    .flatMap(({ rdatas }) => rdatas.map((rdata) => unquoted(textOfTxt(rdata))));
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
  const ofGroup = texts.indexOf(`${MATE_GROUP}${group}`);
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
