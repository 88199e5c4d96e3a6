/** A worker that has run for so long has recovered: its next crash is a first one. */
export const RECOVERED_AFTER_MS = 60_000;

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;

/**
 * How long to wait before a crashed worker is started again, in milliseconds. Nothing after the first crash: whatever it was, queries are waiting. Then
 * doubling, since a worker that crashes at every start would otherwise take a whole processor.
 *
 * @param crashes how many there were in a row, this one included
 */
export function restartDelay(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (crashes - 2), LONGEST_DELAY_MS);
}
