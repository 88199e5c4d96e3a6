/**
 * Waits until something holds, looking often.
 *
 * @throws what `check` threw last, if it does not hold in time
 */
export async function eventually(check: () => void, limitMs = 5_000): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
