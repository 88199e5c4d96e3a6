/**
 * What the operator costs as a whole process, against a live API server with one Ingress for each name, and a provider in memory; beside external-dns.
 *
 *     node bench/operator.ts [NAMES] [CHANGES] [ROUNDS] [--real-time]
 *
 * Both programs in each round, one after the other, the other one first each time; ratios are of two figures of one round.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { builtOperator } from '../e2e/support/built-operator.ts';
import { freePort } from '../e2e/support/free-port.ts';
import { startControlPlane } from '../tools/control-plane/control-plane.ts';
import { forEachIndex, send } from './cluster-objects.ts';
import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage, processorTimeMs } from './machine.ts';
import { builtExternalDns, type ExternalDnsPass, externalDnsVersion } from './peers/external-dns.ts';
import { type ProgramUnderTest, startProgram, usageWhenIdle } from './program-under-test.ts';
import { spreadOf } from './report/statistics.ts';
import { openWatch } from './watch-reader.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { 'real-time': { type: 'boolean', default: false } },
});
const [names = 10_000, changes = 250, rounds = 5] = positionals.map(Number);
const realTime = values['real-time'];
const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
const ZONE = 'bench.test';
/** A pass of external-dns looks at every name: a few of them tell what the next one costs. */
const PASSES = Math.max(1, Math.floor(changes / rounds / 5));
const PAUSE_MS = 10;
/** How long audits are counted, one a second. */
const AUDITED_MS = 6000;
/** RRsets on a page of the provider in memory, which counts its pages as calls; a name has an address and a marker. */
const PAGES = Math.ceil((2 * names) / 1000);
/** Until a watch of external-dns has a change that ours has. */
const INFORMER_MS = 50;

/** One program in one round. */
interface Sync {
  readonly processorMs: number;
  /** Of it, after the log says that all names are known. */
  readonly publishingMs: number | undefined;
  readonly wallMs: number;
  readonly peakMiB: number;
  readonly calls: string;
}

/** Changes of one round. */
interface Changes {
  readonly latencies: readonly number[];
  /** Of each, until another watch has the event. */
  readonly events: readonly number[];
  /** For each change. */
  readonly processorMs: number;
  /** For each change. */
  readonly calls: { readonly list: number; readonly read: number; readonly write: number };
}

interface Measured {
  readonly sync: Sync[];
  readonly changes: Changes[];
  /** For each full comparison in which nothing has changed, milliseconds. */
  readonly audits: number[];
}

const [main, peer] = [await builtOperator(), await builtExternalDns()];
const cluster = await startControlPlane();
/** So that every change of the run is to another address. */
let generation = 0;
try {
  console.error(`filling an API server with ${names} Ingresses`);
  await forEachIndex(names, createIngress);
  if (realTime) hurry();
  // A Lease that was never held is waited for; of one that was given back the next process is the holder at once.
  await (await startOperator()).stop();
  const ours: Measured = { sync: [], changes: [], audits: [] };
  const theirs: Measured = { sync: [], changes: [], audits: [] };
  for (let round = 0; round < rounds; round++) {
    console.error(`round ${round + 1} of ${rounds}`);
    const kubezone = async (): Promise<void> => {
      ours.sync.push(await syncOperator());
      ours.changes.push(await changeOperator(Math.ceil(changes / rounds)));
      ours.audits.push(await auditOperator());
    };
    const externalDns = async (): Promise<void> => {
      const { sync, changed, audit } = await runExternalDns();
      theirs.sync.push(sync);
      theirs.changes.push(changed);
      theirs.audits.push(audit);
    };
    for (const measure of round % 2 === 0 ? [kubezone, externalDns] : [externalDns, kubezone]) await measure();
  }
  report(ours, theirs);
} finally {
  await cluster.stop();
}

/** This process and the API server go before all that has no real-time priority, as the programs that are measured do. */
function hurry(): void {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  for (const pid of [String(process.pid), ...children]) execFileSync('chrt', ['--all-tasks', '--rr', '--pid', '1', pid]);
}

function hostOf(index: number): string {
  return `web${index}.${ZONE}`;
}

