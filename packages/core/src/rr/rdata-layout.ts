/**
 * The rdata of every type that is known, field by field: the one table that drives wire format, presentation format and canonical form.
 * A type that is not in it is opaque octets (RFC 3597). Adding a type is adding a line.
 */
import { CERTIFICATE_TYPES, DIGEST_TYPES, DNSSEC_ALGORITHMS, type Mnemonics, TSIG_ERRORS } from './mnemonics.ts';
import { type RRType, TYPE } from './rr-type.ts';

/** One field of rdata; `label` names it in messages, by the RFC's word. */
export type Field =
  /** An unsigned number, big-endian. `duration` fields are seconds, and may be written with units (`1h30m`). */
  | {
      readonly kind: 'integer';
      readonly label: string;
      readonly octets: 1 | 2 | 4 | 6;
      readonly duration: boolean;
      readonly mnemonics?: Mnemonics;
    }
  /** An IPv4 (4 octets) or IPv6 (16 octets) address. */
  | { readonly kind: 'address'; readonly label: string; readonly octets: 4 | 16 }
  | NameField
  /** One character-string (RFC 1035, section 3.3). */
  | { readonly kind: 'string'; readonly label: string }
  /** One or more character-strings, to the end. */
  | { readonly kind: 'strings'; readonly label: string }
  /** All octets to the end, without a length, as one quoted string; `min` is their least number. */
  | { readonly kind: 'text'; readonly label: string; readonly min: number }
  /** A property tag: a length octet, then letters and digits (RFC 8659, section 4.1). */
  | { readonly kind: 'tag'; readonly label: string }
  | OctetsField
  /** Seconds since 1970 modulo 2^32, written YYYYMMDDHHmmSS (RFC 4034, section 3.2). */
  | { readonly kind: 'timestamp'; readonly label: string }
  /** An RR type's number, written as its mnemonic. */
  | { readonly kind: 'type'; readonly label: string }
  /** A set of RR types, to the end (RFC 4034, section 4.1.2). */
  | { readonly kind: 'bitmap'; readonly label: string; readonly mayBeEmpty: boolean }
  /** The parameters of a service binding, to the end (RFC 9460, section 2). */
  | { readonly kind: 'service-parameters'; readonly label: string }
  /** All of a LOC record (RFC 1876). */
  | { readonly kind: 'location'; readonly label: string }
  /** Options of EDNS, to the end (RFC 6891, section 6.1.2). */
  | { readonly kind: 'options'; readonly label: string };

/** A domain name. */
export interface NameField {
  readonly kind: 'name';
  readonly label: string;
  /** May be compressed in messages that we compose: only in types of RFC 1035 (RFC 3597, section 4). */
  readonly compress: boolean;
  /** A compression pointer is followed on receipt (RFC 3597, section 4); in other types it is a fault. */
  readonly decompress: boolean;
  /** Put in lower case in canonical form (RFC 4034, section 6.2, as amended by RFC 6840, section 5.1). */
  readonly fold: boolean;
  /** The name to which the record points: additional data, or where a lookup goes on. */
  readonly target: boolean;
}

/** Octets that are written in an encoding. */
export interface OctetsField {
  readonly kind: 'octets';
  readonly label: string;
  readonly encoding: 'hex' | 'base64' | 'base32hex';
  /** How the length is known: by a length octet, by two of them, or because the field goes to the end. */
  readonly length: 'u8' | 'u16' | 'rest';
  /** The least number of octets. */
  readonly min: number;
  /**
   * How the field is written where it can be empty: as a hyphen (the salt of NSEC3), or with its length in front, and nothing after
   * a length of 0 (TSIG).
   */
  readonly empty: 'never' | 'hyphen' | 'counted';
}

/** The fields of one type, in order. The last one reaches the end of the rdata. */
export type Layout = readonly Field[];

/** The layout of a type's rdata; undefined for an opaque type. */
export function layoutOf(type: RRType): Layout | undefined {
  return LAYOUTS.get(type);
}

/** Every type with a layout. */
export function typesWithLayout(): RRType[] {
  return [...LAYOUTS.keys()];
}

