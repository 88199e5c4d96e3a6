/** Time as an argument, so that whatever depends on it can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may jump when the system's clock is set. */
  now(): number;
  /** Milliseconds on a clock that only goes forward; for measuring and for deadlines. */
  monotonic(): number;
  /** Calls back once after a delay, in milliseconds; the result cancels. */
  after(delayMs: number, callback: () => void): () => void;
}
