import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { isFailure, nameOf, type ObservedRRset, type Provider, type ResourceRecord, scanRecord, TYPE } from '@kubezone/core';

import { observeRRsets } from '../../rfc2136/observe-rrsets.ts';
import { createRfc2136Provider } from '../../rfc2136/rfc2136-provider.ts';
import type { TsigOptions } from '../../rfc2136/tsig-key.ts';
import { linesOf } from '../provided-text.ts';
import { freePort, runProgram, startProgram } from './child-program.ts';
import { silentLogger } from '../silent-logger.ts';
import { systemClock } from '../system-clock.ts';

/** A server of another project that takes dynamic updates. */
export type DnsServerName = 'knot' | 'bind';

/** A running server, and tools of other projects to look into it. */
export interface DnsTestServer {
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  log(): string;
  /** What a zone holds, by `kdig`: lines in order, without SOA, NS of the apex and what signing makes. */
  dump(apex: string): Promise<string[]>;
  serial(apex: string): Promise<number>;
  /** Empties a zone and puts records into it, by `nsupdate`. */
  seed(apex: string, lines: readonly string[]): Promise<void>;
  /** Sends lines of `nsupdate`. */
  update(...lines: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** The keys that every zone's updates and transfers are allowed to; from `tsig-keygen`. */
export const KEYS = {
  sha256: { name: 'key-256', algorithm: 'hmac-sha256', secret: 'PuXOTw0wjAdpvf1Bj5+wyyQqJsUh4fBFMyeLbBkU26o=' },
  sha384: {
    name: 'key-384',
    algorithm: 'hmac-sha384',
    secret: 'eqwtsPlYzTCxFCB6wYMf4o9nGVNcPSmB6J7dM3YUuWwL1HsZq8XbCvRTkEaFgDh5',
  },
  sha512: {
    name: 'key-512.example.net',
    algorithm: 'hmac-sha512',
    secret: 'mh2pXh3jF0tO5wQvVZcYQwS6rGkH8UeL1uNbT4yDxKJ9aRzM7oCfE3sWiPqBgAl0V5dHnYtXjUZkQmGvOeFw8A==',
  },
} as const satisfies Readonly<Record<string, TsigOptions>>;

/** The zones that every server begins with: empty but for SOA and NS. In `policy.example.` the first key may change A and TXT alone; `signed.example.` is signed. */
export const ZONES = ['example.com.', 'sub.example.com.', 'foo.com.', 'policy.example.', 'signed.example.'] as const;

/** Programs that the servers and the tools are, and the Debian packages that have them. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  named: 'bind9',
  knotd: 'knot',
  kdig: 'knot-dnsutils',
  nsupdate: 'bind9-dnsutils',
};

/** Starts a server on a free port of 127.0.0.1; resolves once it answers. */
export async function startDnsServer(name: DnsServerName): Promise<DnsTestServer> {
  const folder = mkdtempSync(join(tmpdir(), `kubezone-rfc2136-${name}-`));
  mkdirSync(join(folder, 'state'));
  for (const apex of ZONES) {
    const text = `$ORIGIN ${apex}\n@ 3600 SOA ns1.example.net. hostmaster.example.net. 1 900 300 86400 60\n@ 3600 NS ns1.example.net.\n`;
    writeFileSync(join(folder, `${apex}zone`), text);
  }
  const port = await freePort();
  const child = name === 'knot' ? startKnot(folder, port) : startBind(folder, port);
  const server = new RunningServer(port, child, folder);
  try {
    await server.answers();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

class RunningServer implements DnsTestServer {
  readonly port: number;
  readonly address: string;
  readonly #child: ReturnType<typeof startProgram>;
  readonly #folder: string;
  readonly #lister: Provider;

  constructor(port: number, child: ReturnType<typeof startProgram>, folder: string) {
    this.port = port;
    this.address = `127.0.0.1:${port}`;
    this.#child = child;
    this.#folder = folder;
    const options = { servers: [this.address], zones: ZONES, tsig: KEYS.sha256 };
    this.#lister = createRfc2136Provider(options, { clock: systemClock(), logger: silentLogger });
  }

  log(): string {
    return this.#child.log();
  }

  async answers(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.#child.exited()) break;
      const serials = await Promise.all(ZONES.map((apex) => this.serial(apex).catch(() => Number.NaN)));
      if (serials.every((serial) => serial >= 1)) return;
      await sleep(50);
    }
    throw new Error(`the server does not answer:\n${this.log().slice(-2000)}`);
  }

  async dump(apex: string): Promise<string[]> {
    const records = (await this.#kdig(apex, 'AXFR')).map(recordOf);
    const shown = records.filter(({ owner, type }) => type !== TYPE.SOA && !(type === TYPE.NS && owner === apex));
    return linesOf(observeRRsets(shown));
  }

  async serial(apex: string): Promise<number> {
    const [soa] = await this.#kdig(apex, 'SOA');
    return Number(soa?.split(/\s+/)[6]);
  }

  async seed(apex: string, lines: readonly string[]): Promise<void> {
    await this.#empty(apex);
    if (lines.length > 0) await this.update(`zone ${apex}`, ...lines.map((line) => `update add ${line}`));
  }

  /** What is there is removed by our own means, which cost no process for every test: what they missed, a dump by somebody else's would show. */
  async #empty(apex: string): Promise<void> {
    const zone = { apex: nameOf(apex), id: apex };
    const { signal } = new AbortController();
    const found: ObservedRRset[] = [];
    for await (const page of this.#lister.list(zone, signal)) {
      for (const rrset of page) {
        if (rrset.owner !== apex || (rrset.type !== TYPE.SOA && rrset.type !== TYPE.NS)) found.push(rrset);
      }
    }
    const writes = Array.from(
      Map.groupBy(found, ({ owner }) => owner),
      ([owner, rrsets]) => {
        return { owner, writes: rrsets.map((before) => ({ before, after: undefined })) };
      },
    );
    const results = await this.#lister.apply(zone, writes, signal);
    const left = results.find(({ kind }) => kind !== 'applied');
    if (left !== undefined) throw new Error(`${left.owner} cannot be removed: ${JSON.stringify(left)}`);
  }

  async update(...lines: readonly string[]): Promise<void> {
    const { algorithm, name, secret } = KEYS.sha256;
    const script = [`server 127.0.0.1 ${this.port}`, ...lines, 'send', ''].join('\n');
    await runProgram('nsupdate', ['-v', '-y', `${algorithm}:${name}:${secret}`], script);
  }

  async stop(): Promise<void> {
    await this.#child.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #kdig(apex: string, type: string): Promise<string[]> {
    const { algorithm, name, secret } = KEYS.sha256;
    const args = [
      '@127.0.0.1',
      '-p',
      String(this.port),
      '-y',
      `${algorithm}:${name}:${secret}`,
      '+tcp',
      '+noidn',
      '+time=2',
      '+retry=0',
    ];
    const text = await runProgram('kdig', [...args, '+noall', '+answer', apex, type]);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
    if (lines.length === 0) throw new Error(`kdig shows no ${type} of ${apex}: ${text}`);
    return lines;
  }
}

function recordOf(line: string): ResourceRecord {
  const record = scanRecord(line);
  if (isFailure(record)) throw new Error(`${line}: ${record.message}`);
  return { ...record, class: 1 };
}

function startKnot(folder: string, port: number): ReturnType<typeof startProgram> {
  const config = [
    'server:',
    `  rundir: ${folder}/state`,
    `  listen: 127.0.0.1@${port}`,
    // Without these knotd wants to become the user of its Debian package.
    ...(process.getuid?.() === 0 ? ['  user: root:root'] : []),
    '  udp-workers: 1',
    '  tcp-workers: 1',
    '  background-workers: 1',
    'database:',
    `  storage: ${folder}/state`,
    '  journal-db-mode: asynchronous',
    'log:',
    '  - target: stderr',
    '    any: info',
    'key:',
    ...Object.values(KEYS).flatMap(({ name, algorithm, secret }) => [
      `  - id: ${name}`,
      `    algorithm: ${algorithm}`,
      `    secret: ${secret}`,
    ]),
    'acl:',
    '  - id: all',
    `    key: [${Object.values(KEYS)
      .map(({ name }) => name)
      .join(', ')}]`,
    '    action: [update, transfer]',
    '  - id: policy',
    '    key: key-256',
    '    action: [update, transfer]',
    '    update-type: [A, TXT]',
    'template:',
    '  - id: default',
    `    storage: ${folder}`,
    '    zonefile-sync: -1',
    'zone:',
    ...ZONES.flatMap((apex) => [
      `  - domain: "${apex}"`,
      `    file: ${apex}zone`,
      `    acl: ${apex === 'policy.example.' ? 'policy' : 'all'}`,
      `    dnssec-signing: ${apex === 'signed.example.' ? 'on' : 'off'}`,
    ]),
  ];
  writeFileSync(join(folder, 'knot.conf'), `${config.join('\n')}\n`);
  return startProgram('knotd', ['-c', join(folder, 'knot.conf')], folder);
}

function startBind(folder: string, port: number): ReturnType<typeof startProgram> {
  const keys = Object.values(KEYS);
  const allowed = keys.map(({ name }) => `key "${name}";`).join(' ');
  const config = [
    ...keys.map(({ name, algorithm, secret }) => `key "${name}" { algorithm ${algorithm}; secret "${secret}"; };`),
    'options {',
    `  directory "${folder}";`,
    `  listen-on port ${port} { 127.0.0.1; };`,
    '  listen-on-v6 { none; };',
    '  pid-file none;',
    '  session-keyfile none;',
    '  recursion no;',
    '  dnssec-validation no;',
    '  notify no;',
    // It would refuse names and exchangers that the tests take as examples.
    '  check-names primary ignore;',
    '  check-integrity no;',
    `  allow-transfer { ${allowed} };`,
    '};',
    'controls {};',
    'logging { category default { default_stderr; }; };',
    ...ZONES.map((apex) => {
      const policy = 'update-policy { grant key-256 zonesub A TXT; };';
      const allow = apex === 'policy.example.' ? policy : `allow-update { ${allowed} };`;
      const signing = apex === 'signed.example.' ? 'dnssec-policy default; inline-signing no;' : '';
      return `zone "${apex}" { type primary; file "${folder}/${apex}zone"; ${allow} ${signing} };`;
    }),
  ];
  writeFileSync(join(folder, 'named.conf'), `${config.join('\n')}\n`);
  return startProgram('named', ['-f', '-g', '-n', '1', '-c', join(folder, 'named.conf')], folder);
}
