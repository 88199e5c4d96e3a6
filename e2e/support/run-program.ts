import { execFile } from 'node:child_process';

/** What a program printed, and how it ended. */
export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs a program to its end. A non-zero exit code is a result, not an error. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly timeoutMs?: number } = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const settings = { cwd: options.cwd, timeout: options.timeoutMs ?? 15_000, maxBuffer: 64 << 20, encoding: 'utf8' } as const;
    execFile(program, args, settings, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') {
        reject(new Error(`${program} ${args.join(' ')} did not run to its end: ${error.message}`, { cause: error }));
        return;
      }
      resolve({ stdout, stderr, exitCode: typeof error?.code === 'number' ? error.code : 0 });
    });
  });
}

/** Runs dig against a port of 127.0.0.1, without the user's own defaults, once, and gives back all that it prints. */
export async function dig(port: number, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runProgram('dig', ['-r', '@127.0.0.1', '-p', String(port), '+tries=1', '+time=5', ...args]);
  return stdout + stderr;
}
