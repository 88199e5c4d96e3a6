/** Rounds of chaos by hand: `node --conditions=@kubezone/source e2e/operator/chaos/run.ts --seed 1 --rounds 3 --seconds 180 [--logs DIR]`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { findDefinitions } from '../../../tools/control-plane/definitions.ts';
import { keepLogs, runRound } from './round.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '180' },
    logs: { type: 'string' },
  },
});
const definitions = await findDefinitions();
if ('missing' in definitions) throw new Error(definitions.missing);
for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.rounds); seed++) {
  const report = await runRound({
    seed,
    chaosMs: Number(values.seconds) * 1000,
    calmMs: 90_000,
    quietMs: 25_000,
    definitions,
  });
  const { said: _said, ...shown } = report;
  console.log(JSON.stringify(shown, undefined, 1));
  if (values.logs !== undefined) {
    const folder = join(values.logs, String(seed));
    await mkdir(folder, { recursive: true });
    await keepLogs(folder, report);
  }
}
