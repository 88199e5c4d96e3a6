/**
 * When a server wants to be asked again, in milliseconds from now (RFC 9110, section 10.2.3): seconds, or a date. Undefined where it does not say, or says what
 * is no time.
 *
 * @param now milliseconds since the Unix epoch
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\s*\d{1,6}\s*$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
