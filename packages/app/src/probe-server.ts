import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Logger } from '@kubezone/core';

import { type ListenAddress, printListenAddress } from './config/listen-address.ts';
import type { Health } from './health.ts';
import { listenEverywhere } from './listen-everywhere.ts';
import { HttpListenError, isListenFailure } from './listen-failure.ts';
import { StartError } from './start-error.ts';

/** What is served over HTTP. */
export interface Probes {
  readonly liveness: () => Health;
  readonly readiness: () => Health;
  /** The metrics, and their media type. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** What objects ask for and do not get; anything that JSON can hold. @default there is no such page */
  readonly conflicts?: () => object;
}

/** A running HTTP server. */
export interface ProbeServer {
  /** Where it listens, with the port that the system chose where 0 was asked for. */
  readonly addresses: readonly ListenAddress[];
  readonly close: () => Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';

/**
 * Serves `/metrics`, `/healthz`, `/readyz` and, where it has something to show, `/debug/conflicts`. Like DNS, on IPv4 alone where all addresses are meant and the machine has no IPv6.
 *
 * @throws {StartError} where an address cannot be listened on
 */
export async function serveProbes(
  wanted: readonly ListenAddress[],
  probes: Probes,
  logger: Pick<Logger, 'warn'>,
): Promise<ProbeServer> {
  let servers: readonly Server[] = [];
  const listener = {
    listen: async (addresses: readonly ListenAddress[]): Promise<readonly ListenAddress[]> => {
      servers = await openServers(addresses, probes);
      return servers.map(addressOf);
    },
  };
  try {
    const addresses = await listenEverywhere(listener, wanted, logger);
    return { addresses, close: async () => void (await Promise.all(servers.map(closeServer))) };
  } catch (error) {
    if (!isListenFailure(error)) throw error;
    const { code, cause } = error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(1, [`cannot serve metrics on ${printListenAddress(error)}: ${reason} [${code}]`], { cause: error });
  }
}

/** One server for each address; where one cannot be had, none stays. */
async function openServers(addresses: readonly ListenAddress[], probes: Probes): Promise<readonly Server[]> {
  const servers: Server[] = [];
  try {
    for (const { address, port } of addresses) {
      const server = createServer((request, response) => void respond(request, response, probes));
      // Nothing here takes a body or time: whoever is slow is not a probe.
      server.requestTimeout = 10_000;
      server.headersTimeout = 5_000;
      servers.push(server);
      await listen(server, { address, port });
    }
  } catch (error) {
    await Promise.all(servers.map(closeServer));
    throw error;
  }
  return servers;
}

async function respond(request: IncomingMessage, response: ServerResponse, probes: Probes): Promise<void> {
  const { status, contentType, body } = await replyTo(request, probes);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function replyTo({ method, url }: IncomingMessage, probes: Probes): Promise<Reply> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, contentType: TEXT, body: 'only GET and HEAD\n' };
  switch ((url ?? '').replace(/\?.*/s, '')) {
    case '/metrics':
      try {
        const { contentType, text } = await probes.metrics();
        return { status: 200, contentType, body: text };
      } catch (error) {
        return { status: 500, contentType: TEXT, body: `${error instanceof Error ? error.message : String(error)}\n` };
      }
    case '/healthz':
      return replyOf(probes.liveness());
    case '/readyz':
      return replyOf(probes.readiness());
    case '/debug/conflicts':
      if (probes.conflicts === undefined) break;
      return { status: 200, contentType: JSON_TYPE, body: `${JSON.stringify(probes.conflicts(), undefined, 2)}\n` };
    default:
  }
  const pages = ['/metrics', '/healthz', '/readyz', ...(probes.conflicts === undefined ? [] : ['/debug/conflicts'])];
  return { status: 404, contentType: TEXT, body: `here are ${pages.join(', ')}\n` };
}

function replyOf({ ok, reasons, notes = [] }: Health): Reply {
  const lines = [...(ok ? ['ok'] : reasons), ...notes];
  return { status: ok ? 200 : 503, contentType: TEXT, body: `${lines.join('\n')}\n` };
}

function listen(server: Server, wanted: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new HttpListenError(wanted.address, wanted.port, error)));
    server.listen({ host: wanted.address, port: wanted.port, ipv6Only: true }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function addressOf(server: Server): ListenAddress {
  const { address, port } = server.address() as AddressInfo;
  return { address, port };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
