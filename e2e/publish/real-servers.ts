import assert from 'node:assert/strict';

import { printRdata, printRRType } from '@kubezone/core';
import { createRfc2136Provider, createWebhookProvider } from '@kubezone/providers';
import {
  type DnsServerName,
  KEYS,
  serveExternalDns,
  silentLogger,
  startDnsServer,
  systemClock,
} from '@kubezone/providers/testing';

import { findProgram } from '../support/find-program.ts';
import { runProgram } from '../support/run-program.ts';
import { DnsGate } from './dns-gate.ts';
import { HttpGate } from './http-gate.ts';
import { APEXES, byRRset, byZone, recordOf, zoneOf, type ZoneServer } from './zone-server.ts';

const context = { clock: systemClock(), logger: silentLogger };

/** Knot or BIND, as Debian has them, seen through kdig. */
export async function rfc2136Server(name: DnsServerName): Promise<ZoneServer> {
  const server = await startDnsServer(name);
  const gate = await DnsGate.open(server.port);
  const { algorithm, name: key, secret } = KEYS.sha256;
  /** All zones, by one process: kdig shows one transfer after the other. */
  const transfer = async (): Promise<{ readonly lines: readonly string[]; readonly serials: ReadonlyMap<string, number> }> => {
    const questions = APEXES.flatMap((apex) => [apex, 'AXFR']);
    const shown = await kdig(server.port, ['-y', `${algorithm}:${key}:${secret}`, ...questions]);
    const serials = shown.flatMap((line) => {
      const [owner = '', , type, , , serial] = line.split(' ');
      return type === 'SOA' ? [[owner, Number(serial)] as const] : [];
    });
    const isData = (line: string): boolean => !APEXES.some((apex) => new RegExp(`^${apex} \\d+ (?:SOA|NS) `).test(line));
    return { lines: shown.filter(isData), serials: new Map(serials) };
  };
  let serials: ReadonlyMap<string, number> = new Map();
  let seeded: readonly string[] = [];
  return {
    kind: 'rfc2136',
    connect: () => createRfc2136Provider({ servers: [gate.address], zones: APEXES, tsig: KEYS.sha256 }, context),
    gate,
    writes: /^UPDATE /,
    async seed(lines) {
      await Promise.all(APEXES.map((apex) => server.seed(apex, [])));
      const updates = Array.from(byZone(lines)).filter(([, some]) => some.length > 0);
      if (updates.length > 0)
        await server.update(
          ...updates.flatMap(([apex, some]) => [`zone ${apex}`, ...some.map((line) => `update add ${line}`), 'send']),
        );
      ({ serials } = await transfer());
      seeded = lines;
    },
    async replace(owner, type, lines) {
      const zone = zoneOf(recordOf(`${owner} 0 A 192.0.2.1`).owner);
      await server.update(`zone ${zone}`, `update delete ${owner} ${type}`, ...lines.map((line) => `update add ${line}`));
    },
    dump: async () => (await transfer()).lines,
    async verify(held) {
      // Every name and type that is there or was there, asked as anybody asks.
      const questions = [...byRRset([...held, ...seeded].filter(isAnswered)).keys()].flatMap((question) => question.split(' '));
      const answers = questions.length === 0 ? [] : await kdig(server.port, questions);
      // A CNAME answers every question for its name.
      assert.deepEqual([...new Set(answers)].toSorted(), held.filter(isAnswered).toSorted());
      // One step for each update that was made: RFC 2136, section 3.6.
      const steps = Array.from(serials, ([apex, serial]) => [apex, serial + (gate.updated.get(apex) ?? 0)] as const);
      assert.deepEqual((await transfer()).serials, new Map(steps));
    },
    async close() {
      await gate.close();
      await server.stop();
    },
  };
}

/** Whether a server answers a question for it with it: not at a zone cut, where it refers. */
function isAnswered(line: string): boolean {
  return line.split(' ')[2] !== 'NS';
}

/** The records that kdig shows, in one form. */
async function kdig(port: number, args: readonly string[]): Promise<string[]> {
  const options = ['@127.0.0.1', '-p', String(port), '+tcp', '+noidn', '+time=5', '+retry=0', '+noall', '+answer'];
  const { stdout, stderr, exitCode } = await runProgram(findProgram('kdig') ?? 'kdig', [...options, ...args]);
  if (exitCode !== 0) throw new Error(`kdig: ${stdout}${stderr}`);
  const records = stdout.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  return records.map((line) => {
    const { owner, ttl, type, rdata } = recordOf(line);
    return `${owner} ${ttl} ${printRRType(type)} ${printRdata(type, rdata)}`;
  });
}

/** external-dns's own server of its webhook protocol, with its provider in memory. */
export async function webhookServer(program: string): Promise<ZoneServer> {
  const server = await serveExternalDns(
    program,
    APEXES.map((apex) => apex.slice(0, -1)),
  );
  const gate = await HttpGate.open(server.url);
  const headers = { 'content-type': 'application/external.dns.webhook+json;version=1' };
  const records = async (): Promise<readonly Endpoint[]> => {
    const response = await fetch(`${server.url}/records`, { headers: { accept: headers['content-type'] } });
    return ((await response.json()) ?? []) as readonly Endpoint[];
  };
  const change = async (changes: Readonly<Record<string, readonly Endpoint[]>>): Promise<void> => {
    const body = JSON.stringify(changes);
    const { status } = await fetch(`${server.url}/records`, { method: 'POST', headers, body });
    if (status !== 204) throw new Error(`external-dns answers ${status} to ${body}`);
  };
  return {
    kind: 'webhook',
    connect: () => createWebhookProvider({ url: gate.url }, context),
    gate,
    writes: /^POST \/records/,
    async seed(lines) {
      await change({ delete: await records() });
      await change({ create: Array.from(byRRset(lines).values(), endpointOf) });
    },
    async replace(name, type, lines) {
      const held = (await records()).filter(({ dnsName, recordType }) => `${dnsName}.` === name && recordType === type);
      await change({ delete: held });
      await change({ create: lines.length === 0 ? [] : [endpointOf(lines)] });
    },
    dump: async () => (await records()).flatMap(linesOfEndpoint),
    async close() {
      await gate.close();
      await server.stop();
    },
  };
}

/** As external-dns writes it. */
interface Endpoint {
  readonly dnsName: string;
  readonly recordType: string;
  readonly recordTTL?: number;
  readonly targets: readonly string[];
  readonly setIdentifier?: string;
}

/** Types whose data end in a name, which has no final dot there. */
const DOTLESS = new Set(['CNAME', 'DNAME', 'MX', 'NS']);

function endpointOf(lines: readonly string[]): Endpoint {
  const [, name = '', ttl, recordType = ''] = /^(\S+)\. (\d+) (\S+) /.exec(lines[0] ?? '') ?? [];
  const targets = lines.map((line) => {
    const data = line.split(' ').slice(3).join(' ');
    return DOTLESS.has(recordType) ? data.slice(0, -1) : data;
  });
  return { dnsName: name, recordType, recordTTL: Number(ttl), targets };
}

function linesOfEndpoint({ dnsName, recordType, recordTTL = 0, targets, setIdentifier }: Endpoint): string[] {
  const dot = DOTLESS.has(recordType) ? '.' : '';
  const set = setIdentifier === undefined ? '' : ` ; ${setIdentifier}`;
  return targets.map((target) => `${dnsName}. ${recordTTL} ${recordType} ${target}${dot}${set}`);
}
