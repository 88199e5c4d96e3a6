import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** The machine on which a figure was measured, in one line: a figure without it says nothing. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory}, Linux ${release()}, Node ${process.version}`;
}

/** A process's resident memory in MiB, now and at its highest; undefined where it is gone. */
export function residentMemory(pid: number): { readonly now: number; readonly peak: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kibibytes = (field: string): number =>
      Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
    return { now: kibibytes('VmRSS') / 1024, peak: kibibytes('VmHWM') / 1024 };
  } catch {
    return undefined;
  }
}

/** How much processor time a process has used so far, in milliseconds: what a busy machine does not falsify. */
export function processorTimeMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // After the command's name, which may hold spaces: utime and stime are fields 14 and 15, in ticks of a hundredth of a second (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** How busy the machine was, for a figure that may be doubted: the load average of the last minute. */
export function loadAverage(): string {
  return (loadavg()[0] ?? Number.NaN).toFixed(1);
}