const integer =
  (octets: 1 | 2 | 4 | 6) =>
  (label: string, mnemonics?: Mnemonics): Field => ({
    kind: 'integer',
    label,
    octets,
    duration: false,
    ...(mnemonics && { mnemonics }),
  });
const u8 = integer(1);
const u16 = integer(2);
const u32 = integer(4);
const u48 = integer(6);
const duration = (label: string): Field => ({ kind: 'integer', label, octets: 4, duration: true });
const address = (octets: 4 | 16): Field => ({ kind: 'address', label: 'address', octets });
const string = (label: string): Field => ({ kind: 'string', label });
const strings = (label: string): Field => ({ kind: 'strings', label });
const text = (label: string, min = 0): Field => ({ kind: 'text', label, min });
const timestamp = (label: string): Field => ({ kind: 'timestamp', label });
const bitmap = (mayBeEmpty: boolean): Field => ({ kind: 'bitmap', label: 'types', mayBeEmpty });
const hex = (label: string, min = 1): Field => encoded(label, 'hex', 'rest', min);
const base64 = (label: string): Field => encoded(label, 'base64', 'rest', 1);

function encoded(
  label: string,
  encoding: OctetsField['encoding'],
  length: OctetsField['length'],
  min: number,
  empty: OctetsField['empty'] = 'never',
): Field {
  return { kind: 'octets', label, encoding, length, min, empty };
}

/** What may be done with the case and the compression of a name, by the RFC that says so. */
const NAME_RULES = {
  /** Types of RFC 1035, compressed by everybody. */
  rfc1035: { compress: true, decompress: true, fold: true },
  /** Types that RFC 3597, section 4, lets be decompressed though they must not be sent so. */
  received: { compress: false, decompress: true, fold: true },
  /** Never compressed, but in the list of RFC 4034, section 6.2. */
  folded: { compress: false, decompress: false, fold: true },
  /** Never compressed, and in canonical form as it is: NSEC by RFC 6840, section 5.1, and every type younger than RFC 4034. */
  exact: { compress: false, decompress: false, fold: false },
} as const;

type NameRule = keyof typeof NAME_RULES;
const name = (label: string, rule: NameRule): Field => ({ kind: 'name', label, target: false, ...NAME_RULES[rule] });
const target = (label: string, rule: NameRule): Field => ({ kind: 'name', label, target: true, ...NAME_RULES[rule] });

const ALGORITHM = u8('algorithm', DNSSEC_ALGORITHMS);
const MAILBOX: Layout = [name('mailbox host', 'rfc1035')];
const STRINGS: Layout = [strings('text')];
const DELEGATION_SIGNER: Layout = [u16('key tag'), ALGORITHM, u8('digest type', DIGEST_TYPES), hex('digest')];
const PUBLIC_KEY: Layout = [u16('flags'), u8('protocol'), ALGORITHM, base64('public key')];
const ASSOCIATION: Layout = [u8('certificate usage'), u8('selector'), u8('matching type'), hex('association data')];
const SERVICE_BINDING: Layout = [u16('priority'), target('target', 'exact'), { kind: 'service-parameters', label: 'parameters' }];
const HASHED_DENIAL: Layout = [u8('hash algorithm'), u8('flags'), u16('iterations'), encoded('salt', 'hex', 'u8', 0, 'hyphen')];

const signature = (rule: NameRule): Layout => [
  { kind: 'type', label: 'type covered' },
  ALGORITHM,
  u8('labels'),
  u32('original TTL'),
  timestamp('expiration'),
  timestamp('inception'),
  u16('key tag'),
  name('signer', rule),
  base64('signature'),
];

