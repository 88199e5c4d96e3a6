import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

const PACKAGES = join(import.meta.dirname, '..', '..', 'packages');

interface Manifest {
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
}

/** What `npm pack` would put into the package; nothing is built or written. */
function contentsOf(folder: string): string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'];
  const output = execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [packed] = JSON.parse(output) as readonly { readonly files: readonly { readonly path: string }[] }[];
  return (packed?.files ?? []).map(({ path }) => path);
}

function sourcesOf(folder: string): string[] {
  return readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !/(?:^|\/)testing\//.test(path))
    .map((path) => `src/${path}`);
}

describe.each(readdirSync(PACKAGES))('the package %s', (name) => {
  const folder = join(PACKAGES, name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const contents = contentsOf(folder);

  it('ships its licence, which is that of the repository', () => {
    expect(contents).toContain('LICENSE');
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toBe(readFileSync(join(PACKAGES, '..', 'LICENSE'), 'utf8'));
  });

  it('ships every source, to which its maps and its condition @kubezone/source point, and no test', () => {
    // npm packs every README, wherever it stands.
    const shipped = contents.filter((path) => path.startsWith('src/') && !path.endsWith('/README.md'));
    expect(shipped.toSorted()).toEqual(sourcesOf(folder).toSorted());
  });

  it('ships what the compiler makes of these sources alone: packing begins with an empty dist', () => {
    expect(manifest.scripts?.['prepack']).toMatch(/rmSync\('dist'.*&& tsc -b tsconfig\.json$/);
    expect(contents.filter((path) => path.endsWith('.tsbuildinfo'))).toEqual([]);
  });

  it('says what it is', () => {
    expect(manifest.description).toMatch(/\.$/);
    expect(manifest.keywords?.length).toBeGreaterThan(2);
  });
});
