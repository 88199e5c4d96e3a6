import { setTimeout as sleep } from 'node:timers/promises';

/** Tries until a condition holds; fails with what was last seen. */
export async function eventually<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    let seen: T | undefined;
    let trouble: Error | undefined;
    try {
      seen = await look();
      if (holds(seen)) return seen;
    } catch (error) {
      trouble = error instanceof Error ? error : new Error(String(error));
    }
    if (performance.now() > end) {
      throw new Error(
        `${what}: not within ${withinMs} ms; last seen: ${trouble === undefined ? JSON.stringify(seen) : trouble.message}`,
      );
    }
    await sleep(20);
  }
}
