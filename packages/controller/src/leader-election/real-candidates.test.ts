/** Candidates in processes of their own, before a genuine API server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type ControlPlane, findControlPlane, startControlPlane } from '../../../../tools/control-plane/control-plane.ts';
import { eventually } from '../testing/eventually.ts';

const LONG_MS = 60_000;
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/default/leases/candidates';

const found = await findControlPlane();
const describeIfThere = 'path' in found ? describe : describe.skip;
if ('missing' in found) process.stderr.write(`\n*** SKIPPED: candidates before a real API server: ${found.missing}\n\n`);

/** A candidate's process. */
class CandidateProcess {
  /** What it has said, in order. */
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(api: ControlPlane, identity: string) {
    const script = join(import.meta.dirname, 'testing/candidate-process.ts');
    const options = ['--conditions=@kubezone/source', script, api.kubeconfigPath, 'default', identity];
    this.#process = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.lines.push(...text.split('\n').filter((line) => line !== ''));
    });
    this.#ended = new Promise((resolve) => this.#process.on('exit', resolve));
  }

  get mayWrite(): boolean {
    return this.lines.at(-1) === 'mayWrite true';
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async stop(): Promise<void> {
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    await this.#ended;
  }
}

describeIfThere('candidates before a real API server', () => {
  let api: ControlPlane;
  const candidates: CandidateProcess[] = [];
  const start = (identity: string): CandidateProcess => {
    const candidate = new CandidateProcess(api, identity);
    candidates.push(candidate);
    return candidate;
  };
  const holder = async (): Promise<unknown> => {
    const { body } = await api.request<{ spec?: { holderIdentity?: string } }>('GET', LEASE);
    return body.spec?.holderIdentity;
  };

  beforeAll(async () => {
    api = await startControlPlane();
  }, LONG_MS);
  afterEach(async () => {
    await Promise.all(candidates.splice(0).map((candidate) => candidate.stop()));
    await api.request('DELETE', LEASE);
  });
  afterAll(() => api?.stop(), LONG_MS);

  it(
    'are one at a time, and the next one follows at once when the first gives the Lease back',
    async () => {
      const one = start('one');
      await eventually(() => expect(one.mayWrite).toBe(true), 20_000);
      const other = start('other');
      await eventually(() => expect(other.lines).toEqual(['mayWrite false']), 20_000);
      await one.stop();
      expect(one.lines).toEqual(['mayWrite false', 'mayWrite true', 'mayWrite false']);
      await eventually(() => expect(other.mayWrite).toBe(true), 20_000);
      expect(await holder()).toBe('other');
      await other.stop();
      expect(await holder()).toBeUndefined();
    },
    LONG_MS,
  );

  it(
    'know that they are not the leader any more before anything else, when they were stopped for a while',
    async () => {
      const one = start('one');
      await eventually(() => expect(one.mayWrite).toBe(true), 20_000);
      const other = start('other');
      one.signal('SIGSTOP');
      await eventually(() => expect(other.mayWrite).toBe(true), 20_000);
      expect(one.mayWrite).toBe(true);
      one.signal('SIGCONT');
      await eventually(() => expect(one.lines).toEqual(['mayWrite false', 'mayWrite true', 'mayWrite false']), 20_000);
      expect(other.mayWrite).toBe(true);
      expect(await holder()).toBe('other');
    },
    LONG_MS,
  );
});