async function createIngress(index: number): Promise<void> {
  const name = `web${index}`;
  const backend = { service: { name, port: { number: 80 } } };
  await send(cluster, 'POST', INGRESSES, {
    metadata: { name, labels: { app: name, 'app.kubernetes.io/managed-by': 'Helm' } },
    spec: { rules: [{ host: hostOf(index), http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
  });
  await giveAddress(index, `10.1.${(index >> 8) & 255}.${index & 255}`);
}

function giveAddress(index: number, ip: string): Promise<void> {
  return send(cluster, 'PATCH', `${INGRESSES}/web${index}/status`, { status: { loadBalancer: { ingress: [{ ip }] } } });
}

/** The next address, and the Ingress that gets it. */
function nextChange(): { readonly index: number; readonly address: string } {
  const count = generation++;
  return { index: (count * 7919) % names, address: `172.${16 + (count >> 16)}.${(count >> 8) & 255}.${count & 255}` };
}

/** Starts the operator, and waits until it knows all names. */
async function startOperator(...flags: readonly string[]): Promise<ProgramUnderTest> {
  const options = ['--kubeconfig', cluster.kubeconfigPath, '--source', 'ingress', '--owner-id', 'bench'];
  const provider = ['--provider', 'memory', '--provider-option', `zones=${ZONE}`, '--log-format', 'json'];
  const program = startProgram([process.execPath, main, ...options, ...provider, ...flags], realTime);
  await program.line((line) => line.includes('"all names are known"') && line.includes('"complete":true'));
  return program;
}

async function syncOperator(): Promise<Sync> {
  const port = await freePort();
  const operator = await startOperator('--metrics', `127.0.0.1:${port}`);
  const known = processorTimeMs(operator.pid);
  const { processorMs, busyUntil, peakMiB } = await usageWhenIdle(operator.pid);
  const metrics = await readMetrics(port);
  await operator.stop();
  const created = metrics.get('kubezone_changes_total create') ?? 0;
  if (created !== names) throw new Error(`the operator has written ${created} names of ${names}`);
  const calls = ['list', 'read', 'apply'].map((call) => `${metrics.get(`kubezone_provider_calls_total ${call}`)} ${call}`);
  return {
    processorMs,
    publishingMs: processorMs - known,
    wallMs: busyUntil - operator.startedAt,
    peakMiB,
    calls: calls.join(', '),
  };
}

/** The request to the API server starts the clock, and the line that the operator prints when the write is acknowledged stops it. */
async function changeOperator(count: number): Promise<Changes> {
  const port = await freePort();
  // No audit falls among the changes: its listing is another figure.
  const operator = await startOperator('--metrics', `127.0.0.1:${port}`, '--plan-output', 'json', '--interval', '1h');
  await usageWhenIdle(operator.pid);
  const watch = await openWatch(cluster, INGRESSES);
  const latencies: number[] = [];
  const events: number[] = [];
  const one = async (): Promise<void> => {
    const { index, address } = nextChange();
    const seen = watch.seen(`"${address}"`);
    const written = operator.line((line) => line.includes(address)).then(() => performance.now());
    const from = performance.now();
    await giveAddress(index, address);
    latencies.push((await written) - from);
    events.push((await seen) - from);
    await sleep(PAUSE_MS);
  };
  for (let at = 0; at < count; at++) await one();
  for (const warmUp of [latencies, events]) warmUp.length = 0;
  const [before, from] = [await readMetrics(port), processorTimeMs(operator.pid)];
  for (let at = 0; at < count; at++) await one();
  const [after, to] = [await readMetrics(port), processorTimeMs(operator.pid)];
  watch.close();
  await operator.stop();
  const callsOf = (call: string): number => {
    const key = `kubezone_provider_calls_total ${call}`;
    return ((after.get(key) ?? 0) - (before.get(key) ?? 0)) / count;
  };
  const calls = { list: callsOf('list'), read: callsOf('read'), write: callsOf('apply') };
  return { latencies, events, processorMs: (to - from) / count, calls };
}

async function auditOperator(): Promise<number> {
  const port = await freePort();
  const operator = await startOperator('--metrics', `127.0.0.1:${port}`, '--interval', '1s');
  const pages = async (): Promise<number> => (await readMetrics(port)).get('kubezone_provider_calls_total list') ?? 0;
  // The first ones warm up the compiler.
  await sleep(AUDITED_MS / 2);
  const [before, from] = [await pages(), processorTimeMs(operator.pid)];
  await sleep(AUDITED_MS);
  const [after, to] = [await pages(), processorTimeMs(operator.pid)];
  await operator.stop();
  return (to - from) / ((after - before) / PAGES);
}

/** Metrics by their name and the label that tells calls and changes apart. */
async function readMetrics(port: number): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.matchAll(/^(\w+)\{.*(?:action|call)="(\w+)".*\} (\S+)$/gm);
  return new Map(Array.from(lines, ([, name, label, value]) => [`${name} ${label}`, Number(value)]));
}

async function runExternalDns(): Promise<{ readonly sync: Sync; readonly changed: Changes; readonly audit: number }> {
  const source = ['--kubeconfig', cluster.kubeconfigPath, '--source', 'ingress', '--policy', 'sync', '--log-level', 'warning'];
  const provider = ['--provider', 'inmemory', '--inmemory-zone', ZONE, '--registry', 'txt', '--txt-owner-id', 'bench'];
  const program = startProgram([peer, ...source, ...provider], realTime);
  const nextPass = async (): Promise<ExternalDnsPass> =>
    JSON.parse(await program.line((line) => line.startsWith('{'))) as ExternalDnsPass;
  const first = await nextPass();
  if (first.created !== names) throw new Error(`external-dns has written ${first.created} names of ${names}`);
  const { processorMs, busyUntil, peakMiB } = await usageWhenIdle(program.pid);
  const sync = {
    processorMs,
    publishingMs: undefined,
    wallMs: busyUntil - program.startedAt,
    peakMiB,
    calls: `${first.listings} list, ${first.writes} apply`,
  };
  const watch = await openWatch(cluster, INGRESSES);
  const latencies: number[] = [];
  const from = processorTimeMs(program.pid);
  let last = first;
  for (let at = 0; at < PASSES; at++) {
    const { index, address } = nextChange();
    const seen = watch.seen(`"${address}"`);
    await giveAddress(index, address);
    await seen;
    await sleep(INFORMER_MS);
    program.write('\n');
    last = await nextPass();
    if (last.updated !== 1) throw new Error(`a pass of external-dns has changed ${last.updated} names instead of one`);
    latencies.push(last.tookMs);
  }
  const to = processorTimeMs(program.pid);
  watch.close();
  for (let at = 0; at < PASSES; at++) {
    program.write('\n');
    await nextPass();
  }
  const audit = (processorTimeMs(program.pid) - to) / PASSES;
  await program.stop();
  const calls = { list: (last.listings - first.listings) / PASSES, read: 0, write: (last.writes - first.writes) / PASSES };
  return { sync, changed: { latencies, events: [], processorMs: (to - from) / PASSES, calls }, audit };
}

function report(ours: Measured, theirs: Measured): void {
  const title = `external-dns ${externalDnsVersion()}`;
  const priority = realTime ? '; real-time priority' : '';
  console.log(`${names} names, ${rounds} rounds; ${describeMachine()}; load ${loadAverage()}${priority}\n`);
  console.log(`${markdownTable(['first sync', 'Kubezone', title, 'ratio'], syncRows(ours.sync, theirs.sync))}\n`);
  console.log(`${markdownTable(['one name changes', 'Kubezone', title, 'ratio'], changeRows(ours.changes, theirs.changes))}\n`);
  const audits = [print(ours.audits, ' ms'), print(theirs.audits, ' ms'), print(ratios(ours.audits, theirs.audits), '')];
  console.log(
    markdownTable(['nothing changes', 'Kubezone', title, 'ratio'], [['processor time of a comparison of all', ...audits]]),
  );
}

function syncRows(ours: readonly Sync[], theirs: readonly Sync[]): string[][] {
  const row = (what: string, unit: string, figure: (sync: Sync) => number): string[] => [
    what,
    print(ours.map(figure), unit),
    print(theirs.map(figure), unit),
    print(ratios(ours.map(figure), theirs.map(figure)), ''),
  ];
  const publishing = print(
    ours.flatMap(({ publishingMs }) => publishingMs ?? []),
    ' ms',
  );
  return [
    row('processor time of the process', ' ms', (sync) => sync.processorMs),
    ['of it after all names are known', publishing, '', ''],
    row('from its start until it is idle', ' ms', (sync) => sync.wallMs),
    row('largest resident set', ' MiB', (sync) => sync.peakMiB),
    ['calls of the provider', ours[0]?.calls ?? '', theirs[0]?.calls ?? '', ''],
  ];
}

function changeRows(ours: readonly Changes[], theirs: readonly Changes[]): string[][] {
  const latency = (some: readonly number[]): string =>
    [0.5, 0.99, 1].map((share) => `${percentile(some, share).toFixed(2)} ms`).join(', ');
  const processor = ({ processorMs }: Changes): number => processorMs;
  const calls = (some: readonly Changes[]): string =>
    (['list', 'read', 'write'] as const)
      .map((call) => `${print(spread(some.map((one) => one.calls[call])), '')} ${call}`)
      .join(', ');
  return [
    [
      'from the request that changes it until it is written: p50, p99, largest',
      latency(ours.flatMap(({ latencies }) => latencies)),
      `${latency(theirs.flatMap(({ latencies }) => latencies))} (the pass alone)`,
      '',
    ],
    ['of that until any watch has the event', latency(ours.flatMap(({ events }) => events)), '', ''],
    [
      'processor time',
      print(ours.map(processor), ' ms', 2),
      print(theirs.map(processor), ' ms', 2),
      print(ratios(ours.map(processor), theirs.map(processor)), '', 4),
    ],
    ['calls of the provider for it', calls(ours), calls(theirs), ''],
    ['changes', ...[ours, theirs].map((some) => String(some.reduce((sum, { latencies }) => sum + latencies.length, 0))), ''],
  ];
}

function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((figure, at) => figure / (theirs[at] ?? Number.NaN));
}

/** The same figure in all rounds once, else all. */
function spread(figures: readonly number[]): number[] {
  return [...new Set(figures)];
}

/** The median, with the least and the largest in brackets. */
function print(figures: readonly number[], unit: string, digits = unit === '' ? 2 : 0): string {
  const found = spreadOf(figures);
  if (found === undefined) return '';
  const { median, min, max } = found;
  const range = min === max ? '' : ` (${min.toFixed(digits)}–${max.toFixed(digits)})`;
  return `${Number.isInteger(median) && min === max ? median : median.toFixed(digits)}${unit}${range}`;
}
