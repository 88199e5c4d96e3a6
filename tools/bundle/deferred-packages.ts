import type { Plugin } from 'esbuild';

/** Marks the shim's own import, which is of the real thing. */
const REAL = 'kubezone-real';

/** Packages that are read when one of their exports is first used. */
export interface DeferredPackages {
  readonly plugin: Plugin;
  /** What was imported of them, once the plugin has been through a build: the name of the file in which it is to lie, without its extension, and its source. */
  readonly entryPoints: () => Record<string, string>;
}

/**
 * Packages that are read when one of their exports is first used, instead of at start.
 *
 * An ES module evaluates what it imports before itself. For libraries that one path in a hundred runs need (signing in by OpenID Connect, say) that costs
 * megabytes in every process. Each of them is replaced by a CommonJS shim whose exports are getters, and lies in a file of its own: even code that is not
 * evaluated costs something while it is a part of a file that is read (50 ms of processor time at start and 5 MB, for these packages).
 *
 * @param packages names as they are imported
 * @param fileOf the name of the file in which a package is to lie, beside all others, without its extension (`.cjs`)
 */
export function deferredPackages(packages: readonly string[], fileOf: (name: string) => string): DeferredPackages {
  const sources = new Map<string, string>();
  const filter = new RegExp(`^(?:${packages.map((name) => name.replaceAll(/[^\w-]/g, String.raw`\$&`)).join('|')})$`);
  const plugin: Plugin = {
    name: 'deferred-packages',
    setup(build) {
      build.onResolve({ filter }, ({ path, pluginData, resolveDir }) =>
        pluginData === REAL ? undefined : { path, namespace: 'deferred', pluginData: resolveDir },
      );
      build.onResolve({ filter: /.*/, namespace: 'deferred' }, ({ path, pluginData }) =>
        pluginData === REAL ? undefined : { path, external: true },
      );
      build.onLoad({ filter: /.*/, namespace: 'deferred' }, async ({ path, pluginData }) => {
        const resolveDir = String(pluginData);
        const names = Object.keys((await import(path)) as object).filter(
          (name) => !['default', '__esModule', 'module.exports'].includes(name),
        );
        const real = await build.resolve(path, { kind: 'require-call', resolveDir, pluginData: REAL });
        sources.set(path, real.path);
        const file = JSON.stringify(`./${fileOf(path)}.cjs`);
        const getters = ['default', ...names].map((name) => `get ${name}() { return require(${file}).${name}; }`);
        return { contents: `module.exports = { __esModule: true, ${getters.join(', ')} };`, resolveDir, loader: 'js' };
      });
    },
  };
  return { plugin, entryPoints: () => Object.fromEntries(Array.from(sources, ([name, path]) => [fileOf(name), path])) };
}

/**
 * Node's own modules, of which importing by name costs more than using them: the import reads every export, and some of `node:http` load an HTTP client
 * with WebSockets behind a getter (14 MB). Reached as CommonJS, only what is used is read.
 */
export function lazyBuiltins(modules: readonly string[]): Plugin {
  return {
    name: 'lazy-builtins',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^(?:node:)?(?:${modules.join('|')})$`) }, ({ path }) => ({
        path: path.replace(/^(?:node:)?/, 'node:'),
        namespace: 'builtin',
      }));
      build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
        contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
        loader: 'js',
      }));
    },
  };
}
