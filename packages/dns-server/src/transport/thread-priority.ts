import { readdirSync, readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/** How much less of a contended processor the other threads get: to a third, as Linux weighs it (setpriority(2): nice values belong to threads). */
const STEP = 5;
const LOWEST = 19;

/** This thread's number in the system; undefined where it cannot be found out. */
export function systemThreadId(): number | undefined {
  try {
    const id = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return Number.isInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Has all threads of this process but some give way to those. Raising a thread's own nice value needs no privilege, lowering it does: so the others are
 * moved, and a thread that is started later has the value of the thread that starts it.
 *
 * @param favoured numbers of threads, as the system has them
 * @returns how many were moved; 0 on systems whose threads have no priority of their own
 */
export function favourThreads(favoured: readonly number[]): number {
  const [first] = favoured;
  if (first === undefined) return 0;
  let moved = 0;
  try {
    const wanted = Math.min(LOWEST, getPriority(first) + STEP);
    for (const id of readdirSync('/proc/self/task').map(Number)) {
      if (favoured.includes(id) || getPriority(id) >= wanted) continue;
      setPriority(id, wanted);
      moved++;
    }
  } catch {
    // A thread has just ended, or the system has no such thing: a hint, no more.
  }
  return moved;
}
