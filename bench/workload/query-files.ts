import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { composeQuery } from '../../e2e/support/query.ts';
import { type Mix, planQueries } from './mixes.ts';
import type { ZonePlan } from './zone-plan.ts';

/** More than any server answers in a run of two seconds: a file that begins again in mid-run would have the caches warm. */
const QUERIES = 300_000;

/** Writes a mix as dnsperf reads it, a name and a type on each line, and gives back where. */
export function writeQueryFile(folder: string, mix: Mix, plan: ZonePlan): string {
  const file = join(folder, `${mix.name}-${plan.names}.queries`);
  const lines: string[] = [];
  for (const { name } of planQueries(mix, plan, QUERIES)) lines.push(`${name} A`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Writes a mix as `latency-client.c` reads it: messages, each after its length in two octets. */
export function writeMessageFile(folder: string, mix: Mix, plan: ZonePlan): string {
  const file = join(folder, `${mix.name}-${plan.names}.messages`);
  const parts: Uint8Array[] = [];
  for (const { name } of planQueries(mix, plan, QUERIES)) {
    const message = composeQuery({ name, type: 1 });
    parts.push(Uint8Array.of(message.length >> 8, message.length & 255), message);
  }
  writeFileSync(file, Buffer.concat(parts));
  return file;
}
