import { ParseFailure } from '../failure.ts';

/** Seconds modulo 2^32: RRSIG times are serial numbers (RFC 4034, section 3.1.5). */
const MODULUS = 2 ** 32;

/** Scans a time of RRSIG: `YYYYMMDDHHmmSS` in UTC, or seconds since 1970 (RFC 4034, section 3.2). */
export function scanTimestamp(text: string): number | ParseFailure {
  if (/^\d{1,10}$/.test(text) && Number(text) < MODULUS) return Number(text);
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (parts !== null) {
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
    // A day or hour that does not exist rolls over into another one; printing shows that.
    if (milliseconds >= 0 && digitsOf(milliseconds) === text) return (milliseconds / 1000) % MODULUS;
  }
  return new ParseFailure('BAD_FIELD', `"${text}" is no time: YYYYMMDDHHmmSS or seconds since 1970 are expected`);
}

/** Prints a time of RRSIG as `YYYYMMDDHHmmSS`, taken to lie between 1970 and 2106. */
export function printTimestamp(seconds: number): string {
  return digitsOf(seconds * 1000);
}

function digitsOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '');
}
