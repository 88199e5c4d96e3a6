import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { deferredPackages, lazyBuiltins } from './deferred-packages.ts';
import { unusedApiClient } from './unused-api-client.ts';

/** The app's folder. */
const APP = fileURLToPath(new URL('..', import.meta.url));

/** Ways of reaching an API server that hardly anybody uses, and the tables of UTS #46, for zones and names outside ASCII. */
const DEFERRED = ['tr46', 'undici', 'openid-client', 'socks', 'socks-proxy-agent', 'hpagent'];

/**
 * Bundles the resolver from the sources of all packages:
 *
 *     dist/main.js       the command: checks Node's version, then imports
 *     dist/resolver.js   what every run needs
 *     dist/chunks/       what only some runs need: the Kubernetes API, metrics
 *
 * @param folder where to, as an absolute path; @default the app's dist
 */
export async function bundle(folder: string = `${APP}dist`): Promise<void> {
  const { version } = JSON.parse(await readFile(`${APP}package.json`, 'utf8')) as { version: string };
  const { outputFiles } = await build({
    absWorkingDir: APP,
    entryPoints: { resolver: 'src/index.ts' },
    outdir: folder,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['@kubezone/source'],
    define: { KUBEZONE_VERSION: JSON.stringify(version) },
    // Syntax only (it drops what is never reached). Names, line breaks and the comments that tell which source file follows make stack traces readable without
    // source maps; and minified code that keeps its names takes more memory, not less.
    minifySyntax: true,
    legalComments: 'linked',
    logLevel: 'warning',
    write: false,
    plugins: [lazyBuiltins(['http', 'https']), deferredPackages(DEFERRED), unusedApiClient()],
    // Several packages depend on it; one copy serves them all.
    alias: { yaml: fileURLToPath(import.meta.resolve('yaml/package.json')).replace(/\/package\.json$/, '') },
    // Bundled CommonJS packages call require for Node's own modules.
    banner: { js: "import{createRequire as createRequire_}from'node:module';const require=createRequire_(import.meta.url);" },
  });
  // Only now: a build that fails leaves the last one as it is.
  await rm(`${folder}/chunks`, { recursive: true, force: true });
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  await copyFile(`${APP}scripts/launcher.mjs`, `${folder}/main.js`);
}
