import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';

/** external-dns's webhook server with its provider in memory. */
export interface ExternalDnsServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** What external-dns changed in one pass, as it says it. */
export type ExternalDnsChanges = Readonly<Partial<Record<'create' | 'updateOld' | 'updateNew' | 'delete', readonly unknown[]>>>;

/** Starts external-dns's webhook server. It is killed when this process ends, however it does. */
export async function serveExternalDns(path: string, zones: readonly string[]): Promise<ExternalDnsServer> {
  const child: ChildProcess = spawn('setpriv', ['--pdeathsig', 'KILL', path, 'serve', ...zones], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const gone = once(child, 'close');
  const said = child.stdout;
  if (said === null) throw new Error('a child with a pipe has none');
  const [line] = (await Promise.race([once(said, 'data'), gone])) as [Buffer | number | null];
  if (!(line instanceof Buffer)) throw new Error(`external-dns's server ended with ${String(line)} before it listened`);
  return {
    url: `http://127.0.0.1:${line.toString().trim()}`,
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Lets external-dns make one pass through a webhook: records, registry, adjustment, plan, changes. Rejects with what it says where it fails. */
export async function passOfExternalDns(path: string, url: string, desired: readonly unknown[]): Promise<ExternalDnsChanges> {
  return await new Promise((resolve, reject) => {
    const child = execFile(path, ['pass', url], { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as ExternalDnsChanges);
      else reject(new Error(`external-dns: ${stderr}`));
    });
    child.stdin?.on('error', () => undefined).end(JSON.stringify(desired));
  });
}
