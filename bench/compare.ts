/**
 * Two commits of this repository, on the same zone, in interleaved rounds.
 *
 *     node --conditions=@kubezone/source bench/compare.ts BASE [HEAD] [OPTIONS]
 *
 * Both are built from git's own files into a temporary folder. In each round both are started anew: two processes of one program differ for as long as they live (where memory lies,
 * what the compiler chose), and rounds on the same two processes would make that look like a difference of the programs.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { checkOut, commitOf } from './compare/checkout.ts';
import { type Comparison, printComparison } from './compare/compare-report.ts';
import { describeMachine, loadAverage } from './machine.ts';
import { withBenchFolder } from './measure/bench-folder.ts';
import { measureLatency } from './measure/latency.ts';
import { halfLoad } from './measure/measure-servers.ts';
import { type Bench, measureThroughput } from './measure/throughput.ts';
import { kubezoneKind } from './peers/kubezone.ts';
import { type RunningServer, startServer } from './peers/run-server.ts';
import type { ServerKind } from './peers/server-kind.ts';
import type { LatencySample, StartSample, ThroughputSample } from './report/results.ts';
import { checkAnswers } from './workload/check-answers.ts';
import { MIXES, POSITIVE } from './workload/mixes.ts';
import { writeMessageFile, writeQueryFile } from './workload/query-files.ts';
import { planZone } from './workload/zone-plan.ts';
import { writeZoneFile } from './workload/zone-text.ts';

const HELP = `node --conditions=@kubezone/source bench/compare.ts BASE [HEAD] [OPTIONS]

  HEAD               a commit                                                 (HEAD)
  --rounds N         rounds, in each of which both are started anew           (9)
  --seconds S        length of each run                                       (1.5)
  --names N          size of the zone                                         (10000)
  --mixes A,B        of a, 0x20, nxdomain, wildcard, cname, ten, tcp, cookie  (a,nxdomain,cname,ten,tcp)
  --no-addon         without the native addon
  --server-cpu N     processor of the servers                                 (0)
  --client-cpu N     processor of the clients                                 (1)
  --output FILE      write the samples as JSON`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '1.5' },
    names: { type: 'string', default: '10000' },
    mixes: { type: 'string', default: 'a,nxdomain,cname,ten,tcp' },
    'no-addon': { type: 'boolean', default: false },
    'server-cpu': { type: 'string', default: '0' },
    'client-cpu': { type: 'string', default: '1' },
    output: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const [baseName, headName = 'HEAD'] = positionals;
if (values.help || baseName === undefined) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const commits = { base: commitOf(baseName), head: commitOf(headName) };
const wanted = values.mixes.split(',');
const mixes = MIXES.filter(({ name }) => wanted.includes(name));
if (mixes.length !== wanted.length)
  throw new Error(`--mixes: found "${values.mixes}"; expected some of ${MIXES.map(({ name }) => name).join(', ')}`);

const comparison = await withBenchFolder((folder) => compareCommits(folder, Number(values.names), Number(values.rounds)));
if (values.output !== undefined) writeFileSync(values.output, `${JSON.stringify({ commits, ...comparison })}\n`);
console.log(
  `base ${commits.base.slice(0, 12)}, head ${commits.head.slice(0, 12)}; ${values.names} names, ${values.rounds} rounds of ${values.seconds} s; ` +
    `${describeMachine()}; load ${loadAverage()}\n\n${printComparison(comparison)}`,
);

async function compareCommits(folder: string, names: number, rounds: number): Promise<Comparison> {
  const plan = planZone(names);
  const zoneFile = join(folder, 'bench.zone');
  writeZoneFile(zoneFile, plan);
  const files = mixes.map((mix) => ({ mix, queryFile: writeQueryFile(folder, mix, plan) }));
  const messageFile = writeMessageFile(folder, POSITIVE, plan);
  const kinds = (['base', 'head'] as const).map((name): ServerKind => {
    const root = join(folder, name);
    console.error(`building ${name}: ${commits[name]}`);
    checkOut(commits[name], root, name === 'head' ? [join(folder, 'base')] : []);
    return { ...kubezoneKind(!values['no-addon'], root), name };
  });
  const samples = { throughput: [] as ThroughputSample[], latency: [] as LatencySample[], starts: [] as StartSample[] };
  let rate: number | undefined;
  for (let round = 1; round <= rounds; round++) {
    const servers: RunningServer[] = [];
    try {
      for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
        const own = join(folder, 'runs', `${kind.name}-${round}`);
        const server = await startServer(kind, { folder: own, zoneFile, cpu: Number(values['server-cpu']) });
        servers.push(server);
        if (round === 1) for (const mix of mixes) await checkAnswers(kind.name, server.setup.port, mix, plan);
        server.pause();
      }
      const bench: Bench = {
        run: 'compare',
        names,
        rounds: 1,
        seconds: Number(values.seconds),
        serverCpu: Number(values['server-cpu']),
        clientCpu: Number(values['client-cpu']),
        servers,
      };
      const throughput = await measureThroughput(bench, files);
      rate ??= halfLoad(throughput) ?? 1000;
      const latency = await measureLatency(bench, messageFile, rate);
      samples.throughput.push(...throughput.map((sample) => ({ ...sample, round })));
      samples.latency.push(...latency.map((sample) => ({ ...sample, round })));
      for (const server of servers) {
        const after = server.memory();
        samples.starts.push({
          run: 'compare',
          round,
          names,
          server: server.kind.name,
          startMs: server.startMs,
          loaded: after,
          after,
        });
      }
      console.error(`compared: round ${round} of ${rounds}`);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  }
  return samples;
}
