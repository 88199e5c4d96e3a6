import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { APEX } from '../workload/zone-plan.ts';
import { control, installed, versionOf } from './installed.ts';
import type { ServerKind, ServerSetup } from './server-kind.ts';

/**
 * NSD as Debian packages it, with one server process; Debian builds it with `--disable-recvmmsg`, so it takes one datagram per system call.
 *
 * `database: ""` keeps the zone in memory alone, as all others do. `minimal-responses` leaves out NS and glue, `round-robin` rotates addresses, no rate limit, no statistics. Socket buffers
 * have NSD's own default of 1 MiB.
 */
export const nsd: ServerKind = {
  name: 'nsd',
  answers: true,
  title: () => `NSD ${versionOf(installed('nsd', 'nsd'), '-v', /NSD version (\S+)/)}`,
  compose: (setup) => {
    const file = configFile(setup);
    writeFileSync(file, printNsdConfig(setup));
    return { program: installed('nsd', 'nsd'), args: ['-d', '-c', file] };
  },
  changes: (setup) => [
    {
      title: 'zone file replaced, `nsd-control reload`',
      rewritesFile: true,
      apply: () => {
        control(installed('nsd-control', 'nsd'), ['-c', configFile(setup), 'reload', APEX]);
        return Promise.resolve();
      },
    },
  ],
};

function configFile({ folder }: ServerSetup): string {
  return join(folder, 'nsd.conf');
}

/** Its whole configuration. */
export function printNsdConfig({ folder, zoneFile, port }: ServerSetup): string {
  return `server:
  ip-address: 127.0.0.1@${port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: ""
  xfrdfile: "${folder}/xfrd.state"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zone.list"
  verbosity: 0
  tcp-count: 100
  tcp-query-count: 0
  tcp-timeout: 120
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  minimal-responses: yes
  confine-to-zone: yes
  round-robin: yes
  answer-cookie: yes
remote-control:
  control-enable: yes
  control-interface: "${folder}/nsd.control"
zone:
  name: "${APEX}"
  zonefile: "${zoneFile}"
`;
}
