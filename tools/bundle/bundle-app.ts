import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, type BuildOptions } from 'esbuild';

import { deferredPackages, lazyBuiltins } from './deferred-packages.ts';
import { unusedApiClient } from './unused-api-client.ts';

/** How the names of chunks begin. */
const CHUNK = 'chunk-';

/** Ways of reaching an API server that hardly anybody uses, and the tables of UTS #46, for zones and names outside ASCII. */
const DEFERRED = ['tr46', 'undici', 'openid-client', 'socks', 'socks-proxy-agent', 'hpagent'];

/** Of Node, and not to be imported by name. */
const BUILTINS = ['http', 'https'];

/** As it stands in the launcher. */
const SMALLEST_HEAP = '--optimize-for-size';

/** The repository's folder. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What is bundled. */
export interface AppBundle {
  /** `resolver`: of apps/resolver, and of dist/resolver.js. */
  readonly app: string;
  /** Where to, as an absolute path. */
  readonly folder: string;
  /**
   * V8's flag for how the heap grows, as the launcher sets it before anything is loaded.
   *
   * @default --optimize-for-size: the least memory, for more collections
   */
  readonly heapFlag?: string;
  /** Further programs, for threads, by their names in the folder; each with its source, from the repository's root. */
  readonly workers?: Readonly<Record<string, string>>;
}

/**
 * Bundles an app from the sources of all packages:
 *
 *     dist/main.js       the command: checks Node's version, then imports
 *     dist/resolver.js   what every run needs
 *     dist/chunk-*.js    what only some runs need: the Kubernetes API, metrics, each source, each provider
 *     dist/chunk-*.cjs   what hardly any run needs
 */
export async function bundleApp({ app, folder, heapFlag = SMALLEST_HEAP, workers = {} }: AppBundle): Promise<void> {
  const home = `${ROOT}apps/${app}/`;
  const { version } = JSON.parse(await readFile(`${home}package.json`, 'utf8')) as { version: string };
  const common = {
    absWorkingDir: home,
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
  const deferred = deferredPackages(DEFERRED, (name) => `${CHUNK}${name}`);
  const main = await build({
    ...common,
    entryPoints: { [app]: 'src/index.ts' },
    // Beside the program: code that finds files beside itself may come to lie in either.
    chunkNames: `${CHUNK}[name]-[hash]`,
    splitting: true,
    define: { KUBEZONE_VERSION: JSON.stringify(version) },
    plugins: [lazyBuiltins(BUILTINS), deferred.plugin, unusedApiClient()],
    // Several packages depend on it; one copy serves them all.
    alias: { yaml: dirname(createRequire(`${ROOT}packages/app/package.json`).resolve('yaml/package.json')) },
    // Bundled CommonJS packages call require for Node's own modules.
    banner: { js: "import{createRequire as createRequire_}from'node:module';const require=createRequire_(import.meta.url);" },
  });
  const rare = await build({
    ...common,
    entryPoints: deferred.entryPoints(),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    plugins: [lazyBuiltins(BUILTINS)],
  });
  // By themselves: what both shared would be a chunk, and not where the one looks for the other.
  const threads = await build({
    ...common,
    entryPoints: Object.fromEntries(Object.entries(workers).map(([name, path]) => [name, `${ROOT}${path}`])),
  });
  // Only now: a build that fails leaves the last one as it is.
  await removeChunks(folder);
  for (const { path, contents } of [...main.outputFiles, ...rare.outputFiles, ...threads.outputFiles]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  const launcher = await readFile(`${ROOT}tools/bundle/launcher.mjs`, 'utf8');
  const ofApp = launcher
    .replace("const APP = 'resolver';", `const APP = '${app}';`)
    .replace(`const HEAP = '${SMALLEST_HEAP}';`, `const HEAP = '${heapFlag}';`);
  await writeFile(`${folder}/main.js`, ofApp);
}

/** Removes what an earlier build has left, under names that may not come again; and the folder in which it once was. */
async function removeChunks(folder: string): Promise<void> {
  await rm(`${folder}/chunks`, { recursive: true, force: true });
  const names = existsSync(folder) ? await readdir(folder) : [];
  await Promise.all(names.filter((name) => name.startsWith(CHUNK)).map((name) => rm(`${folder}/${name}`)));
}
