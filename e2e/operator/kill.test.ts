/**
 * The built operator, killed by SIGKILL at its writes to simulated vendors and to name servers: whoever starts next finishes the work, to the last record and marker, and
 * touches nothing that is not its own.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROGRAMS } from '@kubezone/providers/testing';

import { startOperator } from '../support/built-operator.ts';
import { endpointManifests } from '../support/endpoint-manifests.ts';
import { startNameServer } from '../support/name-server-host.ts';
import { describeWithPrograms } from '../support/needs-programs.ts';
import { startVendor } from '../support/simulated-vendor.ts';
import type { ZoneHost } from '../support/zone-host.ts';

/** Every write to every host, instead of some. */
const LONG = process.env['KUBEZONE_E2E_LONG'] === '1';
const describeLong = LONG ? describe : describe.skip;
const SERVER_PROGRAMS = Object.entries(PROGRAMS).map(([program, aptPackage]) => ({ program, aptPackage }));
const NAMES = 260;
const BATCH = 5;

/** What others have there: data, data beside ours, the marker of another owner, and what external-dns leaves. */
const FOREIGN: readonly (readonly [owner: string, type: string, rest: string])[] = [
  ['other.example.com.', 'A', '300 A 198.51.100.1'],
  ['n7.example.com.', 'TXT', '60 TXT "v=spf1 -all"'],
  ['n220.example.com.', 'TXT', '60 TXT "theirs"'],
  ['theirs.example.com.', 'A', '300 A 198.51.100.2'],
  ['_owner.theirs.example.com.', 'TXT', '300 TXT "heritage=kubezone,v=1,owner=another,cluster=0123abcd,own=A/service"'],
  ['edns.example.com.', 'A', '300 A 198.51.100.3'],
  [
    'a-edns.example.com.',
    'TXT',
    '300 TXT "heritage=external-dns,external-dns/owner=default,external-dns/resource=service/default/edns"',
  ],
];
const FOREIGN_LINES = FOREIGN.map(([owner, , rest]) => `${owner} ${rest}`);

/** At which point of a write a process dies. That a reply has been read and the next write is not yet sent is the last of them. */
const DEATHS = ['before it is carried out', 'after it was carried out, before its reply', 'after its reply'] as const;

interface Death {
  readonly point: (typeof DEATHS)[number];
  /** At which write of its life. */
  readonly nth: number;
}

/** What the first process is asked for: 200 names. */
const asked = (index: number): readonly string[] => (index < 200 ? ['A', `192.0.1.${index % 256}`] : []);

/** What is asked for then, in 200 changes: 50 names go, 50 change their addresses, 40 become CNAMEs, 60 stay, 60 are new. */
function askedThen(index: number): readonly string[] {
  if (index < 50) return [];
  if (index < 100) return ['A', `192.0.2.${index}`];
  if (index < 140) return ['CNAME', `lb${index}.example.net`];
  return ['A', `192.0.1.${index % 256}`];
}

const indices = Array.from({ length: NAMES }, (_, index) => index);

function manifestsOf(ask: (index: number) => readonly string[]): string {
  return endpointManifests(
    indices.flatMap((index) => {
      const [recordType, target = ''] = ask(index);
      return recordType === undefined ? [] : { dnsName: `n${index}.example.com`, recordType, target };
    }),
  );
}

function linesOf(ask: (index: number) => readonly string[]): readonly string[] {
  return indices.flatMap((index) => {
    const [type, target = ''] = ask(index);
    return type === undefined ? [] : `n${index}.example.com. 300 ${type} ${target}${type === 'CNAME' ? '.' : ''}`;
  });
}

const isOurMarker = (line: string): boolean => line.includes('heritage=kubezone') && line.includes('owner=crash');

for (const vendor of ['route53', 'google', 'cloudflare'] as const) {
  describe(`the operator, killed while it writes to ${vendor}`, () => {
    suite(vendor, () => startVendor(vendor));
  });
}
for (const program of ['knot', 'bind'] as const) {
  describeWithPrograms(`the operator, killed while it writes to ${program} by rfc2136`, SERVER_PROGRAMS, () => {
    suite(program, () => startNameServer(program));
  });
}

