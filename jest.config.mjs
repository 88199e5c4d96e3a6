import { join } from 'node:path';

/*
 * Threads and programs that tests start run TypeScript sources too. Node then strips the types with a WebAssembly program that each of them starts anew, which
 * takes longer than most tests, and crashes V8 now and then (nodejs/node issue 64500); its compile cache keeps what comes of it. Entries of sources that have
 * changed are not used.
 */
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/node-compile');

// What is built for a run is shared by all of its processes.
process.env['KUBEZONE_TEST_RUN'] ??= String(process.pid);

// One configuration for every suite: tests run on the TypeScript sources (condition @kubezone/source), with no build first.
const shared = {
  testEnvironment: join(import.meta.dirname, 'tools/jest/node-environment.mjs'),
  testEnvironmentOptions: { customExportConditions: ['@kubezone/source', 'node', 'import'] },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** @param {string} displayName @param {string} folder */
const project = (displayName, folder) => ({
  ...shared,
  displayName,
  rootDir: import.meta.dirname,
  roots: [`<rootDir>/${folder}`],
  testMatch: ['**/*.test.ts'],
});

export default {
  watchman: false,
  // Twice the cores of the smallest machine that runs this suite: end-to-end tests wait for Leases and patience most of their time.
  maxWorkers: 4,
  // A machine that is busy with something else makes a test late, not wrong.
  testTimeout: 20_000,
  reporters: ['default', '<rootDir>/tools/jest/closing-line-reporter.mjs'],
  projects: [
    project('workspace', 'tools/workspace'),
    project('core', 'packages/core/src'),
    project('providers', 'packages/providers/src'),
    project('dns-server', 'packages/dns-server/src'),
    project('controller', 'packages/controller/src'),
    project('app', 'packages/app/src'),
    project('operator', 'apps/operator/src'),
    project('resolver', 'apps/resolver/src'),
    project('control-plane', 'tools/control-plane'),
    project('bench', 'bench'),
    project('e2e', 'e2e'),
  ],
};
