/** A replica of the operator in the chaos test: its ways to the API server and the zones, and its lives. */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ControlPlane } from '../../../tools/control-plane/control-plane.ts';
import { type OperatorProcess, startOperator } from '../../support/built-operator.ts';
import { freePort } from '../../support/free-port.ts';
import { TcpRelay } from '../../support/tcp-relay.ts';
import type { ChaosZone, WritesSeen } from './chaos-zones.ts';

/** A write that has arrived at the end of its way. */
export interface ArrivedWrite {
  readonly life: string;
  readonly apex: string;
  readonly at: number;
}

/** A process, from its start to its end. */
export interface Life {
  readonly name: string;
  readonly process: OperatorProcess;
}

/** What processes have used up so far. */
export interface Usage {
  readonly cpuMs: number;
  readonly residentMiB: number;
}

const CLOCK_TICK_MS = 10;
export const BEGINS = 'this process writes from now on';
export const ENDS = 'this process writes no more';

export interface ReplicaOptions {
  readonly index: number;
  readonly folder: string;
  readonly cluster: ControlPlane;
  readonly zones: readonly ChaosZone[];
  readonly waitForDelete: boolean;
  /** It goes on when this is done, and its connection breaks where this fails. */
  readonly onArrived: (write: ArrivedWrite) => Promise<void>;
  /** The zone has carried it out; the same of its answer. */
  readonly onCarriedOut: (zone: ChaosZone) => Promise<void>;
}

/** One of the two. */
export class Replica {
  readonly #options: ReplicaOptions;
  readonly #configFile: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly api: TcpRelay;
  readonly ways: readonly { readonly zone: ChaosZone; readonly tcp: TcpRelay; readonly writes: WritesSeen }[];
  readonly #metricsPort: number;
  readonly lives: Life[] = [];
  #suffers = false;

  static async open(options: ReplicaOptions): Promise<Replica> {
    const api = await TcpRelay.open(options.cluster.server);
    const ways = [];
    for (const zone of options.zones) {
      const writes = await zone.openWrites();
      ways.push({ zone, writes, tcp: await TcpRelay.open(writes.address) });
    }
    const replica = new Replica(options, api, ways, await freePort());
    await replica.#writeConfig();
    return replica;
  }

  private constructor(options: ReplicaOptions, api: TcpRelay, ways: Replica['ways'], metricsPort: number) {
    this.#options = options;
    this.api = api;
    this.ways = ways;
    this.#metricsPort = metricsPort;
    this.#configFile = join(options.folder, `replica-${options.index}.yaml`);
    this.#environment = Object.assign({}, ...options.zones.map(({ environment }) => environment)) as Record<string, string>;
  }

  get life(): Life | undefined {
    const last = this.lives.at(-1);
    return last === undefined || last.process.child.exited() !== undefined ? undefined : last;
  }

  async start(): Promise<void> {
    const name = `${this.#options.index}.${this.lives.length}`;
    const process = await startOperator(['--config', this.#configFile], {
      cwd: this.#options.folder,
      env: this.#environment,
    });
    this.lives.push({ name, process });
  }

  /** Stops it until it is allowed to go on, or ends it and starts it again; false where something of the kind is under way. */
  async suffer(signal: 'SIGSTOP' | 'SIGTERM' | 'SIGKILL', goOn: () => Promise<void>): Promise<boolean> {
    if (this.#suffers || this.life === undefined) return false;
    this.#suffers = true;
    if (signal === 'SIGSTOP') this.life.process.signal(signal);
    else await this.life.process.stop(signal);
    await goOn();
    if (signal === 'SIGSTOP') this.life.process.signal('SIGCONT');
    else await this.start();
    this.#suffers = false;
    return true;
  }

  usage(): Usage {
    const pid = this.life?.process.child.pid;
    if (pid === undefined) return { cpuMs: 0, residentMiB: 0 };
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS, residentMiB: Number(resident) / 1024 };
  }

  /** The values of a metric, one for each set of labels. */
  async metric(name: string): Promise<readonly number[]> {
    const response = await fetch(`http://127.0.0.1:${this.#metricsPort}/metrics`, { headers: { connection: 'close' } });
    const samples = (await response.text()).matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
    return Array.from(samples, ([, value]) => Number(value));
  }

  async close(): Promise<void> {
    await this.life?.process.stop('SIGKILL');
    await this.api.close();
    for (const { tcp, writes } of this.ways) {
      await tcp.close();
      await writes.close();
    }
  }

  async #writeConfig(): Promise<void> {
    const { cluster, folder, index, waitForDelete, onArrived, onCarriedOut } = this.#options;
    const kubeconfig = join(folder, `replica-${index}.kubeconfig`);
    const text = await readFile(cluster.kubeconfigPath, 'utf8');
    await writeFile(kubeconfig, text.replaceAll(cluster.server, `https://127.0.0.1:${this.api.port}`));
    for (const { zone, writes } of this.ways) {
      writes.hooks.arrived = () => onArrived({ life: this.lives.at(-1)?.name ?? '', apex: zone.apex, at: Date.now() });
      writes.hooks.carriedOut = () => onCarriedOut(zone);
    }
    const config = {
      clusters: [{ name: 'live', kubeconfig }],
      sources: ['record', 'service', 'ingress', 'dnsendpoint'],
      record: { pods: false },
      records: { waitForDelete },
      owner: { id: 'chaos' },
      interval: '20s',
      safety: { maxDeletes: '100%' },
      leaderElection: { namespace: 'default', name: 'kubezone-operator' },
      metrics: `127.0.0.1:${this.#metricsPort}`,
      providers: this.ways.map(({ zone, tcp }) => ({
        selector: [zone.apex.slice(0, -1)],
        provider: zone.provider,
        providerOptions: zone.options(`127.0.0.1:${tcp.port}`),
      })),
    };
    await writeFile(this.#configFile, JSON.stringify(config));
  }
}
