/**
 * From a change of one object to its acknowledged write at every provider, by the product's own publisher and providers, over HTTP or DNS, without rate limiting.
 *
 *     node --conditions=@kubezone/source bench/publish-providers.ts [NAMES] [CHANGES]
 *
 * The vendors are the simulators of the tests, in this very process; so the figures say what we add to a vendor's own answer, and more. Knot is Debian's. Whatever is asked passes through a
 * proxy of this process, which counts it.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { memoryServer } from '../e2e/publish/memory-server.ts';
import { Publishing } from '../e2e/publish/publishing.ts';
import { rfc2136Server } from '../e2e/publish/real-servers.ts';
import { cloudflareServer, googleServer, route53Server } from '../e2e/publish/simulated-servers.ts';
import type { ZoneServer } from '../e2e/publish/zone-server.ts';
import { markdownTable, percentile } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';

const [names = 5000, changes = 200] = process.argv.slice(2).map(Number);
/** In which compilers warm up, in changes. */
const LEFT_OUT = 20;
/** Between one change and the next, in milliseconds: Knot puts an update off to its next full second that comes while it tidies up after the last one. */
const APART_MS = 20;

const SERVERS: Readonly<Record<string, () => Promise<ZoneServer>>> = {
  memory: memoryServer,
  'route53, simulated': route53Server,
  'google, simulated': googleServer,
  'cloudflare, simulated': cloudflareServer,
  'rfc2136, Knot': () => rfc2136Server('knot'),
};

async function measure(what: string, open: () => Promise<ZoneServer>): Promise<string[]> {
  const server = await open();
  const asked = Object.fromEntries(
    Array.from({ length: names }, (_, index) => [`ingress/n${index}`, [`n${index}.example.com. 300 A 192.0.2.1`]]),
  );
  const publishing = await Publishing.started({ provider: server.connect() }, asked);
  const change = async (count: number): Promise<number> => {
    await sleep(APART_MS);
    const index = (count * 7919) % names;
    return await publishing.acknowledged(`ingress/n${index}`, `n${index}.example.com. 300 A 192.0.3.${count % 256}`);
  };
  for (let count = 0; count < LEFT_OUT; count++) await change(count);
  server.gate.forget();
  const samples: number[] = [];
  for (let count = 0; count < changes; count++) samples.push(await change(LEFT_OUT + count));
  const { requests } = server.gate;
  const written = requests.filter((request) => server.writes.test(request)).length;
  await publishing.stop();
  await server.close();
  return [
    what,
    ...[0.5, 0.99, 1].map((share) => `${percentile(samples, share).toFixed(1)} ms`),
    `${written / changes}`,
    `${(requests.length - written) / changes}`,
  ];
}

const rows: string[][] = [];
for (const [what, open] of Object.entries(SERVERS)) rows.push(await measure(what, open));
console.log(
  `${changes} changes of one object each, ${names.toLocaleString('en')} names published; ${describeMachine()}; load ${loadAverage()}\n`,
);
console.log(markdownTable(['provider', 'median', 'p99', 'longest', 'writes for each', 'other requests for each'], rows));
process.exit(0);
