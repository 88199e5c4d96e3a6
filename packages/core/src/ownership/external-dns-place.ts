/**
 * Where external-dns keeps its TXT records, by the affixes that it is configured with.
 *
 *     prefix + type- + first label + suffix + . + the rest        a-www.example.com    txt.cname-www.example.com    a-www-txt.example.com
 *     with %{record_type} in an affix, the type stands there      txt-a.www.example.com    www-cname.example.com
 *     written before version 0.12, without type                   txt-www.example.com
 */
import { isFailure } from '../failure.ts';
import { type OwnerName, ROOT, scanName } from '../name/owner-name.ts';
import { printRRType, type RRType, TYPE } from '../rr/rr-type.ts';

/** The affixes of one external-dns. */
export interface ExternalDnsAffixes {
  readonly txtPrefix: string;
  readonly txtSuffix: string;
  /** What stands for the asterisk label; empty: the asterisk itself. */
  readonly wildcardReplacement: string;
}

/** The types for which external-dns writes TXT records. */
export const EXTERNAL_DNS_TYPES: readonly RRType[] = [
  TYPE.A,
  TYPE.AAAA,
  TYPE.CNAME,
  TYPE.NS,
  TYPE.MX,
  TYPE.PTR,
  TYPE.SRV,
  TYPE.NAPTR,
  TYPE.TXT,
  TYPE.DNAME,
];

const TYPE_TEMPLATE = '%{record_type}';

/**
 * The name of the TXT record for a type at a name; without type, the one that old versions wrote. Undefined where it is no name: external-dns cannot have
 * written it.
 */
export function externalDnsPlace(name: OwnerName, type: RRType | undefined, affixes: ExternalDnsAffixes): OwnerName | undefined {
  const { start, suffix, isPlain, wildcard } = spellingOf(type, affixes);
  const dot = name.indexOf('.');
  const first = name.slice(0, dot);
  const place = start + (first === '*' ? wildcard : first) + suffix + name.slice(dot);
  // Nothing in it has to be escaped or folded. Should a label or the whole be too long, no zone holds such a name.
  if (isPlain) return place as OwnerName;
  const scanned = scanName(place, ROOT);
  return isFailure(scanned) ? undefined : scanned;
}

/** The name for which a TXT record stands at a place, if it is one for this type; the opposite of `externalDnsPlace`. */
export function nameOfExternalDnsPlace(
  place: OwnerName,
  type: RRType | undefined,
  affixes: ExternalDnsAffixes,
): OwnerName | undefined {
  const { start, suffix, wildcard } = spellingOf(type, affixes);
  if (!place.startsWith(start)) return undefined;
  const rest = place.slice(start.length);
  const end = suffix === '' ? rest.indexOf('.') : rest.indexOf(`${suffix}.`);
  const first = rest.slice(0, Math.max(0, end));
  if (first === '' || first.includes('.')) return undefined;
  const spelled = first === wildcard ? '*' : first;
  const name = scanName(spelled + rest.slice(end + suffix.length), ROOT);
  return isFailure(name) ? undefined : name;
}

/** What stands around the first label for one type. */
interface Spelling {
  readonly start: string;
  readonly suffix: string;
  /** What stands for the asterisk label. */
  readonly wildcard: string;
  readonly isPlain: boolean;
}

/** Made once for each type: a whole zone is looked through by them. */
const SPELLINGS = new WeakMap<ExternalDnsAffixes, Map<RRType | undefined, Spelling>>();

function spellingOf(type: RRType | undefined, affixes: ExternalDnsAffixes): Spelling {
  let ofAffixes = SPELLINGS.get(affixes);
  if (ofAffixes === undefined) SPELLINGS.set(affixes, (ofAffixes = new Map()));
  let spelling = ofAffixes.get(type);
  if (spelling === undefined) ofAffixes.set(type, (spelling = spell(type, affixes)));
  return spelling;
}

function spell(type: RRType | undefined, { txtPrefix, txtSuffix, wildcardReplacement }: ExternalDnsAffixes): Spelling {
  const mnemonic = type === undefined ? '' : printRRType(type).toLowerCase();
  const affixes = [txtPrefix, txtSuffix].map((affix) => affix.toLowerCase());
  const [prefix = '', suffix = ''] = affixes.map((affix) => affix.replaceAll(TYPE_TEMPLATE, mnemonic));
  const isInAffix = affixes.some((affix) => affix.includes(TYPE_TEMPLATE));
  const start = type === undefined || isInAffix ? prefix : `${prefix}${mnemonic}-`;
  const wildcard = wildcardReplacement === '' ? '*' : wildcardReplacement.toLowerCase();
  return { start, suffix, wildcard, isPlain: /^[a-z0-9_.*-]*$/.test(start + suffix + wildcard) };
}
