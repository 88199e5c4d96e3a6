import { isFailure, ParseFailure } from '../failure.ts';
import { MAX_TTL } from './rrset.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** The longest text that is looked at: enough for every unit, each with leading zeros. Matching takes stack for each of its parts. */
const MAX_DURATION_TEXT = 100;

/** Scans a number of seconds, with or without units: `3600`, `1h`, `1w2d3h4m5s` (BIND's notation, which NSD and Knot read too). */
export function scanDuration(text: string): number | ParseFailure {
  let seconds = Number.NaN;
  if (text.length > MAX_DURATION_TEXT) {
    seconds = Number.NaN;
  } else if (/^\d+$/.test(text)) {
    seconds = Number(text);
  } else if (/^(?:\d+[smhdw])+$/i.test(text)) {
    seconds = 0;
    for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/gi)) {
      seconds += Number(count) * (SECONDS[(unit ?? 's').toLowerCase()] ?? 1);
    }
  }
  if (seconds <= 0xffff_ffff) return seconds;
  return new ParseFailure('BAD_FIELD', `"${text}" is no number of seconds, such as 3600 or 1h30m`);
}

/** Scans a TTL: a duration of at most 2^31-1 seconds (RFC 2181, section 8). */
export function scanTtl(text: string): number | ParseFailure {
  const seconds = scanDuration(text);
  return isFailure(seconds) ? seconds : (checkTtl(seconds) ?? seconds);
}

/** What is wrong with a TTL, if anything is. */
export function checkTtl(seconds: number): ParseFailure | undefined {
  if (seconds <= MAX_TTL) return undefined;
  return new ParseFailure('BAD_FIELD', `the TTL ${seconds} is longer than ${MAX_TTL} seconds`);
}
