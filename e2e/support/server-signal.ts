import { readdirSync, readFileSync } from 'node:fs';

import type { ControlPlane } from '../../tools/control-plane/control-plane.ts';

/**
 * Sends a signal to the processes that an API server consists of, such as SIGSTOP. They are those children of this process that were told its folder.
 *
 * @throws {Error} where there are none
 */
export function signalControlPlane({ dataDir }: ControlPlane, signal: NodeJS.Signals): void {
  const pids = childrenOf(process.pid).filter((pid) => read(`/proc/${pid}/cmdline`).includes(dataDir));
  if (pids.length === 0) throw new Error(`no process serves the data of ${dataDir}`);
  for (const pid of pids) process.kill(pid, signal);
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1]) === parent);
}

/** Empty where the process is gone by now. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
