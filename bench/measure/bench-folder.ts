import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { equaliseMachine } from '../load/machine-settings.ts';
import { killServers } from '../peers/run-server.ts';

/** Works in a folder of its own. Servers, the folder and the machine's changed settings are gone afterwards, also after Ctrl-C. */
export async function withBenchFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kubezone-bench-'));
  const restoreMachine = equaliseMachine();
  const cleanUp = (): void => {
    killServers();
    restoreMachine();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const interrupted = (): void => {
    cleanUp();
    process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, interrupted);
  try {
    return await work(folder);
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    cleanUp();
  }
}
