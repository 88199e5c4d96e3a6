import type { Plugin } from 'esbuild';

/** Marks the shim's own import, which is of the real thing. */
const REAL = 'kubezone-real';

/**
 * Packages that are evaluated when one of their exports is first used, instead of at start.
 *
 * An ES module evaluates what it imports before itself. For libraries that one path in a hundred runs need (signing in by OpenID Connect, say) that costs
 * megabytes in every process. Each of them is replaced by a CommonJS shim whose exports are getters; esbuild keeps the module behind it unevaluated until a
 * getter asks.
 *
 * @param packages names as they are imported
 */
export function deferredPackages(packages: readonly string[]): Plugin {
  const filter = new RegExp(`^(?:${packages.map((name) => name.replaceAll(/[^\w-]/g, String.raw`\$&`)).join('|')})$`);
  return {
    name: 'deferred-packages',
    setup(build) {
      build.onResolve({ filter }, ({ path, pluginData, resolveDir }) =>
        pluginData === REAL ? undefined : { path, namespace: 'deferred', pluginData: resolveDir },
      );
      build.onLoad({ filter: /.*/, namespace: 'deferred' }, async ({ path, pluginData }) => {
        const resolveDir = String(pluginData);
        const names = Object.keys((await import(path)) as object).filter(
          (name) => !['default', '__esModule', 'module.exports'].includes(name),
        );
        const real = await build.resolve(path, { kind: 'require-call', resolveDir, pluginData: REAL });
        const getters = ['default', ...names].map(
          (name) => `get ${name}() { return require(${JSON.stringify(real.path)}).${name}; }`,
        );
        return { contents: `module.exports = { __esModule: true, ${getters.join(', ')} };`, resolveDir, loader: 'js' };
      });
    },
  };
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
