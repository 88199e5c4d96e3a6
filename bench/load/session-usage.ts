import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processes of a session: a server that was started in a session of its own, and all that it has forked.
 *
 * @param leader the session's first process
 */
export function sessionProcesses(leader: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => sessionOf(readOrEmpty(`/proc/${pid}/stat`)) === leader);
}

/** The session of a process, out of its `/proc/PID/stat`; undefined where the process has gone. */
export function sessionOf(stat: string): number | undefined {
  // After the command's name, which may hold spaces: state, parent, group, session (proc_pid_stat(5)).
  const session = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3];
  return session === undefined ? undefined : Number(session);
}

/** Nanoseconds on a processor out of a `schedstat`; 0 for a thread that has gone. */
export function nanosecondsOf(schedstat: string): number {
  return Number(schedstat.split(' ')[0] ?? 0);
}

/** The processor time of a session's threads so far, in nanoseconds: the scheduler's own count, not that of ticks. */
export function sessionNanoseconds(leader: number): number {
  let total = 0;
  for (const pid of sessionProcesses(leader))
    for (const thread of listOrNone(`/proc/${pid}/task`))
      total += nanosecondsOf(readOrEmpty(`/proc/${pid}/task/${thread}/schedstat`));
  return total;
}

/** What a session's processes hold in memory, in octets. */
export interface SessionMemory {
  /**
   * The largest process's resident pages, and those of the others that nobody shares: what a server's own processes share (NSD's do) counts once, what it shares with
   * strangers (a library, the Node that runs the benchmark too) counts in full, as it would on a machine of its own.
   */
  readonly resident: number;
  /** Proportional set size, added up: shared pages divided among all who share them. */
  readonly proportional: number;
}

/** Reads a session's memory. */
export function sessionMemory(leader: number): SessionMemory {
  return addMemory(sessionProcesses(leader).map((pid) => readOrEmpty(`/proc/${pid}/smaps_rollup`)));
}

/** The memory of a session out of the `smaps_rollup` of each of its processes. */
export function addMemory(rollups: readonly string[]): SessionMemory {
  const sum = (figures: readonly number[]): number => figures.reduce((total, figure) => total + figure, 0);
  const processes = rollups.map((rollup) => {
    const octets = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) * 1024;
    return { resident: octets('Rss'), proportional: octets('Pss'), own: octets('Private_Clean') + octets('Private_Dirty') };
  });
  const [largest, ...others] = processes.toSorted((one, other) => other.resident - one.resident);
  return {
    resident: (largest?.resident ?? 0) + sum(others.map(({ own }) => own)),
    proportional: sum(processes.map(({ proportional }) => proportional)),
  };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function listOrNone(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
