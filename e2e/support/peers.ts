import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ChildServer, startChild } from './child-server.ts';
import { eventually } from './eventually.ts';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { QueryClient } from './query-client.ts';
import { composeQuery } from './query.ts';

/** Another implementation that answers for the same zone files. */
export type PeerName = 'nsd' | 'knot' | 'bind';

/** A zone to be served: its apex with a final dot, and its zone file. */
export interface ZoneText {
  readonly apex: string;
  readonly text: string;
}

/** A running peer. */
export interface Peer {
  readonly name: PeerName;
  readonly port: number;
  log(): string;
  stop(): Promise<void>;
}

/** Each peer's program, and the Debian package that has it. */
export const PEER_PROGRAMS: Readonly<Record<PeerName, { readonly program: string; readonly aptPackage: string }>> = {
  nsd: { program: 'nsd', aptPackage: 'nsd' },
  knot: { program: 'knotd', aptPackage: 'knot' },
  bind: { program: 'named', aptPackage: 'bind9' },
};

/**
 * Starts a peer on a free port of 127.0.0.1, in the foreground, with a generated configuration in a folder of its own and rate limiting off;
 * resolves once it answers for the last of the zones.
 *
 * A zone that the peer refuses to load does not fail the start (the peer answers SERVFAIL for it), unless it is the last one.
 */
export async function startPeer(name: PeerName, zones: readonly ZoneText[], withinMs = 20_000): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), `kubezone-${name}-`));
  mkdirSync(join(folder, 'state'));
  const files = zones.map((zone, index) => {
    const file = `zone-${index}.zone`;
    writeFileSync(join(folder, file), zone.text);
    return { apex: zone.apex, file };
  });
  const port = await freePort();
  const command = COMMANDS[name](folder, port, files);
  const program = findProgram(command.program);
  if (program === undefined)
    throw new Error(`${command.program} is not installed: apt-get install ${PEER_PROGRAMS[name].aptPackage}`);
  const child = startChild(program, command.args, { cwd: folder });
  const stop = async (): Promise<void> => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilItAnswers(name, child, port, zones, withinMs);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, port, log: () => child.log(), stop };
}

async function waitUntilItAnswers(
  name: PeerName,
  child: ChildServer,
  port: number,
  zones: readonly ZoneText[],
  withinMs: number,
): Promise<void> {
  const last = zones.at(-1);
  if (last === undefined) throw new Error('no zones to serve');
  const client = new QueryClient(port, { timeoutMs: 100, tries: 1 });
  const query = composeQuery({ name: last.apex, type: 6 });
  try {
    await eventually(
      `${name} answers for ${last.apex}`,
      async () => {
        if (child.exited() !== undefined)
          throw new Error(`${name} ended (${String(child.exited())}):\n${child.log().slice(-2000)}`);
        const reply = await client.ask(query);
        return ((reply[3] ?? 0) & 0x0f) === 0 ? true : undefined;
      },
      { withinMs },
    );
  } catch (error) {
    throw new Error(`${String(error)}\n${child.log().slice(-2000)}`, { cause: error });
  } finally {
    client.close();
  }
}

interface ZoneFileEntry {
  readonly apex: string;
  readonly file: string;
}

type ComposeCommand = (
  folder: string,
  port: number,
  zones: readonly ZoneFileEntry[],
) => { readonly program: string; readonly args: readonly string[] };

const COMMANDS: Readonly<Record<PeerName, ComposeCommand>> = { nsd: nsdCommand, knot: knotCommand, bind: bindCommand };

function nsdCommand(folder: string, port: number, zones: readonly ZoneFileEntry[]): ReturnType<ComposeCommand> {
  const config = [
    'server:',
    `  ip-address: 127.0.0.1@${port}`,
    // Not root and not chrooted: it runs as whoever runs the tests.
    '  username: ""',
    '  chroot: ""',
    `  zonesdir: "${folder}"`,
    '  database: ""',
    '  pidfile: ""',
    `  xfrdfile: "${folder}/state/xfrd.state"`,
    `  xfrdir: "${folder}/state"`,
    `  zonelistfile: "${folder}/state/zone.list"`,
    '  server-count: 1',
    '  tcp-count: 100',
    '  tcp-timeout: 120',
    '  rrl-ratelimit: 0',
    '  rrl-whitelist-ratelimit: 0',
    // A chain is followed inside the zone only, as Knot and we do.
    '  confine-to-zone: yes',
    '  round-robin: no',
    '  refuse-any: no',
    'remote-control:',
    '  control-enable: no',
    ...zones.flatMap(({ apex, file }) => ['zone:', `  name: "${apex}"`, `  zonefile: "${file}"`]),
  ];
  writeFileSync(join(folder, 'nsd.conf'), `${config.join('\n')}\n`);
  return { program: 'nsd', args: ['-d', '-c', join(folder, 'nsd.conf')] };
}

function knotCommand(folder: string, port: number, zones: readonly ZoneFileEntry[]): ReturnType<ComposeCommand> {
  const config = [
    'server:',
    `  rundir: ${folder}/state`,
    `  listen: 127.0.0.1@${port}`,
    // Without these knotd wants to become the user of its Debian package.
    ...(process.getuid?.() === 0 ? ['  user: root:root'] : []),
    '  udp-workers: 1',
    '  tcp-workers: 1',
    '  background-workers: 2',
    '  tcp-idle-timeout: 120',
    'database:',
    `  storage: ${folder}/state`,
    'log:',
    '  - target: stderr',
    '    any: notice',
    'template:',
    '  - id: default',
    `    storage: ${folder}`,
    '    semantic-checks: soft',
    '    zonefile-load: whole',
    '    journal-content: none',
    'zone:',
    ...zones.flatMap(({ apex, file }) => [`  - domain: "${apex}"`, `    file: ${file}`]),
  ];
  writeFileSync(join(folder, 'knot.conf'), `${config.join('\n')}\n`);
  return { program: 'knotd', args: ['-c', join(folder, 'knot.conf')] };
}

function bindCommand(folder: string, port: number, zones: readonly ZoneFileEntry[]): ReturnType<ComposeCommand> {
  const config = [
    'options {',
    `  directory "${folder}";`,
    `  listen-on port ${port} { 127.0.0.1; };`,
    '  listen-on-v6 { none; };',
    '  pid-file none;',
    '  session-keyfile none;',
    '  recursion no;',
    '  dnssec-validation no;',
    '  notify no;',
    '  max-udp-size 1232;',
    '  minimal-responses no-auth;',
    '  check-names primary ignore;',
    '  check-integrity no;',
    '  check-mx ignore; check-mx-cname ignore; check-srv-cname ignore; check-sibling no; check-wildcard no;',
    '  rrset-order { order fixed; };',
    '};',
    'controls {};',
    'logging { category default { default_stderr; }; };',
    ...zones.map(({ apex, file }) => `zone "${apex}" { type primary; file "${file}"; };`),
  ];
  writeFileSync(join(folder, 'named.conf'), `${config.join('\n')}\n`);
  return { program: 'named', args: ['-f', '-g', '-n', '1', '-c', join(folder, 'named.conf')] };
}
