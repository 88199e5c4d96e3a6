/** LOC records: a place on Earth (RFC 1876). Angles are thousandths of a second of arc, lengths centimetres. */
import { isFailure, ParseFailure } from '../failure.ts';
import type { Token } from './tokens.ts';

const OCTETS = 16;
const EQUATOR = 2 ** 31; // and the prime meridian
const DEGREE = 3_600_000;
const MINUTE = 60_000;
/** Altitude 0 on the wire: 100,000 m below the reference spheroid. */
const LOWEST = 10_000_000;

/** Checks the rdata of a LOC record. A version other than 0 has a form of its own, of which nothing may be assumed (section 2). */
export function checkLocation(octets: Uint8Array, start: number, end: number): ParseFailure | undefined {
  if (start === end) return new ParseFailure('TRUNCATED', 'it is empty', start);
  if (octets[start] !== 0) return undefined;
  if (end - start !== OCTETS) {
    return new ParseFailure(
      end - start < OCTETS ? 'TRUNCATED' : 'TRAILING_OCTETS',
      `${OCTETS} octets are expected, ${end - start} found`,
      end,
    );
  }
  for (let at = start + 1; at <= start + 3; at++) {
    const octet = octets[at] ?? 0;
    // Zero has one form only, so that a value that is printed and scanned again stays the same.
    if (octet !== 0 && (octet >> 4 === 0 || octet >> 4 > 9 || (octet & 15) > 9)) {
      return new ParseFailure('BAD_FIELD', `0x${octet.toString(16)} is no size or precision`, at);
    }
  }
  const view = new DataView(octets.buffer, octets.byteOffset);
  for (const [at, degrees] of [
    [start + 4, 90],
    [start + 8, 180],
  ] as const) {
    if (Math.abs(view.getUint32(at) - EQUATOR) > degrees * DEGREE) {
      return new ParseFailure('BAD_FIELD', `an angle is larger than ${degrees} degrees`, at);
    }
  }
  return undefined;
}

/** Prints what `checkLocation` has accepted; undefined where the version is not 0, for which there is no presentation. */
export function printLocation(octets: Uint8Array, start: number): string | undefined {
  if (octets[start] !== 0) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset);
  const altitude = view.getUint32(start + 12) - LOWEST;
  return [
    printAngle(view.getUint32(start + 4), 'N', 'S'),
    printAngle(view.getUint32(start + 8), 'E', 'W'),
    `${(altitude / 100).toFixed(2)}m`,
    ...[1, 2, 3].map((at) => printSize(octets[start + at] ?? 0)),
  ].join(' ');
}

/** Scans `d [m [s]] N|S d [m [s]] E|W altitude[m] [size[m] [horizontal precision[m] [vertical precision[m]]]]` (section 3). */
export function scanLocation(tokens: readonly Token[]): Uint8Array | ParseFailure {
  const cursor = { tokens, at: 0 };
  const latitude = scanAngle(cursor, 90, 'N', 'S');
  if (isFailure(latitude)) return latitude;
  const longitude = scanAngle(cursor, 180, 'E', 'W');
  if (isFailure(longitude)) return longitude;
  const altitude = scanLength(cursor, 'altitude', -LOWEST, 0xffff_ffff - LOWEST);
  if (isFailure(altitude)) return altitude;
  const octets = new Uint8Array(OCTETS);
  const view = new DataView(octets.buffer);
  view.setUint32(4, latitude);
  view.setUint32(8, longitude);
  view.setUint32(12, altitude + LOWEST);
  // Defaults (section 3): a size of 1 m, precisions of 10,000 m and 10 m.
  for (const [index, label, standard] of [
    [1, 'size', 100],
    [2, 'horizontal precision', 1_000_000],
    [3, 'vertical precision', 1000],
  ] as const) {
    const size = cursor.at < tokens.length ? scanLength(cursor, label, 0, 9e9) : standard;
    if (isFailure(size)) return size;
    octets[index] = composeSize(size);
  }
  if (cursor.at < tokens.length) return failAt(cursor, 'FIELD_COUNT', 'nothing may follow the vertical precision');
  return octets;
}

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}

