import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { APEX, PROBE, TTL } from '../workload/zone-plan.ts';
import { control, installed, versionOf } from './installed.ts';
import type { ServerKind, ServerSetup } from './server-kind.ts';

/**
 * Knot DNS as Debian packages it, with one UDP worker and one TCP worker (each takes batches by recvmmsg).
 *
 * `answer-rotation` is on. No modules, so no rate limit and no cookies: its `mod-cookies` would answer BADCOOKIE to each client that has no server cookie yet, as those of the mix `cookie` are. The zone is loaded whole from its file, without
 * a journal.
 */
export const knot: ServerKind = {
  name: 'knot',
  answers: true,
  title: () => `Knot ${versionOf(installed('knotd', 'knot'), '-V', /version (\d[^\s)]*)/)}`,
  compose: (setup) => {
    const file = join(setup.folder, 'knot.conf');
    writeFileSync(file, printKnotConfig(setup));
    return { program: installed('knotd', 'knot'), args: ['-c', file] };
  },
  changes: (setup) => {
    const knotc = (...args: string[]): string =>
      control(installed('knotc', 'knot'), ['-s', socketFile(setup), '-t', '120', ...args]);
    return [
      {
        title: 'zone file replaced, `knotc zone-reload`',
        rewritesFile: true,
        apply: () => {
          knotc('zone-reload', APEX);
          return Promise.resolve();
        },
      },
      {
        title: '`knotc zone-begin`, `zone-unset`, `zone-set`, `zone-commit`',
        rewritesFile: false,
        apply: (address) => {
          knotc('zone-begin', APEX);
          knotc('zone-unset', APEX, `${PROBE}.`, 'A');
          knotc('zone-set', APEX, `${PROBE}.`, String(TTL), 'A', address);
          knotc('zone-commit', APEX);
          return Promise.resolve();
        },
      },
    ];
  },
};

function socketFile({ folder }: ServerSetup): string {
  return join(folder, 'knot.sock');
}

/** Its whole configuration. */
export function printKnotConfig(setup: ServerSetup): string {
  const { folder, zoneFile, port } = setup;
  // Without these knotd wants to become the user of its Debian package.
  const user = process.getuid?.() === 0 ? '    user: root:root\n' : '';
  return `server:
    rundir: "${folder}"
    listen: 127.0.0.1@${port}
${user}    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    tcp-idle-timeout: 120
    answer-rotation: on
control:
    listen: "${socketFile(setup)}"
database:
    storage: "${folder}"
log:
  - target: stderr
    any: warning
template:
  - id: default
    storage: "${folder}"
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: ${APEX}
    file: "${zoneFile}"
`;
}
