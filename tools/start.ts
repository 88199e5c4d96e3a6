/**
 * `npm start`: builds both apps and runs them on examples/cluster. The resolver's answers are shown, and each change that the operator makes at a provider (one in its
 * memory), so that somebody without a cluster, an account and `dig` sees names change when a manifest does.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:net';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { bundle as bundleResolver } from '../apps/resolver/scripts/bundle.ts';
import { bundleApp } from './bundle/bundle-app.ts';

const ADDRESS = '127.0.0.1';
const FIRST_PORT = 8053;
const ZONE = 'lab.example';
const SOURCES = ['record', 'node-area', 'node-service', 'service', 'ingress', 'httproute', 'dnsendpoint'];
/** What the operator publishes: names of nodes and Services are relative, and for it there is no zone to which. */
const PUBLISHED = ['record', 'service', 'ingress', 'httproute', 'dnsendpoint'];
const SHOWN = ['home', 'git.default', 'paris', 'pay', 'shop', 'api', 'outbound'].map((name) => `${name}.${ZONE}`);

const root = fileURLToPath(new URL('../', import.meta.url));
const fromHere = (path: string): string => relative(process.cwd(), `${root}${path}`) || '.';

execFileSync(process.execPath, [`${root}packages/dns-server/native/build.mjs`], { stdio: 'inherit' });
await bundleResolver();
await bundleApp({ app: 'operator', folder: `${root}apps/operator/dist` });
const port = await findFreePort();
const flags = [
  '--zone',
  ZONE,
  '--soa-ns',
  `ns1.${ZONE}:${ADDRESS}`,
  '--soa-email',
  'hostmaster@example.com',
  '--manifests',
  fromHere('examples/cluster'),
  ...SOURCES.flatMap((source) => ['--source', source]),
  '--listen',
  `${ADDRESS}:${port}`,
  '--log-format',
  'text',
];
const command = fromHere('apps/resolver/dist/main.js');
console.log(`\n$ node ${command} ${flags.join(' ')}\n`);

const operator = fromHere('apps/operator/dist/main.js');
const operatorFlags = [
  '--manifests',
  fromHere('examples/cluster'),
  ...PUBLISHED.flatMap((source) => ['--source', source]),
  '--provider',
  'memory',
  '--zone',
  ZONE,
  '--owner-id',
  'example',
  '--plan-output',
  'text',
  '--log-format',
  'text',
  '--log-level',
  'warn',
];
console.log(`$ node ${operator} ${operatorFlags.join(' ')}\n`);

const children = [
  spawn(process.execPath, [command, ...flags], { stdio: 'inherit' }),
  spawn(process.execPath, [operator, ...operatorFlags], { stdio: ['inherit', 'pipe', 'inherit'] }),
];
let introduced = false;
/** Lines of the operator that came before there was a word of what they are. */
const early: string[] = [];
const [, publishing] = children;
if (publishing !== undefined && publishing.stdout !== null)
  createInterface(publishing.stdout).on('line', (line) => (introduced ? console.log(published(line)) : early.push(line)));
let ending = false;
// On a terminal Ctrl-C reaches the children by themselves, and this process has only to outlive them.
process.on('SIGINT', () => endAll(process.stdin.isTTY ? undefined : 'SIGINT'));
process.on('SIGTERM', () => endAll('SIGTERM'));
let running = children.length;
let exitCode = 0;
for (const child of children) {
  child.on('exit', (code, signal) => {
    exitCode ||= signal === null ? (code ?? 1) : 1;
    endAll('SIGTERM');
    if (--running === 0) process.exit(exitCode);
  });
}

/** Asks both to end, once: whoever is asked twice ends at once. Without a signal they have been asked already. */
function endAll(signal: NodeJS.Signals | undefined): void {
  if (ending) return;
  ending = true;
  if (signal === undefined) return;
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}

const resolver = new Resolver({ timeout: 1000, tries: 1 });
resolver.setServers([`${ADDRESS}:${port}`]);
const shown = new Map<string, string>();
for (;;) {
  for (const name of SHOWN) {
    const answer = await ask(name);
    if (answer === undefined || shown.get(name) === answer) continue;
    if (!introduced) introduce();
    if (!introduced) for (const line of early.splice(0)) console.log(published(line));
    introduced = true;
    console.log(`${shown.has(name) ? 'now  ' : '     '}${name.padEnd(26)} A  ${answer}`);
    shown.set(name, answer);
  }
  await new Promise((done) => setTimeout(done, 250));
}

function introduce(): void {
  console.log(`
Ask it:    dig @${ADDRESS} -p ${port} ${SHOWN[0]} A
Change it: in ${fromHere('examples/cluster/shop.yaml')} write 203.0.113.99 for 203.0.113.30, the address of shop, save, and ask again;
           or in ${fromHere('examples/cluster/nodes.yaml')} set berlin-2's Ready to "False": home loses an address.
           The answers below follow by themselves, and what the operator publishes (+ new, ~ changed, - gone). Ctrl-C ends.
`);
}

/** A line of the operator, told from answers. */
function published(line: string): string {
  return `published  ${line}`;
}

/** A name's addresses in order, or why there are none; undefined while nobody answers. */
async function ask(name: string): Promise<string | undefined> {
  try {
    // The order rotates from answer to answer, which is no change.
    return (await resolver.resolve4(name)).toSorted().join(' ');
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENODATA':
        return '(the name exists, but has no address now)';
      case 'ENOTFOUND':
        return '(no such name)';
      default:
        return undefined;
    }
  }
}

/** The first port from 8053 on that is free for UDP and TCP. */
async function findFreePort(): Promise<number> {
  for (let candidate = FIRST_PORT; candidate < FIRST_PORT + 100; candidate++) {
    if ((await isFreeForUdp(candidate)) && (await isFreeForTcp(candidate))) return candidate;
  }
  throw new Error(`no port from ${FIRST_PORT} to ${FIRST_PORT + 99} of ${ADDRESS} is free`);
}

function isFreeForUdp(candidate: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket('udp4');
    socket.once('error', () => done(false));
    socket.bind(candidate, ADDRESS, () => socket.close(() => done(true)));
  });
}

function isFreeForTcp(candidate: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(candidate, ADDRESS, () => server.close(() => done(true)));
  });
}