function failAt(cursor: Cursor, code: ParseFailure['code'], message: string): ParseFailure {
  return new ParseFailure(code, message, (cursor.tokens[cursor.at] ?? cursor.tokens.at(-1))?.offset);
}

function scanAngle(cursor: Cursor, limit: number, positive: string, negative: string): number | ParseFailure {
  const parts = [
    { label: 'degrees', pattern: /^\d{1,3}$/, below: limit + 1, unit: DEGREE },
    { label: 'minutes', pattern: /^\d{1,2}$/, below: 60, unit: MINUTE },
    { label: 'seconds', pattern: /^\d{1,2}(?:\.\d{1,3})?$/, below: 60, unit: 1000 },
  ];
  let angle = 0;
  for (const [index, { label, pattern, below, unit }] of parts.entries()) {
    const text = cursor.tokens[cursor.at]?.text.toUpperCase();
    if (index > 0 && (text === positive || text === negative)) break;
    if (text === undefined || !pattern.test(text) || Number(text) >= below) {
      return failAt(
        cursor,
        text === undefined ? 'FIELD_COUNT' : 'BAD_FIELD',
        `${label} below ${below} are expected, ${found(text)}`,
      );
    }
    angle += Math.round(Number(text) * unit);
    cursor.at++;
  }
  const hemisphere = cursor.tokens[cursor.at]?.text.toUpperCase();
  if (hemisphere !== positive && hemisphere !== negative) {
    const code = hemisphere === undefined ? 'FIELD_COUNT' : 'BAD_FIELD';
    return failAt(cursor, code, `${positive} or ${negative} is expected, ${found(hemisphere)}`);
  }
  if (angle > limit * DEGREE) return failAt(cursor, 'BAD_FIELD', `the angle is larger than ${limit} degrees`);
  cursor.at++;
  return hemisphere === positive ? EQUATOR + angle : EQUATOR - angle;
}

function scanLength(cursor: Cursor, label: string, min: number, max: number): number | ParseFailure {
  const text = cursor.tokens[cursor.at]?.text;
  const parts = text === undefined ? null : /^(-?\d{1,8}(?:\.\d{1,2})?)m?$/i.exec(text);
  const centimetres = parts === null ? Number.NaN : Math.round(Number(parts[1]) * 100);
  if (centimetres >= min && centimetres <= max) {
    cursor.at++;
    return centimetres;
  }
  const code = text === undefined ? 'FIELD_COUNT' : 'BAD_FIELD';
  return failAt(cursor, code, `${label}: metres from ${min / 100} to ${max / 100} are expected, ${found(text)}`);
}

function found(text: string | undefined): string {
  return text === undefined ? 'nothing found' : `"${text}" found`;
}

function printAngle(value: number, positive: string, negative: string): string {
  const angle = Math.abs(value - EQUATOR);
  const degrees = Math.floor(angle / DEGREE);
  const minutes = Math.floor((angle % DEGREE) / MINUTE);
  const seconds = ((angle % MINUTE) / 1000).toFixed(3);
  return `${degrees} ${minutes} ${seconds} ${value >= EQUATOR ? positive : negative}`;
}

/** One octet: a digit from 1 to 9 and a power of ten. */
function composeSize(centimetres: number): number {
  let digit = centimetres;
  let power = 0;
  for (; digit >= 10; power++) digit = Math.floor(digit / 10);
  return digit === 0 ? 0 : (digit << 4) | power;
}

function printSize(octet: number): string {
  const centimetres = (octet >> 4) * 10 ** (octet & 15);
  return centimetres % 100 === 0 ? `${centimetres / 100}m` : `${(centimetres / 100).toFixed(2)}m`;
}
