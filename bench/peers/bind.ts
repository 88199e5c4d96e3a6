import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { APEX, PROBE, TTL } from '../workload/zone-plan.ts';
import { control, installed, versionOf } from './installed.ts';
import type { ServerKind, ServerSetup } from './server-kind.ts';

/** For rndc; in memory and in a folder that goes with the run. */
const SECRET = createHash('sha256').update(randomBytes(32)).digest('base64');

/**
 * BIND as Debian packages it, authoritative only, with one worker thread (`-n 1`).
 *
 * `minimal-responses yes` leaves out NS and glue, `rrset-order cyclic` rotates addresses, no rate limit, no query log. The zone takes dynamic updates, so that both of its ways of changing can be
 * measured; without updates under way that costs a query nothing.
 */
export const bind: ServerKind = {
  name: 'bind',
  answers: true,
  title: () => `BIND ${versionOf(installed('named', 'bind9'), '-v', /BIND (\d+\.\d+\.\d+)/)}`,
  compose: (setup) => {
    const file = join(setup.folder, 'named.conf');
    writeFileSync(file, printBindConfig(setup));
    writeFileSync(
      rndcFile(setup),
      `${printKey()}options { default-key "bench"; default-server 127.0.0.1; default-port ${setup.controlPort}; };\n`,
    );
    return { program: installed('named', 'bind9'), args: ['-f', '-n', '1', '-c', file] };
  },
  changes: (setup) => {
    const rndc = (...args: string[]): string => control(installed('rndc', 'bind9-utils'), ['-c', rndcFile(setup), ...args]);
    return [
      {
        title: 'zone file replaced (frozen before), `rndc thaw`',
        rewritesFile: true,
        prepare: () => {
          rndc('freeze', APEX);
          return Promise.resolve();
        },
        apply: () => {
          rndc('thaw', APEX);
          return Promise.resolve();
        },
      },
      {
        title: '`nsupdate`: one address deleted, one added',
        rewritesFile: false,
        apply: (address) => {
          const update = [
            `server 127.0.0.1 ${setup.port}`,
            `zone ${APEX}`,
            `update delete ${PROBE}. A`,
            `update add ${PROBE}. ${TTL} A ${address}`,
            'send',
            '',
          ];
          control(installed('nsupdate', 'bind9-dnsutils'), [], update.join('\n'));
          return Promise.resolve();
        },
      },
    ];
  },
};

function rndcFile({ folder }: ServerSetup): string {
  return join(folder, 'rndc.conf');
}

function printKey(): string {
  return `key "bench" { algorithm hmac-sha256; secret "${SECRET}"; };\n`;
}

/** Its whole configuration, but for the key of its control channel. */
export function printBindConfig({ folder, zoneFile, port, controlPort }: ServerSetup): string {
  return `${printKey()}controls { inet 127.0.0.1 port ${controlPort} allow { 127.0.0.1; } keys { "bench"; }; };
options {
  directory "${folder}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  pid-file none;
  session-keyfile none;
  lock-file none;
  recursion no;
  dnssec-validation no;
  notify no;
  minimal-responses yes;
  rrset-order { order cyclic; };
  answer-cookie yes;
  tcp-clients 200;
};
logging {
  channel problems { stderr; severity warning; };
  category default { problems; };
  category queries { null; };
};
zone "${APEX}" { type primary; file "${zoneFile}"; allow-update { 127.0.0.1; }; };
`;
}
