import type { FakeClock } from '../../testing/fake-clock.ts';

/** Lets time pass in steps, and whatever waits for the clock or for answers go on in between. */
export async function passTime(clock: FakeClock, ms: number, stepMs = 100): Promise<void> {
  await goOn();
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(Math.min(stepMs, ms - passed));
    await goOn();
  }
}

/** Lets everything go on that waits for nothing but its turn. */
export async function goOn(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
}
