/**
 * The whole process in chaos: two replicas of the built operator under one Lease at a live API server, with a zone at each simulated vendor and one at Knot. Processes are
 * stopped and killed, so is the API server; connections are cut, slowed and silenced; vendors refuse, break off and say nothing; others write to the Lease and the zones.
 */
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { PROGRAMS } from '@kubezone/providers/testing';

import { findControlPlane } from '../../tools/control-plane/control-plane.ts';
import { findDefinitions } from '../../tools/control-plane/definitions.ts';
import { describeWithPrograms } from '../support/needs-programs.ts';
import { keepLogs, type Quiet, type RoundReport, runRound } from './chaos/round.ts';

const LONG = process.env['KUBEZONE_E2E_LONG'] === '1';
const FIRST_SEED = Number(process.env['KUBEZONE_E2E_SEED'] ?? 1);
const ROUNDS = 5;
const MINUTE_MS = 60_000;
const CHAOS_MS = 3 * MINUTE_MS;
/** How long is looked on when all is right again, in milliseconds. */
const QUIET_MS = 45_000;
/** The longest that a failed attempt is waited after, an audit, and a Lease that has to run out. */
const CALM_MS = 90_000;

const server = await findControlPlane();
const definitions = 'missing' in server ? server : await findDefinitions();
const missing = 'missing' in definitions ? definitions.missing : undefined;
if (missing !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(missing);
  process.stderr.write(`\n*** SKIPPED: the operator in chaos: ${missing}\n\n`);
}
const needed = Object.entries(PROGRAMS).map(([program, aptPackage]) => ({ program, aptPackage }));

const describeChaos: typeof describeWithPrograms = (title, programs, suite) => {
  if (LONG && missing === undefined) describeWithPrograms(title, programs, suite);
  // oxlint-disable-next-line jest/valid-title, jest/valid-describe-callback, jest/no-disabled-tests -- minutes are many, and what is missing is told above
  else describe.skip(title, suite);
};

describeChaos('the operator, in chaos and in the calm after it', needed, () => {
  it.each(Array.from({ length: ROUNDS }, (_, index) => FIRST_SEED + index))(
    'loses no name that is asked for, writes by one process at a time, and gets everything right in the end: with the seed %i',
    async (seed) => {
      expect(await play(seed)).toEqual([]);
    },
    15 * MINUTE_MS,
  );
});

/** Plays a round, and gives back what is wrong; where something is, all that the processes have said is kept. */
async function play(seed: number): Promise<readonly string[]> {
  if (!(definitions instanceof Map)) throw new Error('the definitions are missing');
  const report = await runRound({ seed, chaosMs: CHAOS_MS, calmMs: CALM_MS, quietMs: QUIET_MS, definitions });
  const wrong = faultsOf(report);
  if (wrong.length === 0) return [];
  const folder = join(tmpdir(), `kubezone-chaos-logs-${seed}`);
  await mkdir(folder, { recursive: true });
  await keepLogs(folder, report);
  return [...wrong, `what the processes have said is in ${folder}`];
}

function faultsOf({ faults, absences, outOfTurn, errors, quiet, writes, looks }: RoundReport): readonly string[] {
  return [
    ...faults,
    ...absences.map(({ name, at, history }) => `${name} was absent at ${at}: ${history.join('; ')}`),
    ...outOfTurn,
    ...errors,
    ...(Math.min(writes, looks) > 20 ? [] : [`nothing has happened: ${writes} writes, ${looks} looks`]),
    ...(quiet.filter(({ leads }) => leads === 1).length === 1 ? [] : ['not one leader, by the metrics']),
    ...quiet.filter(isBusy).map((one) => `not quiet: ${JSON.stringify(one)}`),
  ];
}

/** A Lease is renewed or looked at every two seconds, and each zone listed every 20; more than a hundred MiB is what a process has that has done nothing. */
function isBusy({ cpuShare, apiChunksPerSecond, zoneChunksPerSecond, residentMiB, unsettled }: Quiet): boolean {
  return unsettled > 0 || cpuShare > 0.2 || apiChunksPerSecond > 5 || zoneChunksPerSecond > 5 || residentMiB > 400;
}
