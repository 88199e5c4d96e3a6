import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { printMistake, systemClock } from '@kubezone/app';
import { recordLog, type RecordingLogger } from '@kubezone/app/testing';
import {
  composeTxt,
  nameOf,
  type NameState,
  type OwnerName,
  printRRType,
  type ProviderZone,
  textOfTxt,
  TYPE,
} from '@kubezone/core';
import type { MemoryProvider } from '@kubezone/providers';

import { loadConfig } from '../config/load-config.ts';
import type { OperatorConfig } from '../config/operator-config.ts';
import { type Operator, startOperator } from '../wiring.ts';

/** A folder of manifests, a provider in memory, and operators on them. */
export class OperatorWorld {
  readonly folder: string;
  readonly logger: RecordingLogger = recordLog();
  /** What was printed. */
  readonly printed: string[] = [];
  readonly #operators: Operator[] = [];

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<OperatorWorld> {
    return new OperatorWorld(await mkdtemp(join(tmpdir(), 'kubezone-operator-')));
  }

  async put(name: string, yaml: string): Promise<void> {
    await writeFile(join(this.folder, name), yaml);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name));
  }

  /** The configuration of a file with flags beside it, on the folder. */
  config(yaml: string, ...words: readonly string[]): OperatorConfig {
    const loaded = loadConfig(['--config', 'k.yaml', '--manifests', this.folder, ...words], {
      folder: '/',
      version: 'test',
      environment: () => undefined,
      readFile: (path) => (path === '/k.yaml' ? yaml : readFileSync(path, 'utf8')),
      problem: () => undefined,
    });
    if (loaded.kind === 'mistakes') throw new Error(loaded.mistakes.map(printMistake).join('\n'));
    if (loaded.kind === 'text' || loaded.config.kind !== 'config') throw new Error('this is no configuration');
    return loaded.config.config;
  }

  async start(config: OperatorConfig, providers?: ReadonlyMap<string, MemoryProvider>): Promise<Operator> {
    const operator = await startOperator(config, {
      clock: systemClock,
      logger: this.logger,
      print: (text) => void this.printed.push(text),
      ...(providers !== undefined && { providers }),
    });
    this.#operators.push(operator);
    return operator;
  }

  /** All that was printed since the last time. */
  take(): string {
    return this.printed.splice(0).join('');
  }

  /** Ends every operator that was started. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#operators.splice(0).map((operator) => operator.stop()));
  }

  async end(): Promise<void> {
    await this.stopAll();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** What a zone holds but for markers, sorted: `www.example.com. 300 A`. */
export async function namesIn(provider: MemoryProvider, apex: string): Promise<string[]> {
  return (await contentOf(provider, apex)).filter((line) => !line.startsWith('_owner'));
}

/** What a zone holds, sorted, of markers their text. */
export async function contentOf(provider: MemoryProvider, apex: string): Promise<string[]> {
  const lines: string[] = [];
  const zone: ProviderZone = { apex: nameOf(apex), id: nameOf(apex) };
  for await (const page of provider.list(zone)) {
    for (const { owner, ttl, type, rdatas } of page) {
      const marker = type === TYPE.TXT ? ` ${rdatas.map((rdata) => textOfTxt(rdata)).join(' | ')}` : '';
      lines.push(`${owner} ${ttl} ${printRRType(type)}${marker}`);
    }
  }
  return lines.toSorted();
}

/** Puts a TXT into a zone, as somebody else would. */
export async function putTxt(provider: MemoryProvider, apex: string, owner: OwnerName, text: string): Promise<void> {
  const zone: ProviderZone = { apex: nameOf(apex), id: nameOf(apex) };
  const state: NameState = { exists: true, rrsets: [{ owner, type: TYPE.TXT, ttl: 60, rdatas: [composeTxt(text)] }] };
  const writes = provider.lower(zone, owner, state).rrsets.map((after) => ({ before: undefined, after }));
  const [result] = await provider.apply(zone, [{ owner, writes }]);
  if (result?.kind !== 'applied') throw new Error(`not written: ${JSON.stringify(result)}`);
}
