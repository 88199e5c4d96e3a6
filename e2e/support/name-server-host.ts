import { scanRRType } from '@kubezone/core';
import { type DnsServerName, KEYS, startDnsServer } from '@kubezone/providers/testing';

import { DnsRelay } from './dns-relay.ts';
import { QueryClient } from './query-client.ts';
import { composeQuery } from './query.ts';
import { readReply } from './read-reply.ts';
import type { ZoneHost } from './zone-host.ts';

const ZONE = 'example.com.';
const NOERROR = 0;
const NXDOMAIN = 3;
/** So many records go into one message of `nsupdate`, which does not part what is too long for one. */
const SEEDED_AT_ONCE = 100;

/** Starts a name server of another project, which the provider rfc2136 writes to, by TSIG. */
export async function startNameServer(program: DnsServerName): Promise<ZoneHost> {
  const server = await startDnsServer(program);
  const client = new QueryClient(server.port);
  return {
    name: 'rfc2136',
    environment: {},
    openRelay: async () => {
      const relay = await DnsRelay.open(server.port);
      return { relay, options: { servers: [relay.address], zones: [ZONE], tsig: KEYS.sha256 } };
    },
    seed: async (lines) => {
      await server.seed(ZONE, []);
      const additions = lines.map((line) => `update add ${line}`);
      const script: string[] = [];
      for (let at = 0; at < additions.length; at += SEEDED_AT_ONCE)
        script.push(`zone ${ZONE}`, ...additions.slice(at, at + SEEDED_AT_ONCE), 'send');
      if (script.length > 0) await server.update(...script);
    },
    dump: () => server.dump(ZONE),
    stored: async (owner, typeName) => {
      const type = scanRRType(typeName);
      if (type === undefined) throw new RangeError(`there is no RR type ${typeName}`);
      const { rcode, tc, answer } = readReply(await client.ask(composeQuery({ name: owner, type })));
      if ((rcode !== NOERROR && rcode !== NXDOMAIN) || tc)
        throw new Error(`${program} does not show ${owner} ${typeName}: RCODE ${rcode}, TC ${tc}`);
      return JSON.stringify(answer.map((record) => JSON.stringify(record)).toSorted());
    },
    close: async () => {
      client.close();
      await server.stop();
    },
  };
}
