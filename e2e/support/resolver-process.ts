import { builtResolver } from './built-resolver.ts';
import { type ChildServer, startChild } from './child-server.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { QueryClient, type Transport } from './query-client.ts';
import { composeQuery } from './query.ts';
import { readReply, type Reply } from './read-reply.ts';

/** The types these tests ask for. */
const TYPES = { A: 1, NS: 2, SOA: 6, TXT: 16, AAAA: 28 } as const;

/** A line of the resolver's JSON log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The built resolver, running. */
export interface ResolverProcess {
  readonly port: number;
  readonly child: ChildServer;
  /** Asks one question; letter case and everything else as given. */
  ask(name: string, type: keyof typeof TYPES, transport?: Transport): Promise<Reply>;
  /** The addresses in the answer, sorted; a reply without NOERROR throws. */
  addresses(name: string, type?: 'A' | 'AAAA'): Promise<string[]>;
  /** What the reply amounts to: `NOERROR` with data, `NODATA`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, or the rcode's number. */
  outcome(name: string, type?: keyof typeof TYPES): Promise<string>;
  /** GET of the HTTP port: status and text. */
  http(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Lines of its log that are JSON objects. */
  logLines(): LogLine[];
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the built resolver on free ports of 127.0.0.1 with these flags; resolves as soon as its HTTP port says that it lives. */
export async function startResolver(flags: readonly string[]): Promise<ResolverProcess> {
  const main = await builtResolver();
  const [port, httpPort] = [await freePort(), await freePort()];
  const child = startChild(process.execPath, [
    main,
    '--listen',
    `127.0.0.1:${port}`,
    '--metrics',
    `127.0.0.1:${httpPort}`,
    ...flags,
  ]);
  const client = new QueryClient(port, { timeoutMs: 500, tries: 3 });
  const ask: ResolverProcess['ask'] = async (name, type, transport = 'udp') =>
    readReply(await client.ask(composeQuery({ name, type: TYPES[type], ednsSize: 1232 }), transport));
  const http: ResolverProcess['http'] = async (path) => {
    const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, { signal: AbortSignal.timeout(2000) });
    return { status: response.status, text: await response.text() };
  };
  const resolver: ResolverProcess = {
    port,
    child,
    ask,
    http,
    addresses: async (name, type = 'A') => {
      const reply = await ask(name, type);
      if (reply.rcode !== 0) throw new Error(`${name} ${type}: ${outcomeOf(reply)}`);
      return reply.answer
        .filter((record) => record.type === TYPES[type])
        .map(({ rdata }) => rdata)
        .sort();
    },
    outcome: async (name, type = 'A') => outcomeOf(await ask(name, type)),
    logLines: () => child.log().split('\n').flatMap(parseLogLine),
    stop: async (signal) => {
      client.close();
      await child.stop(signal);
    },
  };
  try {
    await eventually(
      'the resolver is alive',
      async () => {
        if (child.exited() !== undefined) throw new Error(`it ended: ${String(child.exited())}`);
        return (await http('/healthz')).status === 200 ? true : undefined;
      },
      { withinMs: 15_000 },
    );
  } catch (error) {
    await resolver.stop('SIGKILL');
    throw new Error(`${String(error)}\n${child.log().slice(-4000)}`, { cause: error });
  }
  return resolver;
}

function parseLogLine(line: string): LogLine[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [value as LogLine] : [];
  } catch {
    return [];
  }
}

function outcomeOf(reply: Reply): string {
  if (reply.rcode === 0) return reply.answer.length > 0 ? 'NOERROR' : 'NODATA';
  return { 2: 'SERVFAIL', 3: 'NXDOMAIN', 5: 'REFUSED' }[reply.rcode] ?? `rcode ${reply.rcode}`;
}