/** @param title for what a long run says of itself */
function suite(title: string, open: () => Promise<ZoneHost>): void {
  let host: ZoneHost;
  let folder: string;
  /** What the first process leaves, and what the second one makes of it where nobody kills it. */
  let start: readonly string[];
  let goal: readonly string[];
  let writes: number;
  /** What is stored for others, before and after. */
  let foreign: readonly string[];
  let foreignAfter: readonly string[];

  /** Runs a process: to its end, or to its death. Gives back how many writes it has sent. */
  async function live(manifests: 'first' | 'then', death?: Death): Promise<number> {
    const { relay, options } = await host.openRelay();
    const config = {
      manifests: join(folder, manifests),
      sources: ['dnsendpoint'],
      owner: { id: 'crash' },
      log: { level: 'warn' },
      providers: [
        {
          selector: ['example.com'],
          provider: host.name,
          providerOptions: { ...options, batchChangeSize: BATCH },
        },
      ],
    };
    await writeFile(join(folder, 'kubezone.yaml'), JSON.stringify(config));
    const once = death === undefined ? ['--once'] : [];
    const operator = await startOperator(['--config', 'kubezone.yaml', ...once], { cwd: folder, env: host.environment });
    const strike = (nth: number): void => {
      if (nth !== death?.nth) return;
      operator.signal('SIGKILL');
      relay.cut();
    };
    if (death?.point === 'before it is carried out') relay.hooks.arrived = strike;
    else if (death?.point === 'after its reply') relay.hooks.answered = strike;
    else relay.hooks.carriedOut = strike;
    try {
      const end = await operator.ended();
      const said = operator.text();
      if (end !== (death === undefined ? 0 : 'SIGKILL') || said !== '')
        throw new Error(`it ended with ${end}, and said: ${said}`);
      return relay.writes;
    } finally {
      await operator.stop('SIGKILL');
      await relay.close();
    }
  }

  /** The first process's zone again, and what is stored there for others. */
  async function again(): Promise<readonly string[]> {
    await host.seed(start);
    return await storedForeign();
  }

  const storedForeign = (): Promise<readonly string[]> =>
    Promise.all(FOREIGN.map(async ([owner, type]) => await host.stored(owner, type)));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubezone-kill-'));
    for (const [manifests, ask] of [
      ['first', asked],
      ['then', askedThen],
    ] as const) {
      await mkdir(join(folder, manifests));
      await writeFile(join(folder, manifests, 'endpoints.yaml'), manifestsOf(ask));
    }
    host = await open();
    await host.seed(FOREIGN_LINES);
    foreign = await storedForeign();
    await live('first');
    start = await host.dump();
    writes = await live('then');
    goal = await host.dump();
    foreignAfter = await storedForeign();
  }, 180_000);

  afterAll(async () => {
    await host?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  it('has everything in place where nobody kills it, in batches of five changes', () => {
    const isData = (line: string): boolean => !isOurMarker(line);
    expect(start.filter(isData)).toEqual([...linesOf(asked), ...FOREIGN_LINES].toSorted());
    expect(goal.filter(isData)).toEqual([...linesOf(askedThen), ...FOREIGN_LINES].toSorted());
    expect(start.filter(isOurMarker)).toHaveLength(200);
    expect(goal.filter(isOurMarker)).toHaveLength(210);
    expect(foreignAfter).toEqual(foreign);
    expect(writes).toBeGreaterThanOrEqual(40);
  });

  it('again and again, at every point of a write, leaves work that the last one finishes', async () => {
    const before = await again();
    await live('then', { point: DEATHS[0], nth: 1 });
    expect(await host.dump()).toEqual(start);
    await live('then', { point: DEATHS[1], nth: 1 });
    expect(await host.dump()).not.toEqual(start);
    await live('then', { point: DEATHS[2], nth: 1 });
    for (const nth of [2, 6]) for (const point of DEATHS) await live('then', { point, nth });
    await live('then');
    expect(await host.dump()).toEqual(goal);
    expect(await storedForeign()).toEqual(before);
  }, 180_000);

  describeLong('at each of its writes', () => {
    it.each(DEATHS)(
      '%s: leaves work that the next one finishes',
      async (point) => {
        let kills = 0;
        for (let nth = 1; nth <= writes; nth++) {
          const before = await again();
          await live('then', { point, nth });
          kills++;
          await live('then');
          expect({ nth, dump: await host.dump() }).toEqual({ nth, dump: goal });
          expect(await storedForeign()).toEqual(before);
        }
        process.stderr.write(`${title}, ${point}: killed ${kills} times, converged ${kills} times\n`);
      },
      3_600_000,
    );
  });
}
