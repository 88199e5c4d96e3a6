/** The delay before the first repetition, in milliseconds. */
export const FIRST_DELAY_MS = 200;
/** The longest delay that this program chooses by itself, in milliseconds. */
export const LONGEST_DELAY_MS = 30_000;
/** The longest `Retry-After` that is obeyed, in milliseconds: a mistake in a proxy must not stop the watch for a day. */
export const LONGEST_RETRY_AFTER_MS = 600_000;

/**
 * How long to wait after so many failures in a row: doubled each time, and scattered over the upper half, so that the clients of a server that
 * went away do not all come back at once.
 *
 * @param failures from 1
 * @param random from 0 to 1, 1 excluded
 * @param retryAfterMs the server's wish: never less than that, scattered upwards
 */
export function backoffMs(failures: number, random: number, retryAfterMs = 0): number {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 30));
  const own = longest * (0.5 + random / 2);
  const asked = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS) * (1 + random / 10);
  return Math.round(Math.max(own, asked));
}
