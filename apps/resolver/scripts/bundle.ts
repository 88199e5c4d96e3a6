import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { deferredPackages, lazyBuiltins } from './deferred-packages.ts';

/** The app's folder. */
const APP = fileURLToPath(new URL('..', import.meta.url));

/** What client-node imports for ways of reaching an API server that hardly anybody uses. */
const DEFERRED = ['undici', 'openid-client', 'socks', 'socks-proxy-agent', 'hpagent'];

/**
 * Bundles the resolver from the sources of all packages:
 *
 *     dist/main.js       the command: checks Node's version, then imports
 *     dist/resolver.js   what every run needs
 *     dist/chunks/       what only some runs need: the Kubernetes API, metrics, YAML
 *     dist/**.map        source maps, read when the program fails, to say where
 */
export async function bundle(): Promise<void> {
  const { version } = JSON.parse(await readFile(`${APP}package.json`, 'utf8')) as { version: string };
  const { outputFiles } = await build({
    absWorkingDir: APP,
    entryPoints: { resolver: 'src/index.ts' },
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['@kubezone/source'],
    define: { KUBEZONE_VERSION: JSON.stringify(version) },
    minifySyntax: true,
    // Names of functions and classes stay as they are: they are in messages and stack traces.
    keepNames: false,
    legalComments: 'linked',
    logLevel: 'warning',
    write: false,
    plugins: [lazyBuiltins(['http', 'https']), deferredPackages(DEFERRED)],
    // Several packages depend on it; one copy serves them all.
    alias: { yaml: fileURLToPath(import.meta.resolve('yaml/package.json')).replace(/\/package\.json$/, '') },
    // Bundled CommonJS packages call require for Node's own modules.
    banner: { js: "import{createRequire as createRequire_}from'node:module';const require=createRequire_(import.meta.url);" },
  });
  // Only now: a build that fails leaves the last one as it is.
  for (const stale of ['main.js', 'resolver.js', 'resolver.js.map', 'chunks']) {
    await rm(`${APP}dist/${stale}`, { recursive: true, force: true });
  }
  for (const { path, contents } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  await copyFile(`${APP}scripts/launcher.mjs`, `${APP}dist/main.js`);
}
