import { SteppedClock } from '../../testing/stepped-clock.ts';

/** A clock that stands still, but for what is to be called at once: that is, as soon as everything due has been. */
export class StandingClock extends SteppedClock {
  override after(delayMs: number, callback: () => void): () => void {
    if (delayMs > 0) return super.after(delayMs, callback);
    const timer = setTimeout(callback, 0);
    return () => {
      clearTimeout(timer);
    };
  }
}
