/**
 * Rdata in the vendor's two forms: `content`, text nearly as in a zone file, for the old types; `data`, with a key for each field, for all others, where
 * `content` only repeats it, and not always the same way (SRV's has lost its priority at times). Names have no final dot, but for the root.
 *
 * Source: the types of the vendor's SDK, `ARecordParam` and its like.
 */
import {
  isFailure,
  type ParseFailure,
  printRdata,
  type Rdata,
  type RRType,
  scanRdataText,
  type Token,
  tokenize,
  TYPE,
} from '@kubezone/core';

import { composeLocationData, printLocationData } from './location-data.ts';
import { composeTxtContent, octetsOf, scanTxtContent } from './txt-content.ts';

/** How a record says what it holds. */
export interface RecordContent {
  readonly content?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly priority?: number;
}

/** One key of `data`: `string` is a character-string's plain text, `rest` whatever tokens are left. */
type DataField = readonly [key: string, kind: 'number' | 'name' | 'word' | 'string' | 'rest'];

const ASSOCIATION: readonly DataField[] = [
  ['usage', 'number'],
  ['selector', 'number'],
  ['matching_type', 'number'],
  ['certificate', 'word'],
];
const SERVICE_BINDING: readonly DataField[] = [
  ['priority', 'number'],
  ['target', 'name'],
  ['value', 'rest'],
];

/** In the order of presentation format. */
// oxfmt-ignore
const STRUCTURED: ReadonlyMap<RRType, readonly DataField[]> = new Map<RRType, readonly DataField[]>([
  [TYPE.CAA, [['flags', 'number'], ['tag', 'word'], ['value', 'string']]],
  [TYPE.CERT, [['type', 'number'], ['key_tag', 'number'], ['algorithm', 'number'], ['certificate', 'word']]],
  [TYPE.DNSKEY, [['flags', 'number'], ['protocol', 'number'], ['algorithm', 'number'], ['public_key', 'word']]],
  [TYPE.DS, [['key_tag', 'number'], ['algorithm', 'number'], ['digest_type', 'number'], ['digest', 'word']]],
  [TYPE.HTTPS, SERVICE_BINDING],
  [TYPE.NAPTR, [['order', 'number'], ['preference', 'number'], ['flags', 'string'], ['service', 'string'], ['regex', 'string'], ['replacement', 'name']]],
  [TYPE.SMIMEA, ASSOCIATION],
  [TYPE.SRV, [['priority', 'number'], ['weight', 'number'], ['port', 'number'], ['target', 'name']]],
  [TYPE.SSHFP, [['algorithm', 'number'], ['type', 'number'], ['fingerprint', 'word']]],
  [TYPE.SVCB, SERVICE_BINDING],
  [TYPE.TLSA, ASSOCIATION],
  [TYPE.URI, [['priority', 'number'], ['weight', 'number'], ['target', 'string']]],
]);

const PLAIN: ReadonlySet<RRType> = new Set([
  TYPE.A,
  TYPE.AAAA,
  TYPE.CNAME,
  TYPE.MX,
  TYPE.NS,
  TYPE.OPENPGPKEY,
  TYPE.PTR,
  TYPE.TXT,
]);

/** Every type that the vendor takes. */
export const RECORD_TYPES: ReadonlySet<RRType> = new Set([...PLAIN, ...STRUCTURED.keys(), TYPE.LOC]);

/** The types whose addresses the vendor can replace by its own, and proxy. */
export const PROXIABLE_TYPES: ReadonlySet<RRType> = new Set([TYPE.A, TYPE.AAAA, TYPE.CNAME]);

/** @param type one of `RECORD_TYPES` */
export function composeContent(type: RRType, rdata: Rdata): RecordContent {
  if (type === TYPE.TXT) return { content: composeTxtContent(rdata) };
  const tokens = tokensOf(printRdata(type, rdata));
  const [first = ''] = tokens.map(({ text }) => text);
  if (type === TYPE.MX) return { content: withoutDot(tokens[1]?.text ?? ''), priority: Number(first) };
  if (type === TYPE.LOC) return { data: composeLocationData(tokens.map(({ text }) => text)) };
  const fields = STRUCTURED.get(type);
  if (fields === undefined) return { content: withoutDot(first) };
  const data = Object.fromEntries(fields.map(([key, kind], index) => [key, composeField(kind, tokens, index)]));
  // A certificate's type is printed by its mnemonic (RFC 4398, section 2.1).
  if (type === TYPE.CERT) data['type'] = ((rdata[0] ?? 0) << 8) | (rdata[1] ?? 0);
  if (type !== TYPE.URI) return { data };
  const { priority, ...rest } = data;
  return { data: rest, priority: Number(priority) };
}

/** The rdata of a record that the vendor shows; a failure where it is not well formed. */
export function scanContent(type: RRType, { content, data, priority }: RecordContent): Rdata | ParseFailure {
  if (type === TYPE.TXT && content !== undefined) {
    const rdata = scanTxtContent(content);
    if (rdata !== undefined) return rdata;
  }
  if (type === TYPE.MX) return scanRdataText(type, `${priority ?? ''} ${content ?? ''}`);
  if (type === TYPE.LOC && data !== undefined) return scanRdataText(type, printLocationData(data));
  const fields = STRUCTURED.get(type);
  if (fields === undefined || data === undefined) return scanRdataText(type, content ?? '');
  const all: Readonly<Record<string, unknown>> = type === TYPE.URI ? { priority, ...data } : data;
  return scanRdataText(type, fields.map(([key, kind]) => printValue(kind, all[key])).join(' '));
}

function composeField(kind: DataField[1], tokens: readonly Token[], index: number): number | string {
  const text = tokens[index]?.text ?? '';
  switch (kind) {
    case 'number':
      return Number(text);
    case 'name':
      return withoutDot(text);
    case 'word':
      return text;
    case 'string':
      return Buffer.from(octetsOf(text)).toString('utf8');
    case 'rest':
      return tokens
        .slice(index)
        .map((token) => token.text)
        .join(' ');
    default:
      return kind satisfies never;
  }
}

function printValue(kind: DataField[1], value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return kind === 'string' ? `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"` : text;
}

/** Core prints what it can scan. */
function tokensOf(printed: string): readonly Token[] {
  const tokens = tokenize(printed);
  return isFailure(tokens) ? [] : tokens;
}

function withoutDot(name: string): string {
  return name.length > 1 && name.endsWith('.') && !name.endsWith('\\.') ? name.slice(0, -1) : name;
}
