import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { bundleApp } from '../../../tools/bundle/bundle-app.ts';

/** The app's folder. */
const APP = fileURLToPath(new URL('..', import.meta.url));

/** The server's folder. */
const DNS_SERVER = fileURLToPath(new URL('../../../packages/dns-server/', import.meta.url));

/**
 * Bundles the resolver; beside what every app's bundle has:
 *
 *     dist/udp-worker.js, dist/packed-answer/   the threads that answer UDP
 *     dist/native/                              the addon by which they do it, where one was built
 *
 * @param folder where to, as an absolute path; @default the app's dist
 */
export async function bundle(folder: string = `${APP}dist`): Promise<void> {
  const workers = {
    'udp-worker': 'packages/dns-server/src/transport/udp-worker.ts',
    'packed-answer/packet-handler-module': 'packages/dns-server/src/packed-answer/packet-handler-module.ts',
  };
  await bundleApp({ app: 'resolver', folder, workers });
  await copyAddons(folder);
}

/** Takes over the addons that were built here or fetched; those for the sanitizers stay. */
async function copyAddons(folder: string): Promise<void> {
  await rm(`${folder}/native`, { recursive: true, force: true });
  for (const kind of ['build', 'prebuilt']) {
    const source = `${DNS_SERVER}native/${kind}`;
    if (!existsSync(source)) continue;
    await cp(source, `${folder}/native/${kind}`, {
      recursive: true,
      filter: (path) => !path.endsWith('-asan') && (!/\.\w+$/.test(path) || path.endsWith('.node')) && !path.endsWith('/echo'),
    });
  }
}
