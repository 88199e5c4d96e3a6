import { afterEach } from '@jest/globals';
import { RCODE } from '@kubezone/core';

import { composeQuery, type QueryOptions, show, type ShownResponse } from '../../testing/ask.ts';
import type { DnsServerOptions } from '../../server-options.ts';
import { clients, connectTo } from '../../testing/server-fixture.ts';
import { askUdp, startServer, type TestServer } from '../../testing/test-server.ts';
import type { FallthroughOptions } from '../fallthrough-options.ts';
import { type Script, ScriptedUpstream, type SeenQuery } from './scripted-upstream.ts';

/** What the server of these tests serves. */
export const ZONE: string = `
  $ORIGIN example.com.
  @    60 SOA  ns1 admin 1 3600 900 86400 30
  @    60 NS   ns1
  ns1  60 A    192.0.2.53
  web  60 A    192.0.2.1
`;
/** What denials have in their authority section. */
export const SOA: string = 'example.com. 30 SOA ns1.example.com. admin.example.com. 1 3600 900 86400 30';

/** Those of the test that runs; a test may add its own, and take away what it has stopped. */
export const servers: TestServer[] = [];
export const upstreams: ScriptedUpstream[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(servers.splice(0).map(({ server }) => server.stop(100)));
  await Promise.all(upstreams.splice(0).map((other) => other.stop()));
});

/** Starts another server that answers by name, `*` for all others; it is stopped after the test. */
export async function upstream(
  scripts: Readonly<Record<string, Script | 'silence' | 'hang-up' | ((query: SeenQuery) => Script)>>,
): Promise<ScriptedUpstream> {
  const started = await ScriptedUpstream.start((query) => {
    const script = scripts[query.message.questions[0]?.name ?? ''] ?? scripts['*'] ?? { rcode: RCODE.NXDOMAIN };
    return typeof script === 'function' ? script(query) : script;
  });
  upstreams.push(started);
  return started;
}

/** Starts a server with fallthrough to others; it is stopped after the test. */
export async function start(
  options: Pick<DnsServerOptions, 'rateLimits' | 'tcp'> & { readonly backEnd?: 'native' | 'dgram' } & Partial<FallthroughOptions>,
  others: readonly ScriptedUpstream[],
): Promise<TestServer> {
  const { backEnd, rateLimits, tcp, ...fallthrough } = options;
  const started = await startServer(ZONE, {
    ...(backEnd && { udpBackEnd: backEnd }),
    ...(rateLimits && { rateLimits }),
    ...(tcp && { tcp }),
    fallthrough: { zones: 'all', servers: others.map(({ at }) => at), ...fallthrough },
  });
  servers.push(started);
  return started;
}

/** Asks once, over UDP unless the options say otherwise. */
export async function ask({ at }: TestServer, text: string, options: QueryOptions = {}): Promise<ShownResponse | undefined> {
  if (options.transport !== 'tcp') return show(await askUdp(at, composeQuery(text, options), 5000));
  const client = await connectTo(at);
  client.send(composeQuery(text, options));
  const [response] = await client.receive(1);
  client.socket.end();
  return show(response);
}
