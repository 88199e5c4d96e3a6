import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls a probe until it returns something other than undefined, and returns that; a probe that throws is called again as well.
 *
 * @throws after `withinMs`, saying what was waited for and how the last call ended
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  options: { readonly withinMs: number; readonly everyMs?: number },
): Promise<T> {
  const deadline = performance.now() + options.withinMs;
  let last: unknown = 'it returned nothing';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
      last = 'it returned nothing';
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${options.withinMs} ms; last time: ${String(last)}`, { cause: last });
    }
    await sleep(options.everyMs ?? 20);
  }
}
