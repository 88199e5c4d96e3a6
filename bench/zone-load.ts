/**
 * How long a zone file takes to become a served zone, and how much memory.
 *
 *     node --conditions=@kubezone/source bench/zone-load.ts [NAMES]
 *
 * Writes a zone file, then starts a new process that reads it and makes a zone of it.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nameOf, readZoneFile } from '@kubezone/core';
import { packedZoneBuilder, PackedZones } from '@kubezone/core/packed-zone';

import { markdownTable } from './figures.ts';
import { describeMachine } from './machine.ts';

const APEX = 'bench.test.';

/** What the loading process measures. */
interface Measured {
  readonly records: number;
  readonly names: number;
  readonly readMs: number;
  readonly buildMs: number;
  readonly peakMiB: number;
  readonly afterMiB: number;
}

function writeZoneFile(file: string, names: number): void {
  const out = openSync(file, 'w');
  writeSync(out, `$ORIGIN ${APEX}\n$TTL 300\n@ SOA ns1 host 1 3600 900 86400 60\n@ NS ns1\nns1 A 192.0.2.1\n`);
  let lines: string[] = [];
  for (let index = 0; index < names; index++) {
    lines.push(`host-${index} A 10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`);
    if (lines.length === 10_000 || index === names - 1) {
      writeSync(out, `${lines.join('\n')}\n`);
      lines = [];
    }
  }
  closeSync(out);
}

function load(file: string): Measured {
  const start = performance.now();
  const zones = new PackedZones({ seed: 1 });
  const builder = packedZoneBuilder(zones, nameOf(APEX));
  let records = 0;
  const diagnostics = readZoneFile(readFileSync(file, 'utf8'), { file, origin: nameOf(APEX) }, (record, location) => {
    records++;
    builder.add(record, location);
  });
  const read = performance.now();
  const { zone } = builder.build();
  if (zone === undefined || diagnostics.length > 0) throw new Error(`not loaded: ${diagnostics[0]?.message ?? 'no SOA'}`);
  zones.install(zone);
  zones.publish();
  const built = performance.now();
  (globalThis as { gc?: () => void }).gc?.();
  const afterMiB = process.memoryUsage().rss / 2 ** 20;
  return {
    records,
    names: zone.nameCount,
    readMs: read - start,
    buildMs: built - read,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    afterMiB,
  };
}

const [, script = '', argument] = process.argv;
const loading = process.env['KUBEZONE_BENCH_LOAD'];
if (loading !== undefined) {
  console.log(JSON.stringify(load(loading)));
} else {
  const sizes = argument === undefined ? [1000, 100_000, 1_000_000] : [Number(argument)];
  const folder = mkdtempSync(join(tmpdir(), 'kubezone-bench-'));
  const rows = sizes.map((names) => {
    const file = join(folder, `${names}.zone`);
    writeZoneFile(file, names);
    const environment = { ...process.env, KUBEZONE_BENCH_LOAD: file };
    const flags = ['--conditions=@kubezone/source', '--expose-gc', '--max-old-space-size=8192', script];
    const measured = JSON.parse(execFileSync(process.execPath, flags, { env: environment, encoding: 'utf8' })) as Measured;
    const total = (measured.readMs + measured.buildMs) / 1000;
    return [
      names.toLocaleString('en'),
      `${(statSync(file).size / 2 ** 20).toFixed(1)} MiB`,
      `${total.toFixed(2)} s`,
      `${Math.round(measured.records / total).toLocaleString('en')}/s`,
      `${measured.peakMiB.toFixed(0)} MiB`,
      `${measured.afterMiB.toFixed(0)} MiB`,
    ];
  });
  rmSync(folder, { recursive: true, force: true });
  console.log(`zone file to zone; ${describeMachine()}\n`);
  console.log(markdownTable(['names', 'file', 'loaded in', 'records', 'peak RSS', 'RSS after a collection'], rows));
}
