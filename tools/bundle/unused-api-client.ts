import type { Plugin } from 'esbuild';

/** What `config.js` of client-node imports of the generated client: for `KubeConfig.makeApiClient` alone. */
const UNUSED = ['createConfiguration', 'ServerConfiguration'] as const;

/**
 * Keeps the generated client of `@kubernetes/client-node` out of the bundle.
 *
 * Of that package only `KubeConfig` is used: it reads a kubeconfig and signs in. Its module imports the client for every API of Kubernetes, 760 modules,
 * for one method that is never called here; they take 13 MB of RSS. In their place stands a module whose exports throw. Should the package import
 * more of them one day, the build fails: there is no such export.
 */
export function unusedApiClient(): Plugin {
  return {
    name: 'unused-api-client',
    setup(build) {
      build.onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ importer, path }) =>
        /[/\\]@kubernetes[/\\]client-node[/\\]dist[/\\]config\.js$/.test(importer)
          ? { path, namespace: 'unused-api-client' }
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'unused-api-client' }, () => {
        const message = JSON.stringify(
          'the generated Kubernetes client is not part of this program: KubeConfig.makeApiClient cannot be used',
        );
        const exported = UNUSED.map((name) => `export function ${name}() { throw new Error(${message}); }`);
        return { contents: exported.join('\n'), loader: 'js' };
      });
    },
  };
}
