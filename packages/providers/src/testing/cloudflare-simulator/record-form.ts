/** What a record says, in the vendor's forms: written anew from its documentation, so that the provider's reading is not tested against itself. */
import { isFailure, printRdata, type Rdata, scanRdataText, scanRRType } from '@kubezone/core';

import { API_ERRORS } from './api-error.ts';

type Data = Readonly<Record<string, unknown>>;

/** A record's substance. */
export interface RecordForm {
  readonly content: string;
  readonly data: Data | undefined;
  readonly priority: number | undefined;
  readonly rdata: Rdata;
}

const quote = (value: unknown): string => JSON.stringify(String(value));

/** The `content` that the vendor shows for what is sent as `data`. */
const CONTENT_OF: Readonly<Record<string, (data: Data) => string>> = {
  CAA: ({ flags, tag, value }) => `${String(flags)} ${String(tag)} ${quote(value)}`,
  CERT: ({ type, key_tag, algorithm, certificate }) => [type, key_tag, algorithm, certificate].join(' '),
  DNSKEY: ({ flags, protocol, algorithm, public_key }) => [flags, protocol, algorithm, public_key].join(' '),
  DS: ({ key_tag, algorithm, digest_type, digest }) => [key_tag, algorithm, digest_type, digest].join(' '),
  HTTPS: ({ priority, target, value }) => [priority, target, value].join(' ').trim(),
  LOC: (data) =>
    [
      ...['lat_degrees', 'lat_minutes', 'lat_seconds', 'lat_direction', 'long_degrees', 'long_minutes', 'long_seconds'].map(
        (key) => data[key],
      ),
      data['long_direction'],
      ...['altitude', 'size', 'precision_horz', 'precision_vert'].map((key) => `${String(data[key])}m`),
    ].join(' '),
  NAPTR: ({ order, preference, flags, service, regex, replacement }) =>
    `${String(order)} ${String(preference)} ${quote(flags)} ${quote(service)} ${quote(regex)} ${String(replacement)}`,
  SMIMEA: ({ usage, selector, matching_type, certificate }) => [usage, selector, matching_type, certificate].join(' '),
  SRV: ({ priority, weight, port, target }) => [priority, weight, port, target].join(' '),
  SSHFP: ({ algorithm, type, fingerprint }) => [algorithm, type, fingerprint].join(' '),
  SVCB: ({ priority, target, value }) => [priority, target, value].join(' ').trim(),
  TLSA: ({ usage, selector, matching_type, certificate }) => [usage, selector, matching_type, certificate].join(' '),
  URI: ({ weight, target }) => `${String(weight)} ${quote(target)}`,
};

const WANTED: Readonly<Record<string, string>> = { A: 'a valid IPv4 address', AAAA: 'a valid IPv6 address' };

/** @throws {ApiError} where the vendor refuses it */
export function readForm(type: string, body: Data): RecordForm {
  const contentOf = CONTENT_OF[type];
  const data = contentOf === undefined ? undefined : (body['data'] as Data | undefined);
  if (contentOf !== undefined && data === undefined) throw API_ERRORS.validation(9101, `${type} records need data.`);
  const content = contentOf !== undefined && data !== undefined ? contentOf(data) : body['content'];
  if (typeof content !== 'string' || content === '') throw API_ERRORS.validation(9100, `Content for ${type} record is missing.`);
  const priority = type === 'MX' || type === 'URI' ? body['priority'] : undefined;
  if ((type === 'MX' || type === 'URI') && typeof priority !== 'number') {
    throw API_ERRORS.validation(9102, `${type} records need a priority.`);
  }
  if (type !== 'TXT' && content.length > 1 && /[^\\]\.$/.test(content) && ['CNAME', 'NS', 'PTR', 'MX'].includes(type)) {
    throw API_ERRORS.validation(9008, `Content for ${type} record is invalid: it ends in a dot.`);
  }
  const text = type === 'TXT' ? quoted(content) : `${typeof priority === 'number' ? `${priority} ` : ''}${content}`;
  const rdata = scanRdataText(scanRRType(type) ?? 0, text);
  if (isFailure(rdata)) throw API_ERRORS.validation(9005, `Content for ${type} record must be ${WANTED[type] ?? 'valid'}.`);
  if (rdata.length > 4096) throw API_ERRORS.validation(9207, 'The record is larger than 4096 bytes in wire format.');
  return { content, data, priority: priority as number | undefined, rdata };
}

/** What is sent for a record of a zone file. */
export function composeForm(type: string, rdata: Rdata): { readonly content: string; readonly priority?: number } {
  const text = printRdata(scanRRType(type) ?? 0, rdata);
  if (type === 'TXT') return { content: text };
  const [first = '', second = ''] = text.split(' ');
  return type === 'MX'
    ? { content: second.replace(/(.)\.$/, '$1'), priority: Number(first) }
    : { content: text.replace(/(.)\.$/, '$1') };
}

/** The content as it is shown later: strings of TXT in quotes, and split at 255 octets, whatever they were sent as. */
export function shownContent(type: string, { content, rdata }: RecordForm): string {
  return type === 'TXT' ? printRdata(scanRRType(type) ?? 0, rdata) : content;
}

/** Text without quotes is one string, and a long string several. */
function quoted(content: string): string {
  const text = content.startsWith('"') ? content : `"${content.replaceAll(/(?<!\\)"/g, String.raw`\"`)}"`;
  return text.replaceAll(/"((?:[^"\\]|\\[\s\S])*)"/g, (_, inside: string) =>
    (inside.match(/(?:\\\d{3}|\\[\s\S]|[^\\]){1,255}/g) ?? ['']).map((part) => `"${part}"`).join(' '),
  );
}
