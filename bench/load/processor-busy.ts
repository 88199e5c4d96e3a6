import { readFileSync } from 'node:fs';

/** Of a clock tick, in which /proc/stat counts. */
const NANOSECONDS_PER_TICK = 1e7;

/** How long a processor has been busy so far, with whatever it was, in nanoseconds (to a hundredth of a second). */
export function processorBusyNanoseconds(cpu: number): number {
  return busyNanosecondsOf(readFileSync('/proc/stat', 'utf8'), cpu);
}

/** The same, out of the text of /proc/stat. @throws {Error} where it does not have the processor */
export function busyNanosecondsOf(stat: string, cpu: number): number {
  const line = new RegExp(`^cpu${cpu} (.*)$`, 'm').exec(stat)?.[1];
  if (line === undefined) throw new Error(`/proc/stat has no processor ${cpu}`);
  // user nice system idle iowait irq softirq steal, and guest time, which is in user time already (proc_stat(5)).
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.trim().split(/\s+/).map(Number);
  return (user + nice + system + irq + softirq + steal) * NANOSECONDS_PER_TICK;
}
