/**
 * A time as the API's `MicroTime` has it: RFC 3339 with six digits of a second.
 *
 * @param now milliseconds since the Unix epoch
 */
export function printMicroTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