// One line, one type.
// oxfmt-ignore
const LAYOUTS: ReadonlyMap<RRType, Layout> = new Map<RRType, Layout>([
  // RFC 1035
  [TYPE.A, [address(4)]],
  [TYPE.NS, [target('name server', 'rfc1035')]],
  [TYPE.MD, MAILBOX],
  [TYPE.MF, MAILBOX],
  [TYPE.CNAME, [target('canonical name', 'rfc1035')]],
  [TYPE.SOA, [name('MNAME', 'rfc1035'), name('RNAME', 'rfc1035'), u32('serial'), duration('refresh'), duration('retry'), duration('expire'), duration('minimum')]],
  [TYPE.MB, MAILBOX],
  [TYPE.MG, MAILBOX],
  [TYPE.MR, MAILBOX],
  [TYPE.PTR, [target('name', 'rfc1035')]],
  [TYPE.HINFO, [string('CPU'), string('OS')]],
  [TYPE.MINFO, [name('responsible mailbox', 'rfc1035'), name('error mailbox', 'rfc1035')]],
  [TYPE.MX, [u16('preference'), target('exchange', 'rfc1035')]],
  [TYPE.TXT, STRINGS],
  // RFC 1183
  [TYPE.RP, [name('mailbox', 'received'), name('text name', 'received')]],
  [TYPE.AFSDB, [u16('subtype'), target('host', 'received')]],
  [TYPE.RT, [u16('preference'), target('intermediate host', 'received')]],
  // RFC 1876
  [TYPE.LOC, [{ kind: 'location', label: 'location' }]],
  // RFC 2163
  [TYPE.PX, [u16('preference'), name('MAP822', 'received'), name('MAPX400', 'received')]],
  // RFC 2230
  [TYPE.KX, [u16('preference'), target('exchanger', 'folded')]],
  // RFC 2535, 2931
  [TYPE.SIG, signature('received')],
  // RFC 2782
  [TYPE.SRV, [u16('priority'), u16('weight'), u16('port'), target('target', 'received')]],
  // RFC 3403
  [TYPE.NAPTR, [u16('order'), u16('preference'), string('flags'), string('services'), string('regexp'), target('replacement', 'received')]],
  // RFC 3596
  [TYPE.AAAA, [address(16)]],
  // RFC 4034
  [TYPE.DNSKEY, PUBLIC_KEY],
  [TYPE.RRSIG, signature('folded')],
  [TYPE.NSEC, [name('next name', 'exact'), bitmap(false)]],
  [TYPE.DS, DELEGATION_SIGNER],
  // RFC 4255
  [TYPE.SSHFP, [u8('algorithm'), u8('fingerprint type'), hex('fingerprint')]],
  // RFC 4398
  [TYPE.CERT, [u16('certificate type', CERTIFICATE_TYPES), u16('key tag'), ALGORITHM, base64('certificate')]],
  // RFC 4701
  [TYPE.DHCID, [base64('digest')]],
  // RFC 5155
  [TYPE.NSEC3, [...HASHED_DENIAL, encoded('next hashed owner', 'base32hex', 'u8', 1), bitmap(true)]],
  [TYPE.NSEC3PARAM, HASHED_DENIAL],
  // RFC 6672
  [TYPE.DNAME, [target('target', 'folded')]],
  // RFC 6698
  [TYPE.TLSA, ASSOCIATION],
  // RFC 6891
  [TYPE.OPT, [{ kind: 'options', label: 'options' }]],
  // RFC 7208
  [TYPE.SPF, STRINGS],
  // RFC 7344
  [TYPE.CDS, DELEGATION_SIGNER],
  [TYPE.CDNSKEY, PUBLIC_KEY],
  // RFC 7477
  [TYPE.CSYNC, [u32('serial'), u16('flags'), bitmap(true)]],
  // RFC 7553
  [TYPE.URI, [u16('priority'), u16('weight'), text('target', 1)]],
  // RFC 7929
  [TYPE.OPENPGPKEY, [base64('key')]],
  // RFC 8162
  [TYPE.SMIMEA, ASSOCIATION],
  // RFC 8659
  [TYPE.CAA, [u8('flags'), { kind: 'tag', label: 'tag' }, text('value')]],
  // RFC 8945
  [TYPE.TSIG, [name('algorithm', 'exact'), u48('time signed'), u16('fudge'), encoded('MAC', 'base64', 'u16', 0, 'counted'), u16('original ID'), u16('error', TSIG_ERRORS), encoded('other data', 'base64', 'u16', 0, 'counted')]],
  // RFC 8976
  [TYPE.ZONEMD, [u32('serial'), u8('scheme'), u8('hash algorithm'), hex('digest', 12)]],
  // RFC 9460
  [TYPE.SVCB, SERVICE_BINDING],
  [TYPE.HTTPS, SERVICE_BINDING],
]);
