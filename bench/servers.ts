/**
 * This server beside others, on the same zone, in interleaved rounds.
 *
 *     node --conditions=@kubezone/source bench/servers.ts [OPTIONS]
 *
 * See bench/README.md for what is measured and for each server's configuration.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { measureServers } from './measure/measure-servers.ts';
import { serverKinds } from './peers/kinds.ts';
import { writeDocs } from './report/docs-section.ts';
import { mergeResults, type Results } from './report/results.ts';
import { printReport } from './report/server-report.ts';
import { DEFAULT_MIXES, MIXES } from './workload/mixes.ts';

const HELP = `node --conditions=@kubezone/source bench/servers.ts [OPTIONS] [RESULTS.json...]

  --rounds N         rounds of each measurement                               (9)
  --seconds S        length of each run                                       (1.2)
  --names A,B        sizes of the zone                                        (10000,1000000)
  --mixes A,B        of a, 0x20, nxdomain, wildcard, cname, ten, tcp, cookie  (all but cookie)
  --servers A,B      of kubezone, kubezone-dgram, nsd, knot, bind, coredns, echo (all)
  --rate N           queries a second at which latency is measured            (half of NSD's most)
  --busy A,B         sizes at which latency is also measured beside work      (the smallest; "none")
  --changes N        how often each way of changing an address is taken       (3)
  --server-cpu N     processor of the servers                                 (0)
  --client-cpu N     processor of the clients                                 (1)
  --kubezone DIR     measure this checkout of Kubezone                        (this one)
  --output FILE      write the results as JSON
  --docs             write tables and charts into docs/
  --report           measure nothing: report the results given as arguments

Results given as arguments are put together with what is measured: rounds of several runs make one report.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '1.2' },
    names: { type: 'string', default: '10000,1000000' },
    mixes: { type: 'string', default: DEFAULT_MIXES.join(',') },
    servers: { type: 'string' },
    rate: { type: 'string' },
    busy: { type: 'string' },
    changes: { type: 'string', default: '3' },
    'server-cpu': { type: 'string', default: '0' },
    'client-cpu': { type: 'string', default: '1' },
    kubezone: { type: 'string' },
    output: { type: 'string' },
    docs: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const results: Results[] = positionals.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Results);
if (!values.report) {
  const names = values.names.split(',').map((text) => numberOf('--names', text, 100));
  const busy = values.busy ?? String(Math.min(...names));
  const kinds = pick('--servers', values.servers, serverKinds(values.kubezone));
  const { results: measured, complete } = await measureServers({
    kinds,
    mixes: pick('--mixes', values.mixes, MIXES),
    names,
    rounds: numberOf('--rounds', values.rounds, 1),
    seconds: numberOf('--seconds', values.seconds, 0.1),
    serverCpu: numberOf('--server-cpu', values['server-cpu'], 0),
    clientCpu: numberOf('--client-cpu', values['client-cpu'], 0),
    busyNames: busy === 'none' ? [] : busy.split(',').map((text) => numberOf('--busy', text, 100)),
    changes: numberOf('--changes', values.changes, 0),
    ...(values.rate === undefined ? {} : { rate: numberOf('--rate', values.rate, 1) }),
    ...(values.kubezone === undefined ? {} : { root: values.kubezone }),
  });
  if (values.output !== undefined) writeFileSync(values.output, `${JSON.stringify(measured)}\n`);
  if (!complete) process.exitCode = 1;
  results.push(measured);
}
const merged = mergeResults(results);
console.log(printReport(merged));
if (values.docs) writeDocs(merged);

function numberOf(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (text === '' || !(number >= least)) throw new Error(`${flag}: found "${text}"; expected a number of at least ${least}`);
  return number;
}

function pick<T extends { readonly name: string }>(flag: string, text: string | undefined, all: readonly T[]): readonly T[] {
  if (text === undefined) return all;
  return text.split(',').map((name) => {
    const found = all.find((one) => one.name === name);
    if (found === undefined)
      throw new Error(`${flag}: found "${name}"; expected some of ${all.map((one) => one.name).join(', ')}`);
    return found;
  });
}
