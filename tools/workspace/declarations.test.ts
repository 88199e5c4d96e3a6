import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/**
 * The build's settings, which are stricter than those by which editors check everything at once: every exported declaration has its type written out, so that
 * packages can be built side by side. From the sources of all packages, whatever was built before, and without writing anything.
 */
function settingsOf(place: string): object {
  return {
    extends: join(ROOT, place, 'tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      composite: false,
      incremental: false,
      customConditions: ['@kubezone/source'],
      rootDir: ROOT,
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    },
    references: [],
  };
}

describe('what the build compiles', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubezone-declarations-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    'packages/core',
    'packages/providers',
    'packages/dns-server',
    'packages/controller',
    'packages/app',
    'apps/operator',
    'apps/resolver',
  ])(
    'has no errors in %s',
    (place) => {
      const settings = join(folder, 'tsconfig.json');
      writeFileSync(settings, JSON.stringify(settingsOf(place)));
      const { stdout, status } = spawnSync(process.execPath, [TSC, '-p', settings], { encoding: 'utf8' });
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    },
    60_000,
  );
});
