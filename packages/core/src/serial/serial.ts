/**
 * Serial number arithmetic (RFC 1982) with SERIAL_BITS = 32, as the SOA's serial has it.
 *
 * The numbers stand on a circle: half of it is "after" a given number, the other half "before", and the number exactly opposite
 * is neither.
 */

/** How many serials there are: 2^32. */
const MODULUS = 2 ** 32;
/** Half of the circle: two serials this far apart cannot be ordered (RFC 1982, section 3.2). */
const HALF = 2 ** 31;

/** The largest increment that may be added to a serial (RFC 1982, section 3.1). */
export const MAX_SERIAL_INCREMENT: number = HALF - 1;

/**
 * Adds to a serial, wrapping at 2^32 (RFC 1982, section 3.1).
 *
 * @throws {RangeError} where the increment is not an integer from 0 to 2^31-1: the result of adding more is not defined
 */
export function addSerial(serial: number, increment: number): number {
  if (!Number.isInteger(increment) || increment < 0 || increment > MAX_SERIAL_INCREMENT) {
    throw new RangeError(`increment ${increment}: an integer from 0 to ${MAX_SERIAL_INCREMENT} can be added to a serial`);
  }
  return (serial + increment) % MODULUS;
}

/**
 * Compares two serials (RFC 1982, section 3.2).
 *
 * @returns -1 where `one` comes before `other`, 1 where it comes after, 0 where they are equal; undefined where they stand
 *   exactly opposite each other (2^31 apart), which RFC 1982 leaves without an order
 */
export function compareSerials(one: number, other: number): -1 | 0 | 1 | undefined {
  if (one === other) return 0;
  const distance = (other - one + MODULUS) % MODULUS;
  if (distance === HALF) return undefined;
  return distance < HALF ? -1 : 1;
}

/**
 * The serial with which a zone begins whose versions this process numbers by `nextSerial`: the given one where it does not come after
 * the time, and the time otherwise.
 *
 * A serial that is a date (2026072801) comes after the time until 2034 or so. Counted up from it, one by one, every restart would begin
 * again at what the file says: serials would go back, and secondaries would keep old data. From the time on, they do not.
 *
 * A secondary that has the greater serial already takes the zone only after it is told to (`rndc retransfer`, `nsd-control
 * force_transfer`), once: so whoever begins with another serial than the given one says so.
 *
 * @param given the serial in a zone file; undefined where there is none
 * @param nowSeconds seconds since the Unix epoch
 */
export function firstSerial(given: number | undefined, nowSeconds: number): number {
  const time = timeSerial(nowSeconds);
  const order = given === undefined ? undefined : compareSerials(given, time);
  return given !== undefined && (order === -1 || order === 0) ? given : time;
}

/**
 * The serial of a zone's next version: the time in seconds, so that it means something to a person; where the time does not come after
 * the current serial (two changes in one second, a clock set back), the current serial plus one.
 *
 * It grows over restarts too, with nothing kept, for a zone that began with `firstSerial`, changes less than once a second on average
 * while the process runs, and finds the clock not set back when it starts again.
 *
 * @param nowSeconds seconds since the Unix epoch
 */
export function nextSerial(current: number, nowSeconds: number): number {
  const time = timeSerial(nowSeconds);
  return compareSerials(time, current) === 1 ? time : addSerial(current, 1);
}

function timeSerial(nowSeconds: number): number {
  return Math.floor(nowSeconds) % MODULUS;
}
