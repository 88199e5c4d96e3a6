import type { Mismatch } from './report.ts';
import { differs, verdictsOn } from './verdicts.ts';
import {
  askOverTcp,
  type AskedServer,
  type Exchange,
  exchangeAll,
  type Family,
  type FamilyCase,
  startPeers,
  zoneTexts,
} from './differential-run.ts';
import type { GeneratedRecord, GeneratedZone } from './generated-zone.ts';
import type { PeerName, ZoneText } from '../support/peers.ts';
import { QueryClient } from '../support/query-client.ts';

/** A server under test that can be started on zones. */
export type StartServer = (zones: readonly ZoneText[]) => Promise<{ readonly port: number; stop(): Promise<void> }>;

/** Four servers and the client share what processors there are: silence is a finding only if it lasts. */
const PATIENCE = { timeoutMs: 4000, tries: 4 };

/** How a smaller case is tried. */
export interface MinimiseOptions {
  readonly start: StartServer;
  readonly peers: readonly PeerName[];
  /** @default 20000 */
  readonly withinMs?: number;
}

/**
 * Makes a mismatch small: records are left out, in halves and then one by one, while we still differ from the peers in the same aspect.
 *
 * All variants of a round are served at once, each under its own apex, so that a round costs one start of the servers.
 */
export async function minimise(mismatch: Mismatch, options: MinimiseOptions): Promise<Mismatch> {
  const deadline = performance.now() + (options.withinMs ?? 20_000);
  const child = mismatch.exchange.case.family.child;
  let best = mismatch;
  if (child !== undefined) {
    const { parent } = mismatch.exchange.case.family;
    best = (await firstThatStillDiffers(best, [{ parent }], options)) ?? best;
  }
  for (let size = Math.ceil(freeRecords(best).length / 2); size >= 1 && performance.now() < deadline;) {
    const smaller = await firstThatStillDiffers(best, variantsWithout(best, size), options);
    if (smaller !== undefined) best = smaller;
    else size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return best;
}

/** The records that can be left out: all but each apex's SOA and one NS. */
function freeRecords(mismatch: Mismatch): readonly GeneratedRecord[] {
  const { parent, child } = mismatch.exchange.case.family;
  return [...parent.records, ...(child?.records ?? [])].filter((record) => !isKept(record));
}

function isKept({ owner, type, rdata }: GeneratedRecord): boolean {
  return owner === '@' && (type === 'SOA' || rdata === 'ns.out.example.');
}

function variantsWithout(mismatch: Mismatch, size: number): Family[] {
  const { family } = mismatch.exchange.case;
  const free = freeRecords(mismatch);
  return Array.from({ length: Math.ceil(free.length / size) }, (_, chunk) => {
    const left = new Set(free.slice(chunk * size, (chunk + 1) * size));
    const without = ({ records }: GeneratedZone): GeneratedZone => ({ records: records.filter((record) => !left.has(record)) });
    return { parent: without(family.parent), ...(family.child === undefined ? {} : { child: without(family.child) }) };
  });
}

async function firstThatStillDiffers(
  mismatch: Mismatch,
  families: readonly Family[],
  options: MinimiseOptions,
): Promise<Mismatch | undefined> {
  const cases = families.map((family, index): FamilyCase => ({
    apex: `v${index}.test.`,
    family,
    queries: [mismatch.exchange.query],
  }));
  if (cases.length === 0) return undefined;
  const exchanges = await serveAndAsk(cases, options);
  for (const exchange of exchanges) {
    const verdicts = verdictsOn(exchange);
    const aspects = mismatch.aspects.filter((aspect) => verdicts[aspect].kind === 'differs');
    if (aspects.length > 0) return { exchange, aspects };
  }
  return undefined;
}

/**
 * Serves cases from our server and the peers, asks all their questions, and stops the servers. Where we differ over UDP the question is asked again over
 * TCP: size may be all that it is about.
 */
export async function serveAndAsk(
  cases: readonly FamilyCase[],
  options: Pick<MinimiseOptions, 'start' | 'peers'>,
): Promise<Exchange[]> {
  const zones = zoneTexts(cases);
  const peers = await startPeers(options.peers, zones);
  const own = await options.start(zones).catch(async (error: unknown) => {
    await Promise.all(peers.map((peer) => peer.stop()));
    throw error;
  });
  const servers: AskedServer[] = [
    { name: 'kubezone', client: new QueryClient(own.port, PATIENCE) },
    ...peers.map(({ name, port }) => ({ name, client: new QueryClient(port, PATIENCE) })),
  ];
  try {
    const exchanges = await exchangeAll(cases, servers);
    return await Promise.all(
      exchanges.map(async (exchange) =>
        exchange.query.transport === 'udp' && differs(exchange) ? askOverTcp(exchange, servers) : exchange,
      ),
    );
  } finally {
    for (const { client } of servers) client.close();
    await Promise.all([own, ...peers].map((server) => server.stop()));
  }
}
