import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, type BuildOptions } from 'esbuild';

import { deferredPackages, lazyBuiltins } from './deferred-packages.ts';
import { unusedApiClient } from './unused-api-client.ts';

/** The app's folder. */
const APP = fileURLToPath(new URL('..', import.meta.url));

/** The server's folder. */
const DNS_SERVER = fileURLToPath(new URL('../../../packages/dns-server/', import.meta.url));

/** How the names of chunks begin. */
const CHUNK = 'chunk-';

/** Ways of reaching an API server that hardly anybody uses, and the tables of UTS #46, for zones and names outside ASCII. */
const DEFERRED = ['tr46', 'undici', 'openid-client', 'socks', 'socks-proxy-agent', 'hpagent'];

/**
 * Bundles the resolver from the sources of all packages:
 *
 *     dist/main.js       the command: checks Node's version, then imports
 *     dist/resolver.js   what every run needs
 *     dist/chunk-*.js    what only some runs need: the Kubernetes API, metrics, each source
 *     dist/udp-worker.js, dist/packed-answer/   the threads that answer UDP
 *     dist/native/       the addon by which they do it, where one was built
 *
 * @param folder where to, as an absolute path; @default the app's dist
 */
export async function bundle(folder: string = `${APP}dist`): Promise<void> {
  const { version } = JSON.parse(await readFile(`${APP}package.json`, 'utf8')) as { version: string };
  const common = {
    absWorkingDir: APP,
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['@kubezone/source'],
    // Syntax only (it drops what is never reached). Names, line breaks and the comments that tell which source file follows make stack traces readable without
    // source maps; and minified code that keeps its names takes more memory, not less.
    minifySyntax: true,
    legalComments: 'linked',
    logLevel: 'warning',
    write: false,
  } as const satisfies BuildOptions;
  const main = await build({
    ...common,
    entryPoints: { resolver: 'src/index.ts' },
    // Beside the program: code that finds files beside itself may come to lie in either.
    chunkNames: `${CHUNK}[name]-[hash]`,
    splitting: true,
    define: { KUBEZONE_VERSION: JSON.stringify(version) },
    plugins: [lazyBuiltins(['http', 'https']), deferredPackages(DEFERRED), unusedApiClient()],
    // Several packages depend on it; one copy serves them all.
    alias: { yaml: fileURLToPath(import.meta.resolve('yaml/package.json')).replace(/\/package\.json$/, '') },
    // Bundled CommonJS packages call require for Node's own modules.
    banner: { js: "import{createRequire as createRequire_}from'node:module';const require=createRequire_(import.meta.url);" },
  });
  // By themselves: what both shared would be a chunk, and not where the one looks for the other.
  const workers = await build({
    ...common,
    entryPoints: {
      'udp-worker': `${DNS_SERVER}src/transport/udp-worker.ts`,
      'packed-answer/packet-handler-module': `${DNS_SERVER}src/packed-answer/packet-handler-module.ts`,
    },
  });
  // Only now: a build that fails leaves the last one as it is.
  await removeChunks(folder);
  for (const { path, contents } of [...main.outputFiles, ...workers.outputFiles]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  await copyFile(`${APP}scripts/launcher.mjs`, `${folder}/main.js`);
  await copyAddons(folder);
}

/** Removes what an earlier build has left, under names that may not come again; and the folder in which it once was. */
async function removeChunks(folder: string): Promise<void> {
  await rm(`${folder}/chunks`, { recursive: true, force: true });
  const names = existsSync(folder) ? await readdir(folder) : [];
  await Promise.all(names.filter((name) => name.startsWith(CHUNK)).map((name) => rm(`${folder}/${name}`)));
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
